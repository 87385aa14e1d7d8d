"""Calendar notice (节假日安排通知): a decree that was imported, beside those shipped in config/statutes/workdays."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from ckanext.govshare.domain.holidays import Notice, notice_as_dict, notice_of


class CalendarNotice(toolkit.BaseModel):
    """``content`` is the notice in the form of ``config/statutes/workdays``; in force from ``issued`` on."""

    __tablename__ = "govshare_calendar_notice"

    number: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    year: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    issued: Mapped[date] = mapped_column(sa.Date, nullable=False)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    imported_by: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    imported_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False)


def imported(session: Session) -> tuple[Notice, ...]:
    """Return the imported notices, oldest first; read anew each time, so no worker keeps an old calendar."""
    query = sa.select(CalendarNotice.content, CalendarNotice.year).order_by(
        CalendarNotice.issued, CalendarNotice.number
    )
    return tuple(notice_of(content, year) for content, year in session.execute(query))


def keep(session: Session, notice: Notice, person: str, at: datetime) -> None:
    """Add ``notice``; the caller commits it with what it changes."""
    session.add(
        CalendarNotice(
            number=notice.number,
            year=notice.year,
            issued=notice.issued,
            content=notice_as_dict(notice),
            imported_by=person,
            imported_at=at,
        )
    )
