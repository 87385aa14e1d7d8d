"""What the reader of values (calamine) does not tell about workbooks of Chinese offices, each by the shape that shows it.

Every case names what the reader alone would have given.
"""

import datetime as dt

import duckdb
import openpyxl
import pytest
import xlwt
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake.reading import parse
from openpyxl.comments import Comment

from tests.domain.intake.offices import ods, ods_cell, ods_row, ods_table, xls, xlsx, zipped

HEADER = ["名称", "数量"]


def read(tmp_path, raw, **wishes):
    path = tmp_path / "upload"
    path.write_bytes(raw)
    intake = parse(path, filename="表.xlsx", workdir=tmp_path, **wishes)
    (table,) = intake.tables
    rows = duckdb.read_parquet(str(table.parquet)).fetchall()
    return [(column.name, column.type) for column in table.columns], rows, intake.report


def found(report, *codes):
    return [(f.code, f.row, f.column, f.facts.get("count")) for f in report if f.code in codes]


# --- formulas: the reader gives the last stored result, which may be stale or missing ---


def xls_formula(sheet):
    sheet.write(0, 0, "名称")
    sheet.write(0, 1, "数量")
    sheet.write(1, 1, 3)
    sheet.write(2, 1, xlwt.Formula("SUM(B2:B2)"))


FORMULAS = [
    ("xlsx", xlsx(lambda sheet: [sheet.append(row) for row in (HEADER, ["甲", 3], ["合计", "=SUM(B2:B2)"])])),
    ("xls: invisible to the reader", xls(xls_formula)),
    ("ods", ods(ods_table("数据", HEADER, ["甲", 3], ods_row([None]).replace(
        "<table:table-cell/>", ods_cell("合计") + ods_cell(3, ' table:formula="of:=SUM([.B2])"'))))),
]  # fmt: skip


@pytest.mark.parametrize(("name", "raw"), FORMULAS, ids=[name for name, _raw in FORMULAS])
def test_formulas_are_refused_with_their_position(tmp_path, name, raw):
    with pytest.raises(RuleError) as caught:
        read(tmp_path, raw)
    assert caught.value.code == "intake.formula_cells"
    assert {"sheet": "数据", "count": 1, "row": 3, "column": 2}.items() <= caught.value.facts.items()


# --- hidden rows and columns: the reader gives them like all others ---


def hidden_xlsx(sheet):
    for row in (["名称", "身份证", "数量"], ["甲", "x", 1], ["乙", "y", 2], ["丙", "z", 3]):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["B"].hidden = True


def hidden_xls(sheet):
    for row, cells in enumerate((["名称", "身份证", "数量"], ["甲", "x", 1], ["乙", "y", 2], ["丙", "z", 3])):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)
    sheet.row(2).hidden = True
    sheet.col(1).hidden = True


HIDDEN = [
    ("xlsx", xlsx(hidden_xlsx)),
    ("xls", xls(hidden_xls)),
    ("ods", ods(ods_table(
        "数据", ["名称", "身份证", "数量"], ["甲", "x", 1],
        ods_row(["乙", "y", 2], ' table:visibility="filter"'), ["丙", "z", 3],
        columns='<table:table-column/><table:table-column table:visibility="collapse"/><table:table-column/>'))),
]  # fmt: skip


@pytest.mark.parametrize(("name", "raw"), HIDDEN, ids=[name for name, _raw in HIDDEN])
def test_hidden_rows_and_columns_are_left_out_unless_a_person_wants_them(tmp_path, name, raw):
    """Nothing that someone hid becomes public by itself."""
    columns, rows, report = read(tmp_path, raw)
    assert ([name for name, _type in columns], rows) == (["名称", "数量"], [("甲", 1), ("丙", 3)])
    assert found(report, "hidden_rows_left_out", "hidden_columns_left_out") == [
        ("hidden_rows_left_out", 3, 0, 1), ("hidden_columns_left_out", 0, 2, 1),
    ]  # fmt: skip
    columns, rows, report = read(tmp_path, raw, hidden="keep")
    assert (len(columns), rows[1]) == (3, ("乙", "y", 2))
    assert found(report, "hidden_rows_kept", "hidden_columns_kept") == [
        ("hidden_rows_kept", 3, 0, 1), ("hidden_columns_kept", 0, 2, 1),
    ]  # fmt: skip


def test_a_hidden_sheet_is_named_and_not_read(tmp_path):
    def fill(book):
        for name in ("公开", "底稿"):
            book[name].append(HEADER)
            book[name].append([name, 1])
        book["底稿"].sheet_state = "veryHidden"

    _columns, rows, report = read(tmp_path, xlsx(fill, "公开", "底稿"))
    assert rows == [("公开", 1)]
    assert [(f.facts["sheet"], f.facts["rows"]) for f in report if f.code == "sheet_hidden"] == [("底稿", 2)]
    assert next(f.facts["sheets"] for f in report if f.code == "sheets") == ["公开 (2)", "底稿 (2)"]


def test_a_hidden_ods_sheet(tmp_path):
    raw = ods(ods_table("公开", HEADER, ["甲", 1]), ods_table("底稿", HEADER, ["乙", 2], style="hid"))
    _columns, rows, report = read(tmp_path, raw)
    assert rows == [("甲", 1)]
    assert [f.facts["sheet"] for f in report if f.code == "sheet_hidden"] == ["底稿"]


# --- merged cells: the reader gives the value in the first cell and nothing in the others ---


def merged(sheet):
    for row in (
        ["2024年各区情况表"], ["地区", "人口", None, "面积"], [None, "男", "女", None],
        ["东区", 1, 2, 3.5], [None, 3, 4, 4.5], ["西区", 5, 6, 5.5],
    ):  # fmt: skip
        sheet.append(row)
    for area in ("A1:D1", "A2:A3", "B2:C2", "D2:D3", "A4:A5"):
        sheet.merge_cells(area)


def test_merged_headers_are_joined_and_merged_values_filled(tmp_path):
    columns, rows, report = read(tmp_path, xlsx(merged))
    assert [name for name, _type in columns] == ["地区", "人口_男", "人口_女", "面积"]
    assert [row[:2] for row in rows] == [("东区", 1), ("东区", 3), ("西区", 5)]
    assert found(report, "preamble_cut", "header", "merged_filled") == [
        ("preamble_cut", 1, 0, None), ("header", 2, 0, None), ("merged_filled", 5, 0, 1),
    ]  # fmt: skip
    assert next(f.facts for f in report if f.code == "header_joined") == {"last": 3}


def test_headers_of_two_rows_without_merged_cells(tmp_path):
    """The same table saved as CSV: blanks stand where cells were merged."""
    raw = "地区,人口,,面积\n,男,女,\n东区,1,2,3.5\n".encode("gbk")
    columns, rows, _report = read(tmp_path, raw)
    assert [name for name, _type in columns] == ["地区", "人口_男", "人口_女", "面积"]
    assert len(rows) == 1


def test_a_row_of_words_below_a_header_with_a_blank_is_data(tmp_path):
    columns, rows, _report = read(tmp_path, "名称,,备注\n甲,乙,丙\n丁,戊,己\n".encode())
    assert ([name for name, _type in columns], len(rows)) == (["名称", "列2", "备注"], 2)


def test_a_page_with_spanning_cells(tmp_path):
    raw = (
        "<html><table><tr><th rowspan=2>地区<th colspan=2>人口</tr><tr><th>男<th>女</tr>"
        '<tr><td rowspan=2>东区<td>1<td>2<tr><td>3<td>4<tr style="display: none"><td>西区<td>5<td>6</table></html>'
    ).encode("gbk")
    columns, rows, report = read(tmp_path, raw)
    assert [name for name, _type in columns] == ["地区", "人口_男", "人口_女"]
    assert rows == [("东区", 1, 2), ("东区", 3, 4)]
    assert found(report, "hidden_rows_left_out") == [("hidden_rows_left_out", 5, 0, 1)]


# --- values that people see otherwise than the reader gives them ---


def shown(shape, values):
    def fill(sheet):
        sheet.append(HEADER)
        for number, value in enumerate(values, 2):
            sheet.append(["甲", value])
            sheet.cell(number, 2).number_format = shape

    return xlsx(fill)


def test_zeros_that_only_the_number_format_shows(tmp_path):
    """A code column typed as numbers and formatted 000000: the reader gives 11.0."""
    columns, rows, report = read(tmp_path, shown("000000", [11, 230800]))
    assert (columns[1], [row[1] for row in rows]) == (("数量", "text"), ["000011", "230800"])
    assert found(report, "zeros_restored") == [("zeros_restored", 0, 2, None)]


def test_zeros_in_an_old_workbook(tmp_path):
    def fill(sheet):
        sheet.write(0, 0, "名称")
        sheet.write(0, 1, "代码")
        sheet.write(1, 0, "甲")
        sheet.write(1, 1, 11, xlwt.easyxf(num_format_str="000000"))

    assert read(tmp_path, xls(fill))[1] == [("甲", "000011")]


def test_percentages_are_fractions(tmp_path):
    """25 % is stored as 0.25; a person is told, for the public would read 0.25."""
    columns, rows, report = read(tmp_path, shown("0.00%", [0.25, 0.5]))
    assert [str(row[1]) for row in rows] == ["0.25", "0.50"]
    assert (columns[1][1], found(report, "percent_as_fraction")) == (
        "number",
        [("percent_as_fraction", 0, 2, None)],
    )


@pytest.mark.parametrize(
    "shape", ['yyyy"年"m"月"d"日"', "[$-804]yyyy年m月d日", "[DBNum1][$-804]yyyy年m月d日;@", "yyyy.mm.dd"]
)
def test_chinese_formats_of_dates(tmp_path, shape):
    assert read(tmp_path, shown(shape, [45000]))[1] == [("甲", dt.date(2023, 3, 15))]


@pytest.mark.parametrize("number", [27, 31, 57, 58])
def test_built_in_date_formats_of_chinese_programs(tmp_path, number):
    """Numbers 27–36 and 50–58 are dates in the Chinese edition only; the file says nothing more."""
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(shown("yyyy.mm.dd", [45000]))) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    parts["xl/styles.xml"] = parts["xl/styles.xml"].replace(b'numFmtId="164"', b'numFmtId="%d"' % number)
    assert read(tmp_path, zipped(parts))[1] == [("甲", dt.date(2023, 3, 15))]


def test_numbers_that_lost_digits(tmp_path):
    """An 18-digit number typed into a cell has lost its last digits; the reader gives 1.1e17."""
    columns, rows, report = read(tmp_path, shown("0", [110105199001011234, 1]))
    assert (columns[1][1], rows[0][1]) == ("text", "110105199001011200")
    assert found(report, "digits_lost") == [("digits_lost", 2, 2, 1)]


def test_error_cells_become_missing_values_and_are_told(tmp_path):
    """The reader gives nothing for #N/A and says nothing."""
    _columns, rows, report = read(tmp_path, shown("General", ["#N/A", 3]))
    assert rows == [("甲", None), ("甲", 3)]
    assert found(report, "error_cells") == [("error_cells", 2, 2, 1)]


def test_numbers_stored_as_text(tmp_path):
    """The green corner: 文本格式存储的数字; quantities are numbers all the same, codes keep their zeros."""
    columns, rows, _report = read(
        tmp_path, xlsx(lambda s: [s.append(r) for r in (["名称", "数量", "编码"], ["甲", "12", "007"])])
    )
    assert (columns[1:], rows) == ([("数量", "integer"), ("编码", "text")], [("甲", 12, "007")])


def test_comments_pivots_macros_and_links_are_told(tmp_path):
    def fill(sheet):
        sheet.append(HEADER)
        sheet.append(["甲", 1])
        sheet["B2"].comment = Comment("内部：待核实", "某科")

    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(xlsx(fill))) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    parts |= {
        "xl/vbaProject.bin": b"x",
        "xl/externalLinks/externalLink1.xml": b"<x/>",
        "xl/pivotCache/p.xml": b"<x/>",
    }
    _columns, _rows, report = read(tmp_path, zipped(parts))
    assert found(report, "comments_ignored") == [("comments_ignored", 2, 2, 1)]
    codes = {f.code for f in report}
    assert {"macro_ignored", "external_link_ignored", "pivot_cache_ignored"} <= codes


def test_a_note_in_an_ods_cell_is_no_value(tmp_path):
    note = ods_cell("甲").replace(
        "<text:p>", "<office:annotation><dc:creator>某科</dc:creator><text:p>内部</text:p></office:annotation><text:p>", 1)  # fmt: skip
    raw = ods(ods_table("数据", HEADER, ods_row([]).replace("></", f">{note}{ods_cell(1)}</")))
    _columns, rows, report = read(tmp_path, raw)
    assert (rows, found(report, "comments_ignored")) == ([("甲", 1)], [("comments_ignored", 2, 1, 1)])


# --- columns in doubt ---


DOUBTS = [
    ("one value that is no number", ["1", "2", "3", "4", "暂缺"], "nearly_numbers", 6, 1),
    (
        "one value that is no date",
        ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04", "2024-02-30"],
        "nearly_dates",
        6,
        1,
    ),
    ("units", ["1.2万", "3亿元", "4万"], "units_as_text", 0, 3),
]


@pytest.mark.parametrize(("name", "cells", "code", "row", "count"), DOUBTS, ids=[case[0] for case in DOUBTS])
def test_columns_that_stay_text_are_told(tmp_path, name, cells, code, row, count):
    raw = "\n".join(["数量,x", *(f"{cell},y" for cell in cells)]).encode()
    columns, _rows, report = read(tmp_path, raw)
    assert (columns[0][1], found(report, code)) == ("text", [(code, row, 1, count)])


def test_rows_of_totals_are_told(tmp_path):
    _columns, rows, report = read(tmp_path, "地区,数量\n东区,1\n合　计,1\n".encode())
    assert (len(rows), found(report, "total_rows")) == (2, [("total_rows", 3, 0, 1)])


# --- the real files (../shared/data), whose traps its README names ---


REAL = [
    ("yearly-by-province-gbk.csv", 31, "地区", {"preamble_cut": [1, 2, 3], "footer_cut": [36, 37]}),
    ("yearly-by-province-gbk-2.csv", 31, "地区", {"preamble_cut": [1, 2, 3], "footer_cut": [36, 37, 38]}),
    ("streets.csv", 41_352, "code", {"preamble_cut": []}),
    ("areas.csv", 2_978, "code", {}),
    ("public-budget.xls", 62, "列1", {"merged_filled": [3]}),
]


@pytest.mark.parametrize(("name", "count", "first", "places"), REAL, ids=[case[0] for case in REAL])
def test_real_tables(tmp_path, shared, name, count, first, places):
    intake = parse(shared / "tables" / name, filename=name, workdir=tmp_path)
    (table,) = intake.tables
    assert (table.rows, table.columns[0].name) == (count, first)
    for code, rows in places.items():
        assert [f.row for f in intake.report if f.code == code] == rows
    codes = [column.type for column in table.columns if column.name.endswith(("code", "Code"))]
    assert set(codes) <= {"text"}


def test_the_real_catalog_in_traditional_characters(tmp_path, shared):
    table = parse(shared / "catalogs/taoyuan-catalog.xls", filename="x.xls", workdir=tmp_path).tables[0]
    assert (table.rows, len(table.columns), table.columns[0].name) == (1429, 29, "編號")


def test_the_reader_of_the_tests_knows_what_was_written():
    """The workbooks above are what they claim: openpyxl reads the hidden row back as hidden."""
    import io

    sheet = openpyxl.load_workbook(io.BytesIO(xlsx(hidden_xlsx))).active
    assert (sheet.row_dimensions[3].hidden, sheet.column_dimensions["B"].hidden) == (True, True)
