"""Publication, change, version, secrecy review, journal, outbox, office; the gate in the database."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "001"
down_revision = None
branch_labels = None
depends_on = None

TEXT = sa.UnicodeText
INSTANT = sa.DateTime(timezone=True)
STATES = "'draft', 'department_review', 'bureau_review', 'published', 'withdrawn'"


def steps(table):
    """Return the columns and constraints of every case of the publication workflow."""
    columns = [
        sa.Column("state", TEXT, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    ]
    for step in ("submitted", "approved", "published", "withdrawn"):
        columns += [sa.Column(f"{step}_by", TEXT), sa.Column(f"{step}_at", INSTANT)]
    return [
        *columns,
        sa.Column("updated_at", INSTANT, nullable=False, server_default=sa.func.now()),
        sa.CheckConstraint(
            "approved_by IS NULL OR submitted_by IS NULL OR approved_by <> submitted_by",
            name=f"{table}_approver_not_submitter",
        ),
        sa.CheckConstraint(
            "published_by IS NULL OR submitted_by IS NULL OR published_by <> submitted_by",
            name=f"{table}_publisher_not_submitter",
        ),
        sa.CheckConstraint(
            "published_by IS NULL OR approved_by IS NULL OR published_by <> approved_by",
            name=f"{table}_publisher_not_approver",
        ),
        sa.CheckConstraint(f"state IN ({STATES})", name=f"{table}_state"),
    ]


def upgrade():
    create_cases()
    create_records()
    op.execute(GATE)
    op.execute(APPEND_ONLY)


def create_cases():
    """Create the tables whose rows move through the workflow, and the office's profile."""
    op.create_table(
        "govshare_publication",
        sa.Column("entry_id", TEXT, primary_key=True),
        sa.Column("organization_id", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("resource_code", TEXT, nullable=False, unique=True),
        sa.Column("openness", TEXT, nullable=False),
        sa.Column("created_by", TEXT),
        sa.Column("first_published_at", INSTANT),
        *steps("govshare_publication"),
        sa.CheckConstraint(
            "state <> 'published' OR (openness <> '' AND published_by IS NOT NULL)",
            name="govshare_publication_published_has_class",
        ),
    )
    op.create_index(
        "govshare_publication_title",
        "govshare_publication",
        ["organization_id", "title"],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.create_index(
        "govshare_publication_inbox", "govshare_publication", ["state", "organization_id", "updated_at"]
    )
    op.create_table(
        "govshare_change",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("entry_id", TEXT, nullable=False, index=True),
        sa.Column("organization_id", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("base_version", sa.Integer, nullable=False),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        *steps("govshare_change"),
    )
    op.create_index(
        "govshare_change_one_open",
        "govshare_change",
        ["entry_id"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('published', 'withdrawn')"),
    )
    op.create_index("govshare_change_inbox", "govshare_change", ["state", "organization_id", "updated_at"])
    op.create_table(
        "govshare_office",
        sa.Column("organization_id", TEXT, primary_key=True),
        sa.Column("uscc", TEXT, nullable=False),
        sa.Column("classification_code", TEXT, nullable=False, unique=True),
        sa.Column("next_sequence", sa.Integer, nullable=False),
        sa.Column("principal", TEXT, nullable=False),
        sa.Column("unit", TEXT, nullable=False),
        sa.Column("staff", TEXT, nullable=False),
        sa.Column("phone", TEXT, nullable=False),
    )


def create_records():
    """Create the tables that only ever grow."""
    op.create_table(
        "govshare_version",
        sa.Column("entry_id", TEXT, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("published_by", TEXT, nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
    )
    op.create_table(
        "govshare_secrecy_review",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("subject_kind", TEXT, nullable=False),
        sa.Column("subject_id", TEXT, nullable=False),
        sa.Column("reviewer", TEXT, nullable=False),
        sa.Column("basis", TEXT, nullable=False),
        sa.Column("answers", JSONB, nullable=False),
        sa.Column("conclusion", TEXT, nullable=False),
        sa.Column("content_hash", TEXT, nullable=False),
        sa.Column("reviewed_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "conclusion IN ('may_open', 'may_not')", name="govshare_secrecy_review_conclusion"
        ),
    )
    op.create_index(
        "govshare_secrecy_review_subject", "govshare_secrecy_review", ["subject_kind", "subject_id", "id"]
    )
    op.create_table(
        "govshare_journal",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("case_kind", TEXT, nullable=False),
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("organization_id", TEXT),
        sa.Column("move", TEXT, nullable=False),
        sa.Column("from_state", TEXT, nullable=False),
        sa.Column("to_state", TEXT, nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("rule_version", TEXT, nullable=False),
    )
    op.create_index("govshare_journal_case", "govshare_journal", ["case_kind", "case_id", "id"])
    op.create_table(
        "govshare_outbox",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("payload", JSONB, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("available_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("done_at", INSTANT),
        sa.Column("error", TEXT, nullable=False),
    )
    op.create_index(
        "govshare_outbox_due",
        "govshare_outbox",
        ["available_at", "id"],
        postgresql_where=sa.text("done_at IS NULL"),
    )


# The last wall behind the gate: no transaction commits that leaves a dataset public without a
# publication that allows it, whichever row was written and by whom. Deferred, so that the gate
# may write both rows in either order.
GATE = """
CREATE FUNCTION govshare_gate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    entry text := CASE TG_TABLE_NAME WHEN 'package' THEN to_jsonb(NEW) ->> 'id' ELSE to_jsonb(NEW) ->> 'entry_id' END;
BEGIN
    IF EXISTS (
        SELECT 1 FROM package
        WHERE id = entry AND type = 'dataset' AND state = 'active' AND private IS NOT TRUE
        AND NOT EXISTS (
            SELECT 1 FROM govshare_publication
            WHERE entry_id = entry AND state = 'published' AND openness IN ('unconditional', 'conditional')
        )
    ) THEN
        RAISE EXCEPTION 'govshare: dataset % is public without a publication', entry USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER govshare_gate AFTER INSERT OR UPDATE ON package
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION govshare_gate();
CREATE CONSTRAINT TRIGGER govshare_gate AFTER INSERT OR UPDATE ON govshare_publication
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION govshare_gate();
"""

APPEND_ONLY = """
CREATE FUNCTION govshare_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'govshare: % is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER govshare_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON govshare_journal
    FOR EACH STATEMENT EXECUTE FUNCTION govshare_append_only();
CREATE TRIGGER govshare_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON govshare_version
    FOR EACH STATEMENT EXECUTE FUNCTION govshare_append_only();
CREATE TRIGGER govshare_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON govshare_secrecy_review
    FOR EACH STATEMENT EXECUTE FUNCTION govshare_append_only();
"""


def downgrade():
    op.execute("DROP TRIGGER govshare_gate ON package")
    for table in ("office", "outbox", "journal", "secrecy_review", "version", "change", "publication"):
        op.drop_table(f"govshare_{table}")
    op.execute("DROP FUNCTION govshare_gate(); DROP FUNCTION govshare_append_only()")
