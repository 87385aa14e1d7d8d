"""Publication (发布): one row for each entry, its code, its state and the class it was published with."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.govshare.domain.publication import PUBLISHED, WITHDRAWN
from ckanext.govshare.model.steps import Steps, persons_distinct


class Publication(Steps, toolkit.BaseModel):
    """``openness`` is the class of the card as it stands; ``resource_code`` is unique in the portal."""

    __tablename__ = "govshare_publication"
    __table_args__ = (
        *persons_distinct("govshare_publication"),
        sa.CheckConstraint(
            f"state <> '{PUBLISHED}' OR (openness <> '' AND published_by IS NOT NULL)",
            name="govshare_publication_published_has_class",
        ),
        sa.Index(
            "govshare_publication_title",
            "organization_id",
            "title",
            unique=True,
            postgresql_where=sa.text(f"state <> '{WITHDRAWN}'"),
        ),
        sa.Index("govshare_publication_inbox", "state", "organization_id", "updated_at"),
    )

    entry_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    organization_id: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    title: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    resource_code: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False, unique=True)
    openness: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False, default="")
    created_by: Mapped[str | None] = mapped_column(sa.UnicodeText)
    first_published_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))

    def persons(self) -> dict[str, str | None]:
        """Return who took each step, the creation included."""
        return {**super().persons(), "created": self.created_by}
