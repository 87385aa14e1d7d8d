"""Changes of what is public: noted in the transaction of their cause, read back in the order of their commits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy import orm

from ckanext.govshare import runtime
from ckanext.govshare.domain.mirror import RESTRICTING, TOMBSTONE, change_between, hash_of
from ckanext.govshare.logic.mirror import copies
from ckanext.govshare.model import MirrorChange, Publication

BATCH = 500
NOTHING = hash_of(None)  # the hash of a tombstone


def note(entry_id: str) -> bool:
    """Note, in the caller's transaction, what has just changed for the public; tell whether anything has.

    The caller holds the lock of the entry's publication, so changes of one entry follow one another.
    """
    model.Session.flush()
    newest = model.Session.scalar(
        sa.select(MirrorChange).filter_by(entry_id=entry_id).order_by(MirrorChange.id.desc()).limit(1)
    )
    before = newest.content if newest else None
    return _note(entry_id, before, copies.copies_of([entry_id]).get(entry_id))


def catch_up() -> int:
    """Note what changed for the public without being noted: a renamed department, a moved site; return how many.

    Commits by itself, one batch after another.
    """
    held = {row.entry_id: row.hash for row in model.Session.execute(_newest(MirrorChange.hash))}
    now = {copy["id"]: hash_of(copy) for copy in copies.all_copies()}
    changed = [id_ for id_, hash_ in now.items() if held.get(id_) != hash_]
    lost = [id_ for id_, hash_ in held.items() if hash_ != NOTHING and id_ not in now]
    return sum(_note_alone(entry_id) for entry_id in [*changed, *lost])


def latest_number() -> int:
    """Return the number of the last change, 0 before the first."""
    return model.Session.scalar(sa.select(sa.func.max(MirrorChange.number))) or 0


def page(after: int, limit: int) -> list[tuple[MirrorChange, int | None]]:
    """Return the changes after number ``after`` in order, each with the number that has superseded it, if any."""
    later = orm.aliased(MirrorChange)
    superseded_by = (
        sa.select(sa.func.max(later.number))
        .where(later.entry_id == MirrorChange.entry_id, later.number > MirrorChange.number)
        .scalar_subquery()
    )
    query = (
        sa.select(MirrorChange, superseded_by)
        .where(MirrorChange.number > after)
        .order_by(MirrorChange.number)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in model.Session.execute(query)]


def snapshot(session: orm.Session) -> Iterator[Mapping[str, Any]]:
    """Return the copies that stand now, read in one transaction of ``session``."""
    query = _newest(MirrorChange.content).execution_options(yield_per=BATCH)
    yield from (row.content for row in session.execute(query) if row.content is not None)


def standing(session: orm.Session) -> list[Any]:
    """Return name, organization and last change (``at``) of every entry that is public now."""
    content = MirrorChange.content
    newest = _newest(
        MirrorChange.kind,
        MirrorChange.at,
        content["name"].astext.label("name"),
        content["organization"]["name"].astext.label("organization"),
    ).subquery()
    query = sa.select(newest.c.name, newest.c.organization, newest.c.at).where(newest.c.kind != TOMBSTONE)
    return list(session.execute(query.order_by(newest.c.entry_id)))


def extent(session: orm.Session) -> tuple[int, int]:
    """Return the number of the last change and how many entries are public at it."""
    newest = _newest(MirrorChange.kind).subquery()
    count = sa.select(sa.func.count()).select_from(newest).where(newest.c.kind != TOMBSTONE)
    return session.scalar(sa.select(sa.func.max(MirrorChange.number))) or 0, session.scalar(count) or 0


def newest_of(session: orm.Session, entry_id: str) -> MirrorChange | None:
    """Return the newest committed change of an entry."""
    query = (
        sa.select(MirrorChange)
        .where(MirrorChange.entry_id == entry_id, MirrorChange.number.is_not(None))
        .order_by(MirrorChange.number.desc())
        .limit(1)
    )
    return session.scalar(query)


def is_restricted_between(session: orm.Session, entry_id: str, number: int, change: MirrorChange) -> bool:
    """Tell whether anything was taken away after ``number``, up to ``change``."""
    if (change.number or 0) <= number:
        return False
    query = sa.select(MirrorChange.id).where(
        MirrorChange.entry_id == entry_id,
        MirrorChange.number > number,
        MirrorChange.number <= change.number,
        MirrorChange.kind.in_(RESTRICTING),
    )
    return session.scalar(query.limit(1)) is not None


def names_of(session: orm.Session, entry_id: str) -> list[str]:
    """Return the names under which an entry has been public, the newest first."""
    query = (
        sa.select(MirrorChange.content["name"].astext)
        .where(MirrorChange.entry_id == entry_id, MirrorChange.content.is_not(None))
        .order_by(MirrorChange.id.desc())
    )
    return list(dict.fromkeys(session.scalars(query)))


def _note_alone(entry_id: str) -> bool:
    model.Session.get(Publication, entry_id, with_for_update=True, populate_existing=True)
    noted = note(entry_id)
    model.Session.commit()
    return noted


def _note(entry_id: str, before: Any, after: Any) -> bool:
    kind = change_between(before, after)
    if kind is None:
        return False
    row = MirrorChange(entry_id=entry_id, kind=kind, hash=hash_of(after), content=after, at=runtime.now())
    model.Session.add(row)
    return True


def _newest(*columns: Any) -> Any:
    """Select the newest change of every entry."""
    return (
        sa.select(MirrorChange.entry_id, *columns)
        .distinct(MirrorChange.entry_id)
        .order_by(MirrorChange.entry_id, MirrorChange.id.desc())
    )


def unspread_since(number: int) -> tuple[int, datetime | None]:
    """Return how many entries changed after ``number``, and when the first of them did."""
    query = sa.select(sa.func.count(sa.distinct(MirrorChange.entry_id)), sa.func.min(MirrorChange.at)).where(
        MirrorChange.number > number
    )
    count, since = model.Session.execute(query).one()
    return count, since
