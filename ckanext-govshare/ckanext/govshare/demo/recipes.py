"""Column recipes: each makes, for one column, a function from a row to the row's value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import cos, gcd, pi, prod
from random import Random
from typing import Any, Protocol

from ckanext.govshare.domain.desensitization.checksums import id_check

Value = str | int | float
Maker = Callable[["Row"], Value]
Lists = Mapping[str, Sequence[str]]

STRAY, STEADY_STRAY = 0.15, 0.02
SATURDAY = 5
DAYS_A_YEAR = 365.25


@dataclass
class Row:
    """What a recipe sees: the row's number, the values to its left, and the day it is about."""

    number: int
    values: dict[str, Value]
    moment: date | None


class Column(Protocol):
    """The part of a column that recipes read."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def recipe(self) -> str: ...  # noqa: D102
    @property
    def options(self) -> Mapping[str, Any]: ...  # noqa: D102


def shown(value: Value, digits: int | None = None) -> str:
    """Write a value as it stands in the file; ``digits`` fixes the decimals."""
    return f"{value:.{digits}f}" if digits is not None and not isinstance(value, str) else str(value)


def _stream(table: str, column: Column, key: object = "") -> Random:
    return Random(f"{table}/{column.name}/{key}")  # noqa: S311


def _serial(_table: str, column: Column, _lists: Lists) -> Maker:
    return lambda row: column.options["serial"].format(row.number + 1)


def _of(table: str, column: Column, lists: Lists) -> Maker:
    words = _words(column.options["of"], lists)
    key = column.options.get("per")
    chance = _stream(table, column)
    if key:
        return lambda row: words[int(_stream(table, column, row.values[key]).random() * len(words))]
    return lambda _row: words[int(chance.random() * len(words))]


def _join(table: str, column: Column, lists: Lists) -> Maker:
    parts = [_words(part, lists) for part in column.options["join"]]
    return _combined(_stream(table, column), parts)


def _firm(table: str, column: Column, lists: Lists) -> Maker:
    kinds = column.options["firm"] if isinstance(column.options["firm"], list) else lists["firm_kinds"]
    parts = [lists["city_word"], lists["firm_words"], kinds, ["有限公司", "股份有限公司", "有限责任公司"]]
    return _combined(_stream(table, column), parts)


def _combined(chance: Random, parts: Sequence[Sequence[str]]) -> Maker:
    """Walk through all combinations in a scattered order: none repeats before all have come."""
    count = prod(len(part) for part in parts)
    stride = next(step for step in range(int(count * (0.3 + 0.4 * chance.random())) + 1, 2 * count + 2)
                  if gcd(step, count) == 1)  # fmt: skip
    start = int(chance.random() * count)

    def make(row: Row) -> str:
        rest, words = (start + row.number * stride) % count, []
        for part in reversed(parts):
            rest, place = divmod(rest, len(part))
            words.append(part[place])
        return "".join(reversed(words))

    return make


def _date(table: str, column: Column, _lists: Lists) -> Maker:
    first, last = column.options["date"]
    chance = _stream(table, column)
    span = (last - first).days + 1
    return lambda _row: (first + timedelta(days=int(chance.random() * span))).isoformat()


def _after(_table: str, column: Column, _lists: Lists) -> Maker:
    name, years = column.options["after"]

    def make(row: Row) -> str:
        first = date.fromisoformat(str(row.values[name]))
        return (first.replace(day=min(first.day, 28), year=first.year + years)).isoformat()

    return make


def _number(table: str, column: Column, _lists: Lists) -> Maker:
    options = column.options
    low, high, *decimals = options[column.recipe]
    key, skew = options.get("per"), options.get("skew", 1)
    stray = 0.0 if options.get("exact") else STEADY_STRAY if options.get("steady") else STRAY
    chance = _stream(table, column)
    levels: dict[Value, float] = dict(options.get("levels", {}))

    def level(row: Row) -> float:
        if not key:
            return float(low + (high - low) * chance.random() ** skew)
        name = row.values[key]
        if name not in levels:
            levels[name] = low + (high - low) * _stream(table, column, name).random()
        return levels[name] * (1 + stray * (2 * chance.random() - 1))

    return lambda row: _rounded(level(row) * _swing(row.moment, options), options, *decimals)


def _wave(table: str, column: Column, _lists: Lists) -> Maker:
    mean, swing, noise, digits = column.options["wave"]
    chance = _stream(table, column)

    def make(row: Row) -> Value:
        height = mean - swing * _winter(row.moment) + noise * (chance.random() + chance.random() - 1)
        return _rounded(height, column.options, digits)

    return make


def _place(table: str, column: Column, lists: Lists) -> Maker:
    centre = float(lists["centre"][0 if column.recipe == "longitude" else 1])
    spread = column.options[column.recipe]
    chance = _stream(table, column)
    return lambda _row: round(centre + spread * (chance.random() + chance.random() - 1), 6)


def _phone(table: str, column: Column, lists: Lists) -> Maker:
    start = int(_stream(table, column).random() * 5000)
    return lambda row: f"{lists['area_code'][0]}-555{(start + row.number) % 5000:04d}"


def _mobile(table: str, column: Column, _lists: Lists) -> Maker:
    """Make mobile numbers of a segment that no operator has been allotted."""
    chance = _stream(table, column)
    return lambda _row: f"154{int(chance.random() * 10**8):08d}"


def _id_number(table: str, column: Column, lists: Lists) -> Maker:
    """Make ID numbers with their check sign, of birthday and sex, in a division that does not exist."""
    born, sex = column.options["id_number"]
    chance = _stream(table, column)

    def make(row: Row) -> str:
        order = 2 * int(chance.random() * 500) + (row.values[sex] == "男")
        number = f"{lists['division'][0]}{str(row.values[born]).replace('-', '')}{order:03d}"
        return number + id_check(number)

    return make


def _sum(table: str, column: Column, _lists: Lists) -> Maker:
    chance, noise = _stream(table, column), column.options.get("noise", 0)

    def make(row: Row) -> Value:
        parts = [_value(row, part) for part in column.options["sum"]]
        total = sum(parts) + noise * (2 * chance.random() - 1)
        return _rounded(total * column.options.get("scale", 1), column.options, _decimals(parts))

    return make


def _times(table: str, column: Column, _lists: Lists) -> Maker:
    chance, noise = _stream(table, column), column.options.get("noise", 0)
    name, factor = column.options["times"]

    def make(row: Row) -> Value:
        value = _value(row, name)
        return _rounded(value * factor * (1 + noise * (2 * chance.random() - 1)), column.options,
                        _decimals([value]))  # fmt: skip

    return make


def _percent(_table: str, column: Column, _lists: Lists) -> Maker:
    part, whole = column.options["percent"]
    return lambda row: round(100 * _value(row, part) / (_value(row, whole) or 1), 1)


def _grade(_table: str, column: Column, _lists: Lists) -> Maker:
    name, steps, last = column.options["grade"], column.options["steps"], column.options["last"]
    return lambda row: next((word for limit, word in steps.items() if _value(row, name) <= limit), last)


def _match(_table: str, column: Column, _lists: Lists) -> Maker:
    name, cases, last = column.options["match"], column.options["cases"], column.options["last"]
    return lambda row: next((word for part, word in cases.items() if part in str(row.values[name])), last)


def _words(source: str | Sequence[str], lists: Lists) -> Sequence[str]:
    return lists[source] if isinstance(source, str) else [str(word) for word in source]


def _value(row: Row, part: str | float) -> float:
    return float(row.values[part]) if isinstance(part, str) else part


def _decimals(parts: Sequence[float]) -> int:
    """As many decimals as the most exact of the parts, at most four."""
    return max((len(f"{part:.4f}".rstrip("0").split(".")[1]) for part in parts), default=0)


def _rounded(value: float, options: Mapping[str, Any], digits: int = 0) -> Value:
    digits = options.get("digits", digits)
    value = min(value, options["max"]) if "max" in options else value
    if "round" in options:
        return int(value / options["round"]) * int(options["round"])
    return round(value, digits) if digits else round(value)


def _swing(moment: date | None, options: Mapping[str, Any]) -> float:
    """Season, growth and weekend of ``moment`` as one factor."""
    if moment is None:
        return 1.0
    years = (moment - date(2024, 1, 1)).days / DAYS_A_YEAR
    factor = 1 + options.get("season", 0) * _winter(moment)
    factor *= (1 + options.get("trend", 0)) ** years
    return float(factor * (1 - options.get("weekday", 0) * (moment.weekday() >= SATURDAY)))


def _winter(moment: date | None) -> float:
    """1 in mid-January, -1 in mid-July."""
    return cos(2 * pi * (moment.timetuple().tm_yday - 15) / DAYS_A_YEAR) if moment else 0.0


RECIPES: Mapping[str, Callable[[str, Any, Lists], Maker]] = {
    "serial": _serial,
    "of": _of,
    "join": _join,
    "firm": _firm,
    "match": _match,
    "date": _date,
    "after": _after,
    "integer": _number,
    "number": _number,
    "wave": _wave,
    "longitude": _place,
    "latitude": _place,
    "phone": _phone,
    "mobile": _mobile,
    "id_number": _id_number,
    "sum": _sum,
    "times": _times,
    "percent": _percent,
    "grade": _grade,
}
