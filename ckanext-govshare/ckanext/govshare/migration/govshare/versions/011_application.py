"""Application, its entries, the draft before it and the applicant's profile."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "011"
down_revision = "010"
branch_labels = None
depends_on = None

TEXT = sa.UnicodeText
INSTANT = sa.DateTime(timezone=True)
TABLE = "govshare_application"
STATES = (
    "'submitted', 'supplementing', 'accepted', 'not_accepted', 'returned', 'approved', 'partly_approved', "
    "'refused', 'redirected', 'withdrawn', 'lapsed'"
)
OPEN = "'submitted', 'supplementing', 'accepted'"
HANDLERS = (
    "supplement_asked_by",
    "accepted_by",
    "extension_asked_by",
    "extension_decided_by",
    "proposed_by",
    "decided_by",
)


def upgrade():
    op.create_table(TABLE, *_receipt(), *_steps(), *_checks())
    op.create_index(f"{TABLE}_inbox", TABLE, ["organization_id", "state", "due_on"])
    op.create_index(f"{TABLE}_due", TABLE, ["due_on"], postgresql_where=sa.text(f"state IN ({OPEN})"))
    op.create_index(f"{TABLE}_applicant", TABLE, ["applicant_id", "received_at"])
    op.create_index(f"{TABLE}_identity", TABLE, ["identity"])
    _entries()
    _applicants()


def _receipt():
    return (
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("number", TEXT, nullable=False, unique=True),
        sa.Column("organization_id", TEXT, nullable=False),
        sa.Column("applicant_id", TEXT, nullable=False),
        sa.Column("applicant_kind", TEXT, nullable=False),
        sa.Column("idempotency_key", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("form", sa.LargeBinary, nullable=False),
        sa.Column("identity", sa.LargeBinary, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("due_on", sa.Date),
        sa.Column("calendar_version", TEXT, nullable=False),
    )


def _steps():
    return (
        sa.Column("supplement_asked_by", TEXT),
        sa.Column("supplement_asked_at", INSTANT),
        sa.Column("supplement_missing", JSONB, nullable=False),
        sa.Column("supplement_due_on", sa.Date),
        sa.Column("supplement_received_at", INSTANT),
        sa.Column("accepted_by", TEXT),
        sa.Column("accepted_at", INSTANT),
        sa.Column("extension_asked_by", TEXT),
        sa.Column("extension_asked_at", INSTANT),
        sa.Column("extension_days", sa.Integer),
        sa.Column("extension_reason", TEXT, nullable=False),
        sa.Column("extension_decided_by", TEXT),
        sa.Column("extension_decided_at", INSTANT),
        sa.Column("extension_granted", sa.Boolean),
        sa.Column("proposal", JSONB),
        sa.Column("proposed_by", TEXT),
        sa.Column("proposed_at", INSTANT),
        sa.Column("reply", JSONB),
        sa.Column("decided_by", TEXT),
        sa.Column("decided_at", INSTANT),
        sa.Column("closed_at", INSTANT),
        sa.Column("updated_at", INSTANT, nullable=False, server_default=sa.func.now()),
    )


def _checks():
    return (
        sa.UniqueConstraint("applicant_id", "idempotency_key", name=f"{TABLE}_key"),
        sa.CheckConstraint(f"state IN ({STATES})", name=f"{TABLE}_state"),
        sa.CheckConstraint(f"(closed_at IS NULL) = (state IN ({OPEN}))", name=f"{TABLE}_closed_has_instant"),
        sa.CheckConstraint(
            "extension_decided_by IS NULL OR extension_decided_by <> extension_asked_by",
            name=f"{TABLE}_extension_granter_not_asker",
        ),
        *(
            sa.CheckConstraint(f"{column} IS NULL OR {column} <> applicant_id", name=f"{TABLE}_own_{column}")
            for column in HANDLERS
        ),
    )


def _entries():
    op.create_table(
        f"{TABLE}_entry",
        sa.Column("application_id", TEXT, sa.ForeignKey(f"{TABLE}.id"), primary_key=True),
        sa.Column("entry_id", TEXT, primary_key=True),
        sa.Column("applicant_id", TEXT, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("columns", JSONB, nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
    )
    op.create_index(
        f"{TABLE}_entry_one_open",
        f"{TABLE}_entry",
        ["applicant_id", "entry_id"],
        unique=True,
        postgresql_where=sa.text("open"),
    )
    op.create_index(f"{TABLE}_entry_entry", f"{TABLE}_entry", ["entry_id"])


def _applicants():
    op.create_table(
        f"{TABLE}_draft",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("applicant_id", TEXT, nullable=False),
        sa.Column("entry_id", TEXT, nullable=False),
        sa.Column("form", sa.LargeBinary, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.UniqueConstraint("applicant_id", "entry_id", name=f"{TABLE}_draft_entry"),
    )
    op.create_table(
        "govshare_applicant_profile",
        sa.Column("user_id", TEXT, primary_key=True),
        sa.Column("form", sa.LargeBinary, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
    )


def downgrade():
    op.drop_table("govshare_applicant_profile")
    op.drop_table(f"{TABLE}_draft")
    op.drop_table(f"{TABLE}_entry")
    op.drop_table(TABLE)
