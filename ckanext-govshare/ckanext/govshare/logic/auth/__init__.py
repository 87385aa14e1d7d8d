"""Authorization by noun; a noun joins by being listed here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ckanext.govshare.logic.auth import catalog, closing, edition, mirror, office, publication, statistics

MODULES = (catalog, publication, office, edition, closing, mirror, statistics)


def auth_functions() -> dict[str, Callable[..., Any]]:
    """Return every authorization function by name."""
    return {name: getattr(module, name) for module in MODULES for name in module.__all__}
