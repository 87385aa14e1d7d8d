"""Saved filter (已存筛选): a person's own names for the filters of the workbench's lists."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.orm import Mapped, mapped_column

TABLE = "govshare_saved_filter"


class SavedFilter(toolkit.BaseModel):
    """``query`` is the query string of the list's address, without page; a name stands once in a list."""

    __tablename__ = TABLE
    __table_args__ = (sa.UniqueConstraint("user_id", "list_name", "name", name=f"{TABLE}_name"),)

    id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True, default=lambda: str(uuid4()))
    user_id: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    list_name: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    name: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    query: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    created_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False)
