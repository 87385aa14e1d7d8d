"""Mirror (同步): the numbered changes of what is public, and the ledger of what each target has acknowledged."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.govshare.domain.mirror import CHANGES, TOMBSTONE
from ckanext.govshare.domain.mirror_alarm import KINDS


class MirrorChange(toolkit.BaseModel):
    """One change of what the public sees of an entry, written in the transaction of its cause.

    ``number`` is given by a trigger at the very end of that transaction: numbers follow commits, without
    gaps, so that a reader who has seen number n has seen everything before it. ``content`` is the copy
    (副本) as it became public; a tombstone has none.
    """

    __tablename__ = "govshare_mirror_change"
    __table_args__ = (
        sa.CheckConstraint(
            f"kind IN ({', '.join(repr(kind) for kind in CHANGES)})", name="govshare_mirror_change_kind"
        ),
        sa.CheckConstraint(
            f"(kind = '{TOMBSTONE}') = (content IS NULL)", name="govshare_mirror_change_content"
        ),
        sa.Index("govshare_mirror_change_entry", "entry_id", "id"),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    number: Mapped[int | None] = mapped_column(sa.BigInteger, unique=True)
    entry_id: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    kind: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    hash: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    content: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False)


class MirrorCounter(toolkit.BaseModel):
    """The number of the last change: one row, locked by whoever commits a change."""

    __tablename__ = "govshare_mirror_counter"
    __table_args__ = (sa.CheckConstraint("id = 1", name="govshare_mirror_counter_one"),)

    id: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)


class MirrorTarget(toolkit.BaseModel):
    """How far a target has been served, and whether it can be reached; the target itself is configuration."""

    __tablename__ = "govshare_mirror_target"

    name: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    spread: Mapped[int] = mapped_column(sa.BigInteger, nullable=False, default=0)
    attempts: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    available_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    unreachable_since: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class MirrorLedgerRow(toolkit.BaseModel):
    """One entry at one target: which change it must show, which it has shown, and what the target answered.

    ``wanted`` and ``shown`` are numbers of changes; they are equal when the target has acknowledged.
    ``gone_at`` is when a stranger was proven to get nothing any more. ``writing_since`` is set while a write may
    be on its way whose end nobody has seen; ``removal_fits`` is what the entry must still be known by there for a
    deletion among them to be carried out.
    """

    __tablename__ = "govshare_mirror_ledger"
    __table_args__ = (
        sa.CheckConstraint("shown <= wanted", name="govshare_mirror_ledger_shown"),
        sa.Index(
            "govshare_mirror_ledger_due",
            "target",
            "urgency",
            "wanted",
            postgresql_where=sa.text("shown < wanted"),
        ),
        sa.Index("govshare_mirror_ledger_entry", "entry_id"),
    )

    target: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    entry_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    wanted: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    urgency: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    waiting_since: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False)
    shown: Mapped[int] = mapped_column(sa.BigInteger, nullable=False, default=0)
    remote_id: Mapped[str | None] = mapped_column(sa.UnicodeText)
    sent_hash: Mapped[str | None] = mapped_column(sa.UnicodeText)
    sent_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    gone_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    writing_since: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    removal_fits: Mapped[str | None] = mapped_column(sa.UnicodeText)
    attempts: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    available_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False)
    dead_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class MirrorRun(toolkit.BaseModel):
    """One reconciliation (核对): what was compared, found, mended and left; ``report`` names entries."""

    __tablename__ = "govshare_mirror_run"
    __table_args__ = (sa.Index("govshare_mirror_run_target", "target", "id"),)

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    target: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    started_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False)
    finished_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False)
    wanted: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    agreeing: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    missing: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    extra: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    differing: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    unacknowledged: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    conflicts: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    awaiting_person: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    mended: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    left: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    doubts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, nullable=False, default=list)
    report: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, nullable=False, default=list)


class MirrorAlarm(toolkit.BaseModel):
    """One thing about a target that the bureau has been told; the database lets it be told once while it stands.

    ``entry_id`` is empty where the whole target is meant; ``about`` is then the day, else the change's number.
    ``over_at`` is when it was seen to be over.
    """

    __tablename__ = "govshare_mirror_alarm"
    __table_args__ = (
        sa.CheckConstraint(f"kind IN {KINDS}", name="govshare_mirror_alarm_kind"),
        sa.Index(
            "govshare_mirror_alarm_once",
            "target",
            "kind",
            "entry_id",
            "about",
            unique=True,
            postgresql_where=sa.text("over_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    target: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    kind: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    entry_id: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    about: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    raised_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False)
    over_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
