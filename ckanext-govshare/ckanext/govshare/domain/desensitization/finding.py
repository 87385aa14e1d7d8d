"""What a scan reports: which kind of personal data, in which column, how much of it, and on what evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

POSITIONS = 20
SAMPLES = 3


@dataclass(frozen=True)
class Finding:
    """Personal data of one kind in one column (信息项).

    ``count`` cells of the column hold it, ``share`` of those that are not empty; ``positions`` are the first
    data rows, counted from 1; ``samples`` are masked and never enough to restore a value; ``evidence`` says
    what spoke for it: header (the column's name), values, words (beside a value); ``suggestion`` is a method of the plan.
    """

    code: str
    column: str
    count: int
    share: float
    positions: tuple[int, ...]
    samples: tuple[str, ...]
    blocking: bool
    evidence: tuple[str, ...]
    suggestion: str

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as plain data, for storage."""
        data = asdict(self)
        return data | {key: list(data[key]) for key in ("positions", "samples", "evidence")}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Finding:
        """Return the finding that :meth:`as_dict` described."""
        return cls(**{**data, **{key: tuple(data[key]) for key in ("positions", "samples", "evidence")}})
