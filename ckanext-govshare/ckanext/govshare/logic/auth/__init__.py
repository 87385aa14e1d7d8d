"""Authorization: our own actions in one table, CKAN's narrowed ones and other nouns' in modules beside it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from ckanext.govshare.logic.auth.table import TABLE

MODULES = tuple(import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))


def auth_functions() -> dict[str, Callable[..., Any]]:
    """Return every authorization function by name: the rows of the table, and what a module has in ``__all__``."""
    beside = {name: getattr(module, name) for module in MODULES for name in getattr(module, "__all__", ())}
    return {**TABLE, **beside}
