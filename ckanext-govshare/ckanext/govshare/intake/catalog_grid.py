"""The rows of a catalog file as they stand there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Grid:
    """All rows from the first of the sheet on; ``formulas``: row number from 1 → column places from 0."""

    rows: list[list[str]]
    formulas: Mapping[int, frozenset[int]] = field(default_factory=dict)
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    encoding: str = ""
