"""Change (变更申请): a proposed new content of a published entry; the public copy stays until it is published."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.govshare.domain.publication import PUBLISHED, WITHDRAWN
from ckanext.govshare.model.steps import Steps, persons_distinct


class Change(Steps, toolkit.BaseModel):
    """``content`` is the whole proposed card, ``base_version`` the published version it started from."""

    __tablename__ = "govshare_change"
    __table_args__ = (
        *persons_distinct("govshare_change"),
        sa.Index(
            "govshare_change_one_open",
            "entry_id",
            unique=True,
            postgresql_where=sa.text(f"state NOT IN ('{PUBLISHED}', '{WITHDRAWN}')"),
        ),
        sa.Index("govshare_change_inbox", "state", "organization_id", "updated_at"),
    )

    id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True, default=lambda: str(uuid4()))
    entry_id: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False, index=True)
    organization_id: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    title: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    base_version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    created_by: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)

    def persons(self) -> dict[str, str | None]:
        """Return who took each step, the creation included."""
        return {**super().persons(), "created": self.created_by}
