"""Time's duties (催办、逾期): everything that is due and not yet recorded, recorded once.

A run that was missed is caught up with the true due time; two runs at once record nothing twice, because the
database knows each row by case, duty, kind and due date.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ckanext.govshare.domain.deadline import shanghai_date
from ckanext.govshare.domain.reminders import Due, look_ahead, made_due, worth_telling
from ckanext.govshare.domain.workdays import Calendar
from ckanext.govshare.logic.clocks import telling
from ckanext.govshare.logic.clocks.clock import Clocks, OpenClock
from ckanext.govshare.logic.clocks.sources import SOURCES
from ckanext.govshare.logic.deadline import calendars
from ckanext.govshare.model import Reminder

log = logging.getLogger(__name__)

BATCH = 500
_Key = tuple[str, str, str, object]


def record_due(session: Session, at: datetime) -> int:
    """Record what time has made due by ``at`` for every open clock; return how many rows were new."""
    calendar = calendars.current()
    until = look_ahead(shanghai_date(at), calendar)
    return sum(
        _record(session, source, batch, calendar, at)
        for source in SOURCES
        for batch in _batches(source.open(session, until))
    )


def _batches(clocks: Iterable[OpenClock]) -> Iterator[list[OpenClock]]:
    rest = iter(list(clocks))
    while batch := list(islice(rest, BATCH)):
        yield batch


def _record(
    session: Session, source: Clocks, batch: list[OpenClock], calendar: Calendar, at: datetime
) -> int:
    """Record one batch and commit it; a case that fails is left for the next run and holds nobody up."""
    recorded, new = _recorded(session, source.case_kind, batch), 0
    for clock in batch:
        wanted = [
            due
            for due in made_due(clock.due_on, at, calendar)
            if due.kind in clock.kinds and (clock.case_id, clock.duty, due.kind, clock.due_on) not in recorded
        ]
        told = worth_telling(wanted)
        try:
            with session.begin_nested():
                for due in wanted:
                    if _once(session, source, clock, due, at):
                        new += 1
                        if due in told:
                            telling.tell(session, clock, due)
        except Exception:
            log.exception("%s %s: what was due could not be recorded", clock.case_kind, clock.case_id)
    session.commit()
    return new


def _recorded(session: Session, case_kind: str, batch: list[OpenClock]) -> set[_Key]:
    query = sa.select(Reminder.case_id, Reminder.duty, Reminder.kind, Reminder.due_on).where(
        Reminder.case_kind == case_kind, Reminder.case_id.in_({clock.case_id for clock in batch})
    )
    return {tuple(row) for row in session.execute(query)}  # type: ignore[misc]


def _once(session: Session, source: Clocks, clock: OpenClock, due: Due, at: datetime) -> bool:
    """Write the row unless another run has, and let the noun do what follows; tell whether it was new."""
    statement = (
        insert(Reminder)
        .values(
            case_kind=clock.case_kind,
            case_id=clock.case_id,
            duty=clock.duty,
            kind=due.kind,
            due_on=clock.due_on,
            organization_id=clock.organization_id,
            due_at=due.due_at,
            recorded_at=at,
        )
        .on_conflict_do_nothing()
        .returning(Reminder.id)
    )
    if session.scalar(statement) is None:
        return False
    source.happened(session, clock, due)
    return True
