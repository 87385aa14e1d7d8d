"""Grant."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "012"
down_revision = "011"
branch_labels = None
depends_on = None

TEXT = sa.UnicodeText
INSTANT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "govshare_grant",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("number", TEXT, nullable=False, unique=True),
        sa.Column("application_id", TEXT, sa.ForeignKey("govshare_application.id"), nullable=False),
        sa.Column("organization_id", TEXT, nullable=False),
        sa.Column("holder_id", TEXT, nullable=False),
        sa.Column("entry_id", TEXT, nullable=False),
        sa.Column("columns", JSONB, nullable=False),
        sa.Column("purpose", TEXT, nullable=False),
        sa.Column("terms_version", TEXT, nullable=False),
        sa.Column("agreed_name", sa.LargeBinary, nullable=False),
        sa.Column("agreed_at", INSTANT, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("revoked_at", INSTANT),
        sa.Column("revoked_by", TEXT),
        sa.Column("revoked_reason", TEXT, nullable=False),
        sa.UniqueConstraint("application_id", "entry_id", name="govshare_grant_once"),
        sa.CheckConstraint("ends_on >= starts_on", name="govshare_grant_dates"),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by IS NULL) AND (revoked_at IS NULL OR revoked_reason <> '')",
            name="govshare_grant_revocation_has_reason",
        ),
        sa.CheckConstraint(
            "revoked_by IS NULL OR revoked_by <> holder_id", name="govshare_grant_own_revocation"
        ),
    )
    op.create_index("govshare_grant_holder", "govshare_grant", ["holder_id", "entry_id"])
    op.create_index("govshare_grant_entry", "govshare_grant", ["entry_id"])


def downgrade():
    op.drop_table("govshare_grant")
