"""Notice (通知): what one person is told of one case; written in the transaction of its cause."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from ckanext.govshare.domain.notice import MAIL_STATES, WAITING


class Notice(toolkit.BaseModel):
    """``facts`` fill the words of ``kind``; they hold no personal data, the case's page has it."""

    __tablename__ = "govshare_notice"
    __table_args__ = (
        sa.CheckConstraint(f"mail_state IN {MAIL_STATES}", name="govshare_notice_mail_state"),
        sa.Index("govshare_notice_inbox", "recipient_id", "created_at"),
        sa.Index("govshare_notice_unread", "recipient_id", postgresql_where=sa.text("read_at IS NULL")),
    )

    id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    recipient_id: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    kind: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    case_kind: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    case_id: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    created_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False)
    read_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    mail_state: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    mailed_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))


def unread(session: Session, recipient_id: str) -> int:
    """Return how many notices somebody has not read."""
    query = sa.select(sa.func.count()).where(Notice.recipient_id == recipient_id, Notice.read_at.is_(None))
    return session.scalar(query) or 0


def of_person(session: Session, recipient_id: str, offset: int, limit: int) -> list[Notice]:
    """Return somebody's notices, newest first."""
    query = (
        sa.select(Notice)
        .where(Notice.recipient_id == recipient_id)
        .order_by(Notice.created_at.desc(), Notice.id)
        .offset(offset)
        .limit(limit)
    )
    return list(session.scalars(query))


def mark_read(session: Session, recipient_id: str, notice_id: str | None, at: datetime) -> int:
    """Note that somebody has read one of their notices, or all of them; return how many were unread."""
    mine = [Notice.recipient_id == recipient_id, Notice.read_at.is_(None)]
    if notice_id:
        mine.append(Notice.id == notice_id)
    return session.execute(sa.update(Notice).where(*mine).values(read_at=at)).rowcount


def unmailed(session: Session, recipient_id: str) -> list[Notice]:
    """Lock and return the notices that wait for somebody's next gathered mail, oldest first."""
    query = (
        sa.select(Notice)
        .where(Notice.recipient_id == recipient_id, Notice.mail_state == WAITING)
        .order_by(Notice.created_at, Notice.id)
        .with_for_update()
    )
    return list(session.scalars(query))
