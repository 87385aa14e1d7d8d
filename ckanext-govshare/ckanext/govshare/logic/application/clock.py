"""The clock of an application: its row's facts become a deadline, the deadline's day is kept beside them.

Nothing is decided here; the days are counted by ``domain/deadline.py`` on the calendar in force.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from ckanext.govshare import rulebook, runtime
from ckanext.govshare.domain import application, application_needs
from ckanext.govshare.domain.deadline import Deadline, Facts, as_told, due, keep_promise
from ckanext.govshare.domain.deadline_status import OPEN, Status, status
from ckanext.govshare.domain.workdays import Calendar
from ckanext.govshare.logic.deadline import calendars, show
from ckanext.govshare.model import Application

REPLY, ASK = "open_reply", "supplement_ask"


def today() -> date:
    """Return the day on the clock of the law."""
    return runtime.in_shanghai(runtime.now()).date()


def deadline(row: Application, calendar: Calendar | None = None) -> Deadline:
    """Return when the reply is due, as the facts stand, on ``calendar`` or the one in force."""
    return due(rulebook.duty(REPLY), facts_of(row), calendar or calendars.current())


def facts_of(row: Application | sa.Row[Any]) -> Facts:
    """Return what happened to an application, as far as its clock is concerned."""
    return Facts(
        received=row.received_at,
        supplement_asked=row.supplement_asked_at,
        supplement_received=row.supplement_received_at,
        extension_days=(row.extension_days or 0) if row.extension_granted else 0,
        done=row.decided_at,
        closed=row.closed_at,
    )


def left(row: Application, calendar: Calendar) -> int | None:
    """Return the working days that are left, below zero the days late; None while no clock runs."""
    found = stands(row, calendar)
    return found.left if found.code in OPEN else None


def stands(row: Application, calendar: Calendar) -> Status:
    """Return where the clock stands now, by the day that was told; lists and figures ask for the same day."""
    return status(as_told(deadline(row, calendar), row.due_on), runtime.now())


def keep(row: Application) -> None:
    """Write the due day and the calendar it rests on beside the facts; none while the clock stands still.

    A day that was told is never brought forward, unless the clock starts anew with what was missing.
    """
    found = deadline(row)
    row.calendar_version = found.calendar_version
    if row.state == application.SUPPLEMENTING:
        row.due_on = None
    elif row.state in application.OPEN:
        row.due_on = keep_promise(row.due_on, found.due_on)


def last_day_to_ask(row: Application) -> date:
    """Return until when the clerk may ask for what is missing (一次告知)."""
    return due(rulebook.duty(ASK), Facts(received=row.received_at), calendars.current()).due_on


def facts(row: Application, asked: application_needs.Scope) -> application_needs.Facts:
    """Return what the needs of the moves are judged by today."""
    return application_needs.Facts(
        today=today(),
        due_on=row.due_on,
        ask_supplement_by=last_day_to_ask(row),
        supplement_asked=row.supplement_asked_at is not None,
        supplement_due_on=row.supplement_due_on,
        extension_asked=row.extension_asked_at is not None,
        extension_pending=row.extension_asked_at is not None and row.extension_decided_at is None,
        asked=asked,
    )


def shown(row: Application) -> dict[str, Any]:
    """Return the deadline as pages and API show it: the day that was told, what is left, and why it is that day."""
    calendar = calendars.current()
    now = stands(row, calendar)
    return {
        **show.shown(deadline(row, calendar)),
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "status": now.code,
        "left": now.left if now.code in OPEN else None,
        "level": now.level,
    }
