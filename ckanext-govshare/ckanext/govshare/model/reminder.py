"""Reminder (提醒): what time has made due for a case, recorded once."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.govshare.domain.reminders import KINDS

TABLE = "govshare_reminder"


class Reminder(toolkit.BaseModel):
    """One row for each case, duty, kind and due date; ``due_at`` is when it was due, ``recorded_at`` when seen."""

    __tablename__ = TABLE
    __table_args__ = (
        sa.CheckConstraint(
            "kind IN ({})".format(", ".join(f"'{kind}'" for kind in KINDS)), name=f"{TABLE}_kind"
        ),
        sa.UniqueConstraint("case_kind", "case_id", "duty", "kind", "due_on", name=f"{TABLE}_once"),
        sa.Index(f"{TABLE}_newest", "organization_id", "due_at"),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    case_kind: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    case_id: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    duty: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    kind: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    due_on: Mapped[date] = mapped_column(sa.Date, nullable=False)
    organization_id: Mapped[str | None] = mapped_column(sa.UnicodeText)
    due_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False)
    recorded_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False)
