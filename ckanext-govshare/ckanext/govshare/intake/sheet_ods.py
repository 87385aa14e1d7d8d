"""Scanner of ``.ods``: one pass over ``content.xml``; repeated rows and cells are counted, never written out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake import limits
from ckanext.govshare.intake.findings import Finding
from ckanext.govshare.intake.markup import local, walk
from ckanext.govshare.intake.sheet_facts import SheetFacts, is_long

_MOST_REPEATED = 1_100_000  # rows; programs pad a sheet to its end with empty ones


def scan(path: Path) -> Iterator[SheetFacts]:
    """Yield the facts of every sheet, in the document's order."""
    walker = _Walker()
    with ZipFile(path) as archive, archive.open("content.xml") as part:
        walk(part, walker.start, walker.end)
    yield from walker.sheets


def beside(path: Path) -> Iterator[Finding]:
    """Say what the document carries beside its sheets."""
    with ZipFile(path) as archive:
        names = archive.namelist()
    if any(name.startswith(("Basic/", "Scripts/")) for name in names):
        yield Finding("macro_ignored")


class _Walker:
    """Collects the facts of each ``table:table``."""

    def __init__(self) -> None:
        self.sheets: list[SheetFacts] = []
        self.hidden_styles: set[str] = set()
        self.style = ""
        self.row = self.column = self.tables = 0
        self.repeated_row = 1
        self.filled_in_row: list[tuple[int, int]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = local(name)
        if name == "style":
            self.style = attributes.get("style:name", "")
        elif name == "table-properties" and attributes.get("table:display") == "false":
            self.hidden_styles.add(self.style)
        elif name == "table":
            self.tables += 1
            if self.tables == 1:  # one inside a cell belongs to that cell
                visible = attributes.get("table:style-name", "") not in self.hidden_styles
                self.sheets.append(SheetFacts(attributes.get("table:name", ""), visible))
                self.row = self.column = 0
        elif self.tables == 1:
            self._part(name, attributes)

    def end(self, name: str) -> None:
        name = local(name)
        if name == "table":
            self.tables -= 1
        elif name == "table-row" and self.tables == 1:
            self._close_row()

    def _part(self, name: str, attributes: dict[str, str]) -> None:
        facts = self.sheets[-1]
        if name == "table-column":
            count = _number(attributes, "table:number-columns-repeated")
            if attributes.get("table:visibility") in ("collapse", "filter"):
                facts.hidden_columns.update(range(self.column + 1, self.column + min(count, 16384) + 1))
            self.column += count
        elif name == "table-row":
            self.column = 0
            self.repeated_row = _number(attributes, "table:number-rows-repeated")
            if attributes.get("table:visibility") in ("collapse", "filter"):
                last = self.row + min(self.repeated_row, _MOST_REPEATED)
                facts.hidden_rows.update(range(self.row + 1, last + 1))
        elif name in ("table-cell", "covered-table-cell"):
            self._cell(attributes)
        elif name == "annotation":
            facts.notes.add(self.row + 1, max(self.column, 1))

    def _cell(self, attributes: dict[str, str]) -> None:
        facts, first = self.sheets[-1], self.column + 1
        count = _number(attributes, "table:number-columns-repeated")
        self.column += count
        if "table:formula" in attributes:
            facts.formulas.add(self.row + 1, first)
        down = _number(attributes, "table:number-rows-spanned")
        right = _number(attributes, "table:number-columns-spanned")
        if down > 1 or right > 1:
            facts.merged.append((self.row + 1, first, self.row + down, first + right - 1))
        kind = attributes.get("office:value-type")
        if kind:
            self.filled_in_row.append((first, count))
        if kind == "percentage":
            facts.number(first, "%")
        if kind == "float" and is_long(attributes.get("office:value", "")):
            facts.long_numbers.add(self.row + 1, first)

    def _close_row(self) -> None:
        facts = self.sheets[-1]
        cells = sum(count for _first, count in self.filled_in_row)
        if cells:
            last = self.row + self.repeated_row
            if last > limits.MAX_ROWS or cells * self.repeated_row > limits.MAX_CELLS:
                raise RuleError("intake.too_many_rows", limit=limits.MAX_ROWS)
            for first, count in self.filled_in_row:
                facts.cell(last, first + count - 1)
            facts.filled += cells * self.repeated_row - len(self.filled_in_row)
            facts.rows += self.repeated_row - 1
        self.filled_in_row = []
        self.row += self.repeated_row


def _number(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 10 else 1  # noqa: PLR2004
