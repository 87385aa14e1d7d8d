"""Since when to when an alarm about a mirror target stood; one that comes back is told anew."""

import sqlalchemy as sa
from alembic import op

revision = "025"
down_revision = "024"
branch_labels = None
depends_on = None

TABLE = "govshare_mirror_alarm"
ONCE = f"{TABLE}_once"
KEY = ["target", "kind", "entry_id", "about"]


def upgrade():
    op.add_column(TABLE, sa.Column("over_at", sa.DateTime(timezone=True)))
    op.drop_constraint(ONCE, TABLE)
    op.create_index(ONCE, TABLE, KEY, unique=True, postgresql_where=sa.text("over_at IS NULL"))


def downgrade():
    op.drop_index(ONCE, TABLE)
    # of what came back the last time is kept
    same = " AND ".join(f"a.{name} = b.{name}" for name in KEY)
    op.execute(f"DELETE FROM {TABLE} a USING {TABLE} b WHERE a.id < b.id AND {same}")  # noqa: S608 - our own words
    op.create_unique_constraint(ONCE, TABLE, KEY)
    op.drop_column(TABLE, "over_at")
