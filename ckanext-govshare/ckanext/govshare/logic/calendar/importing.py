"""Importing a notice on holidays: what it changes is shown first; taking it counts the open clocks anew."""

from __future__ import annotations

from typing import Any

from ckan import model

from ckanext.govshare import rulebook, runtime
from ckanext.govshare.domain.calendar_change import changed_days, objections
from ckanext.govshare.domain.decision import Refused
from ckanext.govshare.domain.holidays import Notice, notice_as_dict
from ckanext.govshare.domain.workdays import Calendar, Day
from ckanext.govshare.logic.calendar import recounting
from ckanext.govshare.logic.errors import language, refuse
from ckanext.govshare.model import calendar as stored


def preview(notices: tuple[Notice, ...]) -> dict[str, Any]:
    """Say what ``notices`` would change: days, and every open clock that moves, old → new."""
    before, after = _calendars(notices)
    return _told(before, after, notices, recounting.preview(model.Session(), after), done=False)


def take(notices: tuple[Notice, ...], actor: str) -> dict[str, Any]:
    """Keep ``notices`` and move the open clocks, all in one transaction."""
    session, at = model.Session(), runtime.now()
    recounting.alone(session)
    before, after = _calendars(notices)
    for notice in notices:
        stored.keep(session, notice, actor, at)
    session.flush()
    found = recounting.apply(session, after, actor, at)
    session.commit()
    return _told(before, after, notices, found, done=True)


def _calendars(notices: tuple[Notice, ...]) -> tuple[Calendar, Calendar]:
    imported = stored.imported(model.Session())
    known = (*rulebook.shipped_notices(), *imported)
    reasons = [reason for notice in notices for reason in objections(notice, known)]
    if reasons:
        model.Session.rollback()
        refuse(Refused(tuple(reasons)))
    return rulebook.calendar(imported), rulebook.calendar((*imported, *notices))


def _told(
    before: Calendar, after: Calendar, notices: tuple[Notice, ...], found: recounting.Tally, *, done: bool
) -> dict[str, Any]:
    return {
        "imported": done,
        "notices": [{"year": notice.year, **notice_as_dict(notice)} for notice in notices],
        "version_before": before.version,
        "version": after.version,
        "days": [
            {"date": day.after.date.isoformat(), "before": _word(day.before), "after": _word(day.after)}
            for day in changed_days(before, after, notices)
        ],
        "moved": found.moved,
        "kept": found.kept,
        "clocks": [_clock(one) for one in found.listed],
    }


def _word(day: Day) -> str:
    return rulebook.words("day_kinds")[day.kind][language()] % {"name": day.name}


def _clock(one: recounting.Affected) -> dict[str, Any]:
    duty = rulebook.duty(one.clock.duty)
    return {
        "case_kind": one.clock.case_kind,
        "case_id": one.clock.case_id,
        "title": one.clock.title,
        "organization_id": one.clock.organization_id,
        "duty": duty.code,
        "label": duty.label[language()],
        "due_on_before": one.recount.promised.isoformat(),
        "derived": one.recount.deadline.due_on.isoformat(),
        "due_on": one.recount.holds.isoformat(),
        "kept": one.recount.kept,
    }
