"""What a sheet holds beside its values: hidden parts, formulas, errors, merged cells, notes.

The reader of values knows none of it; each kind of workbook has a scanner of its own that fills this in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake import limits
from ckanext.govshare.intake.findings import Finding

SHOWN = 20  # positions kept of something that may occur in every cell
MANY_CELLS = 5_000_000  # of the area between the first and the last cell, from which it must be filled
LONG = 1e15  # a number from here on has lost digits: spreadsheet programs keep fifteen
SPARSE = 20  # cells of that area for one that is filled


@dataclass
class Cells:
    """Cells of one sort: all counted, the first remembered (row, column from 1)."""

    count: int = 0
    row: int = 0
    column: int = 0

    def add(self, row: int, column: int) -> None:
        """Count one more."""
        if not self.count:
            self.row, self.column = row, column
        self.count += 1

    def finding(self, code: str) -> list[Finding]:
        """Return the finding, if there were any."""
        return [Finding(code, self.row, self.column, {"count": self.count})] if self.count else []


@dataclass
class SheetFacts:
    """One sheet as its scanner saw it; rows and columns from 1."""

    name: str
    visible: bool = True
    filled: int = 0
    last_row: int = 0
    last_column: int = 0
    rows: int = 0
    formulas: Cells = field(default_factory=Cells)
    errors: Cells = field(default_factory=Cells)
    notes: Cells = field(default_factory=Cells)
    long_numbers: Cells = field(default_factory=Cells)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(
        default_factory=list
    )  # first row, column, last row, column
    shapes: dict[int, Counter[str]] = field(default_factory=dict)  # column → number formats of its numbers
    _row: int = 0

    def cell(self, row: int, column: int) -> None:
        """Count a cell that holds something.

        :raises RuleError: ``intake.too_many_columns``, at the first cell beyond the limit.
        """
        if column > limits.MAX_COLUMNS:
            raise RuleError(
                "intake.too_many_columns", row=row, column=column, columns=column, limit=limits.MAX_COLUMNS
            )
        self.filled += 1
        self.last_row, self.last_column = max(self.last_row, row), max(self.last_column, column)
        if row != self._row:
            self._row = row
            self.rows += 1

    def number(self, column: int, shape: str) -> None:
        """Count a number that is shown in a format of its own."""
        if shape:
            self.shapes.setdefault(column, Counter())[shape] += 1

    def refuse_unfit(self) -> None:
        """Refuse what cannot become a table.

        :raises RuleError: ``intake.formula_cells``, ``intake.sheet_sparse``.
        """
        if self.formulas.count:
            found = self.formulas
            raise RuleError(
                "intake.formula_cells", sheet=self.name, count=found.count, row=found.row, column=found.column
            )
        area = self.last_row * self.last_column
        if area > MANY_CELLS and area > SPARSE * self.filled:
            raise RuleError(
                "intake.sheet_sparse", row=self.last_row, column=self.last_column, count=self.filled
            )

    def findings(self, *, keep_hidden: bool) -> Iterator[Finding]:
        """Say what the person must know about this sheet."""
        done = "kept" if keep_hidden else "left_out"
        for what, places in (("rows", self.hidden_rows), ("columns", self.hidden_columns)):
            inside = sorted(p for p in places if p <= (self.last_row if what == "rows" else self.last_column))
            if inside:
                row, column = (inside[0], 0) if what == "rows" else (0, inside[0])
                facts = {"count": len(inside), what: inside[:SHOWN]}
                yield Finding(f"hidden_{what}_{done}", row, column, facts)
        yield from self.errors.finding("error_cells")
        yield from self.notes.finding("comments_ignored")
        yield from self.long_numbers.finding("digits_lost")


def is_long(text: str) -> bool:
    """Tell a number beyond the fifteen digits that spreadsheet programs keep."""
    try:
        return abs(float(text)) >= LONG
    except ValueError:
        return False
