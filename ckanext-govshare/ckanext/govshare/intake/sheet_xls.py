"""Scanner of ``.xls``: the records of the BIFF8 stream that the reader of values passes over ([MS-XLS] 2.3)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import olefile

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake.findings import Finding
from ckanext.govshare.intake.sheet_facts import LONG, SheetFacts

FORMULA, BOF, EOF, NOTE, FILEPASS = 0x0006, 0x0809, 0x000A, 0x001C, 0x002F
BOUNDSHEET, ROW, COLINFO, MERGEDCELLS, XF, FORMAT = 0x0085, 0x0208, 0x007D, 0x00E5, 0x00E0, 0x041E
NUMBER, LABELSST, LABEL, RK, MULRK, BOOLERR, RSTRING = 0x0203, 0x00FD, 0x0204, 0x027E, 0x00BD, 0x0205, 0x00D6
ONE_CELL = (NUMBER, LABELSST, LABEL, RK, BOOLERR, RSTRING, FORMULA)
ARRAY, SXDB, SUPBOOK, TABLE = 0x0221, 0x00C6, 0x01AE, 0x0236
_BIFF8 = 0x0600
_WORKSHEET = 0
_ROW_HIDDEN = 0x20
_OTHER_FILE = 8  # bytes; a shorter SUPBOOK names the workbook itself
_PERCENT = (9, 10)

Record = tuple[int, bytes]


def scan(path: Path) -> Iterator[SheetFacts]:
    """Yield the facts of every worksheet, in the workbook's order.

    :raises RuleError: ``intake.workbook_damaged``, ``intake.workbook_encrypted``, ``intake.workbook_too_old``.
    """
    stream = _workbook(path)
    book = _Book()
    for kind, body in _records(stream, 0):
        book.take(kind, body)
    for name, visible, start in book.sheets:
        facts = SheetFacts(name, visible)
        for kind, body in _records(stream, start):
            _take(facts, book, kind, body)
        yield facts


def beside(path: Path) -> Iterator[Finding]:
    """Say what the workbook carries beside its sheets."""
    with olefile.OleFileIO(path) as ole:
        names = ole.listdir()
    if any(name[0] == "_VBA_PROJECT_CUR" for name in names):
        yield Finding("macro_ignored")
    if any(name[0] == "_SX_DB_CUR" for name in names):
        yield Finding("pivot_cache_ignored")
    links = (body for kind, body in _records(_workbook(path), 0) if kind == SUPBOOK)
    if any(len(body) > _OTHER_FILE for body in links):
        yield Finding("external_link_ignored")


def _workbook(path: Path) -> bytes:
    try:
        with olefile.OleFileIO(path) as ole:
            name = next((name for name in ("Workbook", "Book") if ole.exists(name)), "")
            if not name:
                raise RuleError("intake.wrong_type", found="OLE")
            return bytes(ole.openstream(name).read())
    except (OSError, ValueError, IndexError, struct.error) as error:
        raise RuleError("intake.workbook_damaged") from error


def _records(stream: bytes, start: int) -> Iterator[Record]:
    """Yield the records of one substream, from its BOF to its EOF; charts inside a sheet are passed over."""
    place, depth = start, 0
    while place + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, place)
        body = stream[place + 4 : place + 4 + size]
        place += 4 + size
        if kind == BOF:
            depth += 1
            if len(body) < 4 or struct.unpack_from("<H", body)[0] != _BIFF8:  # noqa: PLR2004
                raise RuleError("intake.workbook_too_old")
        elif kind == EOF:
            depth -= 1
            if not depth:
                return
        elif kind == FILEPASS:
            raise RuleError("intake.workbook_encrypted")
        elif depth == 1:
            yield kind, body
    raise RuleError("intake.workbook_damaged")


@dataclass
class _Book:
    """The workbook's own records: its sheets and the number formats of its cell styles."""

    sheets: list[tuple[str, bool, int]] = field(default_factory=list)
    formats: dict[int, str] = field(default_factory=lambda: dict.fromkeys(_PERCENT, "%"))
    styles: list[int] = field(default_factory=list)

    def take(self, kind: int, body: bytes) -> None:
        if kind == BOUNDSHEET:
            start, state, sort, length, wide = struct.unpack_from("<IBBBB", body)
            raw = body[8 : 8 + length * (2 if wide & 1 else 1)]
            name = raw.decode("utf-16-le" if wide & 1 else "latin-1")
            if sort == _WORKSHEET:
                self.sheets.append((name, state & 3 == 0, start))
        elif kind == XF:
            self.styles.append(struct.unpack_from("<H", body, 2)[0])
        elif kind == FORMAT:
            number, length, wide = struct.unpack_from("<HHB", body)
            raw = body[5 : 5 + length * (2 if wide & 1 else 1)]
            code = raw.decode("utf-16-le" if wide & 1 else "latin-1", errors="replace").split(";")[0]
            self.formats[number] = code if set(code) == {"0"} else "%" if code.endswith("%") else ""

    def shape(self, style: int) -> str:
        """Return the format of a style that changes what people see: ``000000`` or ``%``."""
        return self.formats.get(self.styles[style], "") if style < len(self.styles) else ""


def _take(facts: SheetFacts, book: _Book, kind: int, body: bytes) -> None:
    if kind in ONE_CELL:
        _cell(facts, book, kind, body)
    elif kind == MULRK:
        _numbers(facts, book, body)
    elif kind in _PLAIN:
        _PLAIN[kind](facts, body)


def _numbers(facts: SheetFacts, book: _Book, body: bytes) -> None:
    row, first = struct.unpack_from("<HH", body)
    for index in range((len(body) - 6) // 6):
        style = struct.unpack_from("<H", body, 4 + index * 6)[0]
        facts.cell(row + 1, first + index + 1)
        facts.number(first + index + 1, book.shape(style))


def _formulas(facts: SheetFacts, body: bytes) -> None:
    first, _last, column = struct.unpack_from("<HHB", body)
    facts.formulas.add(first + 1, column + 1)


def _row(facts: SheetFacts, body: bytes) -> None:
    row, flags = struct.unpack_from("<H", body)[0], struct.unpack_from("<H", body, 12)[0]
    if flags & _ROW_HIDDEN:
        facts.hidden_rows.add(row + 1)


def _columns(facts: SheetFacts, body: bytes) -> None:
    first, last, _width, _style, flags = struct.unpack_from("<5H", body)
    if flags & 1:
        facts.hidden_columns.update(range(first + 1, min(last, 255) + 2))


def _merged(facts: SheetFacts, body: bytes) -> None:
    for index in range(struct.unpack_from("<H", body)[0]):
        top, bottom, left, right = struct.unpack_from("<4H", body, 2 + index * 8)
        facts.merged.append((top + 1, left + 1, bottom + 1, right + 1))


def _note(facts: SheetFacts, body: bytes) -> None:
    row, column = struct.unpack_from("<HH", body)
    facts.notes.add(row + 1, column + 1)


_PLAIN = {
    ARRAY: _formulas,
    TABLE: _formulas,
    ROW: _row,
    COLINFO: _columns,
    MERGEDCELLS: _merged,
    NOTE: _note,
}


def _cell(facts: SheetFacts, book: _Book, kind: int, body: bytes) -> None:
    row, column, style = (number + 1 for number in struct.unpack_from("<3H", body))
    facts.cell(row, column)
    if kind == FORMULA:
        facts.formulas.add(row, column)
    elif kind == BOOLERR and body[7]:
        facts.errors.add(row, column)
    elif kind in (NUMBER, RK):
        facts.number(column, book.shape(style - 1))
        if kind == NUMBER and abs(struct.unpack_from("<d", body, 6)[0]) >= LONG:
            facts.long_numbers.add(row, column)
