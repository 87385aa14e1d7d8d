"""Why this date: every day from the receipt to the due day, counted or not, and the reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ckanext.govshare.domain.deadline import Deadline, pauses
from ckanext.govshare.domain.workdays import Day

RECEIPT, RESTART, PAUSED, ROLLED = "receipt", "restart", "paused", "rolled"
# Kinds of a day in an explanation beside those of the calendar.
OWN_KINDS = (RECEIPT, RESTART, PAUSED, ROLLED)


@dataclass(frozen=True)
class CountedDay:
    """One day of the explanation; ``number`` counts from 1, ``extended`` lies beyond the period without extension."""

    date: date
    counted: bool
    number: int | None
    kind: str
    extended: bool
    day: Day


def explain(deadline: Deadline) -> tuple[CountedDay, ...]:
    """Return every day from the start to the due day with what it counts for (逐日说明)."""
    return tuple(_yearly(deadline) if deadline.duty.yearly else _period(deadline))


def _period(deadline: Deadline) -> Iterator[CountedDay]:
    number = 0
    for day in _days(deadline, deadline.started_on, deadline.due_on):
        kind = _kind(deadline, day)
        counted = day.working and kind == day.kind
        number += counted
        extended = day.date > deadline.base_due_on
        yield CountedDay(day.date, counted, number if counted else None, kind, extended, day)


def _yearly(deadline: Deadline) -> Iterator[CountedDay]:
    month, day_of_month = deadline.duty.yearly or (1, 1)
    for day in _days(deadline, date(deadline.due_on.year, month, day_of_month), deadline.due_on):
        last = day.date == deadline.due_on
        kind = ROLLED if last and day.date.day != day_of_month else day.kind
        yield CountedDay(day.date, last, None, kind, False, day)


def _days(deadline: Deadline, first: date, last: date) -> Iterator[Day]:
    for ordinal in range((last - first).days + 1):
        yield deadline.calendar.day(first + timedelta(ordinal))


def _kind(deadline: Deadline, day: Day) -> str:
    if day.date == deadline.started_on and not deadline.duty.count_receipt_day:
        restarted = deadline.duty.supplement == "restart" and deadline.facts.supplement_received
        return RESTART if restarted else RECEIPT
    if any(begin <= day.date <= end for begin, end in pauses(deadline.duty, deadline.facts)):
        return PAUSED
    return day.kind
