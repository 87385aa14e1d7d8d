"""When a target is tried again, when a person must look, and the one word that says how a target stands."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.domain.mirror_ghost import STILL_FOUND

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)
LONGEST_REST = timedelta(minutes=5)  # of a target as a whole: who was away for an hour is soon served again
ATTEMPTS = 8  # then an entry is a dead letter (死信) until a person or a new change revives it

# A request outlives who sent it: the target may carry out what a killed relay, or one that has lost patience, has sent.
LATE_WRITE = timedelta(minutes=3)

# Faults of one entry. After the ambiguous ones the target is asked whether it is well; if it is not, and after every
# other fault, everything waits until it answers again.
ENTRY_FAULTS = (
    "mirror.refused",
    "mirror.no_organization",
    "mirror.name_taken",
    "mirror.answer_differs",
    "mirror.changed_meanwhile",
    "mirror.still_there",
    STILL_FOUND,
)
AMBIGUOUS_FAULTS = (
    "mirror.failing",
    "mirror.not_json",
    "mirror.not_authorized",
    "mirror.too_slow",
    "mirror.too_large",
)
NIGHT = 2  # o'clock, from when the nightly comparison (核对) is due

AGREES = "agrees"
BEHIND = "behind"
WRONG = "wrong"
UNPROVEN = "unproven"  # everything was acknowledged, but the target never says what it holds
STATES = (AGREES, BEHIND, WRONG, UNPROVEN)

RECONCILED_WITHIN = timedelta(hours=36)  # the nightly run, and one that failed


def wait_after(attempts: int, jitter: float) -> timedelta:
    """Return how long to wait after so many failures: doubling from 5 s to an hour, halved at most by ``jitter``.

    ``jitter`` (0 to 1) is drawn by the caller, so that many entries do not come back in the same second.
    """
    return _doubled(attempts, LONGEST_WAIT) * (0.5 + 0.5 * jitter)


def rest_after(attempts: int, jitter: float) -> timedelta:
    """Return how long a target rests after so many failures of its own: as :func:`wait_after`, to five minutes."""
    return _doubled(attempts, LONGEST_REST) * (0.5 + 0.5 * jitter)


def doubt_ends(writing_since: datetime) -> datetime:
    """Return until when a write whose end nobody has seen may still arrive."""
    return writing_since + LATE_WRITE


def is_dead(attempts: int) -> bool:
    """Tell whether an entry has failed so often that only a person can help."""
    return attempts >= ATTEMPTS


def concerns_entry(code: str) -> bool:
    """Tell whether a fault says something about one entry, so that a person must look in the end."""
    return code in ENTRY_FAULTS


def may_concern_entry(code: str) -> bool:
    """Tell whether a fault may be one entry's although the target is well: an error, silence, a refusal."""
    return code in AMBIGUOUS_FAULTS


def is_comparison_due(last: datetime | None, local: datetime) -> bool:
    """Tell whether the nightly comparison is due: none yet, or none since two o'clock; both on the same clock."""
    night = local.replace(hour=NIGHT, minute=0, second=0, microsecond=0)
    night = night if local >= night else night - timedelta(days=1)
    return last is None or last < night


@dataclass(frozen=True)
class Limits:
    """How long a target may keep us waiting before the bureau is told; configured for each target.

    ``prove_within_minutes``: until what was withdrawn or narrowed must be proven gone;
    ``reach_within_hours``: how long the target may be out of reach.
    """

    prove_within_minutes: int = 60
    reach_within_hours: int = 1

    @property
    def proof(self) -> timedelta:
        """The time for a proof."""
        return timedelta(minutes=self.prove_within_minutes)

    @property
    def reach(self) -> timedelta:
        """The time out of reach."""
        return timedelta(hours=self.reach_within_hours)


LIMITS = tuple(field.name for field in fields(Limits))
USUAL = Limits()


@dataclass(frozen=True)
class Standing:
    """What is known of a target: counts of entries, and since when something has been waiting.

    ``waiting_since`` is the oldest change not yet there, ``restricting_since`` the oldest that takes away;
    ``doubts`` is how many things the last reconciliation found wrong with the target's answers;
    ``can_be_compared`` is false where the target has no way to say what it holds.
    """

    waiting: int
    waiting_since: datetime | None
    restricting_since: datetime | None
    dead: int
    conflicts: int
    doubts: int
    differing: int
    awaiting_person: int
    unreachable_since: datetime | None
    reconciled_at: datetime | None
    can_be_compared: bool = True


def alarms(standing: Standing, at: datetime, limits: Limits = USUAL) -> tuple[Reason, ...]:
    """Name everything about a target that a person must look at."""
    found = [
        Reason(code, {"count": count})
        for code, count in (
            ("mirror.dead_letters", standing.dead),
            ("mirror.conflicts", standing.conflicts),
            ("mirror.doubtful", standing.doubts),
            ("mirror.awaiting_person", standing.awaiting_person),
        )
        if count
    ]
    if standing.unreachable_since and at - standing.unreachable_since > limits.reach:
        found.append(Reason("mirror.unreachable_long", {"hours": limits.reach_within_hours}))
    if standing.restricting_since and at - standing.restricting_since > limits.proof:
        found.append(Reason("mirror.not_proven_gone", {"minutes": limits.prove_within_minutes}))
    if standing.reconciled_at and at - standing.reconciled_at > RECONCILED_WITHIN:
        found.append(Reason("mirror.reconciliation_missed"))
    return tuple(found)


def word_for(standing: Standing, at: datetime, limits: Limits = USUAL) -> str:
    """Return 一致, 落后, 异常 or 未经核对: proven equal, under way, for a person to look at, or never to be proven."""
    if alarms(standing, at, limits):
        return WRONG
    if not standing.can_be_compared and not standing.waiting:
        return UNPROVEN
    proven = standing.reconciled_at is not None and not standing.differing
    return AGREES if proven and not standing.waiting else BEHIND


def _doubled(attempts: int, longest: timedelta) -> timedelta:
    doublings = min(max(attempts, 1) - 1, 20)
    doubled: timedelta = FIRST_WAIT * 2**doublings
    return min(longest, doubled)
