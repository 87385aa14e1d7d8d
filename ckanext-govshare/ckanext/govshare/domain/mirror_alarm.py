"""Alarms (同步告警): what about a target the bureau is told by notice, and once for what.

佳木斯 art. 23: what stands on government sites agrees with the platform; who must see to it must be told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from ckanext.govshare.domain.mirror_relay import Limits, Standing

NOT_PROVEN_GONE = "not_proven_gone"
DEAD_LETTER = "dead_letter"
UNREACHABLE = "unreachable"
DELETIONS_WAIT = "deletions_wait"
DOUBTFUL = "doubtful"
DIFFERS = "differs"
OF_ENTRY = (NOT_PROVEN_GONE, DEAD_LETTER)
OF_TARGET = (UNREACHABLE, DELETIONS_WAIT, DOUBTFUL, DIFFERS)
KINDS = (*OF_ENTRY, *OF_TARGET)
# What only a comparison that can be believed may take back.
OF_COMPARISON = (DELETIONS_WAIT, DIFFERS)

RECOVERED = "recovered"
ENTRY = "entry"  # what has recovered where it is an entry, whatever had been told of it

NAMED = 5  # notices that name an entry; of more at once one notice tells how many they are


@dataclass(frozen=True)
class Unserved:
    """An entry that a target has not followed in: since when, by which change, and whether it was given up.

    Where something is taken away, ``waiting_since`` is when it was, whatever waited there before.
    """

    entry_id: str
    title: str
    change: int
    restricts: bool
    waiting_since: datetime
    is_dead: bool


@dataclass(frozen=True)
class Alarm:
    """One thing to tell: ``entry_id`` is empty where it concerns the whole target.

    ``about`` makes it be told once: the number of the change for an entry, the day for a target.
    """

    kind: str
    about: str
    count: int = 1
    entry_id: str = ""
    title: str = ""

    @property
    def is_sum(self) -> bool:
        """Tell whether it stands for several alarms about entries."""
        return self.kind in OF_ENTRY and not self.entry_id


@dataclass(frozen=True)
class Told:
    """An alarm that the bureau was told and that has not been seen to be over; told again each day, a row each."""

    id: int
    kind: str
    entry_id: str
    raised_at: datetime


@dataclass(frozen=True)
class Recovery:
    """What is told once as over (已恢复): ``kind`` is ``entry`` or one of a target's; ``since`` when it was first told.

    ``entry_id`` is empty where it concerns the target, or counts several entries.
    """

    kind: str
    since: datetime
    count: int = 1
    entry_id: str = ""

    @property
    def is_sum(self) -> bool:
        """Tell whether it stands for several entries."""
        return self.kind == ENTRY and not self.entry_id


def entry_alarms(rows: Iterable[Unserved], at: datetime, limits: Limits) -> Iterator[Alarm]:
    """Name what is not proven gone within its time, and what the target refused until it was given up."""
    for row in rows:
        if row.restricts and at - row.waiting_since > limits.proof:
            yield Alarm(NOT_PROVEN_GONE, str(row.change), 1, row.entry_id, row.title)
        if row.is_dead:
            yield Alarm(DEAD_LETTER, str(row.change), 1, row.entry_id, row.title)


def target_alarms(standing: Standing, at: datetime, today: date, limits: Limits) -> Iterator[Alarm]:
    """Name what is wrong with a target as a whole; told once a day for as long as it lasts."""
    about = today.isoformat()
    if standing.unreachable_since and at - standing.unreachable_since > limits.reach:
        yield Alarm(UNREACHABLE, about, limits.reach_within_hours)
    counts = {
        DELETIONS_WAIT: standing.awaiting_person,
        DOUBTFUL: standing.doubts,
        DIFFERS: max(standing.differing - standing.awaiting_person, 0),
    }
    yield from (Alarm(kind, about, count) for kind, count in counts.items() if count)


def to_tell(new: Iterable[Alarm]) -> Iterator[Alarm]:
    """Return what is told of alarms that are new: each by itself, or one that counts them where they are many."""
    held: dict[str, list[Alarm]] = {}
    for alarm in new:
        held.setdefault(alarm.kind, []).append(alarm)
    for kind, alarms in held.items():
        if len(alarms) <= NAMED:
            yield from alarms
        else:
            yield Alarm(kind, alarms[0].about, len(alarms))


def over(
    told: Iterable[Told], raised: Iterable[Alarm], standing: Standing, waiting: Collection[str]
) -> tuple[Told, ...]:
    """Return which of the alarms that were told are over; ``waiting`` are the entries the target has not followed in.

    An entry that is merely tried again is not over, and what a comparison found is not while the last one is doubtful.
    """
    standing_now = {(alarm.kind, alarm.entry_id) for alarm in raised}

    def is_over(row: Told) -> bool:
        if (row.kind, row.entry_id) in standing_now:
            return False
        if row.kind in OF_ENTRY:
            return row.entry_id not in waiting
        return not (row.kind in OF_COMPARISON and standing.doubts)

    return tuple(filter(is_over, told))


def recoveries(ended: Iterable[Told]) -> Iterator[Recovery]:
    """Return what is told of alarms that are over: one for each entry, or for all where they are many; one a kind."""
    since: dict[tuple[str, str], datetime] = {}
    for row in ended:
        key = (ENTRY, row.entry_id) if row.kind in OF_ENTRY else (row.kind, "")
        since[key] = min(row.raised_at, since.get(key, row.raised_at))
    entries = [key for key in since if key[0] == ENTRY]
    if len(entries) > NAMED:
        yield Recovery(ENTRY, min(since.pop(key) for key in entries), len(entries))
    for (kind, entry_id), first in since.items():
        yield Recovery(kind, first, 1, entry_id)
