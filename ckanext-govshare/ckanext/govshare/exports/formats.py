"""The formats in which every table is offered: one row each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ckanext.govshare.domain.chart import point_columns
from ckanext.govshare.domain.table import Column
from ckanext.govshare.exports import as_csv, as_geojson, as_json, as_parquet, as_xlsx, as_xml
from ckanext.govshare.exports.source import Source

Writer = Callable[[Source, Path], None]


@dataclass(frozen=True)
class Format:
    """``name`` is stable (database, URLs); ``ending`` follows the stem of the file; people read ``label``."""

    name: str
    ending: str
    media_type: str
    label: str
    write: Writer
    max_rows: int | None = None
    of_points: bool = False  # only for tables with longitude and latitude


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

TABLE_FORMATS = (
    Format("csv", ".csv", "text/csv", "CSV", as_csv.write),
    Format("csv_bom", "-bom.csv", "text/csv", "CSV", as_csv.write_with_mark),
    Format("xlsx", ".xlsx", _XLSX, "XLSX", as_xlsx.write, as_xlsx.MAX_ROWS),
    Format("json", ".json", "application/json", "JSON", as_json.write),
    Format("jsonl", ".jsonl", "application/x-ndjson", "JSONL", as_json.write_lines),
    Format("xml", ".xml", "application/xml", "XML", as_xml.write),
    Format("parquet", ".parquet", "application/vnd.apache.parquet", "PARQUET", as_parquet.write),
    Format("geojson", ".geojson", "application/geo+json", "GeoJSON", as_geojson.write, of_points=True),
)
BY_NAME = {row.name: row for row in TABLE_FORMATS}
FORMATS = tuple(form.name for form in TABLE_FORMATS if not form.of_points)  # those of every table


def possible(rows: int, columns: Sequence[Column]) -> tuple[str, ...]:
    """Return the formats that can hold so many rows of these columns."""
    has_points = point_columns(columns) is not None
    return tuple(
        form.name
        for form in TABLE_FORMATS
        if (form.max_rows is None or rows <= form.max_rows) and (has_points or not form.of_points)
    )
