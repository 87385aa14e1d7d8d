"""Every format carries the same rows, in order, with the same values; the same table gives the same bytes."""

# ruff: noqa: DTZ001, S608 - literal tables; wall-clock values; our own files

import datetime as dt
import hashlib
import json
import os
import zipfile
from decimal import Decimal

import duckdb
import pytest
import python_calamine as calamine
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.domain.table import Column
from ckanext.govshare.exports import FORMATS, as_xlsx, build, build_dictionary, build_whole, possible, shelf

from tests.domain.exports.readers import READERS

COLUMNS = (
    Column("代码", "text"),
    Column("2024年 “值” <亿元>&", "number", 1),
    Column("mixed", "number", None),
    Column("数量", "integer"),
    Column("日期", "date"),
    Column("时间", "datetime"),
    Column("有效", "boolean"),
)
ROWS = [
    (
        "007",
        Decimal("37767.0"),
        Decimal("1.25"),
        0,
        dt.date(2024, 2, 29),
        dt.datetime(2024, 1, 5, 8, 9, 10),
        True,
    ),
    (
        '引"号,逗\n行',
        Decimal("49670.2"),
        Decimal(300),
        -5,
        dt.date(1900, 3, 1),
        dt.datetime(1999, 12, 31, 0, 0),
        False,
    ),
    ("=1+1", None, Decimal("0.5"), None, None, None, None),
    (None, Decimal("0.0"), None, 999999999999999, None, None, True),
    ("<b>&amp; ]]>", Decimal("-1.5"), Decimal(0), 1, None, None, None),
    (" 前后 ", None, None, None, None, None, None),
]
TYPES = ("VARCHAR", "DECIMAL(18,1)", "DECIMAL(18,2)", "BIGINT", "DATE", "TIMESTAMP", "BOOLEAN")


def parquet_of(path, columns, rows, types):
    names = ", ".join(f'"{column.name}" {kind}' for column, kind in zip(columns, types, strict=True))
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t ({names})")
        if rows:
            connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(columns))})", rows)
        connection.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    return path


@pytest.fixture
def table(tmp_path):
    return parquet_of(tmp_path / "t.parquet", COLUMNS, ROWS, TYPES)


@pytest.mark.parametrize("name", FORMATS)
def test_same_rows_in_every_format(tmp_path, table, name):
    (built,) = build(table, COLUMNS, tmp_path / "shelf", "表-1", [name])
    assert READERS[name](built.path, COLUMNS) == ROWS
    assert built.rows == len(ROWS)


@pytest.mark.parametrize("name", FORMATS)
def test_no_rows_are_no_rows(tmp_path, name):
    empty = parquet_of(tmp_path / "e.parquet", COLUMNS, [], TYPES)
    (built,) = build(empty, COLUMNS, tmp_path / "shelf", "空", [name])
    assert READERS[name](built.path, COLUMNS) == []


def test_digits_are_written_as_delivered(tmp_path, table):
    files = {built.format: built.path for built in build(table, COLUMNS, tmp_path / "shelf", "表")}
    first, second = files["csv"].read_text().split("\n")[1:3]
    assert first == "007,37767.0,1.25,0,2024-02-29,2024-01-05T08:09:10,true"
    assert second.startswith('"引""号,逗')
    assert '"2024年 “值” <亿元>&":37767.0,"mixed":1.25,' in files["jsonl"].read_text()
    assert '"mixed":300,' in files["jsonl"].read_text()
    assert files["csv_bom"].read_bytes() == b"\xef\xbb\xbf" + files["csv"].read_bytes()


def test_text_of_a_spreadsheet_is_only_ever_text(tmp_path):
    """Formulas, zeros in front, what looks like an escaped character, and blanks come back as they were."""
    texts = [
        "=1+1",
        "@SUM(1)",
        "007",
        "_x0041_",
        "a_x000D_b",
        " 两端 ",
        "第一\n行",
        "1e5",
        "TRUE",
        "2024-01-05",
    ]
    columns = (Column("文本", "text"), Column("行", "integer"))
    rows = [(text, number) for number, text in enumerate(texts)]
    table = parquet_of(tmp_path / "t.parquet", columns, rows, ["VARCHAR", "BIGINT"])
    (built,) = build(table, columns, tmp_path / "shelf", "表", ["xlsx"])
    sheet = calamine.load_workbook(str(built.path)).get_sheet_by_index(0)
    assert sheet.to_python() == [["文本", "行"], *([text, float(number)] for text, number in rows)]
    part = zipfile.ZipFile(built.path).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in part
    assert "_x005F_x0041_" in part


def test_empty_text_and_missing_stay_apart(tmp_path):
    columns = (Column("a", "text"), Column("b", "text"))
    table = parquet_of(tmp_path / "t.parquet", columns, [("", None), (None, "")], ["VARCHAR", "VARCHAR"])
    files = {built.format: built.path for built in build(table, columns, tmp_path / "shelf", "表")}
    assert files["csv"].read_text() == 'a,b\n"",\n,""\n'
    for name in ("json", "jsonl", "xml", "parquet"):
        assert READERS[name](files[name], columns) == [("", None), (None, "")]


def test_a_row_of_one_missing_value_is_still_a_row(tmp_path):
    columns = (Column("a", "text"),)
    table = parquet_of(tmp_path / "t.parquet", columns, [("x",), (None,), ("y",)], ["VARCHAR"])
    (built,) = build(table, columns, tmp_path / "shelf", "表", ["csv"])
    assert READERS["csv"](built.path, columns) == [("x",), (None,), ("y",)]


def test_same_table_same_bytes_named_by_them(tmp_path, table):
    one = build(table, COLUMNS, tmp_path / "one", "表")
    two = build(table, COLUMNS, tmp_path / "two", "表")
    assert [built.sha256 for built in one] == [built.sha256 for built in two]
    for built in one:
        content = built.path.read_bytes()
        assert hashlib.sha256(content).hexdigest() == built.sha256 == built.path.name
        assert built.path.parent.name == built.sha256[:2]
        assert built.size == len(content)
    assert not [path for path in (tmp_path / "one").iterdir() if path.name.startswith(".")]


def test_a_failed_format_leaves_nothing(tmp_path, table, monkeypatch):
    monkeypatch.setattr(as_xlsx, "MAX_ROWS", 3)
    with pytest.raises(RuleError) as caught:
        build(table, COLUMNS, tmp_path / "shelf", "表", ["xlsx"])
    assert (caught.value.code, caught.value.facts) == (
        "exports.too_many_rows_for_xlsx",
        {"rows": 6, "limit": 3},
    )
    assert list((tmp_path / "shelf").iterdir()) == []


@pytest.mark.parametrize(("rows", "offered"), [(1_048_575, True), (1_048_576, False)])
def test_a_spreadsheet_is_offered_while_it_can_hold_the_rows(rows, offered):
    assert ("xlsx" in possible(rows, COLUMNS)) is offered


def test_dictionary_and_checksums(tmp_path, table):
    files = build(table, COLUMNS, tmp_path / "shelf", "表-1", ["csv", "json"])
    made = build_dictionary(table, COLUMNS, tmp_path / "shelf", "表-1", {"代码": "行政区划代码"})
    made += build_whole(tmp_path / "shelf", "表-1", [*files, *made], [files[0], made[0]], "许可：署名\n")
    content = {built.format: built.path.read_text(encoding="utf-8-sig") for built in made[:3]}
    assert content["dictionary_csv"].split("\n")[1] == "1,代码,text,,1,行政区划代码"
    sums = dict(reversed(line.split("  ")) for line in content["sha256sums"].splitlines())
    assert sums == {built.filename: built.sha256 for built in (*files, *made[:2])}
    assert list(sums) == ["表-1.csv", "表-1.json", "表-1-dictionary.csv", "表-1-dictionary.json"]


def test_what_a_killed_process_left_is_swept(tmp_path, table):
    """Old drafts go, a running one and finished files stay."""
    built = build(table, COLUMNS, tmp_path, "表", ["csv"])
    for name, age in (("old", 1000), ("running", 3000)):
        folder = tmp_path / f"{shelf.DRAFT}{name}"
        (folder / "sub").mkdir(parents=True)
        os.utime(folder, (age, age))
    shelf.sweep(tmp_path, before=2000)
    assert [path.name for path in tmp_path.glob(".draft-*")] == [".draft-running"]
    assert built[0].path.exists()


def test_points_are_offered_as_geojson(tmp_path):
    """All columns are properties; a row without both numbers, or with numbers that are no place, has no geometry."""
    columns = (Column("名称", "text"), Column("经度", "number", 2), Column("纬度", "number", 1))
    rows = [
        ('甲"\n乙', Decimal("130.10"), Decimal("46.8")),
        ("丙", None, Decimal("46.8")),
        ("丁", Decimal("230.00"), Decimal("1.0")),
    ]
    table = parquet_of(tmp_path / "t.parquet", columns, rows, ["VARCHAR", "DECIMAL(18,2)", "DECIMAL(18,1)"])
    assert "geojson" in possible(3, columns)
    assert "geojson" not in possible(3, COLUMNS)
    (built,) = build(table, columns, tmp_path / "shelf", "表", ["geojson"])
    text = built.path.read_text(encoding="utf-8")
    assert '"coordinates":[130.10,46.8]' in text
    found = json.loads(text, parse_float=Decimal)
    assert found["type"] == "FeatureCollection"
    assert [tuple(feature["properties"].values()) for feature in found["features"]] == rows
    places = [feature["geometry"] and feature["geometry"]["coordinates"] for feature in found["features"]]
    assert places == [[Decimal("130.10"), Decimal("46.8")], None, None]


def test_one_archive_holds_all_a_reader_needs(tmp_path, table):
    made = {}
    for shelf_name in ("one", "two"):
        files = build(table, COLUMNS, tmp_path / shelf_name, "表-1", ["csv"])
        files += build_dictionary(table, COLUMNS, tmp_path / shelf_name, "表-1", {})
        *_others, made[shelf_name] = build_whole(
            tmp_path / shelf_name, "表-1", files, files[:2], "许可：署名\n"
        )
    assert made["one"].sha256 == made["two"].sha256
    with zipfile.ZipFile(made["one"].path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    assert list(content) == ["表-1.csv", "表-1-dictionary.csv", "LICENSE.txt", "SHA256SUMS"]
    sums = dict(reversed(line.split("  ")) for line in content.pop("SHA256SUMS").decode().splitlines())
    assert sums == {name: hashlib.sha256(raw).hexdigest() for name, raw in content.items()}
    assert content["表-1.csv"] == files[0].path.read_bytes()
