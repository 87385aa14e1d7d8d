"""What must hold before the portal serves: secrets, protection, time zone, schema, plugins, secure settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit


def faults() -> list[str]:
    """Return one sentence for each thing that forbids serving; empty when ready."""
    return [sentence for check in CHECKS for sentence in check(toolkit.config)]


def _database(_config: Any) -> Iterator[str]:
    try:
        model.Session.execute(sa.text("SELECT 1"))
    except Exception:  # noqa: BLE001 - whatever it is, the sentence is the same
        model.Session.rollback()
        yield "PostgreSQL does not answer."


CHECKS: tuple[Callable[[Any], Iterator[str]], ...] = (_database,)
