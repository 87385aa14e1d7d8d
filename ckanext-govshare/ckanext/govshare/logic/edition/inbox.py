"""The inbox of editions (数据脱敏): what waits to be masked, checked, reviewed or released, the longest waiting first.

Who sees what comes from the table of moves by way of ``domain/edition_duty.py``; here it only becomes SQL.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.orm import aliased

from ckanext.govshare import runtime
from ckanext.govshare.domain.edition_duty import DUTIES, Duty
from ckanext.govshare.logic import roles, waiting
from ckanext.govshare.logic.edition.cases import KIND
from ckanext.govshare.model import Edition, EditionTable, Publication, SecrecyReviewRow

DataDict = dict[str, Any]


def page(
    user_id: str,
    *,
    duty: str = "",
    everybody: bool = False,
    organization: str = "",
    words: str = "",
    offset: int = 0,
    limit: int = 50,
) -> DataDict:
    """Return one page of the editions that wait for the user, and how many wait for each duty.

    With ``everybody`` those that wait for somebody else as well: in the user's departments, for the bureau in all.
    """
    rows = _waiting(user_id, everybody=everybody)
    where: list[Any] = []
    if organization:
        group = model.Group.get(organization)
        where.append(rows.c.organization_id == (group.id if group else organization))
    if words:
        where.append(rows.c.title.icontains(words, autoescape=True))
    query = sa.select(rows.c.duty, sa.func.count()).where(*where).group_by(rows.c.duty)
    counts = {row[0]: row[1] for row in model.Session.execute(query)}
    if duty:
        where.append(rows.c.duty == duty)
    wanted = sa.select(rows).where(*where).order_by(rows.c.updated_at, rows.c.id).offset(offset).limit(limit)
    return {
        "count": counts.get(duty, 0) if duty else sum(counts.values()),
        "counts": counts,
        "results": [
            {**row, "updated_at": runtime.in_shanghai(row["updated_at"]).isoformat()}
            for row in model.Session.execute(wanted).mappings()
        ],
    }


def _waiting(user_id: str, *, everybody: bool) -> Any:
    """Return the editions on their way, each with the one duty that it waits for."""
    held, office = roles.memberships(user_id), aliased(model.Group)
    query = (
        sa.select(
            Edition.id,
            Edition.number,
            Edition.version,
            Edition.status,
            Edition.intake,
            Edition.filename,
            Edition.organization_id,
            Edition.updated_at,
            (Edition.mask_asked_at.is_not(None) | _being_scanned()).label("working"),
            model.Package.name.label("entry"),
            Publication.title,
            Publication.openness,
            office.title.label("organization_title"),
            sa.case(*((_waits_for(duty), duty.name) for duty in DUTIES)).label("duty"),
        )
        .join(Publication, Publication.entry_id == Edition.entry_id)
        .join(model.Package, model.Package.id == Edition.entry_id)
        .join(office, office.id == Edition.organization_id)
        .where(Edition.released_at.is_(None), Edition.asked_at.is_(None))
        .where(model.Package.state == model.State.ACTIVE)
    )
    if not everybody:
        mine = [
            sa.and_(_waits_for(duty), *waiting.may_do(duty, user_id, Edition.organization_id, _by))
            for duty in DUTIES
        ]
        return query.where(sa.or_(*mine)).subquery("waiting")
    query = query.where(sa.or_(*map(_waits_for, DUTIES)))
    if not roles.is_bureau(user_id):
        query = query.where(
            Edition.organization_id.in_(waiting.offices(held, roles.ROLE_OF_CAPACITY.values()))
        )
    return query.subquery("waiting")


def _waits_for(duty: Duty) -> Any:
    found = [Edition.status.in_(duty.states)]
    if duty.reviewed is not None:
        found.append(_reviewed() if duty.reviewed else sa.not_(_reviewed()))
    return sa.and_(*found)


def _by(step: str) -> Any:
    return Edition.created_by if step == "delivered" else getattr(Edition, f"{step}_by")


def _being_scanned() -> Any:
    unscanned = EditionTable.edition_id == Edition.id, EditionTable.scan.is_(None)
    return Edition.content_hash.is_not(None) & sa.exists().where(*unscanned)


def _reviewed() -> Any:
    """Tell whether the newest secrecy review is of the table as it stands, as the gate asks."""
    newest = (
        sa.select(SecrecyReviewRow.content_hash)
        .where(SecrecyReviewRow.subject_kind == KIND, SecrecyReviewRow.subject_id == Edition.id)
        .order_by(SecrecyReviewRow.id.desc())
        .limit(1)
        .correlate(Edition)
        .scalar_subquery()
    )
    return sa.func.coalesce(newest == Edition.content_hash, sa.false())
