"""Workbooks: native values become the text they mean, positions are those of the program."""

# ruff: noqa: DTZ001 - literal tables; wall-clock values; our own files

import datetime as dt

import duckdb
import xlsxwriter
from ckanext.govshare.intake.reading import parse


def test_native_values(tmp_path):
    """The table starts at C4; below a title; types come from the cells."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("数据")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write(1, 2, "公共数据统计表")
        sheet.write_row(3, 2, ["名称", "代码", "数量", "比例", "日期", "时间", "有效", "标题"])
        for row, (name, number) in enumerate([("甲", 12), ("乙", 0)], 4):
            sheet.write_row(row, 2, [name, "007", number, 0.1 + 0.2])
            sheet.write_datetime(row, 6, dt.datetime(2024, 1, 5), day)
            sheet.write_datetime(row, 7, dt.datetime(2024, 1, 5, row), instant)
            sheet.write_boolean(row, 8, bool(number))
            sheet.write_string(row, 9, "第\n一\u000b行")
    intake = parse(path, filename="book.xlsx", workdir=tmp_path)
    (table,) = intake.tables
    assert [column.type for column in table.columns] == [
        "text", "text", "integer", "number", "date", "datetime", "boolean", "text",
    ]  # fmt: skip
    rows = duckdb.read_parquet(str(table.parquet)).fetchall()
    assert rows[0][:3] == ("甲", "007", 12)
    assert str(rows[0][3]) == "0.3"
    assert rows[0][4:] == (dt.date(2024, 1, 5), dt.datetime(2024, 1, 5, 4), True, "第\n一行")
    assert [(f.code, f.row) for f in intake.report if f.code in ("preamble_cut", "header")] == [
        ("preamble_cut", 2), ("header", 4),
    ]  # fmt: skip
