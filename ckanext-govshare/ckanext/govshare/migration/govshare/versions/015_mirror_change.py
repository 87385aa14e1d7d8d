"""The changes that mirrors follow, numbered without gaps in the order of their commits."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "015"
down_revision = "009"
branch_labels = None
depends_on = None

TEXT = sa.UnicodeText
INSTANT = sa.DateTime(timezone=True)

# The trigger is deferred: it runs when the transaction commits, after everything else in it. The counter's
# row stays locked until that commit is visible, so number n + 1 is never seen before n; a transaction
# that fails gives its number back.
NUMBER = """
CREATE FUNCTION govshare_mirror_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH last AS (UPDATE govshare_mirror_counter SET value = value + 1 WHERE id = 1 RETURNING value)
    UPDATE govshare_mirror_change SET number = last.value FROM last WHERE govshare_mirror_change.id = NEW.id;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER govshare_mirror_number AFTER INSERT ON govshare_mirror_change
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION govshare_mirror_number();
"""


def upgrade():
    op.create_table(
        "govshare_mirror_change",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("number", sa.BigInteger, unique=True),
        sa.Column("entry_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.Column("content", JSONB),
        sa.Column("at", INSTANT, nullable=False),
        sa.CheckConstraint("kind IN ('put', 'narrow', 'tombstone')", name="govshare_mirror_change_kind"),
        sa.CheckConstraint("(kind = 'tombstone') = (content IS NULL)", name="govshare_mirror_change_content"),
    )
    op.create_index("govshare_mirror_change_entry", "govshare_mirror_change", ["entry_id", "id"])
    counter = op.create_table(
        "govshare_mirror_counter",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("value", sa.BigInteger, nullable=False),
        sa.CheckConstraint("id = 1", name="govshare_mirror_counter_one"),
    )
    op.bulk_insert(counter, [{"id": 1, "value": 0}])
    op.execute(NUMBER)


def downgrade():
    op.drop_table("govshare_mirror_counter")
    op.drop_table("govshare_mirror_change")
    op.execute("DROP FUNCTION govshare_mirror_number()")
