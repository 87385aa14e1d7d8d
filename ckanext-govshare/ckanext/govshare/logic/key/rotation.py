"""Rotation of the key-encryption key: a new current key, then every data key wrapped anew; no data is touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from ckan import model

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.model import DataKey, JournalRow, journal
from ckanext.govshare.sealing import data_keys, keyring

KIND = "key"
BATCH = 500
_LOCK = 0x676F7673  # of PostgreSQL's advisory locks: one rotation at a time


def rotate(actor: str, progress: Callable[[int], object] = lambda _: None) -> tuple[str, int]:
    """Make a new current key and wrap every data key with it; return (id of the key, data keys wrapped).

    A rotation that was broken off is finished first, and so is one that somebody began by adding a line to
    the file: then no further key is made. ``progress`` hears how many were wrapped so far.

    :raises RuleError: ``keyring.*``.
    """
    with _alone():
        current = keyring.keyring().current.id
        if not _stale(current) or _is_finished(current):
            former, current = current, keyring.add_key()
            _record(actor, "rotate", current, former)
            model.Session.commit()
        done = 0
        while count := data_keys.rewrap(model.Session, BATCH):
            model.Session.commit()
            done += count
            progress(done)
        _record(actor, "rewrapped", current, current, data_keys=done)
        model.Session.commit()
    return current, done


def _stale(current: str) -> bool:
    query = sa.select(DataKey.id).where(DataKey.wrapped_by != current).limit(1)
    return model.Session.scalar(query) is not None


def _is_finished(key_id: str) -> bool:
    query = sa.select(JournalRow.id).filter_by(case_kind=KIND, case_id=key_id, move="rewrapped").limit(1)
    return model.Session.scalar(query) is not None


def _record(actor: str, move: str, key_id: str, former: str, **facts: int) -> None:
    journal.record(
        model.Session,
        actor=actor,
        case_kind=KIND,
        case_id=key_id,
        move=move,
        from_state=former,
        to_state=key_id,
        facts=facts,
    )


@contextmanager
def _alone() -> Iterator[None]:
    with model.meta.engine.connect() as connection:
        if not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_LOCK))):
            raise RuleError("keyring.rotation_under_way")
        try:
            yield
        finally:
            connection.scalar(sa.select(sa.func.pg_advisory_unlock(_LOCK)))
