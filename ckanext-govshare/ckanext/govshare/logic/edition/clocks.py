"""The promised update of published data (更新周期) as a clock: late is told, and brought before the bureau.

萍乡 art. 15; 佳木斯 arts 13, 23. The days are calendar days of the cycle, so no notice on holidays moves them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import sqlalchemy as sa
from ckan import model
from sqlalchemy.orm import Session

from ckanext.govshare.domain.deadline import shanghai_date
from ckanext.govshare.domain.freshness import update_due
from ckanext.govshare.domain.publication import PUBLISHED
from ckanext.govshare.domain.reminders import ESCALATED, OVERDUE, Due
from ckanext.govshare.logic.clocks.clock import Clocks, OpenClock
from ckanext.govshare.logic.edition.lateness import cycle_days
from ckanext.govshare.model import Edition, Publication, Reminder

CASE_KIND = "entry"
DUTY = "update_cycle"


def open_clocks(session: Session, until: date | None) -> Iterator[OpenClock]:
    """Yield the next promised update of every published entry that has data and a cycle."""
    cycle = model.Package.extras["update_cycle"].astext
    query = (
        sa.select(
            Publication.entry_id,
            Publication.title,
            Publication.organization_id,
            cycle.label("cycle"),
            sa.func.max(Edition.released_at).label("updated"),
        )
        .join(Edition, Edition.entry_id == Publication.entry_id)
        .join(model.Package, model.Package.id == Publication.entry_id)
        .where(Publication.state == PUBLISHED, Edition.released_at.is_not(None))
        .group_by(Publication.entry_id, Publication.title, Publication.organization_id, cycle)
        .order_by(Publication.entry_id)
    )
    for row in session.execute(query):
        due_on = update_due(shanghai_date(row.updated), cycle_days(row.cycle or ""))
        if due_on and (until is None or due_on <= until):
            yield OpenClock(
                CASE_KIND,
                row.entry_id,
                row.title,
                row.organization_id,
                DUTY,
                due_on,
                kinds=(OVERDUE, ESCALATED),
            )


def happened(_session: Session, _clock: OpenClock, _due: Due) -> None:
    """Do nothing more: the recorded row is what department and bureau are shown."""


def stands() -> sa.ColumnElement[bool]:
    """Tell of rows of reminders whether their entry is still public and no newer data have come."""
    public = sa.exists().where(Publication.entry_id == Reminder.case_id, Publication.state == PUBLISHED)
    newer = sa.exists().where(Edition.entry_id == Reminder.case_id, Edition.released_at > Reminder.due_at)
    return public & ~newer


CLOCKS = Clocks(CASE_KIND, open_clocks, happened, stands=stands)
