"""Grant (授权): what an approved application gave, for one entry, from the agreement to the end or the revocation."""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

TEXT = sa.UnicodeText
INSTANT = sa.DateTime(timezone=True)


class Grant(toolkit.BaseModel):
    """``agreed_name`` is sealed; the terms are those of ``terms_version``; one grant for each entry of an application."""

    __tablename__ = "govshare_grant"
    __table_args__ = (
        sa.UniqueConstraint("application_id", "entry_id", name="govshare_grant_once"),
        sa.UniqueConstraint("id", "holder_id", name="govshare_grant_of_holder"),
        sa.CheckConstraint("ends_on >= starts_on", name="govshare_grant_dates"),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by IS NULL) AND (revoked_at IS NULL OR revoked_reason <> '')",
            name="govshare_grant_revocation_has_reason",
        ),
        sa.CheckConstraint(
            "revoked_by IS NULL OR revoked_by <> holder_id", name="govshare_grant_own_revocation"
        ),
        sa.Index("govshare_grant_holder", "holder_id", "entry_id"),
        sa.Index("govshare_grant_entry", "entry_id"),
    )

    id: Mapped[str] = mapped_column(TEXT, primary_key=True, default=lambda: str(uuid4()))
    number: Mapped[str] = mapped_column(TEXT, nullable=False, unique=True)
    application_id: Mapped[str] = mapped_column(
        TEXT, sa.ForeignKey("govshare_application.id"), nullable=False
    )
    organization_id: Mapped[str] = mapped_column(TEXT, nullable=False)
    holder_id: Mapped[str] = mapped_column(TEXT, nullable=False)
    entry_id: Mapped[str] = mapped_column(TEXT, nullable=False)
    columns: Mapped[list[str]] = mapped_column(JSONB, nullable=False)
    purpose: Mapped[str] = mapped_column(TEXT, nullable=False)
    terms_version: Mapped[str] = mapped_column(TEXT, nullable=False)
    agreed_name: Mapped[bytes] = mapped_column(sa.LargeBinary, nullable=False)
    agreed_at: Mapped[datetime] = mapped_column(INSTANT, nullable=False)
    starts_on: Mapped[date] = mapped_column(sa.Date, nullable=False)
    ends_on: Mapped[date] = mapped_column(sa.Date, nullable=False)
    revoked_at: Mapped[datetime | None] = mapped_column(INSTANT)
    revoked_by: Mapped[str | None] = mapped_column(TEXT)
    revoked_reason: Mapped[str] = mapped_column(TEXT, nullable=False, default="")
