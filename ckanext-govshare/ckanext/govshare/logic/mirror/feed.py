"""The change feed (变更流): what other sites pull, so that they can follow without ever missing anything.

A tombstone names nothing but the id, and so does a change that a later one has superseded: what was
withdrawn or closed is not told again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ckan import model

from ckanext.govshare import runtime
from ckanext.govshare.domain.decision import Reason, Refused
from ckanext.govshare.domain.mirror import PUT, TOMBSTONE, canonical, hash_of
from ckanext.govshare.logic.errors import refuse
from ckanext.govshare.logic.mirror import changes
from ckanext.govshare.model import MirrorChange

SUPERSEDED = "superseded"  # a later change of the same entry says more
PAGE = 100
LARGEST_PAGE = 1000


def page(after: int, limit: int) -> dict[str, Any]:
    """Return the changes after cursor ``after``: ``{after, cursor, latest, more, changes}``.

    ``cursor`` is what the next call passes as ``after``. Cursors are numbers without gaps.
    """
    latest = changes.latest_number()
    if after > latest:
        refuse(Refused((Reason("mirror.cursor_ahead", {"after": after, "latest": latest}, "after"),)))
    rows = changes.page(after, limit)
    cursor = rows[-1][0].number if rows else after
    return {
        "after": after,
        "cursor": cursor,
        "latest": latest,
        "more": (cursor or 0) < latest,
        "changes": [_told(change, superseded_by) for change, superseded_by in rows],
    }


def tag(after: int, limit: int) -> str:
    """Return a name that changes with what :func:`page` would say."""
    return hash_of([changes.latest_number(), after, limit])[:24]


def snapshot_tag() -> str:
    """Return a name that changes with what :func:`snapshot_lines` would say."""
    return hash_of(["snapshot", changes.latest_number()])[:24]


def snapshot_lines() -> Iterator[str]:
    """Return everything public as JSON Lines: ``{cursor, count}``, then one copy a line.

    All of it is the state at that cursor; the feed goes on from there.
    """
    session = model.meta.create_local_session()
    try:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        cursor, count = changes.extent(session)
        yield canonical({"cursor": cursor, "count": count}) + "\n"
        for copy in changes.snapshot(session):
            yield canonical(copy) + "\n"
    finally:
        session.close()


def _told(change: MirrorChange, superseded_by: int | None) -> Mapping[str, Any]:
    told: dict[str, Any] = {
        "number": change.number,
        "id": change.entry_id,
        "at": runtime.in_shanghai(change.at).isoformat(),
    }
    if superseded_by:
        return {**told, "change": SUPERSEDED, "by": superseded_by}
    if change.kind == TOMBSTONE:
        return {**told, "change": TOMBSTONE}
    return {**told, "change": PUT, "hash": change.hash, "entry": change.content}
