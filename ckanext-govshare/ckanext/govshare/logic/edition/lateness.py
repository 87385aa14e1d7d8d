"""The promised update of published data (更新周期): one query for the list of late data, the reminders, the public mark.

萍乡 art. 15; 佳木斯 arts 13, 23. The editions say when data were last delivered, the card how often they shall be.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.orm import Session

from ckanext.govshare import rulebook
from ckanext.govshare.domain.deadline import shanghai_date
from ckanext.govshare.domain.edition import VOID
from ckanext.govshare.domain.freshness import days_late, update_due
from ckanext.govshare.domain.publication import PUBLISHED
from ckanext.govshare.model import Edition, Publication
from ckanext.govshare.runtime import now

# Data that have come and were not taken back.
DELIVERED: sa.ColumnElement[bool] = sa.and_(Edition.released_at.is_not(None), Edition.status != VOID)


@dataclass(frozen=True)
class Promise:
    """A published entry's next update: its data are of ``updated``, the next are in time up to and on ``due``."""

    entry_id: str
    name: str
    title: str
    organization_id: str
    cycle: str
    updated: date
    due: date


def promises(
    session: Session,
    *,
    organizations: Collection[str] | None = None,
    entries: Collection[str] | None = None,
) -> Iterator[Promise]:
    """Yield the next promised update of every published entry that has data, of these departments, of these entries.

    A withdrawn edition is no delivery; a cycle that promises nothing is never late.
    """
    for row in session.execute(_last_deliveries(organizations, entries)):
        updated = shanghai_date(row.released_at)
        due = update_due(updated, cycle_days(row.cycle or ""))
        if due:
            yield Promise(row.id, row.name, row.title, row.organization_id, row.cycle, updated, due)


def late(
    *, organizations: Collection[str] | None = None, entries: Collection[str] | None = None
) -> list[Promise]:
    """Return the promises that have not been kept by now, the longest late first."""
    today = shanghai_date(now())
    found = promises(model.Session(), organizations=organizations, entries=entries)
    return sorted((one for one in found if days_late(one.due, today)), key=lambda one: (one.due, one.name))


def told(promise: Promise) -> dict[str, Any]:
    """Return a promise that was not kept, as officers are told of it."""
    return {
        "name": promise.name,
        "title": promise.title,
        "organization_id": promise.organization_id,
        "update_cycle": promise.cycle,
        "data_updated": promise.updated.isoformat(),
        "due": promise.due.isoformat(),
        "days_late": days_late(promise.due, shanghai_date(now())),
    }


def cycle_days(cycle: str) -> int | None:
    """Return the longest time between two updates of a cycle; None when it promises nothing."""
    term = rulebook.vocabulary("update_cycle").by_code.get(cycle)
    days = term.facts.get("days") if term else None
    return int(str(days)) if days else None


def _last_deliveries(organizations: Collection[str] | None, entries: Collection[str] | None) -> Any:
    package = model.Package
    query = (
        sa.select(
            package.id,
            package.name,
            Publication.title,
            Publication.organization_id,
            package.extras["update_cycle"].astext.label("cycle"),
            Edition.released_at,
        )
        .select_from(package)
        .distinct(package.id)
        .join(Publication, Publication.entry_id == package.id)
        .join(Edition, Edition.entry_id == package.id)
        .where(Publication.state == PUBLISHED, package.state == model.State.ACTIVE, DELIVERED)
        .order_by(package.id, Edition.number.desc())
    )
    if organizations is not None:
        query = query.where(Publication.organization_id.in_(organizations))
    return query if entries is None else query.where(package.id.in_(entries))
