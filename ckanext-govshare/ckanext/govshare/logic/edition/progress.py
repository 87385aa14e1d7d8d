"""Progress of long work on an edition, written where everybody sees it at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare.model import Edition

LONG = 100_000  # rows; shorter work is over before anybody looks


def tell(edition_id: str, **values: Any) -> None:
    """Write columns of an edition outside every other transaction."""
    session = model.meta.create_local_session()
    try:
        session.execute(sa.update(Edition).where(Edition.id == edition_id).values(**values))
        session.commit()
    finally:
        session.close()


def teller(edition_id: str, work: str) -> Callable[[int, int], None]:
    """Return what writes down how many rows of how many are done; silent about short work."""

    def say(done: int, total: int) -> None:
        if total > LONG:
            tell(edition_id, progress={"work": work, "done": done, "total": total})

    return say
