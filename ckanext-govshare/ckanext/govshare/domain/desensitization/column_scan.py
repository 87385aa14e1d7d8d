"""One column under all detectors: a window of cells becomes one text, and what a detector claims no later one sees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ckanext.govshare.domain.desensitization import header
from ckanext.govshare.domain.desensitization.detectors import Detector
from ckanext.govshare.domain.desensitization.finding import Finding
from ckanext.govshare.domain.desensitization.plain_text import joined
from ckanext.govshare.domain.desensitization.search import Met, search
from ckanext.govshare.domain.desensitization.tally import Grade, Tally
from ckanext.govshare.domain.desensitization.verdict import finding

_TRIAL, _OFTEN = 512, 1.5  # of so many cells, values repeat if they come so often on average
_REMEMBERED = 5_000

Cells = Sequence[str | None]


class ColumnScan:
    """What is known of one column so far."""

    def __init__(self, name: str, detectors: Sequence[Detector]) -> None:
        self._name = name
        self._detectors = detectors
        self._said = frozenset(
            detector.row.code
            for detector in detectors
            if header.evidence(name, detector.row) == header.SAYS_SO
        )
        self._tallies = {detector.row.code: Tally(detector.shown) for detector in detectors}
        self._cells = 0
        self._known: dict[str, list[tuple[str, Grade, str]]] = {}

    def feed(self, cells: Cells, before: int) -> None:
        """Take the column's cells of one window; ``before`` rows came earlier."""
        self._cells += len(cells) - cells.count(None) - cells.count("")
        trial = cells[:_TRIAL]
        if len(set(trial)) * _OFTEN < len(trial):
            self._feed_values(cells, before)
            return
        rows: Sequence[int] = range(before + 1, before + 1 + len(cells))
        home = self._home(before)
        if home is not None:
            cells, rows = self._without_certain(home, cells, rows)
        for code, cell, grade, value in self._meet(cells):
            self._tallies[code].take(grade, value, (rows[cell],))

    def _feed_values(self, cells: Cells, before: int) -> None:
        """Look at each value once, and remember what it held."""
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        rows = _rows_of_each_value(cells, before)
        new = [value for value in rows if value not in self._known]
        self._known.update((value, []) for value in new)
        for code, cell, grade, found in self._meet(new):
            self._known[new[cell]].append((code, grade, found))
        for value, places in rows.items():
            for code, grade, found in self._known[value]:
                self._tallies[code].take(grade, found, places, len(places))

    def _home(self, before: int) -> Detector | None:
        """Return the detector whose cells the column mostly holds, once its first rows are known."""
        for detector in self._detectors:
            if detector.certain is not None:
                tally = self._tallies[detector.row.code]
                if 2 * tally.cells(Grade.ALIKE) > self._cells and not tally.wanted(detector.grade, before):
                    return detector
        return None

    def _without_certain(
        self, home: Detector, cells: Cells, rows: Sequence[int]
    ) -> tuple[Cells, Sequence[int]]:
        """Count the cells that certainly hold one plain value, and return the others."""
        certain = home.certain
        assert certain is not None  # noqa: S101  (chosen for it)
        others = [place for place, cell in enumerate(cells) if not cell or not certain(cell)]
        self._tallies[home.row.code].counts[home.grade].cells += len(cells) - len(others)
        return [cells[place] for place in others], [rows[place] for place in others]

    def _meet(self, cells: Cells) -> Iterator[Met]:
        return search(self._detectors, self._said, joined(cells)) if any(cells) else iter(())

    def findings(self) -> Iterator[Finding]:
        """Yield the column's findings in order of priority."""
        for detector in self._detectors:
            found = finding(detector.row, self._name, self._tallies[detector.row.code], self._cells)
            if found:
                yield found


def _rows_of_each_value(cells: Cells, before: int) -> dict[str, list[int]]:
    """Return by value the rows that hold it, in order; empty cells are no values."""
    rows: dict[str, list[int]] = {}
    for row, cell in enumerate(cells, before + 1):
        if cell:
            rows.setdefault(cell, []).append(row)
    return rows
