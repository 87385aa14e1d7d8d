"""Nothing is read twice for one page: kept with the transaction, forgotten at its end and with every write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa
from ckan import model
from sqlalchemy.orm import Session

KEPT = "govshare_kept"
T = TypeVar("T")


def once(key: tuple[str, ...], read: Callable[[], T]) -> T:
    """Return what ``read`` returned the first time in this transaction."""
    kept: dict[tuple[str, ...], Any] = model.Session().info.setdefault(KEPT, {})
    if key not in kept:
        kept[key] = read()
    found: T = kept[key]
    return found


def forget() -> None:
    """Read anew from here on: what was kept may have changed while a lock was waited for."""
    model.Session().info.pop(KEPT, None)


@sa.event.listens_for(Session, "after_flush")
@sa.event.listens_for(Session, "after_transaction_end")
def _forget_with(session: Session, *_: Any) -> None:
    session.info.pop(KEPT, None)
