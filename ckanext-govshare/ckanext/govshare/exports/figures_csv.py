"""A table of figures as CSV: UTF-8 with byte order mark, as spreadsheet programs expect it; what is not known is empty."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from ckanext.govshare.domain.catalog_values import COMPUTED_STARTS

Cell = str | int | None


def written(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return the whole file; a text that a spreadsheet would compute gets an apostrophe in front."""
    sink = io.StringIO()
    writer = csv.writer(sink)
    for row in (header, *rows):
        writer.writerow(["" if cell is None else _harmless(cell) for cell in row])
    return sink.getvalue().encode("utf-8-sig")


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(COMPUTED_STARTS) else cell
