"""Run our migrations in CKAN's database, in a version table of our own."""

from alembic import context
from ckan.model.meta import metadata
from sqlalchemy import engine_from_config, pool

VERSION_TABLE = "govshare_alembic_version"


def run_offline():
    """Print the SQL instead of running it."""
    url = context.config.get_main_option("sqlalchemy.url")
    context.configure(url=url, target_metadata=metadata, literal_binds=True, version_table=VERSION_TABLE)
    with context.begin_transaction():
        context.run_migrations()


def run_online():
    """Run in one transaction on a connection of our own."""
    section = context.config.get_section(context.config.config_ini_section)
    engine = engine_from_config(section, prefix="sqlalchemy.", poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata, version_table=VERSION_TABLE)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
