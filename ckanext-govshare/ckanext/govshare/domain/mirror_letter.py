"""A letter (推送消息) to a target that is told by JSON: what it says, what is signed, and which answer proves anything.

The receiver answers with the hash of what it now holds (回执). Its answer is signed like the letter, over the
letter's own time and number, so that no cached page, no other site and no echo of the letter passes for one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ckanext.govshare.domain.mirror import PUT, TOMBSTONE, Copy, Found, Wanted, hash_of

SHA256 = "sha256"
SM3 = "sm3"  # GB/T 32905-2016
DIGESTS = (SHA256, SM3)
SHORTEST_SECRET = 32  # characters
ANSWER = "answer"


@dataclass(frozen=True)
class Letter(Wanted):
    """What must be held for one entry: the hash alone is compared, ``body`` is what is sent."""

    body: Mapping[str, object] = field(default_factory=dict)


def letter_of(copy: Copy, title: str) -> Letter:
    """Return the letter that carries an entry's copy: ``{change, id, hash, entry}`` as in the feed."""
    entry_id, hash_ = str(copy["id"]), hash_of(copy)
    body = {"change": PUT, "id": entry_id, "hash": hash_, "entry": copy}
    return Letter(entry_id, str(copy["name"]), {"hash": hash_}, title, body)


def tombstone_of(entry_id: str) -> dict[str, object]:
    """Return the letter that takes an entry away: nothing but its id."""
    return {"change": TOMBSTONE, "id": entry_id, "hash": None}


def signed_by_sender(time: int, nonce: str, body: bytes) -> bytes:
    """Return what the sender signs: time in milliseconds since 1970, a number used once, and the body."""
    return f"{time}\n{nonce}\n".encode() + body


def signed_by_receiver(time: int, nonce: str, body: bytes) -> bytes:
    """Return what the receiver signs: the word "answer", time and number of the letter, and its own body."""
    return f"{ANSWER}\n{time}\n{nonce}\n".encode() + body


def found_of(row: Mapping[str, object]) -> Found | None:
    """Return what a receiver says it holds of an entry, None when it holds nothing; ids there are ours.

    :raises KeyError, TypeError: the answer is none
    """
    entry_id, hash_ = row["id"], row["hash"]
    if hash_ is None:
        return None
    if not isinstance(entry_id, str) or not isinstance(hash_, str):
        raise TypeError("an id and a hash are texts")
    return Found(entry_id, entry_id, entry_id, {"hash": hash_})


def listed_of(answer: Mapping[str, object]) -> tuple[tuple[Found, ...], int]:
    """Return what a receiver lists, ``{count, entries: [{id, hash}]}``, and how many it says that is.

    :raises KeyError, TypeError: the answer is none
    """
    rows, told = answer["entries"], answer["count"]
    if not isinstance(rows, Sequence) or isinstance(rows, str) or not isinstance(told, int):
        raise TypeError("entries are a list and their count is a number")
    held = (found_of(row) for row in rows)
    return tuple(found for found in held if found is not None), told
