"""The clock of the use report (使用情况报告): it runs from a grant's end, and is soft: silence is seen, no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ckanext.govshare import rulebook
from ckanext.govshare.domain.deadline import Facts, due
from ckanext.govshare.domain.reminders import BEFORE, OVERDUE, Due
from ckanext.govshare.domain.use_report import DUTY, over_since, owes_report
from ckanext.govshare.logic.application import clock, granting
from ckanext.govshare.logic.application.clocks import GRANT
from ckanext.govshare.logic.clocks.clock import Clocks, OpenClock
from ckanext.govshare.logic.deadline import calendars
from ckanext.govshare.model import Application, Grant, GrantReport, GrantUse, Reminder


def open_reports(session: Session, until: date | None) -> Iterator[OpenClock]:
    """Yield when the report of each grant that is over and was used is due, until it has been recorded as late."""
    today, calendar = clock.today(), calendars.current()
    late = sa.exists().where(
        Reminder.case_kind == GRANT,
        Reminder.case_id == Grant.id,
        Reminder.duty == DUTY,
        Reminder.kind == OVERDUE,
    )
    query = (
        sa.select(Grant, Application.number)
        .join(Application)
        .where(
            sa.or_(Grant.revoked_at.is_not(None), Grant.ends_on < today),
            sa.exists().where(GrantUse.grant_id == Grant.id),
            ~sa.exists().where(GrantReport.grant_id == Grant.id),
            ~late,
        )
    )
    for row, page in session.execute(query):
        fact = granting.fact(row)
        due_on = due(rulebook.duty(DUTY), Facts(received=over_since(fact)), calendar).due_on
        if owes_report(fact, today, taken=True, reported=False) and (until is None or due_on <= until):
            yield OpenClock(
                GRANT,
                row.id,
                row.number,
                row.organization_id,
                DUTY,
                due_on,
                kinds=(*BEFORE, OVERDUE),
                persons=(row.holder_id,),
                page=page,
            )


def nothing(_session: Session, _found: OpenClock, _due: Due) -> None:
    """Nothing follows from a report that is late but that it is seen."""


def report_stands() -> sa.ColumnElement[bool]:
    """Tell of rows of reminders whether they are of a report that has not come."""
    return (Reminder.duty == DUTY) & ~sa.exists().where(GrantReport.grant_id == Reminder.case_id)


REPORTS = Clocks(GRANT, open_reports, nothing, stands=report_stands)
