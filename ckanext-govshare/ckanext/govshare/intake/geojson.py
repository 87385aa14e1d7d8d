"""GeoJSON (RFC 7946): points become longitude and latitude, every other geometry well-known text (WKT)."""

from __future__ import annotations

from typing import Any

LONGITUDE, LATITUDE, GEOMETRY = "经度", "纬度", "几何WKT"
# How deep the coordinates of each kind are nested, 0 for one position.
_NESTED = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}


def is_feature(element: Any) -> bool:
    """Tell a feature from any other object."""
    return isinstance(element, dict) and element.get("type") == "Feature" and "geometry" in element


def geometry_of(geometry: Any) -> dict[str, str]:
    """Return the columns of a geometry; nothing for a feature without one."""
    if not isinstance(geometry, dict):
        return {}
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "Point" and isinstance(coordinates, list) and len(coordinates) >= 2:  # noqa: PLR2004
        return {LONGITUDE: str(coordinates[0]), LATITUDE: str(coordinates[1])}
    text = _collection(geometry) if kind == "GeometryCollection" else _wkt(kind, coordinates)
    return {GEOMETRY: text} if text else {}


def _collection(geometry: dict[str, Any]) -> str:
    parts = [part for part in geometry.get("geometries") or () if isinstance(part, dict)]
    return f"GEOMETRYCOLLECTION ({', '.join(_wkt(p.get('type'), p.get('coordinates')) for p in parts)})"


def _wkt(kind: Any, coordinates: Any) -> str:
    if kind not in _NESTED or not isinstance(coordinates, list):
        return ""
    inner = _nested(coordinates, _NESTED[kind])
    return f"{str(kind).upper()} {inner if _NESTED[kind] else f'({inner})'}"


def _nested(coordinates: Any, depth: int) -> str:
    if not isinstance(coordinates, list):
        return ""
    if not depth:
        return " ".join(str(number) for number in coordinates)
    return f"({', '.join(_nested(part, depth - 1) for part in coordinates)})"
