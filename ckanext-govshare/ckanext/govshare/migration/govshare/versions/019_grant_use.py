"""What is done by a grant: sealed files, links of one use, each taking, report, renewal."""

import sqlalchemy as sa
from alembic import op

revision = "019"
down_revision = "018"
branch_labels = None
depends_on = None

TEXT = sa.UnicodeText
INSTANT = sa.DateTime(timezone=True)
GRANT = "govshare_grant.id"
WALLS = """
CREATE FUNCTION govshare_grant_link_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'govshare: link % has been used', OLD.id USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER govshare_grant_link_once BEFORE UPDATE ON govshare_grant_link
    FOR EACH ROW WHEN (OLD.used_at IS NOT NULL) EXECUTE FUNCTION govshare_grant_link_once();
CREATE TRIGGER govshare_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON govshare_grant_use
    FOR EACH STATEMENT EXECUTE FUNCTION govshare_append_only();
"""


def upgrade():
    # what the report and the renewal are held against: whose grant, whose application
    op.create_unique_constraint("govshare_grant_of_holder", "govshare_grant", ["id", "holder_id"])
    op.create_unique_constraint(
        "govshare_application_of_applicant", "govshare_application", ["id", "applicant_id"]
    )
    _files()
    _links()
    _uses()
    _reports()
    _renewals()
    op.execute(WALLS)


def _files():
    op.create_table(
        "govshare_grant_file",
        sa.Column("grant_id", TEXT, sa.ForeignKey(GRANT), primary_key=True),
        sa.Column("edition_id", TEXT, sa.ForeignKey("govshare_edition.id"), primary_key=True),
        sa.Column("format", TEXT, primary_key=True),
        sa.Column("filename", TEXT, nullable=False),
        sa.Column("media_type", TEXT, nullable=False),
        sa.Column("sha256", TEXT),
        sa.Column("size", sa.BigInteger),
        sa.Column("claimed_at", INSTANT, nullable=False),
        sa.CheckConstraint("(sha256 IS NULL) = (size IS NULL)", name="govshare_grant_file_sealed"),
    )
    op.create_index("govshare_grant_file_edition", "govshare_grant_file", ["edition_id"])


def _links():
    op.create_table(
        "govshare_grant_link",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("grant_id", TEXT, sa.ForeignKey(GRANT), nullable=False),
        sa.Column("format", TEXT, nullable=False),
        sa.Column("token_hash", TEXT, nullable=False),
        sa.Column("session_hash", TEXT, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT),
        sa.Column("used_sha256", TEXT),
        sa.UniqueConstraint("token_hash", name="govshare_grant_link_token"),
        sa.CheckConstraint("expires_at > made_at", name="govshare_grant_link_dates"),
        sa.CheckConstraint(
            "(used_at IS NULL) = (used_sha256 IS NULL)", name="govshare_grant_link_used_for_a_file"
        ),
        sa.CheckConstraint("used_at < expires_at", name="govshare_grant_link_used_in_time"),
    )
    op.create_index("govshare_grant_link_grant", "govshare_grant_link", ["grant_id"])
    op.create_index("govshare_grant_link_expiry", "govshare_grant_link", ["expires_at"])


def _uses():
    op.create_table(
        "govshare_grant_use",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("grant_id", TEXT, sa.ForeignKey(GRANT), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("door", TEXT, nullable=False),
        sa.Column("edition", sa.Integer, nullable=False),
        sa.Column("format", TEXT, nullable=False),
        sa.Column("first_byte", sa.BigInteger),
        sa.Column("rows", sa.BigInteger),
        sa.CheckConstraint("door IN ('token', 'link', 'rows')", name="govshare_grant_use_door"),
        sa.CheckConstraint("(door = 'rows') = (first_byte IS NULL)", name="govshare_grant_use_bytes"),
        sa.CheckConstraint("(door = 'rows') = (rows IS NOT NULL)", name="govshare_grant_use_rows"),
    )
    op.create_index("govshare_grant_use_grant", "govshare_grant_use", ["grant_id", "id"])


def _reports():
    op.create_table(
        "govshare_grant_report",
        sa.Column("grant_id", TEXT, primary_key=True),
        sa.Column("holder_id", TEXT, nullable=False),
        sa.Column("form", sa.LargeBinary, nullable=False),
        sa.Column("data_state", TEXT, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_id", "holder_id"],
            [GRANT, "govshare_grant.holder_id"],
            name="govshare_grant_report_by_holder",
        ),
    )


def _renewals():
    op.create_table(
        "govshare_grant_renewal",
        sa.Column("application_id", TEXT, primary_key=True),
        sa.Column("grant_id", TEXT, nullable=False),
        sa.Column("holder_id", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id", "holder_id"],
            ["govshare_application.id", "govshare_application.applicant_id"],
            name="govshare_grant_renewal_by_applicant",
        ),
        sa.ForeignKeyConstraint(
            ["grant_id", "holder_id"],
            [GRANT, "govshare_grant.holder_id"],
            name="govshare_grant_renewal_of_holder",
        ),
    )
    op.create_index("govshare_grant_renewal_grant", "govshare_grant_renewal", ["grant_id"])


def downgrade():
    for table in ("renewal", "report", "use", "link", "file"):
        op.drop_table(f"govshare_grant_{table}")
    op.execute("DROP FUNCTION govshare_grant_link_once()")
    op.drop_constraint("govshare_application_of_applicant", "govshare_application")
    op.drop_constraint("govshare_grant_of_holder", "govshare_grant")
