"""Malformed and hostile files: each ends in a reason with a sentence, in a process that may use little memory.

The child's limit is the measure: what needs more than it allows would end as ``intake.file_too_demanding``.
"""

import io
import json
import struct
import zipfile

import pytest
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake import limits, read_tables
from ckanext.govshare.logic.messages import MESSAGES
from ckanext.govshare.logic.places import told

from tests.domain.intake.offices import ods, ods_cell, ods_table, xls, xlsx, zipped

MEMORY = 700 * limits.MIB  # of address space, of which an idle interpreter with its libraries takes half
TABLE = "名称,数量\n甲,1\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha">{}]><r><i><x>&e9;</x></i><i><x>1</x></i></r>'.format(
        "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "&a;" * 10}">' for n in range(10))
    )
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r><i><x>&x;</x></i></r>'
)


def plain(sheet):
    sheet.append(["名称", "数量"])
    sheet.append(["甲", 1])


def plain_xls(sheet):
    for row, cells in enumerate((["名称", "数量"], ["甲", 1])):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)


XLSX, XLS = xlsx(plain), xls(plain_xls)


def changed(raw, **parts):
    """Return the archive with parts replaced; None takes a part away."""
    with zipfile.ZipFile(io.BytesIO(raw)) as source:
        members = {name: source.read(name) for name in source.namelist()}
    for name, content in parts.items():
        member = next(m for m in members if m.endswith(name.replace("__", ".")))
        if content is None:
            del members[member]
        else:
            members[member] = content
    return zipped(members)


def sheet_xml(rows, dimension="A1:B2"):
    return (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<dimension ref="{dimension}"/><sheetData>{rows}</sheetData></worksheet>'
    ).encode()


def number_at(reference, row):
    return f'<row r="{row}"><c r="{reference}"><v>1</v></c></row>'


def claimed(size):
    """Return an archive whose directory claims that its one member unpacks to ``size`` bytes."""
    raw = bytearray(zipped({"a.csv": TABLE}))
    struct.pack_into("<I", raw, raw.rindex(b"PK\x01\x02") + 24, size)
    return bytes(raw)


def fat_cell(size):
    return b"a,b\n1," + b"x" * size + b"\n"


def encrypted(raw):
    """Set the flag that says: encrypted."""
    out = bytearray(raw)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        out[out.index(mark) + offset] |= 1
    return bytes(out)


REPEATED_ROWS = ods(ods_table(
    "数据", ["a", "b"],
    f'<table:table-row table:number-rows-repeated="900000000">{ods_cell(1)}{ods_cell(2)}</table:table-row>',
))  # fmt: skip
REPEATED_CELLS = ods(ods_table(
    "数据", f'<table:table-row>{ods_cell(1, " table:number-columns-repeated=" + chr(34) + "900000" + chr(34))}</table:table-row>',
))  # fmt: skip

CASES = [
    # bombs
    ("zip bomb", zipped({"a.csv": b"0" * (64 * limits.MIB)}), "intake.archive_too_large"),
    ("zip bomb that lies about its size", claimed(7), "intake.workbook_damaged"),
    ("zip that claims four gigabytes", claimed(0xFFFFFFF0), "intake.archive_too_large"),
    ("zip in zip", zipped({"b.zip": zipped({"a.csv": TABLE})}), "intake.archive_in_archive"),
    ("zip in zip named as a table", zipped({"b.csv": zipped({"a.csv": TABLE})}), "intake.archive_in_archive"),
    ("archive of ten thousand files", zipped({f"{n}.csv": "" for n in range(10_000)}), "intake.archive_too_large"),
    ("workbook with a cell at the last corner", changed(XLSX, sheet1__xml=sheet_xml(
        number_at("A1", 1) + number_at("XFD1048576", 1048576))), "intake.too_many_columns"),
    ("workbook with a cell a million rows below", changed(XLSX, sheet1__xml=sheet_xml(
        number_at("J1", 1) + number_at("J1048576", 1048576))), "intake.sheet_sparse"),
    ("workbook of 20,000 columns", changed(XLSX, sheet1__xml=sheet_xml(
        '<row r="1">' + "<c><v>1</v></c>" * 20_000 + "</row>")), "intake.too_many_columns"),
    ("billion laughs", LAUGHS.encode(), "intake.xml_declares_entities"),
    ("billion laughs in a workbook", changed(XLSX, sheet1__xml=LAUGHS.encode()), "intake.workbook_damaged"),
    ("billion laughs behind a long comment", changed(XLSX, sheet1__xml=(
        f"<?xml version='1.0'?><!-- {'x' * 9000} -->" + LAUGHS[21:]).encode()), "intake.workbook_damaged"),
    ("entity from outside", OUTSIDE.encode(), "intake.xml_declares_entities"),
    ("entity from outside, in ODS", changed(ods(ods_table("a", ["b"])), content__xml=OUTSIDE.encode()),
     "intake.workbook_damaged"),
    ("ODS of 900 million repeated rows", REPEATED_ROWS, "intake.too_many_rows"),
    ("ODS of 900,000 repeated cells", REPEATED_CELLS, "intake.too_many_columns"),
    ("cell of 10 MB", fat_cell(10 * limits.MIB), "intake.cell_too_long"),
    ("cell of 10 MB in JSON", json.dumps([{"a": "x" * (10 * limits.MIB)}]).encode(), "intake.cell_too_long"),
    ("endless line", b"a" * (30 * limits.MIB), "intake.cell_too_long"),
    ("20,000 columns", b"a" + b",a" * 19_999, "intake.too_many_columns"),
    ("20,000 fields in JSON", json.dumps([{f"f{n}": n for n in range(20_000)}]).encode(), "intake.too_many_columns"),
    ("a JSON record of 40 MB", json.dumps([{"a": ["x" * 100] * 400_000}]).encode(), "intake.record_too_long"),
    ("deeply nested JSON", b"[" * 1_000_000, "intake.json_too_deep"),
    ("deeply nested JSON object", b'{"a":' * 1_000_000, "intake.json_too_deep"),
    ("deeply nested XML", b"<a>" * 100_000, "intake.xml_too_deep"),
    ("page of cells that span a thousand columns", b"<table><tr>" + b"<td colspan=1000>a" * 500, "intake.too_many_columns"),
    # broken in the middle
    ("half a workbook", XLSX[: len(XLSX) // 2], "intake.workbook_damaged"),
    ("half an old workbook", XLS[:700], "intake.workbook_damaged"),
    ("old workbook full of zeros", OLE + b"\x00" * 4096, "intake.workbook_damaged"),
    ("old workbook with noise behind its directory", XLS[:1536] + bytes(range(256)) * 12, "intake.workbook_damaged"),
    ("workbook without its sheet", changed(XLSX, sheet1__xml=None), "intake.file_empty"),
    ("workbook without its list of sheets", changed(XLSX, **{"_rels/workbook__xml__rels": None}), "intake.file_empty"),
    ("workbook whose sheet is broken", changed(XLSX, sheet1__xml=sheet_xml("<row><c>")[:-20]), "intake.workbook_damaged"),
    ("workbook with a wrong checksum", XLSX.replace(b"xl/worksheets/sheet1.xml", b"xl/worksheets/sheet2.xml", 1),
     "intake.workbook_damaged"),
    ("protected archive", encrypted(zipped({"a.csv": TABLE})), "intake.workbook_encrypted"),
    ("protected workbook", OLE + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 600, "intake.workbook_encrypted"),
    ("letter in the old format", OLE + b"\x00" * 512 + "WordDocument".encode("utf-16-le"), "intake.workbook_damaged"),
    ("empty archive", zipped({}), "intake.archive_without_table"),
    ("archive of pictures", zipped({"图.png": b"x"}), "intake.archive_without_table"),
    ("archive with names that climb and no rows", zipped({"../../etc/a.csv": "a,b", "/b.csv": TABLE}), "intake.no_rows"),
    ("Parquet that ends too early", b"PAR1" + b"\x00" * 100, "intake.file_damaged"),
    ("JSON that ends too early", b'[{"a": 1}, {"a": ', "intake.json_broken"),
    ("JSON with a comma too much", b'[{"a": 1},\n {"a": 2,}]', "intake.json_broken"),
    ("JSON with two ends", b'[{"a": 1}]]', "intake.json_broken"),
    ("JSON Lines with one bad line", b'{"a": 1}\n{"a": }\n', "intake.json_broken"),
    ("JSON of one number in lists", b'{"a": [1, 2, 3]}', "intake.records_missing"),
    ("JSON of lists and objects", b'[[1, 2], {"a": 1}]', "intake.records_mixed"),
    ("XML that ends too early", b"<r><i><x>1</x></i>", "intake.xml_broken"),
    ("XML without records", b"<r>text</r>", "intake.records_missing"),
    ("page without a table", b"<html><body>404 Not Found</body></html>", "intake.page_without_table"),
    ("empty", b"", "intake.file_empty"),
    ("only a mark", b"\xef\xbb\xbf", "intake.file_empty"),
    ("only line ends", b"\n\n\n", "intake.file_empty"),
    ("no text, no workbook", bytes(range(256)) * 8, "intake.binary"),
    ("three encodings in one file", "北京".encode("gbk") + b"\xff\xff\n" + "北京".encode(), "intake.encoding_unknown"),
    ("quotes never closed", '名称,数量\n"甲,1\n'.encode(), "intake.broken_quotes"),
    ("text behind quotes", '名称,数量\n"甲"乙,1\n'.encode(), "intake.broken_quotes"),
    ("a row wider than the header", "名称,数量\n甲,1\n乙,2,3\n丙,4\n".encode(), "intake.row_too_wide"),
    ("no header", "110101,东城区\n110102,西城区\n".encode(), "intake.header_missing"),
    ("a header and nothing below", "名称,数量\n".encode(), "intake.no_rows"),
    ("a name of 300 characters", ("长" * 300 + ",b\n1,2\n").encode(), "intake.column_name_too_long"),
    ("a row of two million characters", b"a" + b",a" * 99 + b"\n" + b",".join([b"x" * 20_001] * 100), "intake.row_too_long"),
    ("a formula", "名称,数量\n甲,=1+1\n".encode(), "intake.formula_cells"),
    ("a command", '名称,数量\n甲,"@SUM(1)"\n'.encode(), "intake.formula_cells"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "raw", "code"), CASES, ids=[case[0] for case in CASES])
def test_ends_in_a_reason(tmp_path, monkeypatch, name, raw, code):
    monkeypatch.setattr(limits, "PARSE_MEMORY", MEMORY)
    path, work = tmp_path / "upload", tmp_path / "work"
    path.write_bytes(raw)
    work.mkdir()
    with pytest.raises(RuleError) as caught:
        read_tables(path, filename="表.csv", workdir=work)
    assert caught.value.code == code, caught.value.facts
    assert "%(" not in MESSAGES[code] % told(caught.value.facts)


def test_there_are_enough():
    assert len(CASES) >= 40


def test_a_good_table_passes_under_the_same_limit(tmp_path, monkeypatch):
    """The limit is no reason to refuse by itself."""
    monkeypatch.setattr(limits, "PARSE_MEMORY", MEMORY)
    for number, raw in enumerate((TABLE.encode(), XLSX, XLS, zipped({"../../a.csv": TABLE}))):
        path, work = tmp_path / f"upload{number}", tmp_path / f"work{number}"
        path.write_bytes(raw)
        work.mkdir()
        assert read_tables(path, filename="表.csv", workdir=work).tables[0].rows == 1
        assert {file.name for file in work.iterdir()} <= {
            "table-1.parquet", "answer.json", f"{path.name}.text", "member-1", "member-1.text", "said",
        }  # fmt: skip
    assert not (tmp_path / "a.csv").exists()
    assert not (tmp_path.parent / "a.csv").exists()
