"""The formats in which every table is offered: one row each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ckanext.govshare.exports import as_csv, as_json, as_parquet, as_xlsx, as_xml
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


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

TABLE_FORMATS = (
    Format("csv", ".csv", "text/csv", "CSV", as_csv.write),
    Format("csv_bom", "-bom.csv", "text/csv", "CSV", as_csv.write_with_mark),
    Format("xlsx", ".xlsx", _XLSX, "XLSX", as_xlsx.write, as_xlsx.MAX_ROWS),
    Format("json", ".json", "application/json", "JSON", as_json.write),
    Format("jsonl", ".jsonl", "application/x-ndjson", "JSONL", as_json.write_lines),
    Format("xml", ".xml", "application/xml", "XML", as_xml.write),
    Format("parquet", ".parquet", "application/vnd.apache.parquet", "PARQUET", as_parquet.write),
)
BY_NAME = {row.name: row for row in TABLE_FORMATS}
FORMATS = tuple(BY_NAME)


def possible(rows: int) -> tuple[str, ...]:
    """Return the formats that can hold so many rows."""
    return tuple(f.name for f in TABLE_FORMATS if f.max_rows is None or rows <= f.max_rows)
