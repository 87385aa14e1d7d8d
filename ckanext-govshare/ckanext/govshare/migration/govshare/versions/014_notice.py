"""Notices: what each person is told of each case, and whether the mail of it has left."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "014"
down_revision = "013"
branch_labels = None
depends_on = None

TEXT = sa.UnicodeText
INSTANT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "govshare_notice",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("recipient_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("case_kind", TEXT, nullable=False),
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("read_at", INSTANT),
        sa.Column("mail_state", TEXT, nullable=False),
        sa.Column("mailed_at", INSTANT),
        sa.CheckConstraint("mail_state IN ('waiting', 'sent', 'none')", name="govshare_notice_mail_state"),
    )
    op.create_index("govshare_notice_inbox", "govshare_notice", ["recipient_id", "created_at"])
    op.create_index(
        "govshare_notice_unread",
        "govshare_notice",
        ["recipient_id"],
        postgresql_where=sa.text("read_at IS NULL"),
    )


def downgrade():
    op.drop_table("govshare_notice")
