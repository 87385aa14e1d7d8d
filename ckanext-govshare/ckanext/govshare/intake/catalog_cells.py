"""The cells of a spreadsheet or a delimited file as text, and which of them are computed."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import python_calamine as calamine

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake.encoding import decide_encoding, printable
from ckanext.govshare.intake.kind import DELIMITED, XLSX, kind_of

DELIMITERS = (",", "\t", ";", "|")
LOOKED_AT = 50  # lines by which the delimiter is judged
MAX_CELL = 1_000_000  # characters; a longer one is a broken quotation

_SHEET_XML = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_REFERENCE = re.compile(r"([A-Z]+)(\d+)")


@dataclass(frozen=True)
class Grid:
    """All rows from the first of the sheet on; ``formulas``: row number from 1 → column places from 0."""

    rows: list[list[str]]
    formulas: Mapping[int, frozenset[int]] = field(default_factory=dict)
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    encoding: str = ""


def read_grid(path: Path, *, sheet: str = "", encoding: str | None = None) -> Grid:
    """Read a delimited file or one sheet of a workbook: the named one, or the first visible with content."""
    kind = kind_of(path)
    if kind == DELIMITED:
        return _delimited(path, encoding)
    return _workbook(path, sheet, with_formulas=kind == XLSX)


def _delimited(path: Path, chosen: str | None) -> Grid:
    verdict = decide_encoding(path, chosen)
    name = "utf-8-sig" if verdict.encoding == "utf-8" else verdict.encoding
    text = printable(path.read_bytes().decode(name))
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        rows = [[cell.strip() for cell in row] for row in reader]
    except csv.Error as error:
        raise RuleError("catalog.csv_broken", row=reader.line_num) from error
    return Grid(rows, encoding=verdict.encoding)


def _delimiter(text: str) -> str:
    """Take the character that stands equally often in most of the first lines."""
    lines = [line for line in text[:200_000].splitlines()[:LOOKED_AT] if line]

    def score(delimiter: str) -> int:
        counts = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if len(row) > 1)
        return max(counts.values(), default=0)

    return max(DELIMITERS, key=score)


def _workbook(path: Path, wanted: str, *, with_formulas: bool) -> Grid:
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
