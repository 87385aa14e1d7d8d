"""What a deletion at a mirror target fits, so that one that arrives late hits nothing that is public again."""

import sqlalchemy as sa
from alembic import op

revision = "026"
down_revision = "025"
branch_labels = None
depends_on = None

TABLE = "govshare_mirror_ledger"


def upgrade():
    op.add_column(TABLE, sa.Column("removal_fits", sa.UnicodeText))


def downgrade():
    op.drop_column(TABLE, "removal_fits")
