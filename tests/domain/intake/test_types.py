"""Types: a column is typed only when every value fits without loss; else it stays the text that was delivered."""

# ruff: noqa: DTZ001 - literal tables; wall-clock values; our own files

import datetime as dt
from decimal import Decimal

import duckdb
import pytest
from ckanext.govshare.domain.table import Column
from ckanext.govshare.intake.reading import parse

D = Decimal

CASES = [
    ("integers", "数量", ["1", "-20", "0", "999999999999999"], Column("数量", "integer"), [1, -20, 0, 999999999999999]),
    ("a leading zero is a code", "数量", ["1", "02"], Column("数量", "text"), ["1", "02"]),
    ("sixteen digits lose", "数量", ["1234567890123456"], Column("数量", "text"), ["1234567890123456"]),
    ("minus zero loses its sign", "数量", ["-0", "1"], Column("数量", "text"), ["-0", "1"]),
    ("an exponent is not guessed", "数量", ["1e5"], Column("数量", "text"), ["1e5"]),
    ("thousands separators", "数量", ["1,234", "5"], Column("数量", "integer"), [1234, 5]),
    ("units stay text", "数量", ["3万", "5"], Column("数量", "text"), ["3万", "5"]),
    ("full-width digits", "数量", ["１２", "－１，２３４．５"], Column("数量", "number"), [Decimal(12), Decimal("-1234.5")]),
    ("a comma that parts no thousands", "数量", ["1,23", "5"], Column("数量", "text"), ["1,23", "5"]),
    ("blanks around numbers", "数量", [" 12 ", "　3"], Column("数量", "integer"), [12, 3]),
    ("万 and 亿 stay text", "数量", ["1.2万", "3亿"], Column("数量", "text"), ["1.2万", "3亿"]),
    ("identifiers stay text", "行政区划代码", ["110101", "110102"], Column("行政区划代码", "text"), ["110101", "110102"]),
    ("identifiers by an English name", "areaCode", ["110101"], Column("areaCode", "text"), ["110101"]),
    ("phone numbers", "联系电话", ["13800000000"], Column("联系电话", "text"), ["13800000000"]),
    ("uniform decimals", "值", ["49670.2", "37767.0"], Column("值", "number", 1), [D("49670.2"), D("37767.0")]),
    ("mixed decimals", "值", ["1.25", "3", "0.5"], Column("值", "number", None), [D("1.25"), D(3), D("0.5")]),
    ("fifteen digits of decimals", "值", ["1234567.12345678"], Column("值", "number", 8), [D("1234567.12345678")]),
    ("sixteen digits of decimals", "值", ["12345678.12345678"], Column("值", "text"), ["12345678.12345678"]),
    ("a leading zero before decimals", "值", ["01.5"], Column("值", "text"), ["01.5"]),
    ("long whole and long fraction", "值", ["99999999999999.0", "0.00000000000001"], Column("值", "number", None),
     [D("99999999999999"), D("0.00000000000001")]),
    ("empty is not zero", "值", ["1", "", "0"], Column("值", "integer"), [1, None, 0]),
    ("dates", "日期", ["2024-02-29", "2023-12-31"], Column("日期", "date"), [dt.date(2024, 2, 29), dt.date(2023, 12, 31)]),
    ("a day that never was", "日期", ["2023-02-29"], Column("日期", "text"), ["2023-02-29"]),
    ("a date before spreadsheets count", "日期", ["1900-02-28"], Column("日期", "text"), ["1900-02-28"]),
    ("slashes", "日期", ["2024/1/5", "2024/12/31"], Column("日期", "date"), [dt.date(2024, 1, 5), dt.date(2024, 12, 31)]),
    ("han dates", "日期", ["2024年1月5日"], Column("日期", "date"), [dt.date(2024, 1, 5)]),
    ("two notations are not mixed", "日期", ["2024-01-05", "2024/1/6"], Column("日期", "text"), ["2024-01-05", "2024/1/6"]),
    ("instants", "时间", ["2024-01-05 08:09:10", "2024-01-05T08:09"], Column("时间", "datetime"),
     [dt.datetime(2024, 1, 5, 8, 9, 10), dt.datetime(2024, 1, 5, 8, 9)]),
    ("an offset is not thrown away", "时间", ["2024-01-05T08:09:10+08:00"], Column("时间", "text"), ["2024-01-05T08:09:10+08:00"]),
    ("truth", "是否", ["true", "false"], Column("是否", "boolean"), [True, False]),
    ("是 and 否 are words", "是否", ["是", "否"], Column("是否", "text"), ["是", "否"]),
    ("nothing at all", "空", ["", ""], Column("空", "text"), [None, None]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "header", "cells", "column", "values"), CASES, ids=[case[0] for case in CASES]
)
def test_type_and_values(tmp_path, name, header, cells, column, values):
    path = tmp_path / "table.csv"
    lines = [f'"{header}",x', *(f'"{cell}",y' for cell in cells)]
    path.write_text("\n".join(lines), encoding="utf-8")
    (table,) = parse(path, filename="table.csv", workdir=tmp_path).tables
    assert table.columns[0] == column
    assert [row[0] for row in duckdb.read_parquet(str(table.parquet)).fetchall()] == values


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (["1.50", "2.255"], "numbers_rewritten"),
        (["2024/1/5"], "dates_rewritten"),
        ([" 甲", "乙"], "surrounding_space"),
    ],
)
def test_what_changes_is_said(tmp_path, cells, code):
    path = tmp_path / "table.csv"
    path.write_text("\n".join(["列,x", *(f"{cell},y" for cell in cells)]), encoding="utf-8")
    report = parse(path, filename="table.csv", workdir=tmp_path).report
    assert [finding.column for finding in report if finding.code == code] == [1]


def test_a_nameless_column_without_values_is_dropped(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("a,,b\n1,,2\n3,,4\n", encoding="utf-8")
    intake = parse(path, filename="table.csv", workdir=tmp_path)
    assert [column.name for column in intake.tables[0].columns] == ["a", "b"]
    assert ("column_empty_dropped", 2) in [(finding.code, finding.column) for finding in intake.report]
