"""A write to a mirror target is announced before it begins, so that one whose end nobody has seen is looked into."""

import sqlalchemy as sa
from alembic import op

revision = "021"
down_revision = "020"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("govshare_mirror_ledger", sa.Column("writing_since", sa.DateTime(timezone=True)))


def downgrade():
    op.drop_column("govshare_mirror_ledger", "writing_since")
