"""Independent readers of every format, each back to the same plain rows; used by tests only."""

# ruff: noqa: S314 - literal tables; wall-clock values; our own files

import csv
import datetime as dt
import json
from decimal import Decimal
from xml.etree import ElementTree as ET

import duckdb
import openpyxl
from ckanext.govshare.domain.table import BOOLEAN, DATE, DATETIME, INTEGER, NUMBER


def cast(column, text):
    """Return the value of a text as the column's type has it."""
    if text is None:
        return None
    return {
        INTEGER: int,
        NUMBER: Decimal,
        DATE: dt.date.fromisoformat,
        DATETIME: dt.datetime.fromisoformat,
        BOOLEAN: lambda value: {"true": True, "false": False}[value],
    }.get(column.type, str)(text)


def _typed(columns, rows):
    return [tuple(cast(column, value) for column, value in zip(columns, row, strict=True)) for row in rows]


def from_csv(path, columns):
    """Python's reader knows no missing values: nothing between the commas is taken as missing."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        header, *rows = csv.reader(stream)
    assert header == [column.name for column in columns]
    return _typed(columns, [[cell or None for cell in row] for row in rows])


def _from_objects(objects, columns):
    rows = []
    for item in objects:
        assert list(item) == [column.name for column in columns]
        values = [
            value if value is None or isinstance(value, (str, bool)) else Decimal(str(value))
            for value in item.values()
        ]
        rows.append(tuple(
            cast(column, value) if isinstance(value, str) else value
            for column, value in zip(columns, values, strict=True)
        ))  # fmt: skip
    return rows


def from_json(path, columns):
    return _from_objects(json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal), columns)


def from_jsonl(path, columns):
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    return _from_objects([json.loads(line, parse_float=Decimal) for line in lines], columns)


def from_xml(path, columns):
    table = ET.parse(path).getroot()
    described = [(element.get("name"), element.get("type")) for element in table.find("columns")]
    assert described == [(column.name, column.type) for column in columns]
    rows = []
    for row in table.findall("row"):
        fields = {field.get("name"): field.text or "" for field in row}
        rows.append([fields.get(column.name) for column in columns])
    return _typed(columns, rows)


def from_xlsx(path, columns):
    with path.open("rb") as stream:
        book = openpyxl.load_workbook(stream)
    header, *rows = book.active.iter_rows()
    assert [cell.value for cell in header] == [column.name for column in columns]
    assert not [cell for row in rows for cell in row if cell.data_type == "f"]
    return [
        tuple(_from_cell(column, cell.value) for column, cell in zip(columns, row, strict=False))
        for row in rows
    ]


def _from_cell(column, value):
    if column.type == DATE and isinstance(value, dt.datetime):
        return value.date()
    if column.type == NUMBER and value is not None:
        return Decimal(f"{value:.15g}")
    return value


def from_parquet(path, columns):
    relation = duckdb.read_parquet(str(path))
    assert relation.columns == [column.name for column in columns]
    return relation.fetchall()


READERS = {
    "csv": from_csv,
    "csv_bom": from_csv,
    "xlsx": from_xlsx,
    "json": from_json,
    "jsonl": from_jsonl,
    "xml": from_xml,
    "parquet": from_parquet,
}
