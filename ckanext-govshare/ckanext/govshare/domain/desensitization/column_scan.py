"""One column under all detectors: a window of cells becomes one text, and what a detector claims no later one sees."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ckanext.govshare.domain.desensitization import header
from ckanext.govshare.domain.desensitization.detectors import Detector
from ckanext.govshare.domain.desensitization.finding import Finding
from ckanext.govshare.domain.desensitization.plain_text import END, joined
from ckanext.govshare.domain.desensitization.search import Met, search
from ckanext.govshare.domain.desensitization.tally import Grade, Tally
from ckanext.govshare.domain.desensitization.verdict import finding

_TRIAL, _OFTEN = 512, 1.5  # of so many cells, values repeat if they come so often on average
_REMEMBERED = 5_000
# So few digits, or so many in one run, are no number of a person, whichever they are: 3单元, 第10002号.
_FEW, _SHORT = 4, "00000"
_LIKE_DIGITS = re.compile(  # what NFKC makes a digit of
    "[\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u2089\u2150-\u2189\u2460-\u24ff\u3250-\u33ff\uff10-\uff19"
    "\U0001d7ce-\U0001d7ff\U0001f100-\U0001f10a\U0001fbf0-\U0001fbf9]"
)

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
        for alike in (_themselves, but_for_few_digits):
            trial = alike(cells[:_TRIAL])
            if len(set(trial)) * _OFTEN < len(trial):
                self._feed_values(cells, alike(cells), before)
                return
        rows: Sequence[int] = range(before + 1, before + 1 + len(cells))
        home = self._home(before)
        if home is not None:
            cells, rows = self._without_certain(home, cells, rows)
        for code, cell, grade, value in self._meet(cells):
            self._tallies[code].take(grade, value, (rows[cell],))

    def _feed_values(self, cells: Cells, alike: Cells, before: int) -> None:
        """Look at one cell of those that are ``alike``, and remember what it held."""
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        places = _places_of_each(alike)
        new = [kind for kind in places if kind not in self._known]
        self._known.update((kind, []) for kind in new)
        for code, cell, grade, found in self._meet([cells[places[kind][0]] for kind in new]):
            self._known[new[cell]].append((code, grade, found))
        for kind, where in places.items():
            for code, grade, found in self._known[kind]:
                self._tallies[code].take(grade, found, [before + 1 + place for place in where], len(where))

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


def _themselves(cells: Cells) -> Cells:
    return cells


def but_for_few_digits(cells: Cells) -> Cells:
    """Return the cells with 0 for each digit, where these are so few that it does not matter which they are."""
    text = END.join([cell or "" for cell in cells])
    if _LIKE_DIGITS.search(text):
        return cells
    for digit in "123456789":
        text = text.replace(digit, "0")
    forms = text.split(END)
    if len(forms) != len(cells):
        return cells
    return [form if _says_nothing(form) else cell for form, cell in zip(forms, cells, strict=True)]


def _says_nothing(form: str) -> bool:
    digits = form.count("0")
    return digits <= _FEW or (digits == len(_SHORT) and _SHORT in form)


def _places_of_each(cells: Cells) -> dict[str, list[int]]:
    """Return by value where it stands, in order; empty cells are no values."""
    places: dict[str, list[int]] = {}
    for place, cell in enumerate(cells):
        if cell:
            places.setdefault(cell, []).append(place)
    return places
