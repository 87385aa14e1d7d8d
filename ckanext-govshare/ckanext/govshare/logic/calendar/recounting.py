"""Open clocks under another calendar: first shown, then moved once, in one transaction, journalled old → new."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ckanext.govshare.domain.calendar_change import Recount, recount
from ckanext.govshare.domain.workdays import Calendar
from ckanext.govshare.logic.clocks.clock import Clocks, OpenClock
from ckanext.govshare.logic.clocks.sources import SOURCES
from ckanext.govshare.model import JournalRow, journal

CASE_KIND = "calendar"
MOVE = "recount"


@dataclass(frozen=True)
class Affected:
    """One open clock whose derived date is not the promised one."""

    source: Clocks
    clock: OpenClock
    recount: Recount


def affected(session: Session, calendar: Calendar) -> Iterator[Affected]:
    """Yield every open clock that ``calendar`` would move, and those it would shorten but may not."""
    for source in SOURCES:
        if source.move is None:
            continue
        for clock in list(source.open(session, None)):
            if clock.facts is None:
                continue
            found = recount(clock.counted_by, clock.facts, clock.due_on, calendar)
            if found.moves or found.kept:
                yield Affected(source, clock, found)


def apply(session: Session, calendar: Calendar, actor: str) -> list[Affected]:
    """Move what moves and journal it, with one row for the calendar itself; the caller commits."""
    found = list(affected(session, calendar))
    for one in found:
        if one.recount.moves and one.source.move:
            one.source.move(session, one.clock, one.recount.deadline, one.recount.holds)
            _journal(session, one, calendar, actor)
    journal.record(
        session,
        actor=actor,
        case_kind=CASE_KIND,
        case_id=calendar.version,
        move=MOVE,
        from_state="",
        to_state="",
        facts={
            "moved": sum(one.recount.moves for one in found),
            "kept": sum(one.recount.kept for one in found),
        },
    )
    return found


def follow(session: Session, calendar: Calendar) -> None:
    """Count the open clocks by ``calendar`` unless that was done: a release may bring new notices as well."""
    query = sa.select(JournalRow.id).filter_by(case_kind=CASE_KIND, case_id=calendar.version).limit(1)
    if session.scalar(query) is None:
        apply(session, calendar, journal.SYSTEM)
        session.commit()


def _journal(session: Session, one: Affected, calendar: Calendar, actor: str) -> None:
    journal.record(
        session,
        actor=actor,
        case_kind=one.clock.case_kind,
        case_id=one.clock.case_id,
        organization_id=one.clock.organization_id,
        move=MOVE,
        from_state="",
        to_state="",
        facts={
            "duty": one.clock.duty,
            "due_on_before": one.recount.promised.isoformat(),
            "due_on": one.recount.holds.isoformat(),
            "calendar_version": calendar.version,
        },
    )
