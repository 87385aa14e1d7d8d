"""Counting what one detector met in one column; a tally does not know where batches begin."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from ckanext.govshare.domain.desensitization.finding import POSITIONS, SAMPLES


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
    """Cells whose best value is of one grade."""

    cells: int = 0
    positions: list[int] = field(default_factory=list)
    samples: list[str] = field(default_factory=list)

    def add(self, position: int, sample: str, cells: int = 1) -> None:
        """Count a cell; the first positions and samples are kept."""
        self.cells += cells
        if len(self.positions) < POSITIONS:
            self.positions.append(position)
        if len(self.samples) < SAMPLES and sample not in self.samples:
            self.samples.append(sample)


@dataclass
class Tally:
    """What one detector met in one column."""

    counts: tuple[Count, ...] = field(default_factory=lambda: tuple(Count() for _ in COUNTED))
    lowest: int | None = None
    highest: int | None = None
    lost: int = 0
    suspected: bool = False

    def take(self, grade: Grade, position: int, value: str, sample: str) -> None:
        """Count a cell by its surest value."""
        self.counts[grade].add(position, sample)
        if grade >= Grade.HOLDS and value.isdigit():
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
