"""Records of a JSON file (array of objects, object with an array, arrays of arrays, JSON Lines, GeoJSON)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ckanext.govshare.intake.encoding import printable
from ckanext.govshare.intake.geojson import geometry_of, is_feature
from ckanext.govshare.intake.json_text import elements

Record = Mapping[str, str]


def records(path: Path) -> Iterator[tuple[str, Record | list[str]]]:
    """Yield where each record stands and its fields as text; an array is a list of cells."""
    for place, element in elements(path):
        if isinstance(element, list):
            yield place, [_text(value) for value in element]
        elif is_feature(element):
            fields = {
                printable(name): _text(value) for name, value in (element.get("properties") or {}).items()
            }
            for name, value in geometry_of(element.get("geometry")).items():
                fields[name if name not in fields else f"{name}（几何）"] = value
            yield place, fields
        elif isinstance(element, dict):
            yield place, {printable(name): _text(value) for name, value in element.items()}


def _text(value: Any) -> str:
    """Return a value as text: what has parts of its own as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return printable(str(value))
