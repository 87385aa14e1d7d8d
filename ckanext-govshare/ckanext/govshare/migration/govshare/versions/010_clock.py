"""Imported calendar notices, and reminders as rows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "010"
down_revision = "016"
branch_labels = None
depends_on = None

TEXT = sa.UnicodeText
INSTANT = sa.DateTime(timezone=True)
KINDS = ("three_left", "one_left", "today", "overdue", "escalated")


def upgrade():
    op.create_table(
        "govshare_calendar_notice",
        sa.Column("number", TEXT, primary_key=True),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("issued", sa.Date, nullable=False),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("imported_by", TEXT, nullable=False),
        sa.Column("imported_at", INSTANT, nullable=False),
    )
    op.create_table(
        "govshare_reminder",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("case_kind", TEXT, nullable=False),
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("duty", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("organization_id", TEXT),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "kind IN ({})".format(", ".join(f"'{kind}'" for kind in KINDS)), name="govshare_reminder_kind"
        ),
        sa.UniqueConstraint("case_kind", "case_id", "duty", "kind", "due_on", name="govshare_reminder_once"),
    )
    op.create_index("govshare_reminder_newest", "govshare_reminder", ["organization_id", "due_at"])


def downgrade():
    op.drop_table("govshare_reminder")
    op.drop_table("govshare_calendar_notice")
