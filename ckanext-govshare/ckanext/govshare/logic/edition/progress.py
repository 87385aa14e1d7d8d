"""How far a long work on an edition is, written where others see it at once."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare.model import Edition


def tell(edition_id: str, **values: Any) -> None:
    """Write progress (or a problem) outside every other transaction."""
    session = model.meta.create_local_session()
    try:
        session.execute(sa.update(Edition).where(Edition.id == edition_id).values(**values))
        session.commit()
    finally:
        session.close()
