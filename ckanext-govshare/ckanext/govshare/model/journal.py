"""Journal (办理记录): append-only, written in the transaction of the move it tells of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypedDict

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column
from typing_extensions import Unpack

from ckanext.govshare import rulebook, runtime

SYSTEM = "system"  # the actor of what time, or another move, has made due
# Where a session keeps the rows that its transaction wrote, until they are chained; of many at once, their ids.
WRITTEN = "govshare_journal_written"
WRITTEN_AT_ONCE = "govshare_journal_written_at_once"


class JournalRow(toolkit.BaseModel):
    """Who, when, which move, from, to, note and the version of the rules; a trigger refuses any other write."""

    __tablename__ = "govshare_journal"
    __table_args__ = (
        sa.Index("govshare_journal_case", "case_kind", "case_id", "id"),
        # No transaction leaves a journal row without its link in the chain.
        sa.ForeignKeyConstraint(
            ["id"],
            ["govshare_journal_link.journal_id"],
            name="govshare_journal_chained",
            deferrable=True,
            initially="DEFERRED",
        ),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False)
    actor: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    case_kind: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    case_id: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    organization_id: Mapped[str | None] = mapped_column(sa.UnicodeText)
    move: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    from_state: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    to_state: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    note: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    rule_version: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)


class Told(TypedDict):
    """What every row says: who, in which case, which move, from where to where."""

    actor: str
    case_kind: str
    case_id: str
    move: str
    from_state: str
    to_state: str


class Line(Told, total=False):
    """What one row says. ``facts`` never hold personal data; ``at`` is now where it is not told."""

    note: str
    facts: Mapping[str, Any] | None
    organization_id: str | None
    at: datetime | None


def record(session: Session, **line: Unpack[Line]) -> JournalRow:
    """Add one row to ``session``; the caller commits it together with the change.

    The commit chains it (:mod:`model.chain`).
    """
    row = JournalRow(**_values(line))
    session.add(row)
    session.info.setdefault(WRITTEN, []).append(row)
    return row


def record_all(session: Session, lines: Iterable[Line]) -> None:
    """Write many rows at once; the caller commits likewise."""
    values = [_values(line) for line in lines]
    if values:
        ids = session.scalars(sa.insert(JournalRow).returning(JournalRow.id), values)
        session.info.setdefault(WRITTEN_AT_ONCE, []).extend(ids)


def _values(line: Line) -> dict[str, Any]:
    return {
        "organization_id": None,
        "note": "",
        **line,
        "at": line.get("at") or runtime.now(),
        "facts": dict(line.get("facts") or {}),
        "rule_version": rulebook.version(),
    }


def history(session: Session, case_kind: str, case_id: str) -> list[JournalRow]:
    """Return the rows of one case, oldest first."""
    query = sa.select(JournalRow).filter_by(case_kind=case_kind, case_id=case_id).order_by(JournalRow.id)
    return list(session.scalars(query))
