"""Edition and artifact."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "006"
down_revision = "005"
branch_labels = None
depends_on = None

TEXT = sa.UnicodeText
INSTANT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "govshare_edition",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("entry_id", TEXT, nullable=False),
        sa.Column("organization_id", TEXT, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("filename", TEXT, nullable=False),
        sa.Column("raw_sha256", TEXT, nullable=False),
        sa.Column("raw_size", sa.BigInteger, nullable=False),
        sa.Column("options", JSONB, nullable=False),
        sa.Column("intake", TEXT, nullable=False),
        sa.Column("problem", JSONB),
        sa.Column("report", JSONB, nullable=False),
        sa.Column("columns", JSONB, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("content_hash", TEXT),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("declared_by", TEXT),
        sa.Column("declared_at", INSTANT),
        sa.Column("checked_by", TEXT),
        sa.Column("checked_at", INSTANT),
        sa.Column("checked_hash", TEXT),
        sa.Column("asked_by", TEXT),
        sa.Column("asked_at", INSTANT),
        sa.Column("released_at", INSTANT),
        sa.Column("progress", JSONB),
        sa.Column("updated_at", INSTANT, nullable=False, server_default=sa.func.now()),
        sa.UniqueConstraint("entry_id", "number", name="govshare_edition_number"),
        sa.CheckConstraint(
            "status IN ('pending', 'in_progress', 'awaiting_check', 'done', 'not_required', 'rejected', 'void')",
            name="govshare_edition_status",
        ),
        sa.CheckConstraint("intake IN ('waiting', 'read', 'unreadable')", name="govshare_edition_intake"),
        sa.CheckConstraint(
            "checked_by IS NULL OR checked_by <> declared_by", name="govshare_edition_checker_not_operator"
        ),
        sa.CheckConstraint(
            "released_at IS NULL OR (checked_by IS NOT NULL AND checked_hash = content_hash)",
            name="govshare_edition_released_is_checked",
        ),
    )
    op.create_index("govshare_edition_inbox", "govshare_edition", ["status", "organization_id", "updated_at"])
    op.create_table(
        "govshare_artifact",
        sa.Column("edition_id", TEXT, sa.ForeignKey("govshare_edition.id"), primary_key=True),
        sa.Column("format", TEXT, primary_key=True),
        sa.Column("filename", TEXT, nullable=False),
        sa.Column("media_type", TEXT, nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
    )


def downgrade():
    op.drop_table("govshare_artifact")
    op.drop_table("govshare_edition")
