"""From rows of text to typed Parquet: written once as clean text, looked at as a whole, then cast."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.domain.table import INTEGER, NUMBER, TEXT, Column
from ckanext.govshare.intake import limits
from ckanext.govshare.intake.column_types import AS_TEXT, IDENTIFIER, REWRITTEN, RULES, TypeRule
from ckanext.govshare.intake.delimited import Row
from ckanext.govshare.intake.findings import Finding, Table
from ckanext.govshare.intake.layout import Layout

FEW = 1000  # rows that rule out most types before the whole is looked at
_SETTINGS = ("SET memory_limit = '768MB'", "SET threads = 2", "SET preserve_insertion_order = true")
# What a spreadsheet program would run when the public opens the file.
FORMULA = r"^(=|[+\-@][A-Za-z]+[(!|])"


def to_parquet(layout: Layout, name: str, workdir: Path) -> tuple[Table, list[Finding]]:
    """Write the rows of ``layout`` to ``workdir/table.parquet``, typed; findings are of columns.

    :raises RuleError: ``intake.no_rows``, ``intake.cell_too_long``, ``intake.formula_cells`` (row, column).
    """
    clean = workdir / "clean.csv"
    rows = _write_clean(layout.rows, clean)
    if not rows:
        raise RuleError("intake.no_rows", row=layout.header_row)
    with duckdb.connect() as connection:
        for setting in (*_SETTINGS, f"SET temp_directory = '{_quoted(workdir)}'"):
            connection.execute(setting)
        stage = _Stage(connection, _source(clean, len(layout.names)), layout)
        stage.refuse_unfit_cells()
        columns, selects, report = stage.decide()
        target = workdir / "table.parquet"
        connection.execute(
            f"COPY (SELECT {', '.join(selects)} FROM {stage.source}) TO '{_quoted(target)}'"  # noqa: S608
            " (FORMAT parquet, COMPRESSION zstd)"
        )
    clean.unlink()
    return Table(name, tuple(columns), rows, target), report


def _write_clean(rows: Iterator[Row], target: Path) -> int:
    """Write rows as strict CSV with their row number in front; return how many."""
    count = 0
    with target.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
        for number, cells in rows:
            writer.writerow([number, *cells])
            count += 1
    return count


def _source(path: Path, width: int) -> str:
    columns = ", ".join(["'n': 'BIGINT'", *(f"'c{i}': 'VARCHAR'" for i in range(1, width + 1))])
    return (
        f"read_csv('{_quoted(path)}', auto_detect=false, header=false, delim=',', quote='\"', escape='\"',"
        f" nullstr='', allow_quoted_nulls=true, max_line_size={64 * limits.MIB}, columns={{{columns}}})"
    )


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


@dataclass
class _Stage:
    """The clean text as a relation with columns ``n`` (row number) and ``c1`` … ``cN``."""

    connection: duckdb.DuckDBPyConnection
    source: str
    layout: Layout

    @property
    def cells(self) -> list[str]:
        return [f"c{i}" for i in range(1, len(self.layout.names) + 1)]

    def one(self, expressions: Sequence[str], source: str = "") -> tuple[Any, ...]:
        """Return one row of aggregates over the whole table."""
        query = f"SELECT {', '.join(expressions)} FROM {source or self.source}"  # noqa: S608 - our own SQL
        return self.connection.execute(query).fetchone() or ()

    def refuse_unfit_cells(self) -> None:
        """Refuse what cannot be carried to every format, at its first position."""
        formula, long = "regexp_matches({c}, '" + FORMULA + "')", "length({c}) > " + str(limits.MAX_CELL)
        for code, condition, limit in (
            ("intake.cell_too_long", long, limits.MAX_CELL),
            ("intake.formula_cells", formula, 0),
        ):
            conditions = [condition.replace("{c}", c) for c in self.cells]
            found = self.one(
                [f"min(n) FILTER (WHERE {x})" for x in conditions]
                + [f"count(*) FILTER (WHERE {x})" for x in conditions]
            )
            firsts, counts = found[: len(conditions)], found[len(conditions) :]
            if any(counts):
                row, column = min((row, i) for i, row in enumerate(firsts, 1) if row is not None)
                raise RuleError(code, row=row, column=column, count=sum(counts), limit=limit)

    def decide(self) -> tuple[list[Column], list[str], list[Finding]]:
        """Return the columns, the SQL of their values, and what is to be said about them."""
        columns, selects, report = [], [], []
        filled = self.one([f"count({c})" for c in self.cells])
        rules = self._rules()
        for position, (name, cell) in enumerate(zip(self.layout.names, self.cells, strict=True), 1):
            if not filled[position - 1] and position in self.layout.unnamed:
                report.append(Finding("column_empty_dropped", 0, position, {"name": name}))
                continue
            rule = rules[position - 1] if filled[position - 1] else AS_TEXT
            column, value, said = self._column(position, name, cell, rule)
            columns.append(column)
            selects.append(f'{value} AS "{name.replace(chr(34), chr(34) * 2)}"')
            report += said
        return columns, selects, report + self._spaces(columns)

    def _rules(self) -> list[TypeRule]:
        """Return the first rule that fits each column, found on a few rows, then proven on all."""
        few = f"(SELECT * FROM {self.source} LIMIT {FEW})"  # noqa: S608
        possible = self._fitting([(c, rule) for c in self.cells for rule in RULES], few)
        proven = self._fitting(possible, self.source)
        return [next((rule for c, rule in proven if c == cell), AS_TEXT) for cell in self.cells]

    def _fitting(self, pairs: list[tuple[str, TypeRule]], source: str) -> list[tuple[str, TypeRule]]:
        if not pairs:
            return []
        answers = self.one([f"bool_and({rule.test(c)})" for c, rule in pairs], source)
        return [pair for pair, fits in zip(pairs, answers, strict=True) if fits is not False]

    def _column(
        self, position: int, name: str, cell: str, rule: TypeRule
    ) -> tuple[Column, str, list[Finding]]:
        if rule.type in (INTEGER, NUMBER) and IDENTIFIER.search(name):
            said = [Finding("kept_as_text", 0, position, {"name": name})]
            return Column(name, TEXT), AS_TEXT.cast(cell), said
        if rule.type == NUMBER:
            return self._number(position, name, cell, rule)
        said = [Finding("dates_rewritten", 0, position, {"name": name})] if rule.name in REWRITTEN else []
        return Column(name, rule.type), rule.cast(cell), said

    def _number(
        self, position: int, name: str, cell: str, rule: TypeRule
    ) -> tuple[Column, str, list[Finding]]:
        """Type decimals exactly; they are written as delivered where the number of places is uniform."""
        places = f"(CASE WHEN contains({cell}, '.') THEN length({cell}) - strpos({cell}, '.') ELSE 0 END)"
        least, most, whole, padded = self.one(
            [
                f"min({places}) FILTER (WHERE {cell} IS NOT NULL)",
                f"max({places})",
                f"max(length(split_part(ltrim({cell}, '-'), '.', 1)))",
                f"count(*) FILTER (WHERE regexp_full_match({cell}, '.*\\.[0-9]*0'))",
            ]
        )
        said = []
        if least != most and padded:
            said.append(Finding("numbers_rewritten", 0, position, {"name": name, "count": padded}))
        column = Column(name, NUMBER, most if least == most else None)
        return column, rule.cast(cell, max(18, whole + most), most), said

    def _spaces(self, columns: list[Column]) -> list[Finding]:
        """Report text that begins or ends with blanks; it stays as it is."""
        counts = self.one([f"count(*) FILTER (WHERE {c} <> trim({c}, ' \t　'))" for c in self.cells])
        kept = {column.name for column in columns}
        return [
            Finding("surrounding_space", 0, position, {"name": name, "count": count})
            for position, (name, count) in enumerate(zip(self.layout.names, counts, strict=True), 1)
            if count and name in kept
        ]
