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
from ckanext.govshare.intake.doubts import Text, doubts
from ckanext.govshare.intake.findings import Finding, Table
from ckanext.govshare.intake.layout import Layout

COUNTED = 50_000  # rows after which it is told how far the reading is
FEW = 1000  # rows that rule out most types before the whole is looked at
_SETTINGS = ("SET memory_limit = '384MB'", "SET threads = 1", "SET preserve_insertion_order = true")
GROUP_CELLS = 1_000_000  # of one row group: it lies in memory while it is written
# What a spreadsheet program would run when the public opens the file.
FORMULA = r"^(=|[+\-@][A-Za-z]+[(!|])"


def to_parquet(layout: Layout, name: str, target: Path, before: int = 0) -> tuple[Table, list[Finding]]:
    """Write the rows of ``layout`` to ``target``, typed; findings are of columns. ``before`` rows were read already.

    :raises RuleError: ``intake.no_rows``, ``intake.cell_too_long``, ``intake.formula_cells`` (row, column).
    """
    workdir, clean = target.parent, target.with_suffix(".csv")
    rows = _write_clean(layout.rows, clean, before)
    if not rows:
        raise RuleError("intake.no_rows", row=layout.header_row)
    with duckdb.connect() as connection:
        for setting in (*_SETTINGS, f"SET temp_directory = '{_quoted(workdir)}'"):
            connection.execute(setting)
        stage = _Stage(connection, _source(clean, len(layout.names)), layout)
        stage.refuse_formulas()
        columns, selects, report = stage.decide()
        connection.execute(
            f"COPY (SELECT {', '.join(selects)} FROM {stage.source}) TO '{_quoted(target)}'"  # noqa: S608
            f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_group(len(columns))})"
        )
    clean.unlink()
    return Table(name, tuple(columns), rows, target), report


def _write_clean(rows: Iterator[Row], target: Path, before: int) -> int:
    """Write rows as strict CSV with their row number in front; return how many."""
    count = 0
    counter = target.with_name(limits.COUNTER)
    with target.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
        for number, cells in rows:
            if sum(map(len, cells)) > limits.MAX_CELL:
                _refuse_long(number, cells)
            writer.writerow([number, *cells])
            count += 1
            if not count % COUNTED:
                counter.write_text(str(before + count))
    return count


def _refuse_long(number: int, cells: Sequence[str]) -> None:
    """Refuse a row that holds too much for one cell, or for one line."""
    for column, cell in enumerate(cells, 1):
        if len(cell) > limits.MAX_CELL:
            raise RuleError("intake.cell_too_long", row=number, column=column, limit=limits.MAX_CELL)
    if sum(map(len, cells)) > limits.MAX_ROW:
        raise RuleError("intake.row_too_long", row=number, limit=limits.MAX_ROW)


def _source(path: Path, width: int) -> str:
    columns = ", ".join(["'n': 'BIGINT'", *(f"'c{i}': 'VARCHAR'" for i in range(1, width + 1))])
    return (
        f"read_csv('{_quoted(path)}', auto_detect=false, header=false, delim=',', quote='\"', escape='\"',"
        f" nullstr='', allow_quoted_nulls=true, max_line_size={8 * limits.MIB}, columns={{{columns}}})"
    )


def _group(columns: int) -> int:
    """Return how many rows are written at a time: fewer, the more columns there are."""
    return max(GROUP_CELLS // columns // 2048, 1) * 2048


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

    def refuse_formulas(self) -> None:
        """Refuse what a spreadsheet program would run, at its first position."""
        conditions = [f"regexp_matches({c}, '{FORMULA}')" for c in self.cells]
        found = self.one(
            [f"min(n) FILTER (WHERE {x})" for x in conditions]
            + [f"count(*) FILTER (WHERE {x})" for x in conditions]
        )
        firsts, counts = found[: len(conditions)], found[len(conditions) :]
        if any(counts):
            row, column = min((row, i) for i, row in enumerate(firsts, 1) if row is not None)
            raise RuleError("intake.formula_cells", row=row, column=column, count=sum(counts))

    def decide(self) -> tuple[list[Column], list[str], list[Finding]]:
        """Return the columns, the SQL of their values, and what is to be said about them."""
        columns, selects, report = [], [], []
        filled = self.one([f"count({c})" for c in self.cells])
        rules = self._rules()
        digits = self._digits(rules)
        texts: list[Text] = []
        for position, (name, cell) in enumerate(zip(self.layout.names, self.cells, strict=True), 1):
            if not filled[position - 1] and position in self.layout.unnamed:
                report.append(Finding("column_empty_dropped", 0, position, {"name": name}))
                continue
            rule = rules[position - 1] if filled[position - 1] else AS_TEXT
            column, value, said = _column(position, name, cell, rule, digits.get(position))
            columns.append(column)
            selects.append(f'{value} AS "{name.replace(chr(34), chr(34) * 2)}"')
            report += said
            if column.type == TEXT and filled[position - 1]:
                texts.append((position, name, cell, bool(IDENTIFIER.search(name))))
        return columns, selects, report + doubts(self.one, self.source, self.cells[:2], texts)

    def _rules(self) -> list[TypeRule]:
        """Return the first rule that fits each column, found on a few rows, then proven on all."""
        few = f"(SELECT * FROM {self.source} LIMIT {FEW})"  # noqa: S608
        fitting = self._fitting([(c, rule) for c in self.cells for rule in RULES], few)
        possible = {cell: [rule for c, rule in fitting if c == cell] for cell in self.cells}
        proven: dict[str, TypeRule] = {}
        while tried := [(c, rules[0]) for c, rules in possible.items() if rules and c not in proven]:
            proven |= dict(self._fitting(tried, self.source))
            for cell, _rule in tried:
                possible[cell].pop(0)
        return [proven.get(cell, AS_TEXT) for cell in self.cells]

    def _fitting(self, pairs: list[tuple[str, TypeRule]], source: str) -> list[tuple[str, TypeRule]]:
        if not pairs:
            return []
        answers = self.one([f"bool_and({rule.test(c)})" for c, rule in pairs], source)
        return [pair for pair, fits in zip(pairs, answers, strict=True) if fits is not False]

    def _digits(self, rules: Sequence[TypeRule]) -> dict[int, Digits]:
        """Return for each column of decimals how its digits are written, in one look at the table."""
        numbers = [position for position, rule in enumerate(rules, 1) if rule.type == NUMBER]
        if not numbers:
            return {}
        asked = [_digits_of(rules[position - 1].bare(f"c{position}")) for position in numbers]
        found = iter(self.one([expression for four in asked for expression in four]))
        return {position: Digits(*(next(found) for _ in range(4))) for position in numbers}


@dataclass(frozen=True)
class Digits:
    """Of a column of decimals: fewest and most places, most digits before them, cells that end in a zero."""

    least: int
    most: int
    whole: int
    padded: int


def _digits_of(cell: str) -> tuple[str, str, str, str]:
    places = f"(CASE WHEN contains({cell}, '.') THEN length({cell}) - strpos({cell}, '.') ELSE 0 END)"
    return (
        f"min({places}) FILTER (WHERE {cell} IS NOT NULL)",
        f"max({places})",
        f"max(length(split_part(ltrim({cell}, '-'), '.', 1)))",
        f"count(*) FILTER (WHERE regexp_full_match({cell}, '.*\\.[0-9]*0'))",
    )


def _column(
    position: int, name: str, cell: str, rule: TypeRule, digits: Digits | None
) -> tuple[Column, str, list[Finding]]:
    if rule.type in (INTEGER, NUMBER) and IDENTIFIER.search(name):
        return Column(name, TEXT), AS_TEXT.cast(cell), [Finding("kept_as_text", 0, position, {"name": name})]
    if digits and rule.type == NUMBER:
        return _number(position, name, cell, rule, digits)
    return Column(name, rule.type), rule.cast(cell), _rewritten(position, name, rule)


def _number(
    position: int, name: str, cell: str, rule: TypeRule, digits: Digits
) -> tuple[Column, str, list[Finding]]:
    """Type decimals exactly; they are written as delivered where the number of places is uniform."""
    said = _rewritten(position, name, rule)
    uniform = digits.least == digits.most
    if not uniform and digits.padded:
        said.append(Finding("numbers_rewritten", 0, position, {"name": name, "count": digits.padded}))
    column = Column(name, NUMBER, digits.most if uniform else None)
    return column, rule.cast(cell, max(18, digits.whole + digits.most), digits.most), said


def _rewritten(position: int, name: str, rule: TypeRule) -> list[Finding]:
    """Say that the values are written in another way than they were delivered."""
    return [Finding(REWRITTEN[rule.name], 0, position, {"name": name})] if rule.name in REWRITTEN else []
