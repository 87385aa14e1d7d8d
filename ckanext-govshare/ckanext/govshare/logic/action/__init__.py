"""Actions by noun; a noun joins by being listed here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ckanext.govshare.logic import guards
from ckanext.govshare.logic.action import (
    catalog,
    closing,
    edition,
    office,
    organization,
    publication,
    statistics,
)

MODULES = (
    catalog,
    closing,
    edition,
    office,
    organization,
    publication,
    statistics,
)


def actions() -> dict[str, Callable[..., Any]]:
    """Return every action by name, CKAN's guarded ones included."""
    own = {name: getattr(module, name) for module in MODULES for name in module.__all__}
    return {**own, **guards.chained_actions()}
