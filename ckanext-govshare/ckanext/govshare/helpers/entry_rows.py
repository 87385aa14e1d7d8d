"""The rows of an entry's data on its own page: filtered by what stands in the address, and drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ckan.plugins import toolkit
from markupsafe import Markup

from ckanext.govshare.domain.chart import BAR, LINE, MAP, MEAN, Chart, choices, chosen
from ckanext.govshare.domain.row_filter import condition
from ckanext.govshare.domain.table import INTEGER, NUMBER, Column
from ckanext.govshare.exports import as_svg
from ckanext.govshare.helpers.entry_row import govshare_entry_files
from ckanext.govshare.logic.edition import looking

__all__ = ("govshare_entry_preview",)

FILTER = "f."  # before the name of a column, in the address
SHORT_TEXT = 14


def govshare_entry_preview(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the first rows that the address asks for, with filters and chart; empty when there is no table."""
    held = [file for file in govshare_entry_files(entry) if file["table"]]
    asked_table = toolkit.request.args.get("table", "")
    file = next((one for one in held if str(one["place"]) == asked_table), next(iter(held), None))
    if file is None:
        return {}
    resource = file["table"]
    try:
        described = toolkit.get_action("datastore_search")({}, {"resource_id": resource, "limit": 0})
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized, toolkit.ValidationError):
        return {}
    table = looking.table(resource, described["fields"], int(described.get("total") or 0))
    asked = {c.name: toolkit.request.args.get(FILTER + c.name, "").strip() for c in table.columns}
    found = {c.name: condition(c, asked[c.name]) for c in table.columns if asked[c.name]}
    conditions = [meant for meant in found.values() if meant]
    offered = choices(table.columns)
    chart = chosen(offered, *(toolkit.request.args.get(name, "") for name in ("chart", "x", "y")))
    look = looking.look(table, conditions, chart)
    return {
        "table": resource,
        "place": file["place"],
        "name": file["table_name"],
        "tables": [{"place": one["place"], "name": one["table_name"]} for one in held],
        "columns": [_column(column, asked, look) for column in table.columns],
        "rows": look.rows if look else (),
        "total": table.rows,
        "count": look.count if look else None,
        "counted": looking.COUNTED,
        "filtered": bool(conditions),
        "too_slow": look is None,
        "misunderstood": [name for name, meant in found.items() if meant is None],
        "chart": _chart(chart, look, entry) if chart and look else {},
        "offered": {
            "kinds": _kinds(offered.kinds),
            "words": offered.words,
            "times": offered.times,
            "numbers": offered.numbers,
        },
    }


def _column(column: Column, asked: Mapping[str, str], look: looking.Look | None) -> dict[str, str]:
    """Return a column as the page shows it; ``kind``: number (aligned right), long (given room) or short."""
    values = [str(row[column.name] or "") for row in look.rows] if look else []
    number = column.type in (INTEGER, NUMBER)
    long = max(map(len, values), default=0) > SHORT_TEXT
    _ = toolkit._
    hints = {
        "integer": "10~20",
        "number": "10~20",
        "date": "2024-05",
        "datetime": "2024-05",
        "boolean": _("yes or no"),
    }
    return {
        "id": column.name,
        "label": column.name,
        "kind": "number" if number else "long" if long else "short",
        "field": FILTER + column.name,
        "value": asked[column.name],
        "hint": hints.get(column.type, _("contains …")),
    }


def _kinds(kinds: Sequence[str]) -> list[dict[str, str]]:
    _ = toolkit._
    words = {MAP: _("Map of points"), LINE: _("Line"), BAR: _("Bars")}
    return [{"value": kind, "label": words[kind]} for kind in kinds]


def _chart(chart: Chart, look: looking.Look, entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the picture, what it shows in words, and the same values as a table."""
    return _map(chart, look, entry) if chart.kind == MAP else _graph(chart, look)


def _map(chart: Chart, look: looking.Look, entry: Mapping[str, Any]) -> dict[str, Any]:
    _ = toolkit._
    title = _("Places of %(title)s") % {"title": entry.get("title", "")}
    said = _("%(count)s points by %(x)s and %(y)s, as delivered, without a background map.")
    text = said % {"count": len(look.drawn), "x": chart.x, "y": chart.y}
    rows = [{"x": f"{east:.6f}", "y": f"{north:.6f}", "name": name} for east, north, name in look.drawn]
    drawing = Markup(as_svg.both(as_svg.points, look.drawn, title, text))  # noqa: S704 - escaped there
    return {
        "kind": MAP,
        "title": title,
        "text": text,
        "svg": drawing,
        "rows": rows,
        "x": chart.x,
        "y": chart.y,
    }


def _graph(chart: Chart, look: looking.Look) -> dict[str, Any]:
    _ = toolkit._
    measure = _("mean of %(y)s") if chart.measure == MEAN else _("sum of %(y)s")
    y = measure % {"y": chart.y}
    title = _("%(y)s by %(x)s") % {"x": chart.x, "y": y}
    said = (
        _("The %(count)s largest values.")
        if chart.kind == BAR
        else _("%(count)s values in the order of time.")
    )
    text = said % {"count": len(look.drawn)}
    draw = as_svg.bars if chart.kind == BAR else as_svg.line
    drawing = Markup(as_svg.both(draw, look.drawn, title, text))  # noqa: S704 - escaped there
    rows = [{"x": word, "y": as_svg.plain(number)} for word, number in look.drawn]
    return {
        "kind": chart.kind, "title": title, "text": text, "svg": drawing, "rows": rows,
        "x": chart.x, "y": y, "of": chart.y,
    }  # fmt: skip
