"""Figures of applications (依申请开放情况), counted in the database as ``domain/application_figures.py`` would one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import ARRAY

from ckanext.govshare import rulebook
from ckanext.govshare.domain import application_figures as rules
from ckanext.govshare.domain import deadline_status
from ckanext.govshare.domain.application import ACCEPTED, LAPSED, SUBMITTED, SUPPLEMENTING, WITHDRAWN
from ckanext.govshare.domain.deadline import SHANGHAI, shanghai_date
from ckanext.govshare.domain.workdays import Calendar
from ckanext.govshare.logic.application.clock import REPLY
from ckanext.govshare.model import Application

REASON = "refusal_"
Figures = dict[str, Any]


def of_year(
    year: int, at: datetime, calendar: Calendar, *, organization_id: str = "", breakdown: bool = False
) -> list[tuple[int | None, str | None, Figures]]:
    """Return (month, department, figures) of what was received in ``year``; None stands for all of them.

    With ``breakdown`` every month, every department and every month of each come beside the total.
    """
    where = [*_received_in(year), Application.received_at <= at]
    if organization_id:
        where.append(Application.organization_id == organization_id)
    counts = {code: sa.func.count().filter(met) for code, met in _conditions(at, calendar).items()}
    taken, joined = _days_taken(year, at, calendar)
    median = sa.func.percentile_disc(0.5).within_group(taken)
    columns = [*(count.label(code) for code, count in counts.items()), median.label("median_days")]
    month, office = sa.extract("month", _in_shanghai(Application.received_at)), Application.organization_id
    keys = (month, office) if breakdown else (sa.null(), sa.null())
    query = sa.select(*keys, *columns).select_from(joined).where(*where)
    if breakdown:
        query = query.group_by(sa.func.cube(*keys))
    return [
        (None if row[0] is None else int(row[0]), row[1], _figures(row._mapping, yearly=row[0] is None))  # noqa: SLF001
        for row in model.Session.execute(query)
    ]


def nothing() -> Figures:
    """Return the figures of a month in which nothing was received."""
    return _figures(defaultdict(int, median_days=None), yearly=False)


def years() -> list[int]:
    """Return the years from the first application received to the last, the newest first."""
    query = sa.select(sa.func.min(Application.received_at), sa.func.max(Application.received_at))
    first, last = model.Session.execute(query).one()
    return list(range(shanghai_date(last).year, shanghai_date(first).year - 1, -1)) if first else []


def _figures(counted: Mapping[str, Any], *, yearly: bool) -> Figures:
    found: Figures = {code: counted[code] for code in ("received", *rules.BUCKETS, "extended")}
    found["answered"] = found[rules.ON_TIME] + found[rules.LATE]
    settled = (found[rules.ON_TIME], found[rules.LATE], found[rules.OVERDUE])
    found["on_time_share"] = rules.on_time_share(*settled)
    found["median_days"] = counted["median_days"]
    found["outcomes"] = {code: counted[code] for code in rules.OUTCOMES}
    if yearly:  # a single month of a single department would say too much of a single case
        found["refusals"] = {
            term.code: counted[REASON + term.code] for term in rulebook.application_terms("refusal_reasons")
        }
    return found


def _conditions(at: datetime, calendar: Calendar) -> dict[str, Any]:
    """Return what each figure counts; the boundaries are those of the inbox."""
    row = Application
    over, today = (
        deadline_status.windows(at, calendar)[code]
        for code in (deadline_status.OVERDUE, deadline_status.DUE_TODAY)
    )
    running, done_on = row.state.in_((SUBMITTED, ACCEPTED)), _day(row.decided_at)
    reason = row.reply["refusal_reason"].astext
    return {
        "received": sa.true(),
        rules.ON_TIME: done_on <= row.due_on,
        rules.LATE: done_on > row.due_on,
        rules.IN_HAND: running & (row.due_on >= today[0]),
        rules.OVERDUE: running & (row.due_on <= over[1]),
        rules.AWAITING: row.state == SUPPLEMENTING,
        rules.WITHDRAWN: row.state == WITHDRAWN,
        rules.LAPSED: row.state == LAPSED,
        "extended": row.extension_granted.is_(True),
        **{state: row.state == state for state in rules.OUTCOMES},
        **{REASON + term.code: reason == term.code for term in rulebook.application_terms("refusal_reasons")},
    }


def _days_taken(year: int, at: datetime, calendar: Calendar) -> tuple[Any, Any]:
    """Return the working days that an answer took, and the rows joined to the calendar that numbers them."""
    begin = Application.received_at
    if rulebook.duty(REPLY).supplement == "restart":
        begin = sa.func.coalesce(Application.supplement_received_at, begin)
    numbered = _numbered(date(year, 1, 1), shanghai_date(at), calendar)
    first, last = numbered.alias("first_day"), numbered.alias("last_day")
    joined = sa.outerjoin(Application, first, first.c.day == _day(begin)).outerjoin(
        last, last.c.day == _day(Application.decided_at)
    )
    return last.c.number - first.c.number, joined


def _numbered(first: date, last: date, calendar: Calendar) -> sa.CTE:
    """Return every day with the working days up to it, so that the database subtracts where the domain counts."""
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    numbers = [calendar.count(first - timedelta(1), day) for day in days]
    table = (
        sa.func.unnest(sa.cast(days, ARRAY(sa.Date)), sa.cast(numbers, ARRAY(sa.Integer)))
        .table_valued("day", "number")
        .render_derived()
    )
    return sa.select(table.c.day, table.c.number).cte("numbered_day")


def _received_in(year: int) -> list[Any]:
    begins, ends = (datetime(of, 1, 1, tzinfo=SHANGHAI) for of in (year, year + 1))
    return [Application.received_at >= begins, Application.received_at < ends]


def _day(instant: Any) -> Any:
    return sa.cast(_in_shanghai(instant), sa.Date)


def _in_shanghai(instant: Any) -> Any:
    return sa.func.timezone(SHANGHAI.key, instant)
