"""The portal's settings, typed; every key is declared in ``config_declaration.yaml``."""

from __future__ import annotations

from pathlib import Path

from ckan.plugins import toolkit

PREFIX = "ckanext.govshare."


def text(key: str) -> str:
    """Return a setting as text."""
    return str(toolkit.config[PREFIX + key] or "")


def number(key: str) -> int:
    """Return a setting as a number."""
    return int(toolkit.config[PREFIX + key])


def file(key: str) -> Path | None:
    """Return a setting as a file, None where it names none or there is none."""
    path = Path(text(key))
    return path if path.is_file() else None


def folder(key: str) -> Path:
    """Return a setting as a directory, made private when it is missing."""
    path = Path(text(key))
    path.mkdir(parents=True, exist_ok=True, mode=0o750)
    return path
