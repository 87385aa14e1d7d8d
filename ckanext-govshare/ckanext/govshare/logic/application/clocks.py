"""The clocks of applications and grants: which run, what a new calendar moves, and what follows when one is over.

佳木斯 arts 26, 39(7); 政府信息公开条例 30: silence lets what was missing lapse (视为撤回), it never answers an application.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm import Session

from ckanext.govshare.domain.application import ACCEPTED, SUBMITTED, SUPPLEMENTING
from ckanext.govshare.domain.application_needs import Given
from ckanext.govshare.domain.deadline import Deadline, Facts
from ckanext.govshare.domain.reminders import BEFORE, OVERDUE, Due
from ckanext.govshare.domain.workflow import Actor
from ckanext.govshare.logic.application import cases, clock
from ckanext.govshare.logic.clocks.clock import Clocks, OpenClock
from ckanext.govshare.model import Application, ApplicationEntry, Grant, Reminder, journal

APPLICATION, GRANT = "application", "grant"
SUPPLEMENT, GRANT_END = "supplement_answer", "grant_end"
SYSTEM = Actor(journal.SYSTEM, frozenset({"system"}))
RUNS = (SUBMITTED, SUPPLEMENTING, ACCEPTED)


def _due_on() -> sa.Case[date]:
    """The day that is waited for: of what was missing, or else of the reply."""
    return sa.case(
        (Application.state == SUPPLEMENTING, Application.supplement_due_on), else_=Application.due_on
    )


def open_applications(session: Session, until: date | None) -> Iterator[OpenClock]:
    """Yield the due date of every reply that is open, and of every supplement that is awaited."""
    due_on = _due_on()
    query = (
        sa.select(Application)
        .options(orm.defer(Application.form))
        .where(Application.state.in_(RUNS), due_on.is_not(None))
    )
    for row in session.scalars(query if until is None else query.where(due_on <= until)):
        yield _supplement(row) if row.state == SUPPLEMENTING else _reply(row)


def happened(session: Session, found: OpenClock, due: Due) -> None:
    """Let an application lapse whose supplement did not come in its period; the journal names the system."""
    if (found.duty, due.kind) != (SUPPLEMENT, OVERDUE):
        return
    row = session.get(Application, found.case_id, with_for_update=True, populate_existing=True)
    if row is None:
        return
    entries = session.scalars(sa.select(ApplicationEntry).filter_by(application_id=row.id))
    case = cases.Case(row, tuple(entries), SYSTEM)
    if cases.judge(case, "lapse", Given()):
        cases.carry_out(case, "lapse", Given())


def move(session: Session, found: OpenClock, deadline: Deadline, due_on: date) -> None:
    """Keep the date that holds and the calendar that gave it."""
    row = session.get_one(Application, found.case_id, with_for_update=True, populate_existing=True)
    row.calendar_version = deadline.calendar_version
    if found.duty == SUPPLEMENT:
        row.supplement_due_on = due_on
    else:
        row.due_on = due_on


def application_stands() -> sa.ColumnElement[bool]:
    """Tell of rows of reminders whether their application is still open and due on that day."""
    same = (Application.id == Reminder.case_id, _due_on() == Reminder.due_on)
    return sa.exists().where(*same, Application.state.in_(RUNS))


def grant_stands() -> sa.ColumnElement[bool]:
    """Tell of rows of reminders whether their grant was left in force and ends on that day."""
    same = (Grant.id == Reminder.case_id, Grant.ends_on == Reminder.due_on)
    return sa.exists().where(*same, Grant.revoked_at.is_(None))


def open_grants(session: Session, until: date | None) -> Iterator[OpenClock]:
    """Yield the end of every grant that was not revoked."""
    query = sa.select(Grant, Application.number).join(Application).where(Grant.revoked_at.is_(None))
    for row, page in session.execute(query if until is None else query.where(Grant.ends_on <= until)):
        yield OpenClock(
            GRANT,
            row.id,
            row.number,
            row.organization_id,
            GRANT_END,
            row.ends_on,
            kinds=(*BEFORE, OVERDUE),
            persons=(row.holder_id,),
            page=page,
        )


def nothing(_session: Session, _found: OpenClock, _due: Due) -> None:
    """A grant ends by its date alone; the recorded row is what its holder and the department are shown."""


def _reply(row: Application) -> OpenClock:
    facts = clock.facts_of(row)
    return OpenClock(
        APPLICATION,
        row.id,
        row.number,
        row.organization_id,
        clock.REPLY,
        row.due_on,  # type: ignore[arg-type]
        facts,
        page=row.number,
    )


def _supplement(row: Application) -> OpenClock:
    # Of an application from before the days were kept, the day that the applicant was told stays.
    return OpenClock(
        APPLICATION,
        row.id,
        row.number,
        row.organization_id,
        SUPPLEMENT,
        row.supplement_due_on,  # type: ignore[arg-type]
        Facts(row.supplement_asked_at) if row.supplement_days else None,
        row.supplement_days,
        kinds=(*BEFORE, OVERDUE),
        persons=(row.applicant_id,),
        page=row.number,
    )


APPLICATIONS = Clocks(APPLICATION, open_applications, happened, move, application_stands)
GRANTS = Clocks(GRANT, open_grants, nothing, stands=grant_stands)
