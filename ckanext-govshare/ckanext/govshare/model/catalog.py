"""Catalog import (目录导入): the file, how it is read, and every row of it with what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

MAPPING, PLANNED, QUEUED, RUNNING, DONE, FAILED = "mapping", "planned", "queued", "running", "done", "failed"
STATES = (MAPPING, PLANNED, QUEUED, RUNNING, DONE, FAILED)


class CatalogImport(toolkit.BaseModel):
    """One file on its way into the department's drafts.

    ``mapping``: waits for a person to say what the columns are; ``planned``: the dry run is there;
    ``queued``, ``running``: rows are being written; ``failed``: nothing was written, see ``error``.
    ``layout`` is the hash of the column names, by which a department's mapping is found again.
    """

    __tablename__ = "govshare_catalog_import"
    __table_args__ = (
        sa.CheckConstraint(
            "state IN ({})".format(", ".join(f"'{state}'" for state in STATES)),
            name="govshare_catalog_import_state",
        ),
        sa.Index("govshare_catalog_import_newest", "organization_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True, default=lambda: str(uuid4()))
    organization_id: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    created_by: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    created_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False)
    updated_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False)
    filename: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    sha256: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    layout: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False, default="")
    sheet: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
    policy: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False, default="ask")
    all_or_nothing: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    state: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False, default=MAPPING)
    total: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    handled: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
    error: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)


class CatalogImportRow(toolkit.BaseModel):
    """One row of the file: its values, what is planned or done with it, and why.

    ``number`` as a spreadsheet shows it; ``handled`` once what was planned has been done (or needed nothing).
    """

    __tablename__ = "govshare_catalog_import_row"
    __table_args__ = (
        sa.Index("govshare_catalog_import_row_outcome", "import_id", "outcome", "number"),
        sa.Index(
            "govshare_catalog_import_row_entry",
            "entry_id",
            postgresql_where=sa.text("handled AND entry_id IS NOT NULL"),
        ),
    )

    import_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    number: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    outcome: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    title: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    values: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    reading: Mapped[list[Any]] = mapped_column(JSONB, nullable=False)
    reasons: Mapped[list[Any]] = mapped_column(JSONB, nullable=False)
    corrections: Mapped[list[Any]] = mapped_column(JSONB, nullable=False)
    diff: Mapped[list[Any]] = mapped_column(JSONB, nullable=False)
    entry_id: Mapped[str | None] = mapped_column(sa.UnicodeText)
    handled: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)


class CatalogLayout(toolkit.BaseModel):
    """The mapping that a department used last for files with these column names."""

    __tablename__ = "govshare_catalog_mapping"

    organization_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    layout: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    columns: Mapped[list[Any]] = mapped_column(JSONB, nullable=False)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    updated_by: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    updated_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False)
