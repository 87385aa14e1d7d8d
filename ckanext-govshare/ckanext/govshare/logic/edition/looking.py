"""Rows of a released edition as the page shows them: filtered, counted, drawn; never at more than a bounded cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from ckanext.datastore.backend.postgres import get_read_engine, identifier
from ckanext.govshare.domain import row_filter
from ckanext.govshare.domain.chart import BAR, MAP, MEAN, Chart
from ckanext.govshare.domain.row_filter import Condition
from ckanext.govshare.domain.table import TEXT, Column
from ckanext.govshare.logic.edition import datastore_rows

ROWS = 20
COUNTED = 100_000  # rows that are counted; beyond it: more than
MILLISECONDS = 2_000  # of the database for one page
BARS, MOMENTS, PLACES = 20, 366, 500
_TYPES = {kind: name for name, kind in datastore_rows.TYPES.items()}
_SQL = {
    row_filter.CONTAINS: "{c} ILIKE {0}",
    row_filter.BETWEEN: "{c} BETWEEN {0} AND {1}",
    row_filter.BEFORE: "{c} >= {0} AND {c} < {1}",
    row_filter.IS: "{c} = {0}",
    row_filter.ABOVE: "{c} > {0}",
    row_filter.BELOW: "{c} < {0}",
}


@dataclass(frozen=True)
class Table:
    """The rows of the current edition in the DataStore: columns under their full names, and their ids there."""

    resource_id: str
    columns: tuple[Column, ...]
    ids: Mapping[str, str]
    rows: int


@dataclass(frozen=True)
class Look:
    """What was found; ``count`` is None where it would have cost too much."""

    rows: tuple[Mapping[str, Any], ...]
    count: int | None
    drawn: tuple[tuple[Any, ...], ...] = ()


def table(resource_id: str, fields: Sequence[Mapping[str, Any]], rows: int) -> Table:
    """Return the table that ``datastore_search`` describes by its fields."""
    shown = [field for field in fields if field["id"] != "_id"]
    names = [str((field.get("info") or {}).get("label") or field["id"]) for field in shown]
    columns = tuple(Column(n, _TYPES.get(f["type"], TEXT)) for n, f in zip(names, shown, strict=True))
    return Table(resource_id, columns, dict(zip(names, (f["id"] for f in shown), strict=True)), rows)


def look(found: Table, conditions: Sequence[Condition], chart: Chart | None) -> Look | None:
    """Return the first rows that meet all conditions, how many there are, and what the chart draws of them.

    None: it took too long, and the person has to narrow the question.
    """
    where, values = _where(found, conditions)
    source = f"FROM {identifier(found.resource_id)}{where}"
    listed = ", ".join(f"{identifier(i)}::text" for i in found.ids.values())
    with get_read_engine().connect() as connection:
        try:
            connection.execute(sa.text(f"SET LOCAL statement_timeout = {MILLISECONDS}"))
            rows = connection.execute(sa.text(f"SELECT {listed} {source} ORDER BY _id LIMIT {ROWS}"), values)
            named = tuple(dict(zip(found.ids, row, strict=True)) for row in rows)
            counted = f"SELECT count(*) FROM (SELECT 1 {source} LIMIT {COUNTED + 1}) AS found"  # noqa: S608
            count = connection.execute(sa.text(counted), values).scalar() if conditions else found.rows
            drawn = connection.execute(sa.text(_drawing(found, source, chart)), values) if chart else ()
            return Look(named, count, tuple(tuple(row) for row in drawn))
        except DBAPIError:
            return None


def _where(found: Table, conditions: Sequence[Condition]) -> tuple[str, dict[str, Any]]:
    """Return the SQL of all conditions and the values that it names."""
    parts, values = [], {}
    for number, condition in enumerate(conditions):
        names = [f"v{number}_{place}" for place in range(len(condition.values))]
        column = identifier(found.ids[condition.column])
        parts.append(_SQL[condition.kind].format(*(f":{name}" for name in names), c=column))
        values.update(zip(names, map(_value, condition.values), strict=True))
    return (f" WHERE {' AND '.join(parts)}" if parts else ""), values


def _value(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    escaped = value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _drawing(found: Table, source: str, chart: Chart) -> str:
    """Return the query of what the chart draws."""
    x, y = (identifier(found.ids[name]) for name in (chart.x, chart.y))
    more = " AND " if " WHERE " in source else " WHERE "
    if chart.kind == MAP:
        name = identifier(next(iter(found.ids.values())))
        inside = f"{x} BETWEEN -180 AND 180 AND {y} BETWEEN -90 AND 90"
        return f"SELECT {x}::float8, {y}::float8, coalesce({name}::text, '') {source}{more}{inside} LIMIT {PLACES}"
    measure = "avg" if chart.measure == MEAN else "sum"
    order, limit = ("2 DESC", BARS) if chart.kind == BAR else ("1", MOMENTS)
    return (
        f"SELECT {x}::text, {measure}({y})::float8 {source}{more}{x} IS NOT NULL AND {y} IS NOT NULL"
        f" GROUP BY {x} ORDER BY {order}, 1 LIMIT {limit}"
    )
