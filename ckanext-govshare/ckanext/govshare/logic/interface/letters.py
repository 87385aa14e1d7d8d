"""The webhook (推送) as its receiver's programmer reads it: a worked example, and the times of the retry schedule.

Everything is made by what really signs and waits, so that the example is right whatever changes there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ckanext.govshare.domain.mirror import canonical
from ckanext.govshare.domain.mirror_letter import (
    DIGESTS,
    letter_of,
    signed_by_receiver,
    signed_by_sender,
)
from ckanext.govshare.domain.mirror_relay import ATTEMPTS, LONGEST_REST, rest_after, wait_after
from ckanext.govshare.mirror.webhook import ENTRY, HASH, NONCE, SIGNATURE, TIME, signature

SECRET = "0123456789abcdef0123456789abcdef"  # noqa: S105 - the example's
MOMENT, NUMBER_ONCE = 1795348560123, "5d41402abc4b2a765d41402abc4b2a76"
LATEST = 1.0  # the share of jitter that makes a wait longest
COPY: Mapping[str, object] = {
    "id": "6f0c3a52-7d0e-4c1b-9a53-0f1f5f6b7c11",
    "name": "bus-stops",
    "openness": "conditional",
    "organization": {"name": "transport", "title": "交通运输局"},
    "card": {"title": "公交站点"},
    "page": "https://data.example/dataset/bus-stops",
    "apply": "https://data.example/dataset/bus-stops/apply",
    "files": [],
}


@dataclass(frozen=True)
class Example:
    """One letter and its receipt, to the byte, signed by one digest."""

    digest: str
    headers: Mapping[str, str]
    body: str
    receipt: str
    receipt_signature: str


def examples() -> list[Example]:
    """Return the same letter signed by every digest."""
    return [_example(digest) for digest in DIGESTS]


def copy() -> str:
    """Return the example's entry in its canonical form."""
    return canonical(COPY)


def waits() -> list[tuple[int, timedelta]]:
    """Return after which failure of an entry how long is waited at most; after the last a person must look."""
    return [(attempt, wait_after(attempt, LATEST)) for attempt in range(1, ATTEMPTS)]


def rests() -> list[tuple[int, timedelta]]:
    """Return after which failure of the target itself all entries wait how long at most, until it grows no more."""
    found = [(1, rest_after(1, LATEST))]
    while found[-1][1] < LONGEST_REST:
        number = len(found) + 1
        found.append((number, rest_after(number, LATEST)))
    return found


def _example(digest: str) -> Example:
    letter = letter_of(COPY, "")
    body = canonical(letter.body)
    receipt = json.dumps({"id": letter.id, "hash": letter.content["hash"]})
    headers: dict[str, Any] = {
        ENTRY: letter.id,
        HASH: letter.content["hash"],
        TIME: str(MOMENT),
        NONCE: NUMBER_ONCE,
        SIGNATURE: _signed(digest, signed_by_sender(MOMENT, NUMBER_ONCE, body.encode())),
    }
    signed = _signed(digest, signed_by_receiver(MOMENT, NUMBER_ONCE, receipt.encode()))
    return Example(digest, headers, body, receipt, signed)


def _signed(digest: str, text: bytes) -> str:
    return signature(SECRET.encode("ascii"), digest, text)
