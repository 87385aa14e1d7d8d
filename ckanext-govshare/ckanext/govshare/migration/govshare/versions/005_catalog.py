"""Catalog imports, their rows, and the mappings that departments keep."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "005"
down_revision = "001"
branch_labels = None
depends_on = None

TEXT = sa.UnicodeText
INSTANT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "govshare_catalog_import",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("organization_id", TEXT, nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("filename", TEXT, nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("layout", TEXT, nullable=False),
        sa.Column("sheet", JSONB, nullable=False),
        sa.Column("mapping", JSONB, nullable=False),
        sa.Column("policy", TEXT, nullable=False),
        sa.Column("all_or_nothing", sa.Boolean, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("handled", sa.Integer, nullable=False),
        sa.Column("counts", JSONB, nullable=False),
        sa.Column("error", JSONB, nullable=False),
        sa.CheckConstraint(
            "state IN ('mapping', 'planned', 'queued', 'running', 'done', 'failed')",
            name="govshare_catalog_import_state",
        ),
    )
    op.create_index(
        "govshare_catalog_import_newest", "govshare_catalog_import", ["organization_id", "created_at"]
    )
    op.create_table(
        "govshare_catalog_import_row",
        sa.Column("import_id", TEXT, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("values", JSONB, nullable=False),
        sa.Column("reading", JSONB, nullable=False),
        sa.Column("reasons", JSONB, nullable=False),
        sa.Column("corrections", JSONB, nullable=False),
        sa.Column("diff", JSONB, nullable=False),
        sa.Column("entry_id", TEXT),
        sa.Column("handled", sa.Boolean, nullable=False),
    )
    op.create_index(
        "govshare_catalog_import_row_outcome",
        "govshare_catalog_import_row",
        ["import_id", "outcome", "number"],
    )
    op.create_index(
        "govshare_catalog_import_row_entry",
        "govshare_catalog_import_row",
        ["entry_id"],
        postgresql_where=sa.text("handled AND entry_id IS NOT NULL"),
    )
    op.create_table(
        "govshare_catalog_mapping",
        sa.Column("organization_id", TEXT, primary_key=True),
        sa.Column("layout", TEXT, primary_key=True),
        sa.Column("columns", JSONB, nullable=False),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("updated_by", TEXT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
    )


def downgrade():
    for table in ("mapping", "import_row", "import"):
        op.drop_table(f"govshare_catalog_{table}")
