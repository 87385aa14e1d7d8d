"""Alarms (同步告警): what about a target the bureau is told by notice, and once for what.

佳木斯 art. 23: what stands on government sites agrees with the platform; who must see to it must be told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
