"""Actions by noun: a module of this room joins by being here, its actions by their names in ``__all__``."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from ckanext.govshare.logic import guards

MODULES = tuple(import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))


def actions() -> dict[str, Callable[..., Any]]:
    """Return every action by name, CKAN's guarded ones included."""
    own = {name: getattr(module, name) for module in MODULES for name in module.__all__}
    return {**own, **guards.chained_actions()}
