"""Attachments (附件): the papers of a draft, then of the application it became; their bytes lie in the vault."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.govshare.domain.attachment import KINDS
from ckanext.govshare.model import application

TABLE = "govshare_application_attachment"
INSTANT = sa.DateTime(timezone=True)
TEXT = sa.UnicodeText


class ApplicationAttachment(toolkit.BaseModel):
    """``name`` is sealed; with the bytes it goes when the paper is no longer kept (``dropped_at``).

    Until ``handed_in_at`` the paper is the applicant's alone and may be taken back. The same bytes are kept once.
    """

    __tablename__ = TABLE
    __table_args__ = (
        sa.CheckConstraint("(draft_id IS NULL) <> (application_id IS NULL)", name=f"{TABLE}_one_holder"),
        sa.CheckConstraint("handed_in_at IS NULL OR application_id IS NOT NULL", name=f"{TABLE}_handed_in"),
        sa.CheckConstraint("(dropped_at IS NULL) = (name IS NOT NULL)", name=f"{TABLE}_name"),
        sa.CheckConstraint(f"kind IN ({', '.join(repr(kind) for kind in KINDS)})", name=f"{TABLE}_kind"),
        sa.CheckConstraint("size > 0", name=f"{TABLE}_size"),
        sa.UniqueConstraint("draft_id", "sha256", name=f"{TABLE}_draft_once"),
        sa.UniqueConstraint("application_id", "sha256", name=f"{TABLE}_application_once"),
    )

    id: Mapped[str] = mapped_column(TEXT, primary_key=True, default=lambda: str(uuid4()))
    applicant_id: Mapped[str] = mapped_column(TEXT, nullable=False)
    draft_id: Mapped[str | None] = mapped_column(TEXT, sa.ForeignKey("govshare_application_draft.id"))
    application_id: Mapped[str | None] = mapped_column(TEXT, sa.ForeignKey(f"{application.TABLE}.id"))
    kind: Mapped[str] = mapped_column(TEXT, nullable=False)
    size: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    sha256: Mapped[str] = mapped_column(TEXT, nullable=False)
    name: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    added_at: Mapped[datetime] = mapped_column(INSTANT, nullable=False)
    handed_in_at: Mapped[datetime | None] = mapped_column(INSTANT)
    dropped_at: Mapped[datetime | None] = mapped_column(INSTANT)
