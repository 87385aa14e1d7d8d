"""JSON: an array of objects, and JSON Lines: one object a line. Numbers carry the digits as delivered."""

from __future__ import annotations

from pathlib import Path

from ckanext.govshare.domain.table import DATE, DATETIME, NUMBER, Column
from ckanext.govshare.exports.source import Source, quoted_name, written


def write(source: Source, target: Path) -> None:
    """Write ``[{"name": value, …}, …]``, an object a line; a missing value is ``null``."""
    source.copy([json_value(column) for column in source.columns], target, "FORMAT json, ARRAY true")


def write_lines(source: Source, target: Path) -> None:
    """Write one object a line."""
    source.copy([json_value(column) for column in source.columns], target, "FORMAT json")


def json_value(column: Column) -> str:
    """Return the SQL of a column's value as JSON has it."""
    if column.type == NUMBER:
        return f"CAST({written(column)} AS JSON)"
    return written(column) if column.type in (DATE, DATETIME) else quoted_name(column.name)
