"""What about the mirror targets the bureau has been told, so that it is told once."""

import sqlalchemy as sa
from alembic import op

revision = "018"
down_revision = "017"
branch_labels = None
depends_on = None

TABLE = "govshare_mirror_alarm"
TEXT = sa.UnicodeText
KINDS = ("not_proven_gone", "dead_letter", "unreachable", "deletions_wait", "doubtful", "differs")


def upgrade():
    op.create_table(
        TABLE,
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("target", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("entry_id", TEXT, nullable=False),
        sa.Column("about", TEXT, nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"kind IN {KINDS}", name=f"{TABLE}_kind"),
        sa.UniqueConstraint("target", "kind", "entry_id", "about", name=f"{TABLE}_once"),
    )


def downgrade():
    op.drop_table(TABLE)
