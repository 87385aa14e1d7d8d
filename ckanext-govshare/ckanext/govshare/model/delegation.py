"""Delegation (委托代行): who decides in a head's place, in which kinds, from which day to which."""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import ARRAY, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.govshare.domain.delegation import KINDS

TABLE = "govshare_delegation"
TEXT = sa.UnicodeText
INSTANT = sa.DateTime(timezone=True)


def _once_at_a_time(kind: str) -> ExcludeConstraint:
    """One kind of decision is delegated to one person by one head at a time."""
    return ExcludeConstraint(
        (sa.column("organization_id"), "="),
        (sa.column("delegate_id"), "="),
        (sa.text("daterange(from_on, to_on, '[]')"), "&&"),
        using="gist",
        where=sa.text(f"revoked_at IS NULL AND '{kind}' = ANY (kinds)"),
        name=f"{TABLE}_once_{kind}",
    )


class Delegation(toolkit.BaseModel):
    """Append-only but for the revocation, which is written once; triggers see to it.

    They also refuse who is no head of the department when they delegate, and a delegate who is not its clerk.
    """

    __tablename__ = TABLE
    __table_args__ = (
        sa.CheckConstraint("delegator_id <> delegate_id", name=f"{TABLE}_not_oneself"),
        sa.CheckConstraint("from_on <= to_on", name=f"{TABLE}_dates"),
        sa.CheckConstraint(
            f"cardinality(kinds) > 0 AND kinds <@ ARRAY[{', '.join(repr(kind) for kind in KINDS)}]",
            name=f"{TABLE}_kinds",
        ),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name=f"{TABLE}_revocation"),
        *(_once_at_a_time(kind) for kind in KINDS),
        sa.Index(f"{TABLE}_delegator", "delegator_id", "to_on"),
    )

    id: Mapped[str] = mapped_column(TEXT, primary_key=True, default=lambda: str(uuid4()))
    organization_id: Mapped[str] = mapped_column(TEXT, nullable=False)
    delegator_id: Mapped[str] = mapped_column(TEXT, nullable=False)
    delegate_id: Mapped[str] = mapped_column(TEXT, nullable=False)
    kinds: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), nullable=False)
    from_on: Mapped[date] = mapped_column(sa.Date, nullable=False)
    to_on: Mapped[date] = mapped_column(sa.Date, nullable=False)
    created_at: Mapped[datetime] = mapped_column(INSTANT, nullable=False)
    revoked_at: Mapped[datetime | None] = mapped_column(INSTANT)
    revoked_by: Mapped[str | None] = mapped_column(TEXT)
