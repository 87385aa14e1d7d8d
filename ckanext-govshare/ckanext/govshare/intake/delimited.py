"""Rows of delimited text (CSV, TSV): numbered as a spreadsheet would show them, blank ones included."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake import limits

DELIMITERS = (",", "\t", ";", "|")
SAMPLE_ROWS = 100

Row = tuple[int, list[str]]


def delimiter_of(path: Path) -> str:
    """Return the delimiter that splits the first rows into the most rows of one same width."""
    return max(DELIMITERS, key=lambda delimiter: (_evenness(path, delimiter), -DELIMITERS.index(delimiter)))


def read_rows(path: Path, delimiter: str) -> Iterator[Row]:
    """Yield ``(row number, cells)`` of UTF-8 text.

    :raises RuleError: ``intake.broken_quotes``, ``intake.too_many_columns``, ``intake.too_many_rows``.
    """
    csv.field_size_limit(limits.MIB)
    number = 0
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream, delimiter=delimiter, strict=True)
        try:
            for number, cells in enumerate(reader, 1):
                if len(cells) > limits.MAX_COLUMNS:
                    _check_width(number, cells)
                if number > limits.MAX_ROWS:
                    raise RuleError("intake.too_many_rows", limit=limits.MAX_ROWS)
                yield number, cells
        except csv.Error as error:
            raise _broken(error, number + 1) from error


def _broken(error: csv.Error, row: int) -> RuleError:
    if "field limit" in str(error):
        return RuleError("intake.cell_too_long", row=row, limit=limits.MAX_CELL)
    return RuleError("intake.broken_quotes", row=row)


def _check_width(number: int, cells: list[str]) -> None:
    filled = max((i for i, cell in enumerate(cells, 1) if cell), default=0)
    if filled > limits.MAX_COLUMNS:
        raise RuleError("intake.too_many_columns", row=number, columns=filled, limit=limits.MAX_COLUMNS)


def _evenness(path: Path, delimiter: str) -> tuple[int, int]:
    """Return (rows of the commonest width above one, that width) among the first rows."""
    widths: Counter[int] = Counter()
    with path.open(encoding="utf-8", newline="") as stream:
        try:
            for cells in islice(csv.reader(stream, delimiter=delimiter), SAMPLE_ROWS):
                if len(cells) > 1:
                    widths[len(cells)] += 1
        except csv.Error:
            return 0, 0
    width, rows = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    return rows, width
