"""Retention (附件保存期): papers go with their keys when their case, and the grants that rest on it, are long over."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from ckan import model

from ckanext.govshare import config, runtime
from ckanext.govshare.domain.application import DRAFT
from ckanext.govshare.domain.attachment import kept_until
from ckanext.govshare.logic.application import noting, papers
from ckanext.govshare.model import Application, ApplicationAttachment, ApplicationDraft, Grant
from ckanext.govshare.model.journal import SYSTEM
from ckanext.govshare.sealing import DataKey

AT_A_TIME = 500
ORPHAN_AGE = timedelta(days=1)
log = logging.getLogger(__name__)


def delete_due(at: datetime) -> int:
    """Destroy the papers whose time is over at ``at`` and journal it; return how many. Safe to repeat."""
    return sum(_try(attachment_id, at) for attachment_id in [*_candidates(at), *_orphans(at)])


def _candidates(at: datetime) -> list[str]:
    """Return papers of cases that are over, and of drafts that nobody has touched for long."""
    attachment, old = ApplicationAttachment, at - timedelta(days=config.number("attachment_keep_days"))
    resting = sa.exists().where(
        Grant.application_id == Application.id, Grant.revoked_at.is_(None), Grant.ends_on >= _day(old)
    )
    over = sa.or_(
        sa.func.coalesce(Application.closed_at, ApplicationDraft.updated_at) < old,
        sa.and_(Application.closed_at < at, attachment.handed_in_at.is_(None)),
    )
    query = (
        sa.select(attachment.id)
        .outerjoin(Application, Application.id == attachment.application_id)
        .outerjoin(ApplicationDraft, ApplicationDraft.id == attachment.draft_id)
        .where(attachment.dropped_at.is_(None), over, ~resting)
        .limit(AT_A_TIME)
    )
    return list(model.Session.scalars(query))


def _orphans(at: datetime) -> list[str]:
    """Return parts of the vault that a process left behind which died before it could say whose they are."""
    part = f"vault:%/{papers.PART}"
    name = sa.func.split_part(sa.func.split_part(DataKey.purpose, ":", 2), "/", 1)
    query = (
        sa.select(name)
        .where(
            DataKey.purpose.like(part),
            DataKey.created_at < at - ORPHAN_AGE,
            ~sa.exists().where(ApplicationAttachment.id == name),
        )
        .limit(AT_A_TIME)
    )
    return list(model.Session.scalars(query))


def _try(attachment_id: str, at: datetime) -> bool:
    try:
        return _delete(attachment_id, at)
    except Exception:
        log.exception("the attachment %s could not be destroyed", attachment_id)
        model.Session.rollback()
        return False


def _delete(attachment_id: str, at: datetime) -> bool:
    """Destroy one paper if it is due as everything stands now."""
    row = model.Session.get(
        ApplicationAttachment, attachment_id, with_for_update=True, populate_existing=True
    )
    if row is None:
        papers.destroy([attachment_id])
        model.Session.rollback()
        return True
    last = _last_day(row)
    if row.dropped_at is not None or last is None or runtime.in_shanghai(at).date() <= last:
        model.Session.rollback()
        return False
    papers.destroy([row.id])
    if row.application_id is None:
        model.Session.delete(row)
    else:
        row.name, row.dropped_at = None, at
        _record(row, at)
    model.Session.commit()
    return True


def _last_day(row: ApplicationAttachment) -> date | None:
    days = config.number("attachment_keep_days")
    if row.application_id is None:
        touched = model.Session.get_one(ApplicationDraft, row.draft_id).updated_at
        return kept_until(DRAFT, _day(touched), handed_in=False, grant_ends=(), days=days)
    case = model.Session.get_one(Application, row.application_id)
    grants = model.Session.scalars(sa.select(Grant).filter_by(application_id=case.id))
    ends = [_day(grant.revoked_at) if grant.revoked_at else grant.ends_on for grant in grants]
    closed = _day(case.closed_at or case.updated_at)
    return kept_until(case.state, closed, handed_in=row.handed_in_at is not None, grant_ends=ends, days=days)


def _record(row: ApplicationAttachment, at: datetime) -> None:
    case = model.Session.get_one(Application, row.application_id)
    facts = {"attachment": row.id, "sha256": row.sha256, "size": row.size}
    noting.note(case, "papers_deleted", SYSTEM, facts=facts, at=at)


def _day(instant: datetime) -> date:
    return runtime.in_shanghai(instant).date()
