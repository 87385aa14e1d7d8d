"""The masked table (脱敏结果): the plan applied to every row, in order, in constant memory, typed as it comes out."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, hmac

from ckanext.govshare import sealing
from ckanext.govshare.domain.desensitization.masks import Keyed, Method, Pseudonym, Suppress
from ckanext.govshare.domain.desensitization.plan import Plan, build
from ckanext.govshare.domain.table import BOOLEAN, DATE, DATETIME, INTEGER, NUMBER, TEXT, Column
from ckanext.govshare.exports.source import Source, quoted_name, quoted_text
from ckanext.govshare.logic.edition import anonymity, scanning

TYPES = {TEXT: "VARCHAR", INTEGER: "BIGINT", DATE: "DATE", DATETIME: "TIMESTAMP", BOOLEAN: "BOOLEAN"}
ROW = "govshare_row"
WIDEST = 64 * 1024 * 1024  # bytes of a line
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Masked:
    """What masking made: the columns that are left, how many rows, how many were left out."""

    columns: tuple[Column, ...]
    rows: int
    left_out: int


def key_of(entry_id: str) -> Keyed:
    """Return the keyed code of one entry's pseudonyms."""
    return keyed_by(sealing.pseudonym_key(entry_id))


def keyed_by(key: bytes) -> Keyed:
    """Return the keyed code of a key (HMAC-SM3)."""
    machine = hmac.HMAC(key, hashes.SM3())

    def keyed(text: bytes) -> bytes:
        one = machine.copy()
        one.update(text)
        return one.finalize()

    return keyed


def write(source: Source, plan: Plan, keyed: Keyed, target: Path, tell: Tell) -> Masked:
    """Write what the plan makes of ``source`` to ``target``; ``tell`` hears how many rows of how many are done."""
    methods = ready(build(plan, source.columns), source, keyed)
    left = [(column, after) for column in source.columns if (after := methods[column.name].result(column))]
    text = target.with_suffix(".csv")
    _write_text(source, methods, [column for column, _ in left], text, tell)
    source.connection.execute(
        f"COPY ({_typed(source, left, text, plan)}) TO {quoted_text(target)} (FORMAT parquet, COMPRESSION zstd)"
    )
    text.unlink()
    counted = source.connection.execute(f"SELECT count(*) FROM read_parquet({quoted_text(target)})")  # noqa: S608
    rows = int((counted.fetchone() or (0,))[0])
    return Masked(tuple(after for _, after in left), rows, source.rows - rows)


def _typed(source: Source, left: Sequence[tuple[Column, Column]], text: Path, plan: Plan) -> str:
    """Return the query that types the masked cells, without the rows of groups that are too small."""
    cells = ", ".join(
        f"CAST(c{i} AS {kind}) AS {quoted_name(after.name)}"
        for i, ((_, after), kind) in enumerate(zip(left, _types(source, left), strict=True))
    )
    rows = f"SELECT {cells} FROM {_text_source(text, len(left))}"  # noqa: S608 - names are quoted
    if not plan.drop_small:
        return rows
    names = ", ".join(quoted_name(after.name) for _, after in left)
    numbered = rows.replace("SELECT ", f"SELECT n AS {ROW}, ", 1)
    return f"SELECT {names} FROM ({numbered}) QUALIFY {anonymity.large_enough(plan)} ORDER BY {ROW}"  # noqa: S608


def ready(methods: Mapping[str, Method], source: Source, keyed: Keyed) -> dict[str, Method]:
    """Return the methods with the entry's key and the values that are frequent enough to stay."""
    made: dict[str, Method] = {}
    for name, method in methods.items():
        if isinstance(method, Pseudonym):
            made[name] = replace(method, keyed=keyed)
        elif isinstance(method, Suppress):
            made[name] = replace(method, frequent=_frequent(source, name, method.k))
        else:
            made[name] = method
    return made


def _frequent(source: Source, name: str, k: int) -> frozenset[Any]:
    column = quoted_name(name)
    query = (
        f"SELECT {column} FROM read_parquet({quoted_text(source.parquet)}) GROUP BY 1 HAVING count(*) >= {k}"  # noqa: S608
    )
    return frozenset(row[0] for row in source.connection.execute(query).fetchall())


def _write_text(
    source: Source, methods: Mapping[str, Method], columns: Sequence[Column], target: Path, tell: Tell
) -> None:
    """Write row number and masked cells as strict CSV, a batch at a time; a missing value is an empty cell."""
    changes = [
        methods[column.name].apply if methods[column.name].code != "keep" else None for column in columns
    ]
    listed = ", ".join(
        quoted_name(column.name) if change else f"CAST({quoted_name(column.name)} AS VARCHAR)"
        for column, change in zip(columns, changes, strict=True)
    )
    source.connection.execute(f"SELECT {listed} FROM read_parquet({quoted_text(source.parquet)})")  # noqa: S608
    done = 0
    with target.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
        for batch in scanning.batches(source.connection):
            writer.writerows([done + i, *_masked(row, changes)] for i, row in enumerate(batch, 1))
            done += len(batch)
            tell(done, source.rows)


def _masked(row: Sequence[Any], changes: Sequence[Callable[[Any], Any] | None]) -> list[Any]:
    return [
        cell if change is None or cell is None else change(cell)
        for cell, change in zip(row, changes, strict=True)
    ]


def _text_source(path: Path, width: int) -> str:
    columns = ", ".join(["'n': 'BIGINT'", *(f"'c{i}': 'VARCHAR'" for i in range(width))])
    return (
        f"read_csv({quoted_text(path)}, auto_detect=false, header=false, delim=',', quote='\"', escape='\"',"
        f" nullstr='', allow_quoted_nulls=true, max_line_size={WIDEST}, columns={{{columns}}})"
    )


def _types(source: Source, columns: Sequence[tuple[Column, Column]]) -> list[str]:
    """Return the SQL type of each column that is left; numbers keep the digits that they had room for."""
    described = source.connection.execute(f"DESCRIBE FROM read_parquet({quoted_text(source.parquet)})")
    held = {row[0]: row[1] for row in described.fetchall()}
    return [TYPES.get(after.type) or _number(held[before.name], after) for before, after in columns]


def _number(held: str, column: Column) -> str:
    found = re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", held)
    if column.type != NUMBER or found is None or column.decimals is None:
        return held
    return f"DECIMAL({found.group(1)}, {column.decimals})"
