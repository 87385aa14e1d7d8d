"""The clocks of applications and grants: which run, what a new calendar moves, and what follows when one is over.

佳木斯 arts 26, 39(7); 政府信息公开条例 30: silence lets what was missing lapse (视为撤回), it never answers an application.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from ckanext.govshare.domain.application import ACCEPTED, SUBMITTED, SUPPLEMENTING
from ckanext.govshare.domain.application_needs import Given
from ckanext.govshare.domain.deadline import Facts
from ckanext.govshare.domain.reminders import BEFORE, OVERDUE, Due
from ckanext.govshare.domain.workflow import Actor
from ckanext.govshare.logic.application import cases, clock
from ckanext.govshare.logic.clocks.clock import Clocks, Moved, OpenClock
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


# What a clock is read from; the sealed form is long and nobody's here.
_FACTS = (
    Application.id,
    Application.number,
    Application.organization_id,
    Application.applicant_id,
    Application.state,
    Application.received_at,
    Application.due_on,
    Application.supplement_asked_at,
    Application.supplement_received_at,
    Application.supplement_days,
    Application.supplement_due_on,
    Application.extension_days,
    Application.extension_granted,
    Application.decided_at,
    Application.closed_at,
)
AT_A_TIME = 5000


def open_applications(session: Session, until: date | None) -> Iterator[OpenClock]:
    """Yield the due date of every reply that is open, and of every supplement that is awaited."""
    query = _running().execution_options(yield_per=AT_A_TIME)
    return _clocks(session, query if until is None else query.where(_due_on() <= until))


def locked(session: Session, cases: Collection[str]) -> Iterator[OpenClock]:
    """Lock applications and yield the clocks of those that are still open, as they stand now."""
    query = _running().where(Application.id.in_(cases)).order_by(Application.id)
    return _clocks(session, query.with_for_update())


def _running() -> sa.Select[Any]:
    return sa.select(*_FACTS).where(Application.state.in_(RUNS), _due_on().is_not(None))


def _clocks(session: Session, query: sa.Select[Any]) -> Iterator[OpenClock]:
    for row in session.execute(query):
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


def move(session: Session, moved: Sequence[Moved]) -> None:
    """Keep the days that hold and the calendar that gave them."""
    for column, mine in (
        (Application.supplement_due_on, [one for one in moved if one.clock.duty == SUPPLEMENT]),
        (Application.due_on, [one for one in moved if one.clock.duty != SUPPLEMENT]),
    ):
        if not mine:
            continue
        days = (
            sa.func.unnest(
                sa.cast([one.clock.case_id for one in mine], ARRAY(sa.UnicodeText)),
                sa.cast([one.due_on for one in mine], ARRAY(sa.Date)),
            )
            .table_valued("case_id", "day")
            .render_derived()
        )
        kept = {column: days.c.day, Application.calendar_version: mine[0].deadline.calendar_version}
        statement = sa.update(Application).where(Application.id == days.c.case_id).values(kept)
        session.execute(statement.execution_options(synchronize_session=False))
    session.expire_all()


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


def _reply(row: sa.Row[Any]) -> OpenClock:
    return OpenClock(
        APPLICATION,
        row.id,
        row.number,
        row.organization_id,
        clock.REPLY,
        row.due_on,
        clock.facts_of(row),
        persons=(row.applicant_id,),
        page=row.number,
    )


def _supplement(row: sa.Row[Any]) -> OpenClock:
    # Of an application from before the days were kept, the day that the applicant was told stays.
    return OpenClock(
        APPLICATION,
        row.id,
        row.number,
        row.organization_id,
        SUPPLEMENT,
        row.supplement_due_on,
        Facts(row.supplement_asked_at) if row.supplement_days else None,
        row.supplement_days,
        kinds=(*BEFORE, OVERDUE),
        persons=(row.applicant_id,),
        page=row.number,
    )


APPLICATIONS = Clocks(APPLICATION, open_applications, happened, move, application_stands, locked)
GRANTS = Clocks(GRANT, open_grants, nothing, stands=grant_stands)
