"""The journal's rows are chained by hashes: links, the head of the chain, anchors; what is there is chained now."""

import hashlib
import json
from datetime import timezone

import sqlalchemy as sa
from alembic import op

revision = "013"
down_revision = "012"
branch_labels = None
depends_on = None

TEXT = sa.UnicodeText
COLUMNS = (
    "id", "at", "actor", "case_kind", "case_id", "organization_id", "move",
    "from_state", "to_state", "note", "facts", "rule_version",
)  # fmt: skip
TRIGGERS = """
CREATE TRIGGER govshare_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON govshare_journal_link
    FOR EACH STATEMENT EXECUTE FUNCTION govshare_append_only();
CREATE TRIGGER govshare_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON govshare_journal_anchor
    FOR EACH STATEMENT EXECUTE FUNCTION govshare_append_only();
CREATE TRIGGER govshare_append_only BEFORE DELETE OR TRUNCATE ON govshare_journal_head
    FOR EACH STATEMENT EXECUTE FUNCTION govshare_append_only();
"""


def upgrade():
    op.create_table(
        "govshare_journal_link",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("journal_id", sa.BigInteger, nullable=False, unique=True),
        sa.Column("algorithm", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
    )
    op.create_table(
        "govshare_journal_head",
        sa.Column("one", sa.Boolean, primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.CheckConstraint("one", name="govshare_journal_head_one"),
    )
    op.create_table(
        "govshare_journal_anchor",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    _chain_what_is_there(op.get_bind())
    # No transaction leaves a journal row without its link.
    op.create_foreign_key(
        "govshare_journal_chained",
        "govshare_journal",
        "govshare_journal_link",
        ["id"],
        ["journal_id"],
        deferrable=True,
        initially="DEFERRED",
    )
    op.execute(TRIGGERS)


def downgrade():
    op.drop_constraint("govshare_journal_chained", "govshare_journal")
    for table in ("anchor", "head", "link"):
        op.drop_table(f"govshare_journal_{table}")


def _chain_what_is_there(connection):
    number, digest = 0, ""
    query = sa.text(f"SELECT {', '.join(COLUMNS)} FROM govshare_journal ORDER BY id")  # noqa: S608
    insert = sa.text("INSERT INTO govshare_journal_link VALUES (:number, :journal_id, 'sha256', :hash)")
    for row in connection.execute(query).mappings().all():
        number += 1
        at = row["at"].astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        parts = [number, "sha256", digest, *({**row, "at": at}[name] for name in COLUMNS)]
        text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(text.encode()).hexdigest()
        connection.execute(insert, {"number": number, "journal_id": row["id"], "hash": digest})
    head = sa.text("INSERT INTO govshare_journal_head VALUES (true, :number, :hash)")
    connection.execute(head, {"number": number, "hash": digest})
