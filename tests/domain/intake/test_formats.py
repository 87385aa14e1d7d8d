"""Every format of a delivery gives the same table: same names, rows, values and types."""

import json

import duckdb
import pytest
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake import limits
from ckanext.govshare.intake.reading import parse

from tests.domain.intake.offices import ods, ods_table, xls, xlsx, zipped

NAMES = ["站点", "代码", "数量"]
ROWS = [["东湖", "007", 12], ["西山", "010", 0], ["南岭", "011", -5]]
OBJECTS = [dict(zip(NAMES, row, strict=True)) for row in ROWS]


def fill(sheet):
    for row in [NAMES, *ROWS]:
        sheet.append(row)


def fill_old(sheet):
    for row, cells in enumerate([NAMES, *ROWS]):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)


def csv_text(separator=","):
    return "\n".join(separator.join(map(str, row)) for row in [NAMES, *ROWS])


def parquet(path):
    with duckdb.connect() as connection:
        connection.execute('CREATE TABLE t ("站点" VARCHAR, "代码" VARCHAR, "数量" INTEGER)')
        connection.executemany("INSERT INTO t VALUES (?, ?, ?)", ROWS)
        connection.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    return path.read_bytes()


XML = "<data><count>3</count><rows>%s</rows></data>" % "".join(  # noqa: UP031 - braces are many here
    "<row>" + "".join(f"<{name}>{value}</{name}>" for name, value in row.items()) + "</row>"
    for row in OBJECTS
)
PAGE = (
    '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="gbk"><style>td{}</style></head>'
    "<table><tr>" + "".join(f"<th>{name}" for name in NAMES) + "</tr>"
    + "".join("<tr>" + "".join(f"<td> {cell}\n</td>" for cell in row) + "</tr>" for row in ROWS)
    + "</table></html>"
)  # fmt: skip

FORMATS = [
    ("CSV", csv_text().encode()),
    ("TSV", csv_text("\t").encode("gb18030")),
    ("XLSX", xlsx(fill)),
    ("XLS", xls(fill_old)),
    ("ODS", ods(ods_table("数据", NAMES, *ROWS))),
    ("JSON array of objects", json.dumps(OBJECTS).encode()),
    ("JSON in GBK, indented", json.dumps(OBJECTS, ensure_ascii=False, indent=2).encode("gbk")),
    ("JSON object with a list", json.dumps({"code": 0, "data": {"total": 3, "list": OBJECTS}}).encode()),
    ("JSON arrays of arrays", json.dumps([NAMES, *ROWS]).encode()),
    ("JSON Lines", "\n".join(json.dumps(row, ensure_ascii=False) for row in OBJECTS).encode()),
    ("XML", XML.encode("utf-8-sig")),
    ("XML with declared GBK", f'<?xml version="1.0" encoding="GBK"?>{XML}'.encode("gbk")),
    ("a web page named .xls", PAGE.encode("gbk")),
    ("zip of one", zipped({"数据/表.csv": csv_text().encode("gb18030"), "说明.docx": b"x"})),
    ("zip of a workbook", zipped({"表.xlsx": xlsx(fill)})),
]


def tables(tmp_path, raw, **wishes):
    """The rows of each table by its name."""
    path = tmp_path / "upload"
    path.write_bytes(raw)
    found = parse(path, filename="表.xlsx", workdir=tmp_path, **wishes).tables
    return {one.name: duckdb.execute("FROM read_parquet(?)", [str(one.parquet)]).fetchall() for one in found}


def read(tmp_path, raw, **wishes):
    path = tmp_path / "upload"
    path.write_bytes(raw)
    intake = parse(path, filename="表.bin", workdir=tmp_path, **wishes)
    (table,) = intake.tables
    return table, duckdb.read_parquet(str(table.parquet)).fetchall(), intake.report


def codes(report):
    return [(finding.code, finding.row, finding.column) for finding in report]


@pytest.mark.parametrize(("name", "raw"), FORMATS, ids=[name for name, _raw in FORMATS])
def test_same_table(tmp_path, name, raw):
    table, rows, _report = read(tmp_path, raw)
    assert [(column.name, column.type) for column in table.columns] == [
        ("站点", "text"), ("代码", "text"), ("数量", "integer"),
    ]  # fmt: skip
    assert rows == [tuple(row) for row in ROWS]


def test_parquet(tmp_path):
    table, rows, report = read(tmp_path, parquet(tmp_path / "in.parquet"))
    assert (table.rows, rows) == (3, [tuple(row) for row in ROWS])
    assert next(finding.code for finding in report) == "records"


def test_digits_of_json_are_kept_as_written(tmp_path):
    raw = b'[{"a": 37767.0, "b": 1.10, "c": 123456789012345678}, {"a": 49670.2, "b": 2.25, "c": 1}]'
    table, rows, _report = read(tmp_path, raw)
    assert [(c.type, c.decimals) for c in table.columns] == [("number", 1), ("number", 2), ("text", None)]
    assert [str(cell) for cell in rows[0]] == ["37767.0", "1.10", "123456789012345678"]


def test_json_null_is_missing_and_nested_values_stay_json(tmp_path):
    raw = '[{"名称": "甲", "标签": ["a", "b"], "点": {"x": 1}}, {"名称": null, "标签": [], "新": true}]'.encode()
    table, rows, report = read(tmp_path, raw)
    assert [column.name for column in table.columns] == ["名称", "标签", "点", "新"]
    assert rows == [("甲", '["a", "b"]', '{"x": "1"}', None), (None, "[]", None, True)]
    assert [(f.column, f.facts["count"]) for f in report if f.code == "field_missing"] == [(3, 1), (4, 1)]


def test_geojson_points_become_two_columns(tmp_path):
    features = [
        {"type": "Feature", "properties": {"名称": name}, "geometry": {"type": "Point", "coordinates": place}}
        for name, place in (("甲", [130.361634, 46.809606]), ("乙", [130.4, 46.8, 90]))
    ]
    raw = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    table, rows, _report = read(tmp_path, raw)
    assert [column.name for column in table.columns] == ["名称", "经度", "纬度"]
    assert next(tuple(map(str, row)) for row in rows) == ("甲", "130.361634", "46.809606")


def test_other_geometries_become_well_known_text(tmp_path):
    ring = [[[0, 0], [1.50, 0], [1, 1], [0, 0]]]
    shapes = [
        {"type": "Polygon", "coordinates": ring},
        {"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]},
        None,
    ]
    raw = json.dumps([
        {"type": "Feature", "properties": {"名称": str(n)}, "geometry": shape} for n, shape in enumerate(shapes, 1)
    ]).encode()  # fmt: skip
    _table, rows, _report = read(tmp_path, raw)
    assert rows == [
        (1, "POLYGON ((0 0, 1.5 0, 1 1, 0 0))"), (2, "MULTIPOINT (1 2, 3 4)"), (3, None),
    ]  # fmt: skip


def test_our_own_xml_is_read_back(tmp_path):
    """The one schema of our XML files, also with one row, an empty text and an odd column name."""
    raw = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<table>\n<columns>\n<column name="a &amp; b" type="text"/>\n'
        '<column name="数量" type="integer"/>\n</columns>\n'
        '<row><field name="a &amp; b">x</field><field name="数量">3</field></row>\n</table>\n'
    ).encode()
    table, rows, _report = read(tmp_path, raw)
    assert ([column.name for column in table.columns], rows) == (["a & b", "数量"], [("x", 3)])


def test_xml_attributes_parts_and_repeated_fields(tmp_path):
    raw = (
        '<r xmlns:p="urn:p"><p:item id="a"><p:name>甲</p:name><tel>1</tel><tel>2</tel><at><lon>1</lon></at></p:item>'
        '<p:item id="b"><p:name>乙</p:name></p:item></r>'
    ).encode()
    table, rows, report = read(tmp_path, raw)
    assert [column.name for column in table.columns] == ["id", "name", "tel", "at/lon"]
    assert rows == [("a", "甲", "1；2", 1), ("b", "乙", None, None)]
    assert [f.facts["count"] for f in report if f.code == "values_joined"] == [1]


SEVERAL = [
    ("lists of a JSON object", b'{"a": [{"x": 1}], "b": [{"y": 1}, {"y": 2}]}', "sheet", ["a (1)", "b (2)"]),
    ("kinds of XML records", b"<r><a><x>1</x></a><a><x>2</x></a><b><y>1</y></b><b><y>2</y></b></r>",
     "sheet", ["r/a (2)", "r/b (2)"]),
    ("tables of a page", b"<html><table><tr><td>a</table><table><tr><td>b<tr><td>c</table>",
     "sheet", ["1 (1)", "2 (2)"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "raw", "field", "listed"), SEVERAL, ids=[case[0] for case in SEVERAL])
def test_several_tables_are_listed_with_their_rows(tmp_path, name, raw, field, listed):
    """Lists and tables inside each other are no sheets: the person chooses one, and sees all there are."""
    with pytest.raises(RuleError) as caught:
        read(tmp_path, raw)
    assert (caught.value.code, caught.value.field) == ("intake.sheet_not_chosen", field)
    assert caught.value.facts["sheets"] == listed
    wanted = caught.value.facts["names"][1]
    assert read(tmp_path, raw, sheet=[wanted])[0].rows == (1 if "page" in name else 2)


def test_several_tables_in_an_archive(tmp_path):
    raw = zipped({"一月.csv": "a,b\n1,2", "二月.csv": "a,b\n3,4\n5,6", "封面.png": b"x"})
    assert tables(tmp_path, raw) == {"一月": [(1, 2)], "二月": [(3, 4), (5, 6)]}
    table, rows, report = read(tmp_path, raw, member=["二月.csv"])
    assert (table.name, rows) == ("二月", [(3, 4), (5, 6)])
    assert report[1].facts == {"count": 2, "members": ["一月.csv", "封面.png"]}


def two_sheets(book, second=("乙", 2)):
    for name, row in (("一月", ("甲", 1)), ("二月", second)):
        book[name].append(["名称", "数量"])
        book[name].append(row)


def test_several_sheets_are_several_tables(tmp_path):
    """In their order, each read as if it were alone; what is said of one names it."""
    raw = xlsx(two_sheets, "一月", "二月")
    assert tables(tmp_path, raw) == {"一月": [("甲", 1)], "二月": [("乙", 2)]}
    report = parse(tmp_path / "upload", filename="表.xlsx", workdir=tmp_path).report
    assert [(f.code, f.table) for f in report] == [
        ("sheets", ""), ("sheet", "一月"), ("header", "一月"), ("sheet", "二月"), ("header", "二月"),
    ]  # fmt: skip
    assert tables(tmp_path, raw, sheet=["二月"]) == {"二月": [("乙", 2)]}


def test_of_several_tables_the_one_that_cannot_be_read_is_named(tmp_path):
    """Nothing is half read; the person can choose the others."""
    with pytest.raises(RuleError) as caught:
        tables(tmp_path, xlsx(lambda book: two_sheets(book, ("乙", "=1+1")), "一月", "二月"))
    facts = {"in_table": "二月", "option": "sheet", "names": ["一月", "二月"]}
    assert caught.value.code == "intake.formula_cells"
    assert facts.items() <= caught.value.facts.items()


def test_an_archive_of_workbooks_names_each_sheet(tmp_path):
    """The same name twice is told apart; a correction names the member."""
    book = xlsx(two_sheets, "一月", "二月")
    raw = zipped({"东区/站点.xlsx": book, "西区/站点.xlsx": book, "说明.csv": "a\n1"})
    assert list(tables(tmp_path, raw)) == [
        "站点 · 一月", "站点 · 二月", "站点 · 一月 (2)", "站点 · 二月 (2)", "说明",
    ]  # fmt: skip
    assert list(tables(tmp_path, raw, member=["说明.csv"])) == ["说明"]


def test_a_file_of_too_many_tables_is_refused(tmp_path):
    raw = zipped({f"{number}.csv": "a\n1" for number in range(limits.MAX_TABLES + 1)})
    with pytest.raises(RuleError) as caught:
        tables(tmp_path, raw)
    assert (caught.value.code, caught.value.facts) == ("intake.too_many_tables", {"count": 51, "limit": 50})


def test_names_in_an_archive_of_a_chinese_desktop(tmp_path):
    """GBK names without the flag that says so; the archive's library would show mojibake."""
    raw = zipped({"placeholder2.csv": "a,b\n1,2"}).replace(
        b"placeholder2.csv", "公交站点表一.csv".encode("gbk")
    )
    _table, _rows, report = read(tmp_path, raw)
    assert report[0].facts["member"] == "公交站点表一.csv"


KINDS = [
    ("PDF", b"%PDF-1.7\n"), ("DOCX", zipped({"word/document.xml": "<w/>"})), ("XLSB", zipped({"xl/workbook.bin": "x"})),
    ("OFD", zipped({"OFD.xml": "<o/>"})), ("gzip", b"\x1f\x8b\x08\x00"), ("MHT", b"MIME-Version: 1.0\nX-Document"),
    ("Excel 2003 XML", (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
     b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>')),
]  # fmt: skip


@pytest.mark.parametrize(("found", "raw"), KINDS, ids=[kind for kind, _raw in KINDS])
def test_kinds_that_are_refused_by_name(tmp_path, found, raw):
    with pytest.raises(RuleError) as caught:
        read(tmp_path, raw)
    assert (caught.value.code, caught.value.facts) == ("intake.wrong_type", {"found": found})
