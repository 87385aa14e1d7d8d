"""XLSX (ECMA-376) with native types; text is always text, so that nothing in a cell is ever run as a formula.

The database writes the rows and one pass packs them: little memory, and the same table gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.domain.table import BOOLEAN, DATE, DATETIME, NUMBER, TEXT, Column
from ckanext.govshare.exports import workbook_parts as parts
from ckanext.govshare.exports.source import Source, quoted_name, quoted_text, written

MAX_ROWS = 1_048_575  # of data, below the header
ROW = '"\x01"'  # a column name that no table has
_LEVEL = 1  # of compression: six takes four times as long for a tenth less
_MOMENT = (2000, 1, 1, 0, 0, 0)  # a fixed date of making: same rows, same bytes
_CHUNK = 1 << 20
_FORMATS = {DATE: "yyyy-mm-dd", DATETIME: "yyyy-mm-dd hh:mm:ss"}
_SECONDS = 86_400
_DAYS_TO_1970 = 25_569  # from the last day of 1899, where spreadsheets begin to count


def write(source: Source, target: Path) -> None:
    """Write all rows on one sheet; the names stand in a frozen first row.

    :raises RuleError: ``exports.too_many_rows_for_xlsx``.
    """
    if source.rows > MAX_ROWS:
        raise RuleError("exports.too_many_rows_for_xlsx", rows=source.rows, limit=MAX_ROWS)
    formats = list(dict.fromkeys(filter(None, map(_format, source.columns))))
    cells = [_cell(column, place, formats) for place, column in enumerate(source.columns, 1)]
    row = " || ".join(["'<row r=\"'", ROW, "'\">'", *cells, "'</row>'"])
    rows = target.with_suffix(".rows")
    source.text(row, rows, f"row_number() OVER () + 1 AS {ROW}")
    try:
        _pack(target, source.columns, formats, rows)
    finally:
        rows.unlink()


def _pack(target: Path, columns: Sequence[Column], formats: Sequence[str], rows: Path) -> None:
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as book:
        for name, text in parts.around(formats):
            book.writestr(_member(name), text, ZIP_DEFLATED)
        member = _member("xl/worksheets/sheet1.xml")
        member.file_size = (
            rows.stat().st_size + _CHUNK
        )  # by which the archive knows whether it is a large one
        with book.open(member, "w") as sheet:
            for piece in _sheet(columns, rows):
                sheet.write(piece)


def _sheet(columns: Sequence[Column], rows: Path) -> Iterator[bytes]:
    yield parts.sheet_start([column.name for column in columns]).encode()
    with rows.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk
    yield parts.SHEET_END.encode()


def _member(name: str) -> ZipInfo:
    member = ZipInfo(name, _MOMENT)
    member.compress_type = ZIP_DEFLATED
    return member


def _cell(column: Column, place: int, formats: Sequence[str]) -> str:
    """Return the SQL of a cell; a missing value has none."""
    before = quoted_text(f'<c r="{parts.letters(place)}')
    kind, value, after = _value(column, formats)
    return f"coalesce({before} || {ROW} || {quoted_text(kind)} || {value} || '{after}', '')"


def _value(column: Column, formats: Sequence[str]) -> tuple[str, str, str]:
    """Return what follows the reference, the SQL of the value, and what closes the cell."""
    name, shape = quoted_name(column.name), _format(column)
    if column.type == TEXT:
        return '" t="inlineStr"><is><t xml:space="preserve">', parts.escaped_sql(name), "</t></is></c>"
    if column.type == BOOLEAN:
        return '" t="b"><v>', f"CAST(CAST({name} AS INTEGER) AS VARCHAR)", "</v></c>"
    style = f'" s="{formats.index(shape) + 1}"><v>' if shape else '"><v>'
    return style, _number(column), "</v></c>"


def _number(column: Column) -> str:
    """Return the SQL of a number; dates are days, with the time of day behind the point."""
    name = quoted_name(column.name)
    if column.type == DATE:
        return f"CAST(date_diff('day', DATE '1970-01-01', {name}) + {_DAYS_TO_1970} AS VARCHAR)"
    if column.type == DATETIME:
        return f"CAST(epoch({name}) / {_SECONDS} + {_DAYS_TO_1970} AS VARCHAR)"
    return written(column)


def _format(column: Column) -> str:
    """Return the number format of a column; none for the general one."""
    if column.type == NUMBER:
        return "0." + "0" * column.decimals if column.decimals else ""
    return _FORMATS.get(column.type, "")
