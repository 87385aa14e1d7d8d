"""The journal's chain (办理记录防篡改): each row is bound to all rows before it by a hash.

Whoever changes, removes, inserts or exchanges rows breaks the chain at the first row concerned; whoever cuts
the newest rows off breaks its head, or an anchor (锚点) that was noted elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

SHA256 = "sha256"
SM3 = "sm3"  # GB/T 32905-2016
ALGORITHMS = (SHA256, SM3)

# What is hashed of a row, in this order; the form of the text never changes.
COLUMNS = (
    "id", "at", "actor", "case_kind", "case_id", "organization_id", "move",
    "from_state", "to_state", "note", "facts", "rule_version",
)  # fmt: skip


@dataclass(frozen=True)
class Head:
    """Number and hash of a link: where the chain ends, or ended when it was anchored."""

    number: int
    hash: str


@dataclass(frozen=True)
class Link:
    """One place of the chain as it is found; ``number`` is None for a row that was never chained.

    ``row`` maps :data:`COLUMNS` to what the journal holds there; None when the row is gone.
    """

    number: int | None
    algorithm: str
    hash: str
    row: Mapping[str, object] | None


@dataclass(frozen=True)
class Broken:
    """The first place that is not as it was written: its number, the journal row's id if known, and how."""

    kind: str  # missing · removed · altered · unchained · cut · rewritten · anchor
    number: int
    row_id: int | None = None


START = Head(0, "")


def follow(head: Head, algorithm: str, row: Mapping[str, object]) -> Head:
    """Return the chain's next head: the hash over number, algorithm, the hash before, and every column."""
    number = head.number + 1
    parts = [number, algorithm, head.hash, *(_plain(row[name]) for name in COLUMNS)]
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Head(number, hashlib.new(algorithm, text.encode()).hexdigest())


def first_broken(links: Iterable[Link], head: Head, anchors: Sequence[Head]) -> Broken | None:
    """Return the first place where the chain does not hold, None when all of it does.

    ``links`` come by number, unchained rows last; ``head`` is where the last writer left the chain.
    """
    noted = {anchor.number: anchor.hash for anchor in anchors}
    last = START
    for link in links:
        if broken := _broken_at(link, last, noted):
            return broken
        last = Head(last.number + 1, link.hash)
    if last.number < max([head.number, *noted]):
        return Broken("cut", last.number + 1)
    return None if last == head else Broken("rewritten", last.number)


def _broken_at(link: Link, last: Head, noted: Mapping[int, str]) -> Broken | None:
    row_id = None if link.row is None else int(str(link.row["id"]))
    number = last.number + 1
    if link.number is None:
        return Broken("unchained", number, row_id)
    if link.number != number:
        return Broken("missing", number)
    if link.row is None:
        return Broken("removed", number)
    if link.algorithm not in ALGORITHMS or follow(last, link.algorithm, link.row).hash != link.hash:
        return Broken("altered", number, row_id)
    if noted.get(number, link.hash) != link.hash:
        return Broken("anchor", number, row_id)
    return None


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return value
