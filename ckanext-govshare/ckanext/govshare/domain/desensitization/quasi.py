"""Data that leads to a person together with other data (准标识符): birth dates and precise positions."""

from __future__ import annotations

import re

from ckanext.govshare.domain.desensitization.checksums import real_date
from ckanext.govshare.domain.desensitization.tally import Grade

BIRTH_DATE = re.compile(
    r"(?<![0-9])(?:(?:18|19|20)[0-9][0-9])(?:[-/.年] ?(?:1[0-2]|0?[1-9])(?:[-/.月] ?(?:3[01]|[12][0-9]|0?[1-9]))?[日月]?|[01][0-9][0-3][0-9])"
    r"(?:[ T]00?:00(?::00)?(?:\.0+)?)?(?![0-9])"
)
COORDINATES = re.compile(
    r"(?<![0-9.])[+-]?[0-9]{1,3}\.[0-9]{4,}(?:[,; ]{1,2}[+-]?[0-9]{1,3}\.[0-9]{4,})?(?![0-9.])"
    r"|[0-9]{1,3}°[0-9]{1,2}[′'分] ?[0-9]{1,2}(?:\.[0-9]+)?[″\"秒]?"
)

_DEGREE = re.compile(r"(?:7[3-9]|[89][0-9]|1[0-2][0-9]|13[0-5]|[3-9]|[1-4][0-9]|5[0-3])\.[0-9]{4,}")


def judge_birth_date(match: re.Match[str], _whole: bool) -> Grade | None:
    """Judge a date; that somebody was born on it, words or the column's name must say."""
    digits = re.sub(r"[^0-9]", "", match[0])
    if len(digits) == 8 and not real_date(digits):  # noqa: PLR2004
        return None
    return Grade.ALIKE


def certain_coordinate(cell: str) -> bool:
    """Tell whether a cell is a degree of longitude or latitude within the country, without looking around it."""
    return _DEGREE.fullmatch(cell) is not None


def judge_coordinates(match: re.Match[str], whole: bool) -> Grade | None:
    """Judge a position within the country's bounds; a pair of numbers is one, a single number may be anything."""
    if "°" in match[0]:
        return Grade.ALIKE
    numbers = [abs(float(part)) for part in re.findall(r"[0-9.]+", match[0])]
    inside = [73 <= number <= 136 or 3 <= number <= 54 for number in numbers]  # noqa: PLR2004
    if not whole or not all(inside):
        return None
    return Grade.HOLDS if len(numbers) == 2 else Grade.ALIKE  # noqa: PLR2004
