"""GeoJSON (RFC 7946): one feature for each row of a table that has a column of longitude and one of latitude.

Coordinates are carried as delivered; a row without both, or with numbers that are no place, has no geometry.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from ckanext.govshare.domain.chart import point_columns
from ckanext.govshare.exports.as_json import json_value
from ckanext.govshare.exports.source import Source, quoted_name, quoted_text, written

_ROW = '"\x01"'  # a column name that no table has


def write(source: Source, target: Path) -> None:
    """Write all rows, a feature a line; all columns are properties too, so that no format holds less."""
    columns = {column.name: column for column in source.columns}
    east, north = (columns[name] for name in point_columns(source.columns) or ())
    fields = ", ".join(f"{quoted_text(c.name)}, {json_value(c)}" for c in source.columns)
    inside = f"{quoted_name(east.name)} BETWEEN -180 AND 180 AND {quoted_name(north.name)} BETWEEN -90 AND 90"
    point = f"'{{\"type\":\"Point\",\"coordinates\":[' || {written(east)} || ',' || {written(north)} || ']}}'"
    feature = (
        f"CASE WHEN {_ROW} > 1 THEN ',' ELSE '' END || '{{\"type\":\"Feature\",\"geometry\":'"
        f" || coalesce(CASE WHEN {inside} THEN {point} END, 'null')"
        f" || ',\"properties\":' || json_object({fields}) || '}}'"
    )
    rows = target.with_suffix(".rows")
    source.text(feature, rows, f"row_number() OVER () AS {_ROW}")
    with rows.open("rb") as lines, target.open("wb") as sink:
        sink.write(b'{"type":"FeatureCollection","features":[\n')
        shutil.copyfileobj(lines, sink, 1 << 20)
        sink.write(b"]}\n")
    rows.unlink()
