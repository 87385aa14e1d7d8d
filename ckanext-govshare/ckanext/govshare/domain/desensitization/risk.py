"""Risk of being recognised (重识别风险): how many rows share what may point to a person, and whether that is enough.

k-anonymity and l-diversity over declared quasi-identifiers (准标识符); GB/T 42460-2023 annex D.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from ckanext.govshare.domain.decision import Reason

LEAST_K, MOST_K, USUAL_K = 2, 1000, 5
LEAST_L, MOST_L, USUAL_L = 1, 100, 1
RULE = "GB/T 42460-2023"


@dataclass(frozen=True)
class Thresholds:
    """At least ``k`` rows share every combination, and at least ``l`` different sensitive values stand in each."""

    k: int = USUAL_K
    l: int = USUAL_L  # noqa: E741 - the field's own letter

    @classmethod
    def read(cls, k: object, l: object) -> Thresholds:  # noqa: E741
        """Return what was asked for; what is no number counts as out of bounds, nothing as the usual."""
        return cls(_number(k, USUAL_K), _number(l, USUAL_L))

    def objections(self) -> Iterator[Reason]:
        """Yield what is out of bounds."""
        for name, value, least, most in (
            ("k", self.k, LEAST_K, MOST_K),
            ("l", self.l, LEAST_L, MOST_L),
        ):
            if not least <= value <= most:
                yield Reason(
                    "plan.bad_threshold", {"name": name, "least": least, "most": most}, f"plan.{name}"
                )


@dataclass(frozen=True)
class Risk:
    """What was measured: the smallest group's size ``k``, the fewest sensitive values in one ``l``, and the counts.

    ``k`` is None when no quasi-identifiers were declared, ``l`` when no sensitive columns were;
    ``small_rows`` are the rows in groups smaller than asked for, ``left_out`` those left out for that reason.
    """

    k: int | None = None
    l: int | None = None  # noqa: E741
    groups: int = 0
    small_groups: int = 0
    small_rows: int = 0
    left_out: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as plain data, for storage."""
        return asdict(self)

    def objections(self, asked: Thresholds) -> Iterator[Reason]:
        """Yield why these rows would let somebody be recognised."""
        if self.k is not None and self.k < asked.k:
            told = {"k": self.k, "asked": asked.k, "groups": self.small_groups, "rows": self.small_rows}
            yield Reason("risk.k_too_small", told, "risk", RULE)
        if self.l is not None and self.l < asked.l:
            yield Reason("risk.l_too_small", {"l": self.l, "asked": asked.l}, "risk", RULE)


def _number(given: object, usual: int) -> int:
    text = str(given if given is not None else "").strip()
    if not text:
        return usual
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(10**9)) else 0
