"""Rows of one sheet of a workbook (.xls, .xlsx), every cell as the text that its value means."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.parsers import expat
from zipfile import ZipFile

import python_calamine as calamine

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake import limits
from ckanext.govshare.intake.delimited import Row
from ckanext.govshare.intake.encoding import printable
from ckanext.govshare.intake.findings import Finding
from ckanext.govshare.intake.kind import XLSX

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class Sheet:
    """The sheet that is read, and what the workbook holds beside it."""

    name: str
    rows: Iterator[Row]
    report: tuple[Finding, ...]


def open_sheet(path: Path, kind: str, wanted: str | None) -> Sheet:
    """Return the wanted sheet, or the only one with cells.

    :raises RuleError: ``intake.workbook_damaged``, ``intake.sheet_unknown``, ``intake.sheet_not_chosen``,
        ``intake.file_empty``, ``intake.formula_cells``, ``intake.too_many_columns``.
    """
    try:
        book = calamine.load_workbook(str(path))
        name = _choose(book, wanted)
        if kind == XLSX:
            _refuse_formulas(path, name)
        sheet = book.get_sheet_by_name(name)
    except (calamine.CalamineError, calamine.PasswordError, OSError, ValueError, RecursionError) as error:
        raise RuleError("intake.workbook_damaged") from error
    if sheet.start and sheet.end and sheet.end[1] >= limits.MAX_COLUMNS:
        first, columns = sheet.start[0] + 1, sheet.end[1] + 1
        raise RuleError("intake.too_many_columns", row=first, columns=columns, limit=limits.MAX_COLUMNS)
    return Sheet(name, _rows(sheet), (*_beside(path, kind), *_hidden(book, name)))


def _choose(book: calamine.CalamineWorkbook, wanted: str | None) -> str:
    names = list(book.sheet_names)
    if wanted:
        if wanted not in names:
            raise RuleError("intake.sheet_unknown", "sheet", sheet=wanted, sheets=names)
        return wanted
    visible = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.visible == calamine.SheetVisibleEnum.Visible
        and sheet.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    filled = [name for name in visible if book.get_sheet_by_name(name).end]
    if not filled:
        raise RuleError("intake.file_empty")
    if len(filled) > 1:
        raise RuleError("intake.sheet_not_chosen", "sheet", sheets=filled)
    return filled[0]


def _hidden(book: calamine.CalamineWorkbook, read: str) -> Iterator[Finding]:
    for sheet in book.sheets_metadata:
        if sheet.name == read:
            yield Finding("sheet", facts={"sheet": read})
        elif sheet.visible != calamine.SheetVisibleEnum.Visible:
            yield Finding("sheet_hidden", facts={"sheet": sheet.name})


def _beside(path: Path, kind: str) -> Iterator[Finding]:
    if kind != XLSX:
        return
    with ZipFile(path) as archive:
        names = archive.namelist()
    if "xl/vbaProject.bin" in names:
        yield Finding("macro_ignored")
    if any(name.startswith("xl/externalLinks/") for name in names):
        yield Finding("external_link_ignored")


def _rows(sheet: calamine.CalamineSheet) -> Iterator[Row]:
    """Yield rows as the program numbers them; the reader leaves out the columns before the first cell."""
    if not sheet.start:
        return
    for number, row in enumerate(sheet.iter_rows(), 1):
        yield number, [*[""] * sheet.start[1], *[_text(cell) for cell in row]]


def _text(cell: object) -> str:
    """Return a cell as text: numbers with at most the 15 digits that spreadsheets keep, dates as ISO 8601."""
    if isinstance(cell, str):
        return printable(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, dt.datetime):
        midnight = cell.time() == dt.time.min
        return cell.date().isoformat() if midnight else cell.replace(microsecond=0).isoformat()
    if isinstance(cell, (dt.date, dt.time)):
        return cell.isoformat()
    return str(cell)


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004 - fifteen digits
        return str(int(value))
    return f"{value:.15g}"


def _refuse_formulas(path: Path, sheet: str) -> None:
    """A formula's stored result may be stale or missing; a person must turn it into a value first."""
    count, first = formulas(path, _member_of(path, sheet))
    if count:
        column, row = _position(first)
        raise RuleError("intake.formula_cells", sheet=sheet, count=count, row=row, column=column)


def _member_of(path: Path, sheet: str) -> str:
    """Return the archive member that holds the sheet."""
    with ZipFile(path) as archive:
        book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - doctypes were refused before
        links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    relation = next(
        (e.get(_RELATION) for e in book.iter() if e.tag.endswith("}sheet") and e.get("name") == sheet), None
    )
    target = next((e.get("Target", "") for e in links if e.get("Id") == relation), "")
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _position(reference: str) -> tuple[int, int]:
    """Return (column, row) of a reference such as ``C7``."""
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column, int(reference[len(letters) :] or 0)


def formulas(path: Path, member: str) -> tuple[int, str]:
    """Count the formula cells of one sheet of an ``.xlsx`` and tell the first one's reference (``C7``)."""
    found = _FormulaCounter()
    parser = expat.ParserCreate()
    parser.StartElementHandler = found.start
    with ZipFile(path) as archive, archive.open(member) as part:
        try:
            while chunk := part.read(1 << 16):
                parser.Parse(chunk, False)
        except expat.ExpatError as error:
            raise RuleError("intake.workbook_damaged") from error
    return found.count, found.first


class _FormulaCounter:
    """Remembers the cell it is in, and the first cell that held a formula."""

    def __init__(self) -> None:
        self.count = 0
        self.first = ""
        self.cell = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self.cell = attributes.get("r", "")
        elif name == "f":
            self.count += 1
            self.first = self.first or self.cell
