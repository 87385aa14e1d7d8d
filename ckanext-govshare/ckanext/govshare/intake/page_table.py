"""Tables of web pages: what many offices' systems export under the name ``.xls``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake import limits
from ckanext.govshare.intake.delimited import Row
from ckanext.govshare.intake.encoding import printable
from ckanext.govshare.intake.findings import Finding
from ckanext.govshare.intake.merged import Area, Merged
from ckanext.govshare.intake.sheet_facts import Cells

CHUNK = 1 << 16
_SILENT = ("style", "script", "title")


@dataclass(frozen=True)
class Page:
    """The table that is read."""

    rows: Iterator[Row]
    merged: Merged
    report: list[Finding]


def read_page(path: Path, wanted: str | None) -> Page:
    """Return the rows of the wanted table (``1``, ``2`` …), or of the only one.

    :raises RuleError: ``intake.page_without_table``, ``intake.sheet_not_chosen``, ``intake.sheet_unknown``,
        ``intake.formula_cells``, ``intake.too_many_columns``.
    """
    parser = _Tables()
    with path.open(encoding="utf-8", newline="") as stream:
        while chunk := stream.read(CHUNK):
            parser.feed(chunk)
    parser.close()
    parser.close_cell()
    tables = [table for table in parser.tables if table.rows]
    if not tables:
        raise RuleError("intake.page_without_table")
    name, table = _choose(tables, wanted)
    if table.formulas.count:
        found = table.formulas
        raise RuleError(
            "intake.formula_cells", sheet=name, count=found.count, row=found.row, column=found.column
        )
    width = max(len(cells) for cells in table.rows)
    report = [Finding("page_table", facts={"count": len(tables), "table": name})]
    if table.hidden:
        facts = {"count": len(table.hidden), "rows": table.hidden[:20]}
        report.append(Finding("hidden_rows_left_out", table.hidden[0], facts=facts))
    rows = ((n, cells) for n, cells in enumerate(table.rows, 1) if n not in set(table.hidden))
    merged = Merged(table.areas, range(1, width + 1))
    return Page(
        merged.fill_down((n, [*cells, *[""] * (width - len(cells))]) for n, cells in rows), merged, report
    )


def _choose(tables: list[_Table], wanted: str | None) -> tuple[str, _Table]:
    named = {str(number): table for number, table in enumerate(tables, 1)}
    if wanted:
        if wanted not in named:
            raise RuleError("intake.sheet_unknown", "sheet", sheet=wanted, sheets=list(named))
        return wanted, named[wanted]
    if len(tables) > 1:
        listed = [f"{name} ({len(table.rows)})" for name, table in named.items()][:20]
        raise RuleError("intake.sheet_not_chosen", "sheet", sheets=listed, names=list(named)[:20])
    return "1", tables[0]


@dataclass
class _Table:
    rows: list[list[str]] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    formulas: Cells = field(default_factory=Cells)
    covered: dict[int, set[int]] = field(default_factory=dict)  # row → columns covered from above


class _Tables(HTMLParser):
    """Collects the outermost tables; a table inside a cell is part of that cell's text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self.depth = self.silent = 0
        self.texts: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _SILENT:
            self.silent += 1
        elif tag == "table":
            self.depth += 1
            if self.depth == 1:
                self.tables.append(_Table())
        elif tag == "br" and self.texts is not None:
            self.texts.append("\n")
        elif self.depth == 1 and tag == "tr":
            self._open_row(given)
        elif self.depth == 1 and tag in ("td", "th"):
            self._open_cell(given)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(self.silent - 1, 0)
        elif tag == "table" and self.depth:
            self.depth -= 1
            if not self.depth:
                self.close_cell()
        elif self.depth == 1 and tag in ("td", "th", "tr"):
            self.close_cell()

    def handle_data(self, data: str) -> None:
        if self.texts is not None and not self.silent:
            self.texts.append(data)

    def close_cell(self) -> None:
        """Put the text of the open cell into its row."""
        if self.texts is not None:
            lines = (" ".join(line.split()) for line in "".join(self.texts).split("\n"))
            row = self.tables[-1].rows[-1]
            row[self._place] = printable("\n".join(lines).strip())
            self.texts = None

    def _open_row(self, given: dict[str, str]) -> None:
        self.close_cell()
        table = self.tables[-1]
        if len(table.rows) >= limits.MAX_ROWS:
            raise RuleError("intake.too_many_rows", limit=limits.MAX_ROWS)
        table.rows.append([])
        if "display:none" in given.get("style", "").replace(" ", "").lower():
            table.hidden.append(len(table.rows))

    def _open_cell(self, given: dict[str, str]) -> None:
        self.close_cell()
        table = self.tables[-1]
        if not table.rows:
            table.rows.append([])
        row, number = table.rows[-1], len(table.rows)
        while len(row) + 1 in table.covered.get(number, ()):
            row.append("")
        self._place = len(row)
        right, down = _span(given.get("colspan")), _span(given.get("rowspan"))
        row.extend([""] * right)
        if len(row) > limits.MAX_COLUMNS:
            raise RuleError("intake.too_many_columns", row=number, columns=len(row), limit=limits.MAX_COLUMNS)
        if right > 1 or down > 1:
            table.areas.append((number, self._place + 1, number + down - 1, self._place + right))
        for below in range(number + 1, number + down):
            table.covered.setdefault(below, set()).update(range(self._place + 1, self._place + right + 1))
        if given.get("x:fmla"):
            table.formulas.add(number, self._place + 1)
        self.texts = []


def _span(text: str | None) -> int:
    """Return how many rows or columns a cell covers; no sane table covers more than a thousand."""
    return min(int(text), 1000) if text and text.isascii() and text.isdigit() and int(text) else 1
