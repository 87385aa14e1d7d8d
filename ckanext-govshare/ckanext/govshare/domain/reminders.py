"""Reminders and escalation (催办、逾期上报): what a due date makes due by itself, and when.

佳木斯 art. 39(7): silence decides nothing; it is told, counted and brought before the bureau.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ckanext.govshare.domain.deadline import SHANGHAI
from ckanext.govshare.domain.workdays import Calendar

THREE_LEFT, ONE_LEFT, TODAY, OVERDUE, ESCALATED = "three_left", "one_left", "today", "overdue", "escalated"
# Working days before the due day at which somebody is reminded (到期前3日、1日、当日).
BEFORE = {THREE_LEFT: 3, ONE_LEFT: 1, TODAY: 0}
KINDS = (*BEFORE, OVERDUE, ESCALATED)
FARTHEST = max(BEFORE.values())


@dataclass(frozen=True)
class Due:
    """One thing that a due date makes due: its kind and the instant from which it is."""

    kind: str
    due_at: datetime


def made_due(due_on: date, at: datetime, calendar: Calendar) -> tuple[Due, ...]:
    """Return everything that ``due_on`` has made due by ``at``, oldest first, however long nobody looked."""
    return tuple(due for due in _schedule(due_on, calendar) if due.due_at <= at)


def worth_telling(found: Sequence[Due]) -> tuple[Due, ...]:
    """Leave out "so many days left" where a later reminder has overtaken it, as after an outage."""
    return tuple(due for due in found if due.kind not in BEFORE or due is found[-1])


def look_ahead(today: date, calendar: Calendar) -> date:
    """Return the latest due date that could have made anything due by ``today``."""
    return calendar.add(today, FARTHEST)


def _schedule(due_on: date, calendar: Calendar) -> Iterator[Due]:
    for kind, days in BEFORE.items():
        yield Due(kind, _midnight(calendar.add(due_on, -days) if days else due_on))
    day_after = due_on + timedelta(1)
    yield Due(OVERDUE, _midnight(day_after))
    # The bureau hears of it on the first working day on which the department could have mended it.
    yield Due(ESCALATED, _midnight(calendar.add(calendar.on_or_after(day_after), 1)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0, tzinfo=SHANGHAI))
