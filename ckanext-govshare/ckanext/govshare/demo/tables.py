"""Generated tables: a recipe per column gives believable rows, the same bytes for ever, and no real person.

The recipes are ``config/demo/tables.yaml``. Only :meth:`random.Random.random` is used: its sequence is the
one that Python promises to keep.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from math import prod
from typing import Any

from ckanext.govshare.demo.recipes import RECIPES, Row, shown

TEXT_LENGTH = 20
TYPES = {
    **dict.fromkeys(("number", "wave", "sum", "times", "percent"), "N"),
    **dict.fromkeys(("longitude", "latitude"), "B"),
    **dict.fromkeys(("date", "after"), "D"),
    "integer": "I",
}


@dataclass(frozen=True)
class Column:
    """One column of a table, as the entry's data items name it (type letters of the catalog guide)."""

    name: str
    type: str
    length: str
    meaning: str
    recipe: str
    options: Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """A recipe made ready: its columns in order, rows on demand, and how its persons are masked (nothing: there are none)."""

    name: str
    columns: tuple[Column, ...]
    size: int
    axes: Mapping[str, Sequence[tuple[str, date | None]]]
    lists: Mapping[str, Sequence[str]]
    plan: Mapping[str, Any]

    @property
    def opened(self) -> tuple[str, ...]:
        """Names of the columns that become public: all but those that the plan leaves out."""
        steps = self.plan.get("columns", {})
        return tuple(c.name for c in self.columns if steps.get(c.name, {}).get("method") != "drop")

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Yield every row as text, in the order of the columns."""
        makers = [(column, RECIPES[column.recipe](self.name, column, self.lists))
                  for column in self.columns if column.recipe != "axis"]  # fmt: skip
        digits = {column.name: _digits(column) for column in self.columns}
        for number, point in enumerate(self._points()):
            row = Row(number, {name: value for name, (value, _) in point.items()}, _moment(point))
            for column, make in makers:
                row.values[column.name] = make(row)
            yield tuple(shown(row.values[column.name], digits[column.name]) for column in self.columns)

    def csv(self, encoding: str = "utf-8") -> bytes:
        """Return the table as a CSV file with a header line."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([column.name for column in self.columns])
        writer.writerows(self.rows())
        return out.getvalue().encode(encoding)

    def _points(self) -> Iterable[Mapping[str, tuple[str, date | None]]]:
        if not self.axes:
            return ({} for _ in range(self.size))
        return (dict(zip(self.axes, values, strict=True)) for values in product(*self.axes.values()))


def read_table(name: str, spec: Mapping[str, Any], lists: Mapping[str, Sequence[str]]) -> Table:
    """Make the recipe ``spec`` ready; ``lists`` are the city's named lists."""
    axes = {column: tuple(_axis(axis, lists)) for column, axis in spec.get("over", {}).items()}
    columns = [_axis_column(column, axis) for column, axis in spec.get("over", {}).items()]
    for column, options in spec["columns"].items():
        columns.append(_column(column, options, {known.name: known.type for known in columns}))
    size = prod(len(values) for values in axes.values()) if axes else int(spec["rows"])
    return Table(name, tuple(columns), size, axes, lists, spec.get("plan", {}))


def _column(name: str, options: Mapping[str, Any], known: Mapping[str, str]) -> Column:
    recipe = next(key for key in options if key in RECIPES)
    letter = str(options.get("type") or TYPES.get(recipe, "C"))
    if recipe in ("sum", "times") and "digits" not in options and _whole(options[recipe], known):
        letter = "I"
    length = str(options.get("length", TEXT_LENGTH)) if letter == "C" else ""
    unit = f"计量单位：{options['unit']}" if "unit" in options else ""
    return Column(name, letter, length, str(options.get("means", unit)), recipe, options)


def _whole(parts: Sequence[Any], known: Mapping[str, str]) -> bool:
    """Tell whether a value made of these columns is rounded to a whole number."""
    return all(known[part] == "I" for part in parts if isinstance(part, str))


def _digits(column: Column) -> int | None:
    """Return the decimals that the column is written with; none when its values are written as they are."""
    given = column.options.get("digits")
    if given is None and column.recipe in ("number", "wave"):
        given = column.options[column.recipe][-1]
    return given or None


def _axis_column(name: str, axis: Mapping[str, Any]) -> Column:
    dated = "days" in axis or "weeks" in axis
    return Column(name, "D" if dated else "C", "" if dated else str(TEXT_LENGTH), "", "axis", {})


def _axis(axis: Mapping[str, Any], lists: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, date | None]]:
    kind, value = next(iter(axis.items()))
    if kind == "list":
        yield from ((str(item), None) for item in (lists[value] if isinstance(value, str) else value))
        return
    day, last = value
    while day <= last:
        yield _AXIS_LABELS[kind](day), day
        day = _after(day, kind)


def _after(day: date, kind: str) -> date:
    if kind in _DAYS:
        return day + timedelta(days=_DAYS[kind])
    months = day.year * 12 + day.month - 1 + _MONTHS[kind]
    return date(months // 12, months % 12 + 1, 1)


_DAYS = {"days": 1, "weeks": 7}
_MONTHS = {"months": 1, "quarters": 3, "years": 12}
_AXIS_LABELS = {
    "days": date.isoformat,
    "weeks": date.isoformat,
    "months": lambda day: f"{day:%Y-%m}",
    "quarters": lambda day: f"{day.year}年{day.month // 3 + 1}季度",
    "years": lambda day: str(day.year),
}


def _moment(point: Mapping[str, tuple[str, date | None]]) -> date | None:
    return next((moment for _, moment in point.values() if moment), None)
