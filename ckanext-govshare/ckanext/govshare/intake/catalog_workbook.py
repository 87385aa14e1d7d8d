"""One sheet of a workbook as text, and which of its cells are computed; runs in the fenced process."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import python_calamine as calamine

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake.catalog_grid import Grid
from ckanext.govshare.intake.encoding import printable

_SHEET_XML = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_REFERENCE = re.compile(r"([A-Z]+)(\d+)")


def read_workbook(path: Path, wanted: str, *, with_formulas: bool) -> Grid:
    """Read the named sheet, or the first visible one with content."""
    try:
        with calamine.CalamineWorkbook.from_path(str(path)) as book:
            visible = tuple(meta.name for meta in book.sheets_metadata if _is_shown(meta))
            if wanted and wanted not in visible:
                raise RuleError("catalog.sheet_unknown", sheet=wanted, sheets="、".join(visible))
            name, rows = _first_filled(book, (wanted,) if wanted else visible)
    except calamine.CalamineError as error:
        raise RuleError("intake.workbook_damaged") from error
    formulas = _formulas(path, name) if with_formulas else {}
    return Grid(rows, formulas, name, visible)


def _is_shown(meta: calamine.SheetMetadata) -> bool:
    is_sheet = meta.typ == calamine.SheetTypeEnum.WorkSheet
    return bool(is_sheet and meta.visible == calamine.SheetVisibleEnum.Visible)


def _first_filled(book: calamine.CalamineWorkbook, names: tuple[str, ...]) -> tuple[str, list[list[str]]]:
    for name in names:
        content = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        rows = [[_text(cell) for cell in row] for row in content]
        if any(map(any, rows)):
            return name, rows
    raise RuleError("intake.file_empty")


def _text(cell: object) -> str:
    """Write a cell as a person would have typed it: 3 not 3.0, a date without a midnight."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ")
    return str(printable(str(cell))).strip()


def _formulas(path: Path, sheet: str) -> dict[int, frozenset[int]]:
    """Return where the sheet computes a cell; the reader of values shows only the last result."""
    found: dict[int, set[int]] = {}
    with ZipFile(path) as archive:
        part = _part_of(archive, sheet)
        for reference in _computed(archive, part) if part else ():
            if match := _REFERENCE.fullmatch(reference):
                found.setdefault(int(match[2]), set()).add(_place(match[1]))
    return {row: frozenset(places) for row, places in found.items()}


def _part_of(archive: ZipFile, sheet: str) -> str:
    book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - kind_of refused declarations
    relations = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for row in book.iter(f"{_SHEET_XML}sheet"):
        if row.get("name") == sheet:
            target = str(targets.get(row.get(_RELATION), "")).lstrip("/")
            return target if target.startswith("xl/") else f"xl/{target}"
    return ""


def _computed(archive: ZipFile, part: str) -> Iterator[str]:
    with archive.open(part) as stream:
        for _event, element in ET.iterparse(stream):  # noqa: S314
            if element.tag == f"{_SHEET_XML}c" and element.find(f"{_SHEET_XML}f") is not None:
                yield element.get("r", "")
            if element.tag == f"{_SHEET_XML}row":
                element.clear()


def _place(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1
