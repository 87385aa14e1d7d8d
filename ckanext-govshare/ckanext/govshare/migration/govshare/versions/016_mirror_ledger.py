"""What each mirror target has been sent and has acknowledged, and its reconciliations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "016"
down_revision = "015"
branch_labels = None
depends_on = None

TEXT = sa.UnicodeText
INSTANT = sa.DateTime(timezone=True)
COUNTS = (
    "wanted",
    "agreeing",
    "missing",
    "extra",
    "differing",
    "unacknowledged",
    "conflicts",
    "awaiting_person",
    "mended",
    "left",
)


def upgrade():
    op.create_table(
        "govshare_mirror_target",
        sa.Column("name", TEXT, primary_key=True),
        sa.Column("spread", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("available_at", INSTANT),
        sa.Column("unreachable_since", INSTANT),
        sa.Column("problem", JSONB),
    )
    op.create_table(
        "govshare_mirror_ledger",
        sa.Column("target", TEXT, primary_key=True),
        sa.Column("entry_id", TEXT, primary_key=True),
        sa.Column("wanted", sa.BigInteger, nullable=False),
        sa.Column("urgency", sa.Integer, nullable=False),
        sa.Column("waiting_since", INSTANT, nullable=False),
        sa.Column("shown", sa.BigInteger, nullable=False),
        sa.Column("remote_id", TEXT),
        sa.Column("sent_hash", TEXT),
        sa.Column("sent_at", INSTANT),
        sa.Column("answer", JSONB),
        sa.Column("gone_at", INSTANT),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("available_at", INSTANT, nullable=False),
        sa.Column("dead_at", INSTANT),
        sa.Column("problem", JSONB),
        sa.CheckConstraint("shown <= wanted", name="govshare_mirror_ledger_shown"),
    )
    op.create_index(
        "govshare_mirror_ledger_due",
        "govshare_mirror_ledger",
        ["target", "urgency", "wanted"],
        postgresql_where=sa.text("shown < wanted"),
    )
    op.create_index("govshare_mirror_ledger_entry", "govshare_mirror_ledger", ["entry_id"])
    op.create_table(
        "govshare_mirror_run",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("target", TEXT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in COUNTS),
        sa.Column("doubts", JSONB, nullable=False),
        sa.Column("report", JSONB, nullable=False),
    )
    op.create_index("govshare_mirror_run_target", "govshare_mirror_run", ["target", "id"])


def downgrade():
    for table in ("run", "ledger", "target"):
        op.drop_table(f"govshare_mirror_{table}")
