"""XLSX with native types; text is always text, so that nothing in a cell is ever run as a formula."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from itertools import chain
from pathlib import Path
from typing import Any

import xlsxwriter

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.domain.table import BOOLEAN, DATE, DATETIME, INTEGER, NUMBER, TEXT, Column
from ckanext.govshare.exports.source import Source

MAX_ROWS = 1_048_575  # of data, below the header
_EPOCH = datetime(2000, 1, 1, tzinfo=timezone.utc)  # a fixed date of making: same rows, same bytes
_NUMBER_FORMATS = {INTEGER: "0", DATE: "yyyy-mm-dd", DATETIME: "yyyy-mm-dd hh:mm:ss"}


def write(source: Source, target: Path) -> None:
    """Write all rows on one sheet; the names stand in a frozen first row.

    :raises RuleError: ``exports.too_many_rows_for_xlsx``.
    """
    if source.rows > MAX_ROWS:
        raise RuleError("exports.too_many_rows_for_xlsx", rows=source.rows, limit=MAX_ROWS)
    options = {"constant_memory": True, "tmpdir": str(target.parent)}
    with xlsxwriter.Workbook(str(target), options) as book:
        book.set_properties({"created": _EPOCH})
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for position, column in enumerate(source.columns):
            sheet.write_string(0, position, column.name)
        writers = [_writer(book, sheet, position, column) for position, column in enumerate(source.columns)]
        for number, row in enumerate(chain.from_iterable(source.values()), 1):
            for put, value in zip(writers, row, strict=True):
                if value is not None:
                    put(number, value)


def _writer(book: Any, sheet: Any, position: int, column: Column) -> Callable[[int, Any], object]:
    """Return the function that writes one value of the column into a row."""
    if column.type == TEXT:
        return lambda row, value: sheet.write_string(row, position, value)
    if column.type == BOOLEAN:
        return lambda row, value: sheet.write_boolean(row, position, value)
    shape = book.add_format({"num_format": _shape(column)})
    if column.type in (DATE, DATETIME):
        return lambda row, value: sheet.write_datetime(row, position, value, shape)
    return lambda row, value: sheet.write_number(row, position, value, shape)


def _shape(column: Column) -> str:
    if column.type != NUMBER:
        return _NUMBER_FORMATS[column.type]
    return "0." + "0" * column.decimals if column.decimals else "General"
