"""Data keys; when an edition's raw data were deleted; which released files lie in the vault."""

import sqlalchemy as sa
from alembic import op

revision = "009"
down_revision = "007"
branch_labels = None
depends_on = None

TEXT = sa.UnicodeText
INSTANT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "govshare_data_key",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("purpose", TEXT, nullable=False),
        sa.Column("algorithm", TEXT, nullable=False),
        sa.Column("wrapped_by", TEXT, nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.UniqueConstraint("purpose", "algorithm", name="govshare_data_key_purpose"),
        sa.CheckConstraint(
            "algorithm IN ('aes-256-gcm', 'sm4-gcm', 'hmac-sha256', 'hmac-sm3')",
            name="govshare_data_key_algorithm",
        ),
    )
    op.create_index("govshare_data_key_wrapped_by", "govshare_data_key", ["wrapped_by"])
    op.add_column("govshare_edition", sa.Column("raw_deleted_at", INSTANT))
    op.add_column(
        "govshare_artifact", sa.Column("vaulted", sa.Boolean, nullable=False, server_default=sa.false())
    )


def downgrade():
    op.drop_column("govshare_artifact", "vaulted")
    op.drop_column("govshare_edition", "raw_deleted_at")
    op.drop_table("govshare_data_key")
