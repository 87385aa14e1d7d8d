"""Merged cells (合并单元格): only the first cell of an area holds the value that people see over all of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ckanext.govshare.intake.delimited import Row
from ckanext.govshare.intake.findings import Finding

Area = tuple[int, int, int, int]  # first row, first column, last row, last column; from 1


class Merged:
    """The merged areas of a sheet, in the columns that are read."""

    def __init__(self, areas: Sequence[Area] = (), columns: Sequence[int] = ()) -> None:
        place = {column: index for index, column in enumerate(columns)}
        self.areas = [
            (top, place[left], bottom, max(place.get(column, 0) for column in range(left, right + 1)))
            for top, left, bottom, right in areas
            if left in place
        ]
        self._filled: list[int] = []

    def across(self, row: int, index: int) -> int:
        """Return the last index (from 0) of the area that begins in this cell; the cell itself if none does."""
        return next((right for top, left, _bottom, right in self.areas if (top, left) == (row, index)), index)

    def fill_down(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Yield the rows with the value of an area that runs downwards in every row of it.

        Areas that only run to the right are captions; they stay as they are.
        """
        areas = sorted((area for area in self.areas if area[2] > area[0]), reverse=True)
        reached: list[tuple[Area, str]] = []
        for number, cells in rows:
            reached = [(area, text) for area, text in reached if area[2] >= number]
            for area, text in reached:
                if text and not cells[area[1]]:
                    cells[area[1]] = text
                    self._filled.append(number)
            while areas and areas[-1][0] <= number:
                area = areas.pop()
                reached.append((area, cells[area[1]]))
            yield number, cells

    def findings(self, below: int) -> list[Finding]:
        """Say how many cells below that row were filled; ask when all rows have been read."""
        filled = [row for row in self._filled if row > below]
        return [Finding("merged_filled", filled[0], 0, {"count": len(filled)})] if filled else []
