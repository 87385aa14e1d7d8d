"""Rows of a Parquet file as text; the types are found again by the same rules as for every other file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake import limits
from ckanext.govshare.intake.delimited import Row
from ckanext.govshare.intake.encoding import printable
from ckanext.govshare.intake.findings import Finding
from ckanext.govshare.intake.headers import repair
from ckanext.govshare.intake.layout import Layout

BATCH = 5_000
_NESTED = ("STRUCT", "MAP", "LIST", "UNION")


def read_parquet(path: Path) -> tuple[Layout, list[Finding]]:
    """Lay out the only table of a Parquet file; rows are numbered from 1.

    :raises RuleError: ``intake.file_damaged``, ``intake.too_many_columns``, ``intake.too_many_rows``,
        ``intake.column_type`` (column) for bytes and other values that no text stands for.
    """
    try:
        with duckdb.connect() as connection:
            described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
            count = connection.execute("SELECT count(*) FROM read_parquet(?)", [str(path)]).fetchone()
    except duckdb.Error as error:
        raise RuleError("intake.file_damaged") from error
    if len(described) > limits.MAX_COLUMNS:
        raise RuleError("intake.too_many_columns", row=1, columns=len(described), limit=limits.MAX_COLUMNS)
    rows = int(count[0]) if count else 0
    if rows > limits.MAX_ROWS:
        raise RuleError("intake.too_many_rows", limit=limits.MAX_ROWS)
    names, report = repair([row[0] for row in described], 0)
    values = [_as_text(column, name, kind) for column, (name, kind, *_rest) in enumerate(described, 1)]
    return Layout(names, 0, _rows(path, values), report), [
        Finding("records", facts={"place": "Parquet", "count": rows})
    ]


def _as_text(column: int, name: str, kind: str) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    if kind in ("BLOB", "BIT", "INTERVAL") or kind.startswith("GEOMETRY"):
        raise RuleError("intake.column_type", column=column, type=kind)
    if kind.startswith(_NESTED) or kind.endswith("]"):
        return f"CAST(to_json({quoted}) AS VARCHAR)"
    if kind.startswith("TIMESTAMP"):
        return f"strftime(CAST({quoted} AS TIMESTAMP), '%Y-%m-%dT%H:%M:%S')"
    return f"CAST({quoted} AS VARCHAR)"


def _rows(path: Path, values: list[str]) -> Iterator[Row]:
    with duckdb.connect() as connection:
        try:
            connection.execute("SET memory_limit = '512MB'")
            connection.execute("SET threads = 1")
            query = f"SELECT {', '.join(values)} FROM read_parquet(?)"  # noqa: S608 - quoted above
            found = connection.execute(query, [str(path)])
            number = 0
            while batch := found.fetchmany(BATCH):
                for row in batch:
                    number += 1
                    yield number, ["" if cell is None else printable(cell) for cell in row]
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error as error:
            raise RuleError("intake.file_damaged") from error
