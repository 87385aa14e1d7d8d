"""Secrecy review (保密审查): who found on what basis that exactly this content may open. 佳木斯 arts 4, 32."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


class SecrecyReviewRow(toolkit.BaseModel):
    """``answers`` holds the four questions of art. 4; the newest row of a subject counts."""

    __tablename__ = "govshare_secrecy_review"
    __table_args__ = (
        sa.CheckConstraint(
            "conclusion IN ('may_open', 'may_not')", name="govshare_secrecy_review_conclusion"
        ),
        sa.Index("govshare_secrecy_review_subject", "subject_kind", "subject_id", "id"),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    subject_kind: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    subject_id: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    reviewer: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    basis: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    conclusion: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    content_hash: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    reviewed_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False)
