"""Delegation: who decides in a head's place; one kind to one person once at a time, written down for good."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "022"
down_revision = "021"
branch_labels = None
depends_on = None

TABLE = "govshare_delegation"
TEXT = sa.UnicodeText
INSTANT = sa.DateTime(timezone=True)
KINDS = ("publication", "edition", "extension", "reply")

TRIGGERS = """
CREATE FUNCTION govshare_delegation_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL THEN
        OLD.revoked_at := NEW.revoked_at;
        OLD.revoked_by := NEW.revoked_by;
        IF OLD = NEW THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'govshare: a delegation is only ever revoked, once' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER govshare_delegation_is_kept BEFORE UPDATE OR DELETE ON govshare_delegation
    FOR EACH ROW EXECUTE FUNCTION govshare_delegation_is_kept();
CREATE TRIGGER govshare_append_only BEFORE TRUNCATE ON govshare_delegation
    FOR EACH STATEMENT EXECUTE FUNCTION govshare_append_only();

CREATE FUNCTION govshare_delegation_is_theirs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM member WHERE table_name = 'user' AND state = 'active' AND capacity = 'admin'
                   AND group_id = NEW.organization_id AND table_id = NEW.delegator_id)
       OR NOT EXISTS (SELECT 1 FROM member WHERE table_name = 'user' AND state = 'active' AND capacity = 'editor'
                      AND group_id = NEW.organization_id AND table_id = NEW.delegate_id) THEN
        RAISE EXCEPTION 'govshare: a head delegates to a clerk of the same department'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER govshare_delegation_is_theirs BEFORE INSERT ON govshare_delegation
    FOR EACH ROW EXECUTE FUNCTION govshare_delegation_is_theirs();
"""


def upgrade():
    # A trusted extension of PostgreSQL's own: the owner of the database may add it.
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.create_table(
        TABLE,
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("organization_id", TEXT, nullable=False),
        sa.Column("delegator_id", TEXT, nullable=False),
        sa.Column("delegate_id", TEXT, nullable=False),
        sa.Column("kinds", ARRAY(sa.Text), nullable=False),
        sa.Column("from_on", sa.Date, nullable=False),
        sa.Column("to_on", sa.Date, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT),
        sa.Column("revoked_by", TEXT),
        sa.CheckConstraint("delegator_id <> delegate_id", name=f"{TABLE}_not_oneself"),
        sa.CheckConstraint("from_on <= to_on", name=f"{TABLE}_dates"),
        sa.CheckConstraint(
            f"cardinality(kinds) > 0 AND kinds <@ ARRAY[{', '.join(repr(kind) for kind in KINDS)}]",
            name=f"{TABLE}_kinds",
        ),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name=f"{TABLE}_revocation"),
    )
    for kind in KINDS:
        op.execute(
            f"ALTER TABLE {TABLE} ADD CONSTRAINT {TABLE}_once_{kind} EXCLUDE USING gist"
            " (organization_id WITH =, delegate_id WITH =, daterange(from_on, to_on, '[]') WITH &&)"
            f" WHERE (revoked_at IS NULL AND '{kind}' = ANY (kinds))"
        )
    op.create_index(f"{TABLE}_delegator", TABLE, ["delegator_id", "to_on"])
    op.execute(TRIGGERS)


def downgrade():
    # The extension stays: it belongs to the database, not to this table.
    op.drop_table(TABLE)
    op.execute("DROP FUNCTION govshare_delegation_is_kept(); DROP FUNCTION govshare_delegation_is_theirs()")
