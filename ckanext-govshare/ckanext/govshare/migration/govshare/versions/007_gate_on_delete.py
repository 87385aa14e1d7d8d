"""The gate in the database also when a publication is deleted: its dataset may not stay public."""

from alembic import op

revision = "007"
down_revision = "006"
branch_labels = None
depends_on = None

DELETED = """
CREATE FUNCTION govshare_gate_on_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM package
        WHERE id = OLD.entry_id AND type = 'dataset' AND state = 'active' AND private IS NOT TRUE
        AND NOT EXISTS (
            SELECT 1 FROM govshare_publication
            WHERE entry_id = OLD.entry_id AND state = 'published'
            AND openness IN ('unconditional', 'conditional')
        )
    ) THEN
        RAISE EXCEPTION 'govshare: dataset % is public, its publication must stay', OLD.entry_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER govshare_gate_on_delete AFTER DELETE ON govshare_publication
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION govshare_gate_on_delete();
"""


def upgrade():
    op.execute(DELETED)


def downgrade():
    op.execute("DROP TRIGGER govshare_gate_on_delete ON govshare_publication")
    op.execute("DROP FUNCTION govshare_gate_on_delete()")
