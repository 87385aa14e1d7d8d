"""Delete uploads that have served their purpose, with the tables read from them; what was released stays."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import sqlalchemy as sa
from ckan import model

from ckanext.govshare import config, vault
from ckanext.govshare.domain.edition import VOID
from ckanext.govshare.domain.retention import ended_at, is_due
from ckanext.govshare.logic.edition import cases, files
from ckanext.govshare.model import Edition
from ckanext.govshare.model.journal import SYSTEM

AT_A_TIME = 500
log = logging.getLogger(__name__)


def delete_due(at: datetime) -> int:
    """Delete what is due at ``at`` and journal it; return how many editions. A run that dies is taken up by the next."""
    query = (
        sa.select(Edition.id)
        .where(
            Edition.raw_deleted_at.is_(None),
            sa.func.coalesce(Edition.released_at, Edition.updated_at)
            <= at - timedelta(days=config.number("raw_keep_days")),
        )
        .limit(AT_A_TIME)
    )
    return sum(_try(edition_id, at) for edition_id in list(model.Session.scalars(query)))


def _try(edition_id: str, at: datetime) -> bool:
    """Delete one upload; what fails is told and tried again by the next run, and holds nothing else up."""
    try:
        return _delete(edition_id, at)
    except Exception:
        log.exception("the upload of edition %s could not be deleted", edition_id)
        model.Session.rollback()
        return False


def _delete(edition_id: str, at: datetime) -> bool:
    """Delete one upload if it is due as everything stands now; an edition that was never released is void then."""
    row = cases.locked(edition_id).row
    ended = ended_at(row.status, row.intake, row.released_at, row.updated_at)
    if row.raw_deleted_at is not None or not is_due(ended, config.number("raw_keep_days"), at):
        model.Session.rollback()
        return False
    before, parts = row.status, [files.RAW, *files.parts(edition_id, files.READ)] if row.released_at else ()
    vault.drop(edition_id, *parts)
    row.raw_deleted_at = at
    if row.released_at is None:
        row.status = VOID
    cases.touch(row)
    facts = {"raw_sha256": row.raw_sha256, "size": row.raw_size}
    cases.record(row, SYSTEM, "raw_deleted", before, row.status, facts=facts)
    model.Session.commit()
    return True
