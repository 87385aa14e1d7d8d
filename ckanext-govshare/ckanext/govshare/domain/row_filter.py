"""What a person types above a column, as a condition on its values; each type understands its own notation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ckanext.govshare.domain.table import BOOLEAN, DATE, DATETIME, INTEGER, NUMBER, Column

CONTAINS, BETWEEN, BEFORE, IS, ABOVE, BELOW = "contains", "between", "before", "is", "above", "below"
MOST = 100  # characters of one condition
_RANGE = re.compile(r"\s*(?:~|～|至|到|\.\.)\s*")
_NUMBER = re.compile(r"[-+]?\d{1,18}(?:\.\d{1,18})?")
_COMPARED = re.compile(r"(>=|<=|≥|≤|>|<)\s*(.+)")
_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?月?)?年?")
_TRUE, _FALSE = ("是", "true", "1", "yes"), ("否", "false", "0", "no")
_LEAST, _MOST_OF_ALL = Decimal("-1e18"), Decimal("1e18")


@dataclass(frozen=True)
class Condition:
    """A condition on one column.

    ``contains``: the text stands in it; ``between``: from the first value to the second, both included;
    ``before``: from the first value until before the second; ``is``: equal; ``above``, ``below``: not equal.
    """

    column: str
    kind: str
    values: tuple[str | Decimal | date | bool, ...]


def condition(column: Column, text: str) -> Condition | None:
    """Return the condition that ``text`` means for the column; None if it means none.

    Text: ``路`` (contains). Numbers: ``5``, ``1~5``, ``>=5``. Dates: ``2024``, ``2024-05``, ``2024-01-01~2024-03-31``.
    """
    text = text.strip()[:MOST]
    if column.type in (INTEGER, NUMBER):
        return _of_numbers(column.name, text)
    if column.type in (DATE, DATETIME):
        return _of_dates(column.name, text)
    if column.type == BOOLEAN:
        low = text.casefold()
        return Condition(column.name, IS, (low in _TRUE,)) if low in (*_TRUE, *_FALSE) else None
    return Condition(column.name, CONTAINS, (text,))


def _of_numbers(name: str, text: str) -> Condition | None:
    compared = _COMPARED.fullmatch(text)
    if compared and _NUMBER.fullmatch(compared[2]):
        value = Decimal(compared[2])
        if compared[1] in (">=", "≥"):
            return Condition(name, BETWEEN, (value, _MOST_OF_ALL))
        if compared[1] in ("<=", "≤"):
            return Condition(name, BETWEEN, (_LEAST, value))
        return Condition(name, ABOVE if compared[1] == ">" else BELOW, (value,))
    parts = _RANGE.split(text)
    if not all(_NUMBER.fullmatch(part) for part in parts) or len(parts) > 2:  # noqa: PLR2004 - from, to
        return None
    return Condition(name, BETWEEN, (Decimal(parts[0]), Decimal(parts[-1])))


def _of_dates(name: str, text: str) -> Condition | None:
    spans = [_span(part) for part in _RANGE.split(text)]
    if None in spans or len(spans) > 2:  # noqa: PLR2004 - from, to
        return None
    first, last = spans[0], spans[-1]
    return Condition(name, BEFORE, (first[0], last[1])) if first and last else None


def _span(text: str) -> tuple[date, date] | None:
    """Return the first day that the text names and the first day after it: of a year, a month or a day."""
    match = _DATE.fullmatch(text)
    if not match:
        return None
    year, month, day = (int(part) if part else 0 for part in match.groups())
    try:
        first = date(year, month or 1, day or 1)
        if day:
            return first, first + timedelta(days=1)
        after = first.replace(day=28) + timedelta(days=4) if month else date(year, 12, 31) + timedelta(days=1)
        return first, after.replace(day=1)
    except (ValueError, OverflowError):
        return None
