"""Edition (数据版本), its tables (数据表) and artifacts (数据文件): what was delivered, who answered, what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ckanext.govshare.domain.edition import INTAKE_STATES, PENDING, STATUSES, WAITING

MAYBE = JSONB(none_as_null=True)


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Edition(toolkit.BaseModel):
    """``content_hash`` names the tables that would become public, all together; check and review are bound to it.

    ``planned_by`` is set while there is a plan for one of them, ``masked_at`` once every plan has been carried out.

    ``options`` are a person's corrections to the reading (sheet, encoding, header_row); ``problem`` is
    ``{code, facts}`` of what stopped the reading or the building; ``progress`` is ``{rows}`` while
    the upload is read, ``{format, done, total}`` while files are made.
    """

    __tablename__ = "govshare_edition"
    __table_args__ = (
        sa.UniqueConstraint("entry_id", "number", name="govshare_edition_number"),
        sa.CheckConstraint(_one_of("status", STATUSES), name="govshare_edition_status"),
        sa.CheckConstraint(_one_of("intake", INTAKE_STATES), name="govshare_edition_intake"),
        sa.CheckConstraint(
            "checked_by IS NULL OR checked_by <> declared_by", name="govshare_edition_checker_not_operator"
        ),
        sa.CheckConstraint(
            "released_at IS NULL OR (checked_by IS NOT NULL AND checked_hash = content_hash)",
            name="govshare_edition_released_is_checked",
        ),
        sa.CheckConstraint(
            "checked_by IS NULL OR planned_by IS NULL OR checked_by <> planned_by",
            name="govshare_edition_checker_not_planner",
        ),
        sa.CheckConstraint(
            "status <> 'done' OR (planned_by IS NOT NULL AND masked_at IS NOT NULL)",
            name="govshare_edition_done_is_masked",
        ),
        sa.CheckConstraint(
            "status <> 'not_required' OR (planned_by IS NULL AND masked_at IS NULL)",
            name="govshare_edition_not_required_is_as_read",
        ),
        sa.Index("govshare_edition_inbox", "status", "organization_id", "updated_at"),
    )

    id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True, default=lambda: str(uuid4()))
    entry_id: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    organization_id: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    number: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    filename: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    raw_sha256: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    raw_size: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    options: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
    intake: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False, default=WAITING)
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    report: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, nullable=False, default=list)
    content_hash: Mapped[str | None] = mapped_column(sa.UnicodeText)
    status: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False, default=PENDING)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=1)
    reason: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False, default="")
    created_by: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    created_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False)
    declared_by: Mapped[str | None] = mapped_column(sa.UnicodeText)
    declared_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    checked_by: Mapped[str | None] = mapped_column(sa.UnicodeText)
    checked_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    checked_hash: Mapped[str | None] = mapped_column(sa.UnicodeText)
    planned_by: Mapped[str | None] = mapped_column(sa.UnicodeText)
    planned_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    mask_asked_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    masked_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    asked_by: Mapped[str | None] = mapped_column(sa.UnicodeText)
    asked_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    released_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    progress: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    raw_deleted_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )

    tables: Mapped[list[EditionTable]] = relationship(
        order_by="EditionTable.place", lazy="selectin", cascade="all, delete-orphan"
    )

    @property
    def rows(self) -> int:
        """Return how many rows all tables have together."""
        return sum(table.rows for table in self.tables)

    @property
    def scanned(self) -> bool:
        """Tell whether every table that was read has been scanned."""
        return bool(self.tables) and all(table.scan is not None for table in self.tables)


class EditionTable(toolkit.BaseModel):
    """One table of an edition: ``columns``, ``rows`` and ``content_hash`` are of what would become public.

    Once it is masked, ``source`` keeps ``{columns, rows, content_hash}`` of what was read. ``scan`` is ``{version,
    findings}`` of what was read, ``masked`` is ``{plan, scan, risk}`` of what came of it by ``plan``; ``difference``
    compares what would become public with the table of the same place in the edition that is.
    """

    __tablename__ = "govshare_edition_table"
    __table_args__ = (
        sa.CheckConstraint("place > 0", name="govshare_edition_table_place"),
        sa.CheckConstraint("(masked IS NULL) = (source IS NULL)", name="govshare_edition_table_has_source"),
    )

    edition_id: Mapped[str] = mapped_column(
        sa.UnicodeText, sa.ForeignKey("govshare_edition.id"), primary_key=True
    )
    place: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    columns: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, nullable=False)
    rows: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    content_hash: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    scan: Mapped[dict[str, Any] | None] = mapped_column(MAYBE)
    plan: Mapped[dict[str, Any] | None] = mapped_column(MAYBE)
    masked: Mapped[dict[str, Any] | None] = mapped_column(MAYBE)
    source: Mapped[dict[str, Any] | None] = mapped_column(MAYBE)
    difference: Mapped[dict[str, Any] | None] = mapped_column(MAYBE)

    @property
    def stage(self) -> Literal["read", "masked"]:
        """Tell which table would become public: the one that was read, or what masking made of it."""
        return "masked" if self.masked else "read"


class Artifact(toolkit.BaseModel):
    """One released file: on the public shelf under ``sha256``, or ``vaulted`` for holders of a grant.

    ``place`` is that of its table, 0 for what belongs to the whole edition.
    """

    __tablename__ = "govshare_artifact"

    edition_id: Mapped[str] = mapped_column(
        sa.UnicodeText, sa.ForeignKey("govshare_edition.id"), primary_key=True
    )
    place: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    format: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    filename: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    media_type: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    sha256: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    size: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    rows: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    vaulted: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, server_default=sa.false())
