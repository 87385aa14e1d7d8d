"""Attachments of drafts and applications; their bytes lie in the vault."""

import sqlalchemy as sa
from alembic import op

revision = "020"
down_revision = "019"
branch_labels = None
depends_on = None

TEXT = sa.UnicodeText
INSTANT = sa.DateTime(timezone=True)
TABLE = "govshare_application_attachment"


def upgrade():
    op.create_table(
        TABLE,
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("applicant_id", TEXT, nullable=False),
        sa.Column("draft_id", TEXT, sa.ForeignKey("govshare_application_draft.id")),
        sa.Column("application_id", TEXT, sa.ForeignKey("govshare_application.id")),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("name", sa.LargeBinary),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("handed_in_at", INSTANT),
        sa.Column("dropped_at", INSTANT),
        sa.CheckConstraint("(draft_id IS NULL) <> (application_id IS NULL)", name=f"{TABLE}_one_holder"),
        sa.CheckConstraint("handed_in_at IS NULL OR application_id IS NOT NULL", name=f"{TABLE}_handed_in"),
        sa.CheckConstraint("(dropped_at IS NULL) = (name IS NOT NULL)", name=f"{TABLE}_name"),
        sa.CheckConstraint("kind IN ('pdf', 'jpeg', 'png', 'ofd')", name=f"{TABLE}_kind"),
        sa.CheckConstraint("size > 0", name=f"{TABLE}_size"),
        sa.UniqueConstraint("draft_id", "sha256", name=f"{TABLE}_draft_once"),
        sa.UniqueConstraint("application_id", "sha256", name=f"{TABLE}_application_once"),
    )


def downgrade():
    op.drop_table(TABLE)
