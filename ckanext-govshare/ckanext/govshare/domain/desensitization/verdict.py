"""From what was counted in a column to a finding, or none: name, values and share of hits, never one alone."""

from __future__ import annotations

from ckanext.govshare.domain.desensitization import header
from ckanext.govshare.domain.desensitization.finding import Finding
from ckanext.govshare.domain.desensitization.knowledge import Row
from ckanext.govshare.domain.desensitization.tally import Grade, Tally

_DENSE = 20  # numbers that lie closer together than this were counted up, not issued
_FEW = 5


def finding(row: Row, column: str, tally: Tally, cells: int) -> Finding | None:
    """Decide whether a detector found something in a column."""
    said = header.evidence(column, row)
    least = _least(row, tally, said)
    if least is None or not (count := tally.cells(least)):
        return None
    return Finding(
        code=row.code,
        column=column,
        count=count,
        share=round(count / cells, 4),
        positions=tally.positions(least),
        samples=tally.samples(least),
        blocking=_blocking(row, column),
        evidence=_evidence(tally, said),
        suggestion=row.suggestion,
    )


def _least(row: Row, tally: Tally, said: int) -> Grade | None:
    """Return the lowest grade that counts; None when nothing does."""
    if said == header.SAYS_SO:
        return Grade[row.by_header.upper()]
    holds, alike = tally.cells(Grade.HOLDS), tally.cells(Grade[row.among.upper()])
    if said == header.SAYS_NOTHING and row.alone and holds and not _running(tally):
        if holds >= row.share * alike:
            return Grade.ALIKE if row.share else Grade.HOLDS
        if _beyond_chance(holds, alike, row.chance):
            return Grade.HOLDS
    if (
        said == header.SAYS_OTHERWISE
        and row.despite_header
        and holds >= max(row.despite_header * alike, _FEW)
    ):
        return Grade.ALIKE
    return Grade.NAMED if tally.cells(Grade.NAMED) else None


def _beyond_chance(holds: int, alike: int, chance: float) -> bool:
    """Tell whether more hold than random look-alikes would: more than three deviations above the mean."""
    by_chance = (alike - holds) * chance / (1 - chance)
    return bool(holds > by_chance + 3 * by_chance**0.5)


def _running(tally: Tally) -> bool:
    """Tell whether the values are running numbers: many, and close together."""
    if tally.lowest is None or tally.highest is None or tally.measured < _FEW:
        return False
    return tally.lowest < tally.highest < tally.lowest + _DENSE * tally.measured


def _blocking(row: Row, column: str) -> bool:
    if row.blocking:
        return not header.mentions(column, row.open_headers)
    return header.mentions(column, row.blocking_headers)


def _evidence(tally: Tally, said: int) -> tuple[str, ...]:
    found = {
        "header": said == header.SAYS_SO,
        "values": tally.cells(Grade.HOLDS) > 0,
        "words": tally.cells(Grade.NAMED) > 0,
    }
    return tuple(code for code, true in found.items() if true)
