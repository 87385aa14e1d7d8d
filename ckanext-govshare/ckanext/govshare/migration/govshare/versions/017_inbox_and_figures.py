"""The inbox by due date and the figures of a year from an index; the days that a supplement was given."""

import sqlalchemy as sa
from alembic import op

revision = "017"
down_revision = "008"
branch_labels = None
depends_on = None

TABLE = "govshare_application"
OPEN = sa.text("state IN ('submitted', 'supplementing', 'accepted')")
OLDEST_DUE = ["due_on", "received_at", "id"]


def upgrade():
    op.add_column(TABLE, sa.Column("supplement_days", sa.Integer))
    op.drop_index(f"{TABLE}_due", TABLE)
    for name, columns in (("due", OLDEST_DUE), ("office_due", ["organization_id", *OLDEST_DUE])):
        op.create_index(
            f"{TABLE}_{name}", TABLE, columns, postgresql_include=["state"], postgresql_where=OPEN
        )
    op.create_index(f"{TABLE}_received", TABLE, ["received_at"])


def downgrade():
    op.drop_index(f"{TABLE}_received", TABLE)
    op.drop_index(f"{TABLE}_office_due", TABLE)
    op.drop_index(f"{TABLE}_due", TABLE)
    op.create_index(f"{TABLE}_due", TABLE, ["due_on"], postgresql_where=OPEN)
    op.drop_column(TABLE, "supplement_days")
