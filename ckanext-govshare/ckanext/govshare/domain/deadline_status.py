"""Where a deadline stands at an instant; every list, badge and count derives from this one function."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ckanext.govshare.domain.deadline import Deadline, shanghai_date
from ckanext.govshare.domain.workdays import Calendar

NOT_STARTED = "not_started"
RUNNING = "running"
DUE_TODAY = "due_today"
OVERDUE = "overdue"
STOPPED = "stopped"
DONE = "done"
DONE_LATE = "done_late"
CLOSED = "closed"

OPEN = (RUNNING, DUE_TODAY, OVERDUE)
CODES = (NOT_STARTED, *OPEN, STOPPED, DONE, DONE_LATE, CLOSED)


@dataclass(frozen=True)
class Status:
    """``left``: working days until the due day; 0 on it and when over, below zero the days late.

    ``level``: ``calm``, ``soon``, ``urgent``, ``today`` or ``late`` while open, else empty.
    """

    code: str
    left: int = 0
    level: str = ""


def status(deadline: Deadline, at: datetime) -> Status:
    """Say where ``deadline`` stands at ``at``: overdue (逾期) begins with the day after the due day."""
    facts, today = deadline.facts, shanghai_date(at)
    if facts.received is None or at < facts.received:
        return Status(NOT_STARTED)
    if facts.done and facts.done <= at:
        return Status(DONE if shanghai_date(facts.done) <= deadline.due_on else DONE_LATE)
    if facts.closed and facts.closed <= at:
        return Status(CLOSED)
    if is_stopped(deadline, at):
        return Status(STOPPED)
    return standing(deadline.due_on, today, deadline.calendar, deadline.duty.warn)


def standing(due_on: date, today: date, calendar: Calendar, warn: tuple[int, ...] = (3, 1, 0)) -> Status:
    """Return the status of an open deadline due on ``due_on``; for rows that hold the date only."""
    if today > due_on:
        return Status(OVERDUE, -calendar.count(due_on, today), "late")
    left = calendar.count(today, due_on)
    if today == due_on:
        return Status(DUE_TODAY, 0, "today")
    soon, urgent = warn[0], warn[1]
    return Status(RUNNING, left, "urgent" if left <= urgent else "soon" if left <= soon else "calm")


def is_stopped(deadline: Deadline, at: datetime) -> bool:
    """Tell whether the clock stands still at ``at``: something was asked for and has not come (补正, 征求意见)."""
    duty, facts = deadline.duty, deadline.facts
    spans = []
    if duty.supplement != "none":
        spans.append((facts.supplement_asked, facts.supplement_received))
    if duty.third_party == "excluded":
        spans.append((facts.third_party_asked, facts.third_party_answered))
    return any(begun and begun <= at and (not ended or at < ended) for begun, ended in spans)


def windows(at: datetime, calendar: Calendar, soon: int = 3) -> dict[str, tuple[date | None, date | None]]:
    """Return first and last due date (None: without end) of each list of open deadlines at ``at``, for queries.

    ``soon``: due within that many working days, today included; it overlaps ``due_today`` and ``running``.
    """
    today = shanghai_date(at)
    tomorrow, yesterday = date.fromordinal(today.toordinal() + 1), date.fromordinal(today.toordinal() - 1)
    return {
        OVERDUE: (None, yesterday),
        DUE_TODAY: (today, today),
        RUNNING: (tomorrow, None),
        "soon": (today, calendar.add(today, soon)),
    }
