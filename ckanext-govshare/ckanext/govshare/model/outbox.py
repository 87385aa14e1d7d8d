"""Outbox (待发): what must still happen elsewhere, written in the transaction of its cause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from ckanext.govshare import runtime


class OutboxRow(toolkit.BaseModel):
    """``kind`` names the handler, ``key`` the thing; rows of one kind and key are handled in order."""

    __tablename__ = "govshare_outbox"
    __table_args__ = (
        sa.Index("govshare_outbox_due", "available_at", "id", postgresql_where=sa.text("done_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    key: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    created_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False)
    available_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False)
    attempts: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    done_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    error: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False, default="")


def put(session: Session, kind: str, key: str, payload: Mapping[str, Any] | None = None) -> OutboxRow:
    """Add one event to ``session``; the caller commits it together with its cause."""
    at = runtime.now()
    row = OutboxRow(
        kind=kind, key=key, payload=dict(payload or {}), created_at=at, available_at=at, attempts=0, error=""
    )
    session.add(row)
    return row


def put_all(session: Session, kind: str, keys: Iterable[str], available_at: datetime | None = None) -> None:
    """Add many events of one kind at once, due at ``available_at`` or now; the caller commits likewise."""
    at = runtime.now()
    common = {"kind": kind, "payload": {}, "created_at": at, "attempts": 0, "error": ""}
    rows = [{**common, "key": key, "available_at": available_at or at} for key in keys]
    if rows:
        session.execute(sa.insert(OutboxRow), rows)


def next_due(session: Session, at: datetime) -> OutboxRow | None:
    """Lock and return the oldest row that is due, skipping what others hold; None when there is none."""
    earlier = orm.aliased(OutboxRow)
    waits = (
        sa.select(earlier.id)
        .where(
            earlier.done_at.is_(None),
            earlier.kind == OutboxRow.kind,
            earlier.key == OutboxRow.key,
            earlier.id < OutboxRow.id,
        )
        .exists()
    )
    query = (
        sa.select(OutboxRow)
        .where(OutboxRow.done_at.is_(None), OutboxRow.available_at <= at, ~waits)
        .order_by(OutboxRow.available_at, OutboxRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return session.scalar(query)


def settle(session: Session, row: OutboxRow, at: datetime) -> None:
    """Mark ``row`` done, and with it every older row that asked for the same."""
    session.execute(
        sa.update(OutboxRow)
        .where(
            OutboxRow.kind == row.kind,
            OutboxRow.key == row.key,
            OutboxRow.id <= row.id,
            OutboxRow.done_at.is_(None),
        )
        .values(done_at=at, error="")
    )


def newest_of(session: Session, row: OutboxRow) -> OutboxRow:
    """Return the newest row that asks for the same as ``row``, which may be ``row`` itself."""
    query = (
        sa.select(OutboxRow)
        .where(OutboxRow.kind == row.kind, OutboxRow.key == row.key, OutboxRow.done_at.is_(None))
        .order_by(OutboxRow.id.desc())
        .limit(1)
    )
    return session.scalar(query) or row


def hold(session: Session, kinds: Sequence[str], until: datetime, *, besides: str) -> None:
    """Let what is due of ``kinds`` wait, without counting an attempt: what they all need is not there.

    Rows that are being handled are left alone, and those of the key ``besides``.
    """
    due = (
        sa.select(OutboxRow.id)
        .where(
            OutboxRow.done_at.is_(None),
            OutboxRow.kind.in_(kinds),
            OutboxRow.key != besides,
            OutboxRow.available_at < until,
        )
        .with_for_update(skip_locked=True)
    )
    session.execute(sa.update(OutboxRow).where(OutboxRow.id.in_(due)).values(available_at=until))


def postpone(row: OutboxRow, at: datetime, error: str) -> None:
    """Try again later: 5 s, doubling, at most an hour; the row is never dropped."""
    row.attempts += 1
    row.error = error[:1000]
    row.available_at = at + timedelta(seconds=min(3600, 5 * 2 ** min(row.attempts - 1, 10)))
