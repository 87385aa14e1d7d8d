"""What is done by a grant (授权的使用): its sealed files, links of one use, each taking, the report, the renewal."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.orm import Mapped, mapped_column

TEXT = sa.UnicodeText
INSTANT = sa.DateTime(timezone=True)
GRANT = "govshare_grant.id"
FILE, LINK, ROWS = "token", "link", "rows"
DOORS = (FILE, LINK, ROWS)


class GrantFile(toolkit.BaseModel):
    """One granted file in the vault: a row claims it before it is built; it has a digest once it is sealed."""

    __tablename__ = "govshare_grant_file"
    __table_args__ = (
        sa.CheckConstraint("(sha256 IS NULL) = (size IS NULL)", name="govshare_grant_file_sealed"),
        sa.Index("govshare_grant_file_edition", "edition_id"),
    )

    grant_id: Mapped[str] = mapped_column(TEXT, sa.ForeignKey(GRANT), primary_key=True)
    edition_id: Mapped[str] = mapped_column(TEXT, sa.ForeignKey("govshare_edition.id"), primary_key=True)
    place: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    format: Mapped[str] = mapped_column(TEXT, primary_key=True)
    filename: Mapped[str] = mapped_column(TEXT, nullable=False)
    media_type: Mapped[str] = mapped_column(TEXT, nullable=False)
    sha256: Mapped[str | None] = mapped_column(TEXT)
    size: Mapped[int | None] = mapped_column(sa.BigInteger)
    claimed_at: Mapped[datetime] = mapped_column(INSTANT, nullable=False)


class GrantLink(toolkit.BaseModel):
    """One download link: digests of its token and of the session that made it; a trigger lets it be used once."""

    __tablename__ = "govshare_grant_link"
    __table_args__ = (
        sa.UniqueConstraint("token_hash", name="govshare_grant_link_token"),
        sa.CheckConstraint("expires_at > made_at", name="govshare_grant_link_dates"),
        sa.CheckConstraint(
            "(used_at IS NULL) = (used_sha256 IS NULL)", name="govshare_grant_link_used_for_a_file"
        ),
        sa.CheckConstraint("used_at < expires_at", name="govshare_grant_link_used_in_time"),
        sa.Index("govshare_grant_link_grant", "grant_id"),
        sa.Index("govshare_grant_link_expiry", "expires_at"),
    )

    id: Mapped[str] = mapped_column(TEXT, primary_key=True, default=lambda: str(uuid4()))
    grant_id: Mapped[str] = mapped_column(TEXT, sa.ForeignKey(GRANT), nullable=False)
    place: Mapped[int] = mapped_column(sa.Integer, nullable=False, server_default=sa.text("1"))
    format: Mapped[str] = mapped_column(TEXT, nullable=False)
    token_hash: Mapped[str] = mapped_column(TEXT, nullable=False)
    session_hash: Mapped[str] = mapped_column(TEXT, nullable=False)
    made_at: Mapped[datetime] = mapped_column(INSTANT, nullable=False)
    expires_at: Mapped[datetime] = mapped_column(INSTANT, nullable=False)
    used_at: Mapped[datetime | None] = mapped_column(INSTANT)
    used_sha256: Mapped[str | None] = mapped_column(TEXT)


class GrantUse(toolkit.BaseModel):
    """One taking: by which door, which edition and format, from which byte, or how many rows; append-only."""

    __tablename__ = "govshare_grant_use"
    __table_args__ = (
        sa.CheckConstraint(
            "door IN ({})".format(", ".join(f"'{door}'" for door in DOORS)), name="govshare_grant_use_door"
        ),
        sa.CheckConstraint("(door = 'rows') = (first_byte IS NULL)", name="govshare_grant_use_bytes"),
        sa.CheckConstraint("(door = 'rows') = (rows IS NOT NULL)", name="govshare_grant_use_rows"),
        sa.Index("govshare_grant_use_grant", "grant_id", "id"),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=True)
    grant_id: Mapped[str] = mapped_column(TEXT, sa.ForeignKey(GRANT), nullable=False)
    at: Mapped[datetime] = mapped_column(INSTANT, nullable=False)
    door: Mapped[str] = mapped_column(TEXT, nullable=False)
    edition: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    place: Mapped[int] = mapped_column(sa.Integer, nullable=False, server_default=sa.text("1"))
    format: Mapped[str] = mapped_column(TEXT, nullable=False)
    first_byte: Mapped[int | None] = mapped_column(sa.BigInteger)
    rows: Mapped[int | None] = mapped_column(sa.BigInteger)


class GrantReport(toolkit.BaseModel):
    """The use report of a grant, one and no more, by its holder; ``form`` is sealed, ``data_state`` is a code."""

    __tablename__ = "govshare_grant_report"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["grant_id", "holder_id"],
            [GRANT, "govshare_grant.holder_id"],
            name="govshare_grant_report_by_holder",
        ),
    )

    grant_id: Mapped[str] = mapped_column(TEXT, primary_key=True)
    holder_id: Mapped[str] = mapped_column(TEXT, nullable=False)
    form: Mapped[bytes] = mapped_column(sa.LargeBinary, nullable=False)
    data_state: Mapped[str] = mapped_column(TEXT, nullable=False)
    made_at: Mapped[datetime] = mapped_column(INSTANT, nullable=False)


class GrantRenewal(toolkit.BaseModel):
    """The grant that an application renews; the database knows that applicant and holder are one person."""

    __tablename__ = "govshare_grant_renewal"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["application_id", "holder_id"],
            ["govshare_application.id", "govshare_application.applicant_id"],
            name="govshare_grant_renewal_by_applicant",
        ),
        sa.ForeignKeyConstraint(
            ["grant_id", "holder_id"],
            [GRANT, "govshare_grant.holder_id"],
            name="govshare_grant_renewal_of_holder",
        ),
        sa.Index("govshare_grant_renewal_grant", "grant_id"),
    )

    application_id: Mapped[str] = mapped_column(TEXT, primary_key=True)
    grant_id: Mapped[str] = mapped_column(TEXT, nullable=False)
    holder_id: Mapped[str] = mapped_column(TEXT, nullable=False)
