"""Open clocks under another calendar: first shown, then moved once, in one transaction, journalled old → new, and told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ckanext.govshare.domain.calendar_change import Recount, arranged_by, recount
from ckanext.govshare.domain.workdays import Calendar
from ckanext.govshare.logic.clocks import telling
from ckanext.govshare.logic.clocks.clock import Clocks, Moved, OpenClock
from ckanext.govshare.logic.clocks.sources import SOURCES
from ckanext.govshare.logic.deadline import calendars
from ckanext.govshare.model import JournalRow, journal

CASE_KIND = "calendar"
MOVE = "recount"
LISTED = 500  # clocks that an answer names; the counts are of all
BATCH = 1000
_ONE = 0x63616C  # of PostgreSQL's advisory locks: one calendar at a time
# An application that was on its way while the calendar changed had counted by the old one; by now it has arrived.
SETTLED = timedelta(minutes=5)


@dataclass(frozen=True)
class Affected:
    """One open clock whose derived date is not the promised one."""

    clock: OpenClock
    recount: Recount


@dataclass
class Tally:
    """How many clocks move and how many keep a promise that the calendar alone would break; the first, by name."""

    moved: int = 0
    kept: int = 0
    movers: list[Affected] = field(default_factory=list)
    keepers: list[Affected] = field(default_factory=list)

    def add(self, one: Affected) -> None:
        """Count one, and keep it while there is room."""
        self.moved += one.recount.moves
        self.kept += one.recount.kept
        named = self.movers if one.recount.moves else self.keepers
        if len(named) < LISTED:
            named.append(one)

    @property
    def listed(self) -> list[Affected]:
        """Those that an answer names: what moves first."""
        return [*self.movers, *self.keepers][:LISTED]


def preview(session: Session, calendar: Calendar) -> Tally:
    """Count what ``calendar`` would move and what it would shorten but may not; nothing is changed."""
    tally = Tally()
    for source in _movable():
        for one in _affected(source.open(session, None), calendar):
            tally.add(one)
    return tally


def alone(session: Session) -> None:
    """Wait until nobody else changes the calendar or counts by it; until the end of the transaction."""
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(_ONE)))


def apply(session: Session, calendar: Calendar, actor: str, at: datetime) -> Tally:
    """Move what moves, journal it and tell of it, with one row for the calendar itself; the caller commits."""
    tally, why = Tally(), _Why(calendar)
    for source in _movable():
        movers = []
        for one in _affected(source.open(session, None), calendar):
            if one.recount.moves:
                movers.append(one.clock)
            else:
                tally.add(one)
        for begin in range(0, len(movers), BATCH):
            for one in _take(session, source, movers[begin : begin + BATCH], calendar, actor, at, why):
                tally.add(one)
    journal.record(
        session,
        actor=actor,
        case_kind=CASE_KIND,
        case_id=calendar.version,
        move=MOVE,
        from_state="",
        to_state="",
        facts={"moved": tally.moved, "kept": tally.kept},
        at=at,
    )
    return tally


def follow(session: Session, at: datetime) -> None:
    """Count the open clocks by the calendar in force unless that was done: a release may bring new notices as well.

    It is done once more a little later, for what was on its way the first time.
    """
    if _is_followed(session, calendars.current(), at):
        return
    alone(session)
    calendar = calendars.current()
    if not _is_followed(session, calendar, at):
        apply(session, calendar, journal.SYSTEM, at)
    session.commit()


def _is_followed(session: Session, calendar: Calendar, at: datetime) -> bool:
    query = sa.select(JournalRow.at).filter_by(case_kind=CASE_KIND, case_id=calendar.version)
    counts = list(session.scalars(query.order_by(JournalRow.id).limit(2)))
    return len(counts) > 1 or (len(counts) == 1 and at - counts[0] < SETTLED)


def _movable() -> Iterator[Clocks]:
    return (source for source in SOURCES if source.move)


def _affected(clocks: Iterable[OpenClock], calendar: Calendar) -> Iterator[Affected]:
    for clock in clocks:
        if clock.facts is None:
            continue
        found = recount(clock.counted_by, clock.facts, clock.due_on, calendar)
        if found.moves or found.kept:
            yield Affected(clock, found)


def _take(
    session: Session,
    source: Clocks,
    clocks: list[OpenClock],
    calendar: Calendar,
    actor: str,
    at: datetime,
    why: _Why,
) -> list[Affected]:
    """Lock these cases, look again, and move, journal and tell what moves as they stand now."""
    assert source.move is not None  # noqa: S101 - of the movable ones
    now = source.again(session, [clock.case_id for clock in clocks]) if source.again else clocks
    found = list(_affected(now, calendar))
    moved = [Moved(one.clock, one.recount.deadline, one.recount.holds) for one in found if one.recount.moves]
    if moved:
        source.move(session, moved)
        journal.record_all(session, (_line(one, calendar, actor, at) for one in moved))
        telling.tell_of_recount(session, moved, why.of)
    return found


class _Why:
    """Why a day moved: the numbers of the notices that arrange its period, counted once for each period."""

    def __init__(self, calendar: Calendar) -> None:
        self._told = lru_cache(maxsize=None)(
            lambda first, last: "、".join(arranged_by(calendar, first, last)) or calendar.version
        )

    def of(self, one: Moved) -> str:
        """Return it in words that need no translation."""
        return self._told(one.deadline.started_on, one.due_on)


def _line(one: Moved, calendar: Calendar, actor: str, at: datetime) -> journal.Line:
    before, after = one.clock.due_on.isoformat(), one.due_on.isoformat()
    return {
        "actor": actor,
        "case_kind": one.clock.case_kind,
        "case_id": one.clock.case_id,
        "organization_id": one.clock.organization_id,
        "move": MOVE,
        "from_state": "",
        "to_state": "",
        "note": f"{before} → {after}",
        "facts": {
            "duty": one.clock.duty,
            "due_on_before": before,
            "due_on": after,
            "calendar_version": calendar.version,
        },
        "at": at,
    }
