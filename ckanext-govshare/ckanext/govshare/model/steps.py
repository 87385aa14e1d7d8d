"""Columns that every case of the publication workflow carries: its state and who took which step when."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from ckanext.govshare.domain.publication import DRAFT, PUBLICATION

STEPS = ("submitted", "approved", "published", "withdrawn")

# The move that fills each pair of columns.
STEP_OF_MOVE = {"submit": "submitted", "approve": "approved", "publish": "published", "withdraw": "withdrawn"}


def persons_distinct(table: str) -> tuple[sa.CheckConstraint, ...]:
    """Return the constraints that no move can break: three steps, three persons."""
    return (
        sa.CheckConstraint(
            "approved_by IS NULL OR submitted_by IS NULL OR approved_by <> submitted_by",
            name=f"{table}_approver_not_submitter",
        ),
        sa.CheckConstraint(
            "published_by IS NULL OR submitted_by IS NULL OR published_by <> submitted_by",
            name=f"{table}_publisher_not_submitter",
        ),
        sa.CheckConstraint(
            "published_by IS NULL OR approved_by IS NULL OR published_by <> approved_by",
            name=f"{table}_publisher_not_approver",
        ),
        sa.CheckConstraint(
            "state IN ({})".format(", ".join(f"'{state}'" for state in PUBLICATION.states)),
            name=f"{table}_state",
        ),
    )


class Steps:
    """Mixin: ``state``, ``version`` (counts every write, for stale-write checks), and the four steps."""

    state: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False, default=DRAFT)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=1)
    submitted_by: Mapped[str | None] = mapped_column(sa.UnicodeText)
    submitted_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    approved_by: Mapped[str | None] = mapped_column(sa.UnicodeText)
    approved_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    published_by: Mapped[str | None] = mapped_column(sa.UnicodeText)
    published_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    withdrawn_by: Mapped[str | None] = mapped_column(sa.UnicodeText)
    withdrawn_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))

    @declared_attr
    def updated_at(cls) -> Mapped[datetime]:  # noqa: N805 - SQLAlchemy passes the class
        """When the case last moved."""
        return mapped_column(sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())

    def persons(self) -> dict[str, str | None]:
        """Return who took each step, by the step's name."""
        return {step: getattr(self, f"{step}_by") for step in STEPS}

    def enter(self, move: str, state: str, person: str, at: datetime) -> None:
        """Write down that ``person`` made ``move`` at ``at``; a return to draft clears the steps."""
        self.state = state
        self.version += 1
        self.updated_at = at
        if state == DRAFT:
            for step in STEPS:
                setattr(self, f"{step}_by", None)
                setattr(self, f"{step}_at", None)
        elif step := STEP_OF_MOVE.get(move):
            setattr(self, f"{step}_by", person)
            setattr(self, f"{step}_at", at)
