"""How well the scan does on cells whose labels are known: recall and precision of each detector, cell by cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ckanext.govshare import rulebook
from ckanext.govshare.domain.desensitization.finding import POSITIONS
from ckanext.govshare.domain.desensitization.scan import Scanner
from ckanext.govshare.domain.table import Column

Cell = tuple[str, frozenset[str]]

# What issue and security.md promise: recall, precision.
PROMISED = {
    "id_number": (0.99, 0.97),
    "mobile_phone": (0.99, 0.97),
    "bank_card": (0.95, 0.85),
    "license_plate": (0.95, 0.85),
    "travel_document": (0.95, 0.85),
    "email": (0.95, 0.85),
    "person_name": (0.90, 0.85),
    "residence_address": (0.90, 0.85),
}


@dataclass
class Score:
    """Cells found, found wrongly, and missed, by detector; with the cells themselves for whoever mends it."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[str, str, str, str]] = field(default_factory=list)

    def recall(self, code: str) -> float:
        """Return the share of the labelled cells that were found."""
        return self.right[code] / max(self.right[code] + self.missed[code], 1)

    def precision(self, code: str) -> float:
        """Return the share of the found cells that are labelled."""
        return self.right[code] / max(self.right[code] + self.wrong[code], 1)

    def table(self) -> str:
        """Return one line a detector."""
        codes = sorted({*self.right, *self.wrong, *self.missed})
        lines = [f"{'detector':20}{'cells':>7}{'recall':>9}{'precision':>11}"]
        lines += [
            f"{code:20}{self.right[code] + self.missed[code]:7}{self.recall(code):9.4f}{self.precision(code):11.4f}"
            for code in codes
        ]
        return "\n".join(lines)


def measure(columns: Iterable[tuple[str, Sequence[Cell]]]) -> Score:
    """Scan each column as a table of its own, in pieces as long as a finding tells positions."""
    score = Score()
    for name, cells in columns:
        for first in range(0, len(cells), POSITIONS):
            _judge(score, name, cells[first : first + POSITIONS])
    return score


def _judge(score: Score, name: str, cells: Sequence[Cell]) -> None:
    scanner = Scanner([Column(name, "text")], rulebook.desensitization())
    scanner.feed([(text,) for text, _labels in cells])
    found = {(finding.code, row) for finding in scanner.findings() for row in finding.positions}
    labelled = {(label, row) for row, (_text, labels) in enumerate(cells, start=1) for label in labels}
    for kind, pairs in (
        ("right", found & labelled),
        ("wrong", found - labelled),
        ("missed", labelled - found),
    ):
        counter = getattr(score, kind)
        for code, row in sorted(pairs):
            counter[code] += 1
            if kind != "right":
                score.faults.append((kind, code, name, cells[row - 1][0]))
