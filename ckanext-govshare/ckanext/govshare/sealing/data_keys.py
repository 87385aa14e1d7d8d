"""Data keys: one for each purpose, kept in the database, wrapped by a key-encryption key (envelope)."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from ckanext.govshare import config, runtime
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.sealing.ciphers import BY_CODE, CIPHERS, MAC_BYTES, MACS, NONCE, SealBroken, bound
from ckanext.govshare.sealing.keyring import KeyEncryptionKey, keyring

ALGORITHMS = (*CIPHERS, *MACS)
WRAPPING = b"govshare: wrap data keys"
_KEPT = 512  # opened keys that a process remembers


class DataKey(toolkit.BaseModel):  # type: ignore[misc]  # CKAN is not typed
    """``purpose`` is what the key is for and nothing else; ``wrapped`` opens with the key named ``wrapped_by``."""

    __tablename__ = "govshare_data_key"
    __table_args__ = (
        sa.UniqueConstraint("purpose", "algorithm", name="govshare_data_key_purpose"),
        sa.CheckConstraint(
            f"algorithm IN ({', '.join(repr(name) for name in ALGORITHMS)})",
            name="govshare_data_key_algorithm",
        ),
        sa.Index("govshare_data_key_wrapped_by", "wrapped_by"),
    )

    id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    purpose: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    algorithm: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    wrapped_by: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    wrapped: Mapped[bytes] = mapped_column(sa.LargeBinary, nullable=False)
    created_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False)


@dataclass(frozen=True)
class OpenKey:
    """A data key ready for use."""

    id: str
    purpose: str
    algorithm: str
    secret: bytes = field(repr=False)


def for_purpose(purpose: str, algorithm: str) -> OpenKey:
    """Return the key of a purpose, made and saved when there is none.

    It is saved outside the caller's transaction: what was sealed must never lose its key to a rollback.
    """
    with model.meta.engine.begin() as connection:
        wanted = sa.select(DataKey.__table__).where(
            DataKey.purpose == purpose, DataKey.algorithm == algorithm
        )
        row = connection.execute(wanted).first()
        if row is None:
            made = insert(DataKey).values(**_new(purpose, algorithm)).on_conflict_do_nothing()
            connection.execute(made)
            row = connection.execute(wanted).one()
    return _opened(row)


def settled(purpose: str, algorithm: str) -> OpenKey:
    """Return the key that a purpose has had from the first, whatever is configured now; else a new one.

    Keyed digests are compared with those of earlier days, so they keep algorithm and key.
    """
    query = (
        sa.select(DataKey.algorithm).where(DataKey.purpose == purpose).order_by(DataKey.created_at).limit(1)
    )
    with model.meta.engine.connect() as connection:
        first = connection.scalar(query)
    return for_purpose(purpose, first or algorithm)


@lru_cache(maxsize=_KEPT)
def by_id(key_id: str) -> OpenKey:
    """Return a key by the id that a header names.

    :raises SealBroken: there is none.
    """
    with model.meta.engine.connect() as connection:
        row = connection.execute(sa.select(DataKey.__table__).where(DataKey.id == key_id)).first()
    if row is None:
        raise SealBroken
    return _opened(row)


def forget(purpose: str) -> None:
    """Destroy the keys of a purpose: what they sealed can never be read again, not even from a copy."""
    with model.meta.engine.begin() as connection:
        connection.execute(sa.delete(DataKey).where(DataKey.purpose == purpose))
    by_id.cache_clear()


def rewrap(session: Session, limit: int) -> int:
    """Wrap up to ``limit`` data keys anew that the current key does not wrap yet; return how many.

    The caller commits. Rows that another run holds are left to it.
    """
    current = keyring().current
    stale = sa.select(DataKey).where(DataKey.wrapped_by != current.id)
    rows = list(session.scalars(stale.limit(limit).with_for_update(skip_locked=True)))
    for row in rows:
        secret = _opened(row).secret
        row.wrapped_by = current.id
        row.wrapped = _wrap(current, secret, _place(row.id, row.purpose, row.algorithm))
    return len(rows)


def _new(purpose: str, algorithm: str) -> dict[str, Any]:
    key_id, current = str(uuid4()), keyring().current
    secret = os.urandom(CIPHERS[algorithm].key_bytes if algorithm in CIPHERS else MAC_BYTES)
    return {
        "id": key_id,
        "purpose": purpose,
        "algorithm": algorithm,
        "wrapped_by": current.id,
        "wrapped": _wrap(current, secret, _place(key_id, purpose, algorithm)),
        "created_at": runtime.now(),
    }


def _opened(row: Any) -> OpenKey:
    """Unwrap a row's key.

    :raises RuleError: ``keyring.key_missing``; :raises SealBroken: the row was tampered with.
    """
    wrapping = keyring().get(row.wrapped_by)
    if wrapping is None:
        raise RuleError("keyring.key_missing", key=row.wrapped_by)
    secret = _unwrap(wrapping, bytes(row.wrapped), _place(row.id, row.purpose, row.algorithm))
    return OpenKey(row.id, row.purpose, row.algorithm, secret)


def _wrap(key: KeyEncryptionKey, secret: bytes, bound_to: bytes) -> bytes:
    cipher, nonce = CIPHERS[config.text("cipher")], os.urandom(NONCE)
    head = bytes([cipher.code])
    return head + nonce + cipher.seal(cipher.derive(key.secret, WRAPPING), nonce, secret, head + bound_to)


def _unwrap(key: KeyEncryptionKey, wrapped: bytes, bound_to: bytes) -> bytes:
    cipher = BY_CODE.get(wrapped[0] if wrapped else 0)
    if cipher is None:
        raise SealBroken
    nonce, sealed = wrapped[1 : 1 + NONCE], wrapped[1 + NONCE :]
    return cipher.open(cipher.derive(key.secret, WRAPPING), nonce, sealed, wrapped[:1] + bound_to)


def _place(key_id: str, purpose: str, algorithm: str) -> bytes:
    """Return what binds a wrapped key to its row."""
    return bound(key_id, purpose, algorithm)
