"""Data dictionary (数据字典): what each column is called, of which type, how full, and what it means."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from ckanext.govshare.exports.source import Source, quoted_name

HEADER = ("position", "name", "type", "decimals", "missing", "meaning")


def entries(source: Source, meanings: Mapping[str, str]) -> list[dict[str, object]]:
    """Return one mapping for each column with the keys of :data:`HEADER`; ``missing`` counts empty cells."""
    missing = source.aggregates([f"count(*) - count({quoted_name(c.name)})" for c in source.columns])
    return [
        {"position": position, **column.as_dict(), "missing": empty, "meaning": meanings.get(column.name, "")}
        for position, (column, empty) in enumerate(zip(source.columns, missing, strict=True), 1)
    ]


def write_csv(rows: Sequence[Mapping[str, object]], target: Path) -> None:
    """Write the dictionary as CSV with a byte order mark: it is read by people first."""
    with target.open("w", encoding="utf-8-sig", newline="") as sink:
        writer = csv.DictWriter(sink, HEADER, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_json(rows: Sequence[Mapping[str, object]], target: Path) -> None:
    """Write the dictionary as ``{"columns": […]}``."""
    target.write_text(json.dumps({"columns": rows}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


FORMATS = (
    ("dictionary_csv", ".csv", "text/csv", write_csv),
    ("dictionary_json", ".json", "application/json", write_json),
)
