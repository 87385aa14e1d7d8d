"""Scan, plan and masking of an edition; the planner may not check, and what counts as masked is masked."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "008"
down_revision = "014"
branch_labels = None
depends_on = None

TABLE = "govshare_edition"
COLUMNS = {
    "scan": JSONB,
    "plan": JSONB,
    "planned_by": sa.UnicodeText,
    "planned_at": sa.DateTime(timezone=True),
    "mask_asked_at": sa.DateTime(timezone=True),
    "masked": JSONB,
    "source": JSONB,
    "difference": JSONB,
}
CHECKS = {
    "checker_not_planner": "checked_by IS NULL OR planned_by IS NULL OR checked_by <> planned_by",
    "done_is_masked": "status <> 'done' OR (plan IS NOT NULL AND masked IS NOT NULL)",
    "not_required_is_as_read": "status <> 'not_required' OR (plan IS NULL AND masked IS NULL)",
    "masked_has_source": "(masked IS NULL) = (source IS NULL)",
}


def upgrade():
    for name, kind in COLUMNS.items():
        op.add_column(TABLE, sa.Column(name, kind))
    for name, condition in CHECKS.items():
        op.create_check_constraint(f"govshare_edition_{name}", TABLE, condition)


def downgrade():
    for name in CHECKS:
        op.drop_constraint(f"govshare_edition_{name}", TABLE)
    for name in COLUMNS:
        op.drop_column(TABLE, name)
