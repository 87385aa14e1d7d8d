"""PostgreSQL: it answers, its schema is the one this code was written for, and the gate stands in it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import ckan.migration
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare.readiness.fault import Config, Fault

# what is migrated → its scripts, and the table in which the database says how far it is
MIGRATED = {
    "CKAN": (Path(ckan.migration.__file__).parent, "alembic_version"),
    "govshare": (Path(__file__).parents[1] / "migration/govshare", "govshare_alembic_version"),
}

# Walls that stand in the database: the gate on both tables, and what only ever grows.
TRIGGERS = {
    "govshare_gate": 2,
    "govshare_gate_on_delete": 1,
    "govshare_append_only": 3,
    "govshare_grant_link_once": 1,
}


def check(_config: Config) -> Iterator[Fault]:
    """Yield a fault when the database does not answer, is behind or ahead, or lacks a wall."""
    try:
        with model.ensure_engine().connect() as connection:
            yield from _behind(connection)
            yield from _missing_walls(connection)
    except sa.exc.OperationalError:
        yield Fault(toolkit._("PostgreSQL does not answer."), refuses=False)


def _behind(connection: sa.Connection) -> Iterator[Fault]:
    for name, (scripts, table) in MIGRATED.items():
        wanted = _heads(scripts)
        found = _versions(connection, table)
        if found != wanted:
            yield Fault(
                toolkit._(
                    "The database schema of %(name)s is at “%(found)s”, this code needs “%(wanted)s”; "
                    "run “ckan db upgrade”."
                )
                % {"name": name, "found": " ".join(found) or "–", "wanted": " ".join(wanted)}
            )


@lru_cache
def _heads(scripts: Path) -> tuple[str, ...]:
    return tuple(sorted(ScriptDirectory(str(scripts)).get_heads()))


def _versions(connection: sa.Connection, table: str) -> tuple[str, ...]:
    if not sa.inspect(connection).has_table(table):
        return ()
    rows = connection.execute(sa.select(sa.column("version_num")).select_from(sa.table(table)))
    return tuple(sorted(row.version_num for row in rows))


def _missing_walls(connection: sa.Connection) -> Iterator[Fault]:
    query = sa.text(
        "SELECT tgname, count(*) AS number FROM pg_trigger"
        " WHERE tgname = ANY(:names) AND tgenabled IN ('O', 'A') GROUP BY tgname"
    )
    found = {row.tgname: row.number for row in connection.execute(query, {"names": list(TRIGGERS)})}
    for name, number in TRIGGERS.items():
        if found.get(name, 0) < number:
            yield Fault(
                toolkit._("The trigger “%(name)s” is missing or off in the database; run “ckan db upgrade”.")
                % {"name": name}
            )
