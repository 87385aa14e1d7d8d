"""Several tables in an edition, and the table of each of its files."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "024"
down_revision = "023"
branch_labels = None
depends_on = None

EDITION, TABLE, ARTIFACT = "govshare_edition", "govshare_edition_table", "govshare_artifact"
FILE, LINK, USE = "govshare_grant_file", "govshare_grant_link", "govshare_grant_use"
MOVED = ("scan", "plan", "masked", "source", "difference")
OF_ALL = "('zip', 'sha256sums')"
# Name of the constraint, what it says from now on, what it said.
CHECKS = (
    (
        "done_is_masked",
        "status <> 'done' OR (planned_by IS NOT NULL AND masked_at IS NOT NULL)",
        "status <> 'done' OR (plan IS NOT NULL AND masked IS NOT NULL)",
    ),
    (
        "not_required_is_as_read",
        "status <> 'not_required' OR (planned_by IS NULL AND masked_at IS NULL)",
        "status <> 'not_required' OR (plan IS NULL AND masked IS NULL)",
    ),
)


def upgrade():
    op.create_table(
        TABLE,
        sa.Column("edition_id", sa.UnicodeText, sa.ForeignKey(f"{EDITION}.id"), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.UnicodeText, nullable=False),
        sa.Column("columns", JSONB, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("content_hash", sa.UnicodeText, nullable=False),
        *(sa.Column(name, JSONB) for name in MOVED),
        sa.CheckConstraint("place > 0", name=f"{TABLE}_place"),
        sa.CheckConstraint("(masked IS NULL) = (source IS NULL)", name=f"{TABLE}_has_source"),
    )
    listed = ", ".join(("columns", "rows", "content_hash", *MOVED))
    op.execute(
        f"INSERT INTO {TABLE} (edition_id, place, name, {listed})"  # noqa: S608 - our own names
        f" SELECT id, 1, filename, {listed} FROM {EDITION} WHERE content_hash IS NOT NULL"
    )
    op.add_column(EDITION, sa.Column("masked_at", sa.DateTime(timezone=True)))
    op.execute(f"UPDATE {EDITION} SET masked_at = updated_at WHERE masked IS NOT NULL")  # noqa: S608
    for name, now, _before in CHECKS:
        op.drop_constraint(f"{EDITION}_{name}", EDITION)
        op.create_check_constraint(f"{EDITION}_{name}", EDITION, now)
    op.drop_constraint(f"{EDITION}_masked_has_source", EDITION)
    for name in ("columns", "rows", *MOVED):
        op.drop_column(EDITION, name)
    for table in (ARTIFACT, FILE, LINK, USE):
        op.add_column(table, sa.Column("place", sa.Integer, nullable=False, server_default=sa.text("1")))
    op.execute(f"UPDATE {ARTIFACT} SET place = 0 WHERE format IN {OF_ALL}")  # noqa: S608
    for table, owners in ((ARTIFACT, ["edition_id"]), (FILE, ["grant_id", "edition_id"])):
        op.alter_column(table, "place", server_default=None)
        op.drop_constraint(f"{table}_pkey", table)
        op.create_primary_key(f"{table}_pkey", table, [*owners, "place", "format"])


def downgrade():
    """Keep the first table of each edition, and its files; the others are delivered again."""
    for table, owners in ((ARTIFACT, ["edition_id"]), (FILE, ["grant_id", "edition_id"])):
        op.execute(f"DELETE FROM {table} WHERE place > 1")  # noqa: S608
        op.drop_constraint(f"{table}_pkey", table)
        op.create_primary_key(f"{table}_pkey", table, [*owners, "format"])
    for table in (ARTIFACT, FILE, LINK, USE):
        op.drop_column(table, "place")
    op.add_column(EDITION, sa.Column("columns", JSONB, nullable=False, server_default="[]"))
    op.add_column(EDITION, sa.Column("rows", sa.BigInteger, nullable=False, server_default="0"))
    for name in MOVED:
        op.add_column(EDITION, sa.Column(name, JSONB))
    listed = ", ".join(f"{name} = t.{name}" for name in ("columns", "rows", *MOVED))
    op.execute(
        f"UPDATE {EDITION} AS e SET {listed} FROM {TABLE} AS t WHERE t.edition_id = e.id AND t.place = 1"  # noqa: S608
    )
    for name in ("columns", "rows"):
        op.alter_column(EDITION, name, server_default=None)
    for name, _now, before in CHECKS:
        op.drop_constraint(f"{EDITION}_{name}", EDITION)
        op.create_check_constraint(f"{EDITION}_{name}", EDITION, before)
    op.create_check_constraint(f"{EDITION}_masked_has_source", EDITION, "(masked IS NULL) = (source IS NULL)")
    op.drop_column(EDITION, "masked_at")
    op.drop_table(TABLE)
