"""Rows of the sheets of a workbook (.xls, .xlsx, .ods), every cell as the text that its value means."""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import python_calamine as calamine

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake import sheet_ods, sheet_xls, sheet_xlsx
from ckanext.govshare.intake.archive import DAMAGED
from ckanext.govshare.intake.delimited import Row
from ckanext.govshare.intake.encoding import printable
from ckanext.govshare.intake.findings import Finding
from ckanext.govshare.intake.kind import ODS, XLS, XLSX
from ckanext.govshare.intake.merged import Merged
from ckanext.govshare.intake.sheet_facts import SheetFacts

_SCANNERS = {XLSX: sheet_xlsx, XLS: sheet_xls, ODS: sheet_ods}
_UNREADABLE = (
    calamine.CalamineError,
    calamine.PasswordError,
    RecursionError,
    KeyError,
    IndexError,
    struct.error,
    UnicodeError,
    SyntaxError,
    *DAMAGED,
)
_PADDED = "0"


@dataclass(frozen=True)
class Sheet:
    """A sheet that is read, and what is to be said about it."""

    name: str
    rows: Iterator[Row]
    report: list[Finding]
    merged: Merged


@dataclass(frozen=True)
class Workbook:
    """The sheets of a workbook that are wanted, and what is to be said of it as a whole."""

    path: Path
    chosen: Sequence[SheetFacts]
    report: list[Finding]

    def sheet(self, facts: SheetFacts, *, keep_hidden: bool) -> Sheet:
        """Open one sheet; hidden rows and columns only if a person wants them.

        :raises RuleError: ``intake.workbook_damaged``, ``intake.formula_cells``, ``intake.sheet_sparse``.
        """
        facts.refuse_unfit()
        with _readable():
            sheet = calamine.load_workbook(str(self.path)).get_sheet_by_name(facts.name)
        report = [Finding("sheet", facts={"sheet": facts.name}), *facts.findings(keep_hidden=keep_hidden)]
        shown = _Shown(facts, keep_hidden=keep_hidden)
        report += shown.findings()
        merged = Merged(facts.merged, shown.columns)
        return Sheet(facts.name, merged.fill_down(_rows(sheet, shown)), report, merged)


def open_workbook(path: Path, kind: str, wanted: Sequence[str]) -> Workbook:
    """Choose the wanted sheets, or all that are visible and hold cells.

    :raises RuleError: ``intake.workbook_damaged``, ``intake.sheet_unknown``, ``intake.file_empty``,
        ``intake.too_many_columns``.
    """
    scanner = _SCANNERS[kind]
    with _readable():
        sheets, beside = list(scanner.scan(path)), list(scanner.beside(path))
    chosen = _choose(sheets, wanted)
    return Workbook(path, chosen, [*_about(sheets, chosen), *beside])


@contextmanager
def _readable() -> Iterator[None]:
    """Tell what the readers trip over as one: the workbook is damaged."""
    try:
        yield
    except RuleError as error:
        if error.code.startswith("intake.xml_"):
            raise RuleError("intake.workbook_damaged") from error
        raise
    except _UNREADABLE as error:
        raise RuleError("intake.workbook_damaged") from error


def _choose(sheets: Sequence[SheetFacts], wanted: Sequence[str]) -> list[SheetFacts]:
    names = [sheet.name for sheet in sheets]
    for name in wanted:
        if name not in names:
            raise RuleError("intake.sheet_unknown", "sheet", sheet=name, sheets=names)
    chosen = [
        sheet for sheet in sheets if (sheet.name in wanted if wanted else sheet.visible and sheet.filled)
    ]
    if not chosen:
        raise RuleError("intake.file_empty")
    return chosen


def _about(sheets: Sequence[SheetFacts], chosen: Sequence[SheetFacts]) -> Iterator[Finding]:
    if len(sheets) > 1:
        listed = [f"{sheet.name} ({sheet.rows})" for sheet in sheets]
        names = [sheet.name for sheet in sheets if sheet.filled]
        yield Finding("sheets", facts={"count": len(sheets), "sheets": listed, "names": names})
    for sheet in sheets:
        if not sheet.visible and sheet not in chosen:
            yield Finding("sheet_hidden", facts={"sheet": sheet.name, "rows": sheet.rows})


class _Shown:
    """Which rows and columns of the sheet are read, and how their numbers are shown to people."""

    def __init__(self, facts: SheetFacts, *, keep_hidden: bool) -> None:
        self.hidden_rows = set() if keep_hidden else facts.hidden_rows
        hidden = set() if keep_hidden else facts.hidden_columns
        self.columns = [column for column in range(1, facts.last_column + 1) if column not in hidden]
        self.widths = {
            column: len(shape)
            for column, shapes in facts.shapes.items()
            for shape in [next(iter(shapes))]
            if len(shapes) == 1 and set(shape) == {_PADDED}
        }
        self.percents = [column for column, shapes in facts.shapes.items() if shapes["%"]]

    def findings(self) -> Iterator[Finding]:
        for code, columns in (("zeros_restored", [*self.widths]), ("percent_as_fraction", self.percents)):
            for column in sorted(set(columns) & set(self.columns)):
                yield Finding(code, 0, self.columns.index(column) + 1)

    def text(self, column: int, cell: object) -> str:
        """Return a cell as text; a number that people see as 000123 with its zeros."""
        text = _text(cell)
        width = self.widths.get(column)
        is_number = isinstance(cell, (int, float)) and not isinstance(cell, bool)
        return text.zfill(width) if width and is_number and text.isdigit() else text


def _rows(sheet: calamine.CalamineSheet, shown: _Shown) -> Iterator[Row]:
    """Yield rows as the program numbers them; the reader leaves out the columns before the first cell."""
    if not sheet.start:
        return
    before = sheet.start[1]
    places = [(column, column - 1 - before) for column in shown.columns]
    for number, row in enumerate(sheet.iter_rows(), 1):
        if number not in shown.hidden_rows:
            yield number, [shown.text(c, row[i]) if 0 <= i < len(row) else "" for c, i in places]


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
    if value.is_integer() and abs(value) < 1e21:  # noqa: PLR2004 - beyond it no office counts
        return str(int(value))
    return f"{value:.15g}"
