"""Migrations: the tables they make are the tables the models speak of, and every step goes back."""

from __future__ import annotations

from pathlib import Path

import ckanext.govshare
import ckanext.govshare.model
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from ckan import model
from ckan.plugins import toolkit

FOLDER = Path(ckanext.govshare.__file__).parent / "migration/govshare"
VERSION_TABLE = "govshare_alembic_version"


def ours(thing, name, kind, reflected, compare_to):
    """Look at our own tables only; CKAN answers for its own."""
    table = name if kind == "table" else getattr(getattr(thing, "table", None), "name", "")
    return str(table).startswith("govshare_") and table != VERSION_TABLE


@pytest.mark.usefixtures("with_plugins")
def test_models_equal_migrations():
    """Nothing is in a model that no migration made, and nothing is made that no model knows."""
    with model.meta.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_object": ours, "compare_type": True, "version_table": VERSION_TABLE},
        )
        assert compare_metadata(context, model.meta.metadata) == []


@pytest.mark.usefixtures("with_plugins")
def test_the_check_constraints_are_there():
    """What alembic does not compare: every CHECK of the models is in the database, by name."""
    wanted = {
        constraint.name
        for table in model.meta.metadata.tables.values()
        if table.name.startswith("govshare_")
        for constraint in table.constraints
        if isinstance(constraint, sa.CheckConstraint)
    }
    query = sa.text("SELECT conname FROM pg_constraint WHERE contype = 'c' AND conname LIKE 'govshare_%'")
    held = set(model.Session.scalars(query))
    assert wanted
    assert wanted == held


def test_there_is_one_line_of_migrations():
    """One head, one base, each step with a way back."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    script = ScriptDirectory.from_config(config)
    assert len(script.get_heads()) == len(script.get_bases()) == 1
    for revision in script.walk_revisions():
        assert "def downgrade()" in Path(revision.path).read_text(encoding="utf-8")


@pytest.mark.usefixtures("with_plugins")
def test_down_and_up_again(tmp_path):
    """Every migration is reversible: down to nothing and up again in a database of its own."""
    url = sa.engine.make_url(toolkit.config["sqlalchemy.url"])
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("sqlalchemy.url", url.render_as_string(hide_password=False).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    schema = f"back_and_forth_{tmp_path.name[-6:]}".replace("-", "_")
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        connection.execute(sa.text(f'CREATE SCHEMA "{schema}"'))
        connection.execute(sa.text(f'SET search_path = "{schema}", public'))
        connection.execute(sa.text(f'CREATE TABLE "{schema}".package (LIKE public.package INCLUDING ALL)'))
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "version_table_schema": schema}
        )
        revisions = list(script.walk_revisions())[::-1]
        with Operations.context(context):
            for revision in revisions:
                revision.module.upgrade()
            made = tables(connection, schema)
            for revision in reversed(revisions):
                revision.module.downgrade()
        left = tables(connection, schema)
        connection.rollback()
    assert {name for name in made if name.startswith("govshare_")}
    assert left == {"package"}


def tables(connection, schema):
    """Names of the tables in one schema."""
    query = sa.text("SELECT table_name FROM information_schema.tables WHERE table_schema = :schema")
    return set(connection.scalars(query, {"schema": schema}))
