"""What is different from the edition that is public: columns (结构变化) and rows, by a key where there is one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
from ckan import model

from ckanext.govshare.domain.edition_difference import key_of, schema_difference
from ckanext.govshare.domain.table import Column
from ckanext.govshare.exports.source import opened, quoted_name, quoted_text
from ckanext.govshare.logic.edition import cases, files, tables
from ckanext.govshare.vault import scratch


def difference(entry_id: str, place: int, path: Path, columns: Sequence[Column]) -> dict[str, Any] | None:
    """Return how the table in ``path`` differs from that of its place in the current edition; None where it is new.

    ``{number, columns: {added, removed, retyped}, key, added, removed, changed}``; without a key whole rows are
    compared and none counts as changed.
    """
    last = cases.current(entry_id)
    table = tables.at(last, place) if last else None
    if last is None or table is None:
        return None
    held, last_id, stage = tables.columns(table), last.id, table.stage
    told = {"number": last.number, "columns": schema_difference(held, columns).as_dict()}
    model.Session.rollback()  # nothing stays open while rows are compared
    try:
        with files.borrowed_table(last_id, place, stage) as before:
            return {**told, **_rows(before, path, held, columns)}
    except FileNotFoundError:  # the table of a released edition may have been deleted, its files stay
        return told


def _rows(before: Path, after: Path, held: Sequence[Column], columns: Sequence[Column]) -> dict[str, Any]:
    common = [column for column in columns if column in held]
    if not common:
        return {}
    with (
        scratch.folder() as bench,
        opened(after, columns, bench) as source,
    ):
        old, new = (f"read_parquet({quoted_text(path)})" for path in (before, after))
        names = [column.name for column in common]
        key = key_of(names, [_unique(source.connection, table, names) for table in (old, new)])
        if key is None:
            return {"key": None, **_whole(source.connection, old, new, names)}
        return {"key": key, **_by_key(source.connection, old, new, names, key)}


def _unique(connection: duckdb.DuckDBPyConnection, table: str, names: Sequence[str]) -> list[bool]:
    tests = ", ".join(
        f"count(*) = count({quoted_name(name)}) AND count(*) = count(DISTINCT {quoted_name(name)})"
        for name in names
    )
    return list(connection.execute(f"SELECT {tests} FROM {table}").fetchone() or [])  # noqa: S608


def _whole(connection: duckdb.DuckDBPyConnection, old: str, new: str, names: Sequence[str]) -> dict[str, int]:
    listed = ", ".join(quoted_name(name) for name in names)

    def beyond(one: str, other: str) -> int:
        query = f"SELECT count(*) FROM (SELECT {listed} FROM {one} EXCEPT ALL SELECT {listed} FROM {other})"  # noqa: S608
        return int((connection.execute(query).fetchone() or (0,))[0])

    return {"added": beyond(new, old), "removed": beyond(old, new), "changed": 0}


def _by_key(
    connection: duckdb.DuckDBPyConnection, old: str, new: str, names: Sequence[str], key: str
) -> dict[str, int]:
    column = quoted_name(key)
    others = [quoted_name(name) for name in names if name != key]
    differs = " OR ".join(f"o.{name} IS DISTINCT FROM n.{name}" for name in others) or "false"
    query = (
        f"SELECT count(*) FILTER (WHERE o.{column} IS NULL), count(*) FILTER (WHERE n.{column} IS NULL),"  # noqa: S608
        f" count(*) FILTER (WHERE o.{column} IS NOT NULL AND n.{column} IS NOT NULL AND ({differs}))"
        f" FROM {old} AS o FULL JOIN {new} AS n ON o.{column} = n.{column}"
    )
    added, removed, changed = connection.execute(query).fetchone() or (0, 0, 0)
    return {"added": added, "removed": removed, "changed": changed}
