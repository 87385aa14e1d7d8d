"""What templates may ask: a module of this room joins by being here, its helpers by their names in ``__all__``."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

MODULES = tuple(import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))


def helpers() -> dict[str, Callable[..., Any]]:
    """Return every helper by name."""
    return {name: getattr(module, name) for module in MODULES for name in module.__all__}
