"""Application (申请): the facts of each case with its sealed form, what it asks for, the draft before, the profile after."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.govshare.domain.application import CLOSED, OPEN, STATES, SUBMITTED

TABLE = "govshare_application"
INSTANT = sa.DateTime(timezone=True)
TEXT = sa.UnicodeText

# Who took which step; none of them may be the applicant.
HANDLERS = (
    "supplement_asked_by",
    "accepted_by",
    "extension_asked_by",
    "extension_decided_by",
    "proposed_by",
    "decided_by",
)

OLDEST_DUE = ("due_on", "received_at", "id")
DUE_INDEXES = (
    ("due", OLDEST_DUE, ("state",)),
    ("office_due", ("organization_id", *OLDEST_DUE), ("state",)),
)


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


class Application(toolkit.BaseModel):
    """``form`` is the sealed form, ``identity`` the blind index of the applicant's document or credit code.

    The facts of the clock are columns; ``due_on`` is a cache with the ``calendar_version`` that made it.
    It is empty while the clock stands still for a supplement. ``proposal`` is the reply that a clerk drafts, ``reply`` the one that was given.
    """

    __tablename__ = TABLE
    __table_args__ = (
        sa.CheckConstraint(f"state IN ({_listed(STATES)})", name=f"{TABLE}_state"),
        sa.CheckConstraint(
            f"(closed_at IS NULL) = (state IN ({_listed(OPEN)}))", name=f"{TABLE}_closed_has_instant"
        ),
        sa.CheckConstraint(
            "extension_decided_by IS NULL OR extension_decided_by <> extension_asked_by",
            name=f"{TABLE}_extension_granter_not_asker",
        ),
        *(
            sa.CheckConstraint(f"{column} IS NULL OR {column} <> applicant_id", name=f"{TABLE}_own_{column}")
            for column in HANDLERS
        ),
        sa.UniqueConstraint("applicant_id", "idempotency_key", name=f"{TABLE}_key"),
        sa.UniqueConstraint("id", "applicant_id", name=f"{TABLE}_of_applicant"),
        sa.Index(f"{TABLE}_inbox", "organization_id", "state", "due_on"),
        # The inbox by due date, of all departments and of one: found, counted by state and sorted in the index.
        *(
            sa.Index(
                f"{TABLE}_{name}",
                *columns,
                postgresql_include=included,
                postgresql_where=sa.text(f"state IN ({_listed(OPEN)})"),
            )
            for name, columns, included in DUE_INDEXES
        ),
        sa.Index(f"{TABLE}_received", "received_at"),
        sa.Index(f"{TABLE}_applicant", "applicant_id", "received_at"),
        sa.Index(f"{TABLE}_identity", "identity"),
    )

    id: Mapped[str] = mapped_column(TEXT, primary_key=True, default=lambda: str(uuid4()))
    number: Mapped[str] = mapped_column(TEXT, nullable=False, unique=True)
    organization_id: Mapped[str] = mapped_column(TEXT, nullable=False)
    applicant_id: Mapped[str] = mapped_column(TEXT, nullable=False)
    applicant_kind: Mapped[str] = mapped_column(TEXT, nullable=False)
    idempotency_key: Mapped[str] = mapped_column(TEXT, nullable=False)
    state: Mapped[str] = mapped_column(TEXT, nullable=False, default=SUBMITTED)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=1)
    form: Mapped[bytes] = mapped_column(sa.LargeBinary, nullable=False)
    identity: Mapped[bytes] = mapped_column(sa.LargeBinary, nullable=False)
    received_at: Mapped[datetime] = mapped_column(INSTANT, nullable=False)
    due_on: Mapped[date | None] = mapped_column(sa.Date)
    calendar_version: Mapped[str] = mapped_column(TEXT, nullable=False)
    supplement_asked_by: Mapped[str | None] = mapped_column(TEXT)
    supplement_asked_at: Mapped[datetime | None] = mapped_column(INSTANT)
    supplement_missing: Mapped[list[str]] = mapped_column(JSONB, nullable=False, default=list)
    supplement_days: Mapped[int | None] = mapped_column(sa.Integer)
    supplement_due_on: Mapped[date | None] = mapped_column(sa.Date)
    supplement_received_at: Mapped[datetime | None] = mapped_column(INSTANT)
    accepted_by: Mapped[str | None] = mapped_column(TEXT)
    accepted_at: Mapped[datetime | None] = mapped_column(INSTANT)
    extension_asked_by: Mapped[str | None] = mapped_column(TEXT)
    extension_asked_at: Mapped[datetime | None] = mapped_column(INSTANT)
    extension_days: Mapped[int | None] = mapped_column(sa.Integer)
    extension_reason: Mapped[str] = mapped_column(TEXT, nullable=False, default="")
    extension_decided_by: Mapped[str | None] = mapped_column(TEXT)
    extension_decided_at: Mapped[datetime | None] = mapped_column(INSTANT)
    extension_granted: Mapped[bool | None] = mapped_column(sa.Boolean)
    proposal: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    proposed_by: Mapped[str | None] = mapped_column(TEXT)
    proposed_at: Mapped[datetime | None] = mapped_column(INSTANT)
    reply: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    decided_by: Mapped[str | None] = mapped_column(TEXT)
    decided_at: Mapped[datetime | None] = mapped_column(INSTANT)
    closed_at: Mapped[datetime | None] = mapped_column(INSTANT)
    updated_at: Mapped[datetime] = mapped_column(INSTANT, nullable=False, server_default=sa.func.now())

    def persons(self) -> dict[str, str | None]:
        """Return who took the steps that exclude others."""
        return {
            "applied": self.applicant_id,
            "supplement_asked": self.supplement_asked_by,
            "accepted": self.accepted_by,
            "extension_asked": self.extension_asked_by,
            "proposed": self.proposed_by,
        }

    def enter(self, state: str, at: datetime) -> None:
        """Stand in ``state`` from ``at`` on; a case that is over says since when."""
        self.state = state
        self.version += 1
        self.updated_at = at
        if state in CLOSED:
            self.closed_at = at


class ApplicationEntry(toolkit.BaseModel):
    """One entry that an application asks for, with the columns asked; at most one open for each applicant."""

    __tablename__ = "govshare_application_entry"
    __table_args__ = (
        sa.Index(
            "govshare_application_entry_one_open",
            "applicant_id",
            "entry_id",
            unique=True,
            postgresql_where=sa.text("open"),
        ),
        sa.Index("govshare_application_entry_entry", "entry_id"),
    )

    application_id: Mapped[str] = mapped_column(TEXT, sa.ForeignKey(f"{TABLE}.id"), primary_key=True)
    entry_id: Mapped[str] = mapped_column(TEXT, primary_key=True)
    applicant_id: Mapped[str] = mapped_column(TEXT, nullable=False)
    position: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    title: Mapped[str] = mapped_column(TEXT, nullable=False)
    columns: Mapped[list[str]] = mapped_column(JSONB, nullable=False)
    open: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=True)


class ApplicationDraft(toolkit.BaseModel):
    """What an applicant has typed so far for one entry, sealed; its id is the key by which it is sent once."""

    __tablename__ = "govshare_application_draft"
    __table_args__ = (
        sa.UniqueConstraint("applicant_id", "entry_id", name="govshare_application_draft_entry"),
    )

    id: Mapped[str] = mapped_column(TEXT, primary_key=True, default=lambda: str(uuid4()))
    applicant_id: Mapped[str] = mapped_column(TEXT, nullable=False)
    entry_id: Mapped[str] = mapped_column(TEXT, nullable=False)
    form: Mapped[bytes] = mapped_column(sa.LargeBinary, nullable=False)
    updated_at: Mapped[datetime] = mapped_column(INSTANT, nullable=False)


class ApplicantProfile(toolkit.BaseModel):
    """What an applicant last said about themselves, sealed, so that it need not be typed again."""

    __tablename__ = "govshare_applicant_profile"

    user_id: Mapped[str] = mapped_column(TEXT, primary_key=True)
    form: Mapped[bytes] = mapped_column(sa.LargeBinary, nullable=False)
    updated_at: Mapped[datetime] = mapped_column(INSTANT, nullable=False)
