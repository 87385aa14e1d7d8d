"""What the detectors know: rows of the detector table and lists of words, as the rulebook hands them in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """One row of the detector table ``config/statutes/desensitization/detectors.yaml``, where it is explained."""

    code: str
    label: Mapping[str, str]
    version: str
    headers: tuple[str, ...]
    not_headers: tuple[str, ...]
    words: tuple[str, ...]
    not_words: tuple[str, ...]
    share: float
    chance: float
    alone: bool
    by_header: str
    among: str
    blocking: bool
    suggestion: str
    rule: str
    blocking_headers: tuple[str, ...] = ()  # block although the row does not
    despite_header: float = (
        0.0  # so many must hold where the column's name says it is something else; 0: never
    )
    open_headers: tuple[str, ...] = ()  # do not block although the row does


@dataclass(frozen=True)
class NameWords:
    """Characters of persons' names with their weights: how much more often they stand in names than elsewhere."""

    surnames: Mapping[str, int]
    compound_surnames: frozenset[str]
    given: Mapping[str, int]
    endings: frozenset[str]
    ordinary_words: frozenset[str]


@dataclass(frozen=True, eq=False)
class Knowledge:
    """Everything a scan needs to know, read once; ``version`` changes whenever any of it does."""

    version: str
    rows: tuple[Row, ...]
    names: NameWords
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def row(self, code: str) -> Row:
        """Return the row of one detector."""
        return next(row for row in self.rows if row.code == code)
