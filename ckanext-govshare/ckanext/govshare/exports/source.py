"""The rows that every format writes: one relation, one order, one way to write each value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from ckanext.govshare.domain.table import DATETIME, NUMBER, Column


def quoted_name(name: str) -> str:
    """Return ``name`` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def quoted_text(text: object) -> str:
    """Return ``text`` as an SQL string."""
    return "'" + str(text).replace("'", "''") + "'"


def written(column: Column) -> str:
    """Return the SQL of a column's value as text: digits as delivered, ISO 8601 without zone, true/false."""
    name = quoted_name(column.name)
    if column.type == NUMBER and column.decimals is None:
        return f"regexp_replace(CAST({name} AS VARCHAR), '(\\.[0-9]*?)0+$', '\\1').rtrim('.')"
    if column.type == DATETIME:
        return f"strftime({name}, '%Y-%m-%dT%H:%M:%S')"
    return f"CAST({name} AS VARCHAR)"


@dataclass(frozen=True)
class Source:
    """An open table: typed Parquet, its columns, and how many rows it has."""

    connection: duckdb.DuckDBPyConnection
    parquet: Path
    columns: tuple[Column, ...]
    rows: int

    def select(self, expressions: Sequence[str]) -> str:
        """Return the query that names each expression after its column."""
        listed = ", ".join(
            f"{sql} AS {quoted_name(c.name)}" for c, sql in zip(self.columns, expressions, strict=True)
        )
        return f"SELECT {listed} FROM read_parquet({quoted_text(self.parquet)})"  # noqa: S608 - quoted above

    def copy(self, expressions: Sequence[str], target: Path, options: str) -> None:
        """Let the database write a file by itself."""
        self.connection.execute(f"COPY ({self.select(expressions)}) TO {quoted_text(target)} ({options})")

    def text(self, expression: str, target: Path, more: str = "") -> None:
        """Let the database write one line of text for each row, in order; ``more`` is a column beside the table's."""
        table = f"read_parquet({quoted_text(self.parquet)})"
        rows = f"(SELECT *, {more} FROM {table})" if more else table  # noqa: S608 - quoted above
        self.connection.execute(
            f"COPY (SELECT {expression} FROM {rows}) TO {quoted_text(target)}"  # noqa: S608 - quoted by callers
            " (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')"
        )

    def aggregates(self, expressions: Sequence[str]) -> tuple[Any, ...]:
        """Return one row of aggregates."""
        query = f"SELECT {', '.join(expressions)} FROM read_parquet({quoted_text(self.parquet)})"  # noqa: S608
        return self.connection.execute(query).fetchone() or ()


@contextmanager
def opened(parquet: Path, columns: Sequence[Column], scratch: Path) -> Iterator[Source]:
    """Open a table with bounded memory, spilling into ``scratch``; the order of its rows is kept."""
    with TemporaryDirectory(dir=scratch, prefix=".spill-") as spill, duckdb.connect() as connection:
        for setting in (
            "SET memory_limit = '384MB'",
            "SET threads = 2",
            "SET preserve_insertion_order = true",
            f"SET temp_directory = {quoted_text(spill)}",
        ):
            connection.execute(setting)
        source = Source(connection, parquet, tuple(columns), 0)
        yield Source(connection, parquet, tuple(columns), int(source.aggregates(["count(*)"])[0]))


def narrow(parquet: Path, columns: Sequence[Column], target: Path) -> None:
    """Write the table with these columns and no other, rows and types as they are."""
    listed = ", ".join(quoted_name(column.name) for column in columns)
    with (
        TemporaryDirectory(dir=target.parent, prefix=".narrow-") as scratch,
        opened(parquet, columns, Path(scratch)) as source,
    ):
        source.connection.execute(
            f"COPY (SELECT {listed} FROM read_parquet({quoted_text(parquet)})) TO {quoted_text(target)}"  # noqa: S608
            " (FORMAT parquet, COMPRESSION zstd)"
        )
