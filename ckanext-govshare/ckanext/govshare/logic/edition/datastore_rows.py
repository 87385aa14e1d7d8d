"""Rows of released editions in the DataStore: loaded beside the old ones by COPY, then changed over in one step."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from psycopg2 import errors

from ckanext.datastore.backend.postgres import (
    DatastorePostgresqlBackend,
    get_write_engine,
    identifier,
    literal_string,
)
from ckanext.govshare.domain.table import BOOLEAN, DATE, DATETIME, INTEGER, NUMBER, TEXT, Column

TYPES = {
    TEXT: "text",
    INTEGER: "int8",
    NUMBER: "numeric",
    DATE: "date",
    DATETIME: "timestamp",
    BOOLEAN: "bool",
}
RAW = "govshare_raw"  # rows as they come, before their words are known; gone with the transaction
_POPULATE = "FOR EACH ROW EXECUTE PROCEDURE populate_full_text_trigger()"
_UNFIT = str.maketrans({'"': "”", ":": "："})  # CKAN's own queries fail on a name with a colon
MAX_BYTES = 63  # of a name in PostgreSQL, which cuts longer ones without a word


def field_ids(columns: Sequence[Column]) -> list[str]:
    """Return the columns' ids in the DataStore: their names as far as PostgreSQL and CKAN take them, unique."""
    ids: list[str] = []
    for position, column in enumerate(columns, 1):
        name = column.name.translate(_UNFIT).strip().lstrip("_").strip() or f"列{position}"
        ids.append(_unique(name, ids))
    return ids


def _unique(name: str, taken: Sequence[str]) -> str:
    free, number = _cut(name, MAX_BYTES), 1
    while free in taken:
        number += 1
        suffix = f"_{number}"
        free = _cut(name, MAX_BYTES - len(suffix)) + suffix
    return free


def _cut(name: str, limit: int) -> str:
    return name.encode()[:limit].decode(errors="ignore").strip()


def load(resource_id: str, edition_id: str, columns: Sequence[Column], csv: Path) -> None:
    """Make the rows of ``csv`` (as :mod:`exports.as_csv` writes them) the resource's rows.

    Readers see the old rows until the new ones are complete.
    """
    try:
        _load(resource_id, edition_id, columns, csv, searchable=True)
    except errors.ProgramLimitExceeded:  # a row has more words than a text index holds
        _load(resource_id, edition_id, columns, csv, searchable=False)
    DatastorePostgresqlBackend.get_active_backend().clear_table_stats(resource_id)


def _load(
    resource_id: str, edition_id: str, columns: Sequence[Column], csv: Path, *, searchable: bool
) -> None:
    stage, live = identifier(f"_stage_{resource_id}"), identifier(resource_id)
    ids = field_ids(columns)
    listed = ", ".join(identifier(name) for name in ids)
    # The one column of a narrow table writes a missing value as an empty text.
    missing = f", FORCE_NULL ({listed})" if len(ids) == 1 else ""
    words = f"to_tsvector({_text(ids, columns)})" if searchable else "CAST('' AS tsvector)"
    with closing(get_write_engine().raw_connection()) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {RAW} ({_fields(ids, columns)}) ON COMMIT DROP")
        with csv.open("rb") as stream:
            cursor.copy_expert(
                f"COPY {RAW} ({listed}) FROM STDIN WITH (FORMAT csv, HEADER true{missing})", stream
            )
        for statement in _table(stage, ids, columns):
            cursor.execute(statement)
        cursor.execute(
            f"INSERT INTO {stage} (_full_text, {listed}) SELECT {words}, {listed} FROM {RAW}"  # noqa: S608 - quoted
        )
        cursor.execute(f"COMMENT ON TABLE {stage} IS {literal_string(edition_id)}")
        cursor.execute(f"ANALYZE {stage}")
        cursor.execute(f"DROP TABLE IF EXISTS {live} CASCADE")
        cursor.execute(f"ALTER TABLE {stage} RENAME TO {live}")
        connection.commit()


def _fields(ids: Sequence[str], columns: Sequence[Column]) -> str:
    return ", ".join(f"{identifier(i)} {TYPES[c.type]}" for i, c in zip(ids, columns, strict=True))


def _text(ids: Sequence[str], columns: Sequence[Column]) -> str:
    """Return the SQL of all words of a row: what CKAN's own trigger makes of it, in half the time."""
    cells = (
        f"to_json({identifier(i)}) #>> '{{}}'"
        if column.type == DATETIME
        else f"CAST({identifier(i)} AS text)"
        for i, column in zip(ids, columns, strict=True)
    )
    return f"array_to_string(ARRAY[{', '.join(cells)}], ' ')"


def _table(name: str, ids: Sequence[str], columns: Sequence[Column]) -> list[str]:
    """Return the statements that make a table as CKAN's DataStore makes its own."""
    made = [
        f"DROP TABLE IF EXISTS {name}",
        f"CREATE TABLE {name} (_id serial PRIMARY KEY, _full_text tsvector, {_fields(ids, columns)})",
        f"CREATE TRIGGER zfulltext BEFORE INSERT OR UPDATE ON {name} {_POPULATE}",
    ]
    for field, column in zip(ids, columns, strict=True):
        # A leading blank marks CKAN's version of the comment's form.
        comment = " " + json.dumps({"_info": {"label": column.name}}, ensure_ascii=False)
        made.append(f"COMMENT ON COLUMN {name}.{identifier(field)} IS {literal_string(comment)}")
    return made


def edition_of(resource_id: str) -> str | None:
    """Return which edition's rows the resource has now, None when it has none."""
    query = "SELECT obj_description(to_regclass(%s), 'pg_class')"
    return _one(query, identifier(resource_id))


def drop(resource_id: str) -> None:
    """Take the resource's rows away."""
    with closing(get_write_engine().raw_connection()) as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {identifier(resource_id)} CASCADE")
        connection.commit()
    DatastorePostgresqlBackend.get_active_backend().clear_table_stats(resource_id)


def _one(query: str, *values: Any) -> Any:
    with closing(get_write_engine().raw_connection()) as connection, connection.cursor() as cursor:
        cursor.execute(query, values)
        row = cursor.fetchone()
        connection.rollback()
    return row[0] if row else None
