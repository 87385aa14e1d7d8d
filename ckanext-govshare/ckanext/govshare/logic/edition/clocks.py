"""The promised update of published data (更新周期) as a clock: late is told, and brought before the bureau.

萍乡 art. 15; 佳木斯 arts 13, 23. The days are calendar days of the cycle, so no notice on holidays moves them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ckanext.govshare.domain.publication import PUBLISHED
from ckanext.govshare.domain.reminders import ESCALATED, OVERDUE, Due
from ckanext.govshare.logic.clocks.clock import Clocks, OpenClock
from ckanext.govshare.logic.edition.lateness import DELIVERED, promises
from ckanext.govshare.model import Edition, Publication, Reminder

CASE_KIND = "entry"
DUTY = "update_cycle"


def open_clocks(session: Session, until: date | None) -> Iterator[OpenClock]:
    """Yield the next promised update of every published entry that has data and a cycle."""
    for promise in promises(session):
        if until is None or promise.due <= until:
            yield OpenClock(
                CASE_KIND,
                promise.entry_id,
                promise.title,
                promise.organization_id,
                DUTY,
                promise.due,
                kinds=(OVERDUE, ESCALATED),
            )


def happened(_session: Session, _clock: OpenClock, _due: Due) -> None:
    """Do nothing more: the recorded row is what department and bureau are shown."""


def stands() -> sa.ColumnElement[bool]:
    """Tell of rows of reminders whether their entry is still public and no newer data have come."""
    public = sa.exists().where(Publication.entry_id == Reminder.case_id, Publication.state == PUBLISHED)
    newer = sa.exists().where(
        Edition.entry_id == Reminder.case_id, DELIVERED, Edition.released_at > Reminder.due_at
    )
    return public & ~newer


CLOCKS = Clocks(CASE_KIND, open_clocks, happened, stands=stands)
