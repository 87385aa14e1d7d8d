"""Mirror (同步): what of an entry may stand on other sites, and what must be done so that they agree with us.

佳木斯 art. 23 (what departments publish on government sites agrees with the open platform), 萍乡 art. 14
(unconditional data by link, conditional data with a way to apply); product rule: closed entries never travel.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType

from ckanext.govshare.domain.decision import Decision, Reason, decide
from ckanext.govshare.domain.openness import CONDITIONAL, UNCONDITIONAL, narrows
from ckanext.govshare.domain.release import is_public

RULE = "佳木斯 23"

PUT = "put"
NARROW = "narrow"
TOMBSTONE = "tombstone"
CHANGES = (PUT, NARROW, TOMBSTONE)
# What takes something away goes out before what adds something (先收窄后发布).
RESTRICTING = (NARROW, TOMBSTONE)

# More deletions than the greater of these two wait for a person.
DELETIONS_AT_ONCE = 3
DELETIONS_SHARE = 10  # percent of what stands at the target

Copy = Mapping[str, object]
_NOTHING_KNOWN: Mapping[str, str] = MappingProxyType({})


def copy_of(entry: Mapping[str, object]) -> dict[str, object] | None:
    """Return what of an entry travels (副本): card with files, or card with condition and way to apply; else None.

    ``entry``: ``{id, name, state, openness, organization: {name, title}, card, page, apply, files}``.
    """
    openness = str(entry["openness"])
    if not is_public(str(entry["state"]), openness):
        return None
    return {
        "id": entry["id"],
        "name": entry["name"],
        "openness": openness,
        "organization": entry["organization"],
        "card": entry["card"],
        "page": entry["page"],
        "files": entry["files"] if openness == UNCONDITIONAL else [],
        "apply": entry["apply"] if openness == CONDITIONAL else "",
    }


def canonical(content: object) -> str:
    """Return the one way to write ``content`` down: sorted keys, no blanks, characters as they are."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hash_of(content: object) -> str:
    """Return the SHA-256 of the canonical form; equal content, equal hash."""
    return sha256(canonical(content).encode("utf-8")).hexdigest()


def change_between(before: Copy | None, after: Copy | None) -> str | None:
    """Return which change leads from one public state of an entry to the next, None when there is none.

    Who was never public leaves no trace: nothing → nothing is no change.
    """
    if before is None:
        return PUT if after is not None else None
    if after is None:
        return TOMBSTONE
    if hash_of(before) == hash_of(after):
        return None
    if narrows(str(before["openness"]), str(after["openness"])) or (before["files"] and not after["files"]):
        return NARROW
    return PUT


@dataclass(frozen=True)
class Wanted:
    """What must stand at a target for one entry, in the target's own form; ``title`` is for people who read of it."""

    id: str
    name: str
    content: Mapping[str, object]
    title: str = ""


@dataclass(frozen=True)
class Found:
    """What stands at a target; ``origin`` is the local id that its mark names, empty at a stranger's."""

    remote_id: str
    name: str
    origin: str
    content: Mapping[str, object]


@dataclass(frozen=True)
class Difference:
    """One field in which the target does not agree."""

    field: str
    ours: object
    theirs: object


# What stands there as it must and is not found there: the target's index has lost it.
LISTED = "listed"
UNLISTED = Difference(LISTED, True, False)


@dataclass(frozen=True)
class Put:
    """Write an entry: new (``remote_id`` empty) or mended in ``differences``."""

    id: str
    remote_id: str = ""
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class Tombstone:
    """Take away what stands at the target as ours and is not wanted there."""

    id: str
    remote_id: str
    name: str


@dataclass(frozen=True)
class Conflict:
    """A name that a stranger holds at the target: reported, never overwritten."""

    id: str
    name: str
    remote_id: str


@dataclass(frozen=True)
class Plan:
    """What must be done so that the target agrees; tombstones are carried out before puts."""

    puts: tuple[Put, ...]
    tombstones: tuple[Tombstone, ...]
    conflicts: tuple[Conflict, ...]
    agreeing: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.puts or self.tombstones)


def plan(
    wanted: Iterable[Wanted],
    found: Sequence[Found],
    known: Mapping[str, str] = _NOTHING_KNOWN,
    unlisted: Collection[str] = (),
) -> Plan:
    """Compare what must stand at a target with what stands there.

    Ours is what the ledger ``known`` (local id → remote id) acknowledges, and what carries our mark;
    everything else is a stranger's. Remote ids are never taken for local ids.
    ``unlisted`` are the remote ids that the target has but does not list.
    """
    ours, spare = _sorted_out(found, known)
    holders = {row.name: row for row in found}
    own_remote_ids = {row.remote_id for row in [*ours.values(), *spare]}
    puts: list[Put] = []
    conflicts: list[Conflict] = []
    agreeing: list[str] = []
    asked = {entry.id: entry for entry in wanted}
    for entry in asked.values():
        mine, holder = ours.get(entry.id), holders.get(entry.name)
        if holder is not None and holder.remote_id not in own_remote_ids:
            conflicts.append(Conflict(entry.id, entry.name, holder.remote_id))
        elif mine is None:
            puts.append(Put(entry.id))
        elif found_differences := differences(entry.content, mine.content):
            puts.append(Put(entry.id, mine.remote_id, found_differences))
        elif mine.remote_id in unlisted:
            puts.append(Put(entry.id, mine.remote_id, (UNLISTED,)))
        else:
            agreeing.append(entry.id)
    extra = [Tombstone(id_, row.remote_id, row.name) for id_, row in ours.items() if id_ not in asked]
    extra += [Tombstone(row.origin, row.remote_id, row.name) for row in spare]
    return Plan(tuple(puts), tuple(extra), tuple(conflicts), tuple(agreeing))


def differences(ours: Mapping[str, object], theirs: Mapping[str, object]) -> tuple[Difference, ...]:
    """Return the fields that we answer for and that the target holds otherwise.

    Of a field that is itself a set of fields each is compared, those that only the target has as well.
    """
    found: list[Difference] = []
    for field, value in ours.items():
        other = theirs.get(field)
        if isinstance(value, Mapping) and isinstance(other, Mapping):
            inner = differences({**dict.fromkeys(other), **value}, other)
            found += [Difference(f"{field}/{row.field}", row.ours, row.theirs) for row in inner]
        elif canonical(value) != canonical(other):
            found.append(Difference(field, value, other))
    return tuple(found)


def may_delete(deletions: int, standing: int, confirmed: int = 0) -> Decision:
    """Decide whether so many deletions may go out by themselves: at most 3, or 10 % of what stands there.

    ``confirmed`` is the number that a person has agreed to after seeing the list.
    """
    limit = max(DELETIONS_AT_ONCE, standing * DELETIONS_SHARE // 100, confirmed)
    facts = {"count": deletions, "limit": limit}
    return decide([Reason("mirror.too_many_deletions", facts, rule=RULE)] if deletions > limit else [])


def _sorted_out(found: Sequence[Found], known: Mapping[str, str]) -> tuple[dict[str, Found], list[Found]]:
    """Return ours by local id, and what carries our mark a second time."""
    local_of = {remote_id: id_ for id_, remote_id in known.items()}
    ours = {local_of[row.remote_id]: row for row in found if row.remote_id in local_of}
    spare: list[Found] = []
    for row in found:
        if row.remote_id in local_of or not row.origin:
            continue
        if row.origin in ours:
            spare.append(row)
        else:
            ours[row.origin] = row
    return ours, spare
