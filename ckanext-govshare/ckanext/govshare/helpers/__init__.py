"""What templates may ask; a noun joins by being listed here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ckanext.govshare.helpers import (
    application,
    catalog,
    edition,
    entry,
    entry_page,
    entry_row,
    entry_rows,
    site,
    words,
    workbench,
)

MODULES = (
    application,
    catalog,
    edition,
    entry,
    entry_page,
    entry_row,
    entry_rows,
    site,
    words,
    workbench,
)


def helpers() -> dict[str, Callable[..., Any]]:
    """Return every helper by name."""
    return {name: getattr(module, name) for module in MODULES for name in module.__all__}
