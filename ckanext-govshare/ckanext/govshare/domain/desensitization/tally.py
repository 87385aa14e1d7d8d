"""Counting what one detector met in one column; a tally does not know where windows begin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from ckanext.govshare.domain.desensitization.finding import POSITIONS, SAMPLES
from ckanext.govshare.domain.desensitization.sample import masked


class Grade(IntEnum):
    """How sure a value is, from its rough shape to words beside it that say what it is."""

    OTHER = -1  # certainly something else: claimed, never counted
    SHAPE = 0  # counts only in a column whose name says so
    ALIKE = 1  # looks like one, fails a check
    HOLDS = 2  # passes every check
    NAMED = 3  # and words beside it say so


COUNTED = (Grade.SHAPE, Grade.ALIKE, Grade.HOLDS, Grade.NAMED)


@dataclass
class Count:
    """Cells whose surest value is of one grade; the first rows and a few masked samples."""

    cells: int = 0
    positions: list[int] = field(default_factory=list)
    samples: list[str] = field(default_factory=list)


@dataclass
class Tally:
    """What one detector met in one column; ``shown`` signs of a value may stand in a sample."""

    shown: int
    counts: tuple[Count, ...] = field(default_factory=lambda: tuple(Count() for _ in COUNTED))
    measured: int = 0
    lowest: int | None = None
    highest: int | None = None

    def wanted(self, grade: Grade, before: int) -> bool:
        """Tell whether rows of this grade after the first ``before`` may still be among the first."""
        positions = self.counts[grade].positions
        return len(positions) < POSITIONS or positions[-1] > before

    def take(self, grade: Grade, value: str, rows: Sequence[int], cells: int = 1) -> None:
        """Count cells by their surest value."""
        count = self.counts[grade]
        count.cells += cells
        if len(count.positions) < POSITIONS or (rows and rows[0] < count.positions[-1]):
            count.positions = sorted([*count.positions, *rows])[:POSITIONS]
        if len(count.samples) < SAMPLES and (sample := masked(value, self.shown)) not in count.samples:
            count.samples.append(sample)
        if grade >= Grade.HOLDS:
            self._measure(value, cells)

    def _measure(self, value: str, cells: int) -> None:
        """Remember between which numbers the values lie."""
        if value.isdigit():
            self.measured += cells
            number = int(value)
            self.lowest = number if self.lowest is None else min(self.lowest, number)
            self.highest = number if self.highest is None else max(self.highest, number)

    def cells(self, least: Grade) -> int:
        """Return how many cells hold a value of at least this grade."""
        return sum(self.counts[grade].cells for grade in COUNTED if grade >= least)

    def positions(self, least: Grade) -> tuple[int, ...]:
        """Return the first rows with a value of at least this grade."""
        rows = [row for grade in COUNTED if grade >= least for row in self.counts[grade].positions]
        return tuple(sorted(rows)[:POSITIONS])

    def samples(self, least: Grade) -> tuple[str, ...]:
        """Return masked samples, the surest first."""
        found = [text for grade in reversed(COUNTED) if grade >= least for text in self.counts[grade].samples]
        return tuple(dict.fromkeys(found))[:SAMPLES]
