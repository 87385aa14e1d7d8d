"""Files that are no catalogs, and what is said about them: a code with the place in the file, nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from ckanext.govshare import rulebook
from ckanext.govshare.domain.catalog_import import Planner
from ckanext.govshare.domain.catalog_mapping import CatalogMapping, known_name, mapping_of, propose
from ckanext.govshare.domain.catalog_rows import read_row
from ckanext.govshare.domain.catalog_values import Lexicon
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake.catalog import MAX_COLUMNS, MIB, read_catalog
from ckanext.govshare.intake.folding import fold

FIELDS = rulebook.entry_fields()
LEXICON = Lexicon(rulebook.VOCABULARIES, fold)
HEADER = ["信息资源名称", "信息资源代码", "信息资源提供方", "更新周期"]


def read(path: Path, **options: object):
    return read_catalog(path, is_name=known_name(FIELDS, fold), **options)


def workbook(path: Path, rows: list[list[object]]) -> Path:
    """Write a workbook; texts that begin with = are formulas."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("目录")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


def text(path: Path, content: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(content.encode(encoding))
    return path


def huge(path: Path) -> Path:
    with path.open("wb") as stream:
        stream.truncate(200 * MIB)
    return path


def problems(path: Path) -> list[tuple[int, str | None, str]]:
    """Return (row, field, code) of everything that a plan would say about a file."""
    sheet = read(path)
    mapping = mapping_of(propose(sheet.columns, sheet.texts(), FIELDS, fold))
    planner = Planner("d1", {"d1": "d1", "民政局": "d1"}, frozenset(["d1"]))
    plans = [
        planner.plan(read_row(row.number, row.cells, mapping, FIELDS, LEXICON, row.formulas, row.surplus))
        for row in sheet.rows
    ]
    return [(plan.number, reason.field, reason.code) for plan in plans for reason in plan.reasons]


@pytest.mark.parametrize(
    ("name", "make", "code", "facts"),
    [
        ("a.pdf", lambda p: text(p, "%PDF-1.7 …"), "intake.wrong_type", {"found": "PDF"}),
        ("a.xlsx", lambda p: text(p, "%PDF-1.7 …"), "intake.wrong_type", {"found": "PDF"}),
        ("a.csv", lambda p: text(p, ""), "intake.file_empty", {}),
        ("a.csv", lambda p: text(p, "信息资源名称,更新周期\n"), "catalog.no_rows", {"row": 1}),
        ("a.xlsx", lambda p: workbook(p, []), "intake.file_empty", {}),
        ("a.xlsx", lambda p: workbook(p, [HEADER]), "catalog.no_rows", {"row": 1}),
        ("a.xlsx", huge, "catalog.too_large", {"size_mb": 200, "limit_mb": 50}),
        (
            "a.xlsx",
            lambda p: workbook(p, [["信息资源名称", "更新周期", *map(str, range(498))], ["甲"]]),
            "catalog.too_many_columns",
            {"row": 1, "columns": 500, "limit": MAX_COLUMNS},
        ),
        ("a.csv", lambda p: text(p, "名称\n" + "甲\n" * 20_001), "catalog.too_many_rows", {"rows": 20_001}),
        ("a.json", lambda p: text(p, '{"entries": [{"title": "甲",}]}'), "catalog.json_broken", {"row": 1}),
        ("a.json", lambda p: text(p, '{"count": 3}'), "catalog.json_shape", {}),
        ("a.json", lambda p: text(p, "[1, 2]"), "catalog.json_shape", {}),
        ("a.csv", lambda p: (p.write_bytes(b"\xff\x00\xfe\x81" * 50), p)[1], "intake.binary", {}),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path, name, make, code, facts):
    """Wrong type whatever its name, empty, too large, too wide, broken: refused as a whole."""
    with pytest.raises(RuleError) as caught:
        read(make(tmp_path / name))
    assert caught.value.code == code
    assert facts.items() <= caught.value.facts.items()


def test_an_unknown_sheet_is_named_with_those_there_are(tmp_path):
    """The person chose a sheet by name."""
    with pytest.raises(RuleError) as caught:
        read(workbook(tmp_path / "a.xlsx", [HEADER, ["甲"]]), sheet="没有")
    assert (caught.value.code, caught.value.facts["sheets"]) == ("catalog.sheet_unknown", "目录")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["长" * 10_000]], [(2, "title", "entry.too_long")]),
        ([["甲", "301001/1"], ["乙", "301001/1"]], [(3, "resource_code", "catalog.code_twice")]),
        ([["甲", "", "没有的局"]], [(2, "owner_org", "catalog.department_unknown")]),
        ([["甲", "", "", "看心情"]], [(2, "update_cycle", "catalog.value_not_in_list")]),
        ([["甲", "九号"]], [(2, "resource_code", "entry.bad_code")]),
        ([["甲", "", "", "=1+1"]], [(2, "update_cycle", "catalog.formula")]),
        ([["=A1", "", "", "每日"]], [(2, "title", "catalog.formula"), (2, "title", "entry.missing")]),
        ([["", "", "民政局", "每日"]], [(2, "title", "entry.missing")]),
        ([["甲"], ["甲"]], [(3, "title", "catalog.title_twice")]),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_by_row_and_field(tmp_path, rows, expected):
    """The same in a workbook; formulas are found in the file, not in their last result."""
    assert problems(workbook(tmp_path / "a.xlsx", [HEADER, *rows])) == expected


def test_formulas_in_text_files_are_formulas_too(tmp_path):
    """A spreadsheet would compute them when the clerk opens the export."""
    path = text(tmp_path / "a.csv", '信息资源名称,更新周期\n"=HYPERLINK(""x"")",每日\n')
    assert (2, "title", "catalog.formula") in problems(path)


def test_a_slipped_row_is_refused_whole(tmp_path):
    """An unquoted comma moves every later cell; none of them is believed."""
    path = text(tmp_path / "a.csv", "信息资源名称,更新周期\n甲,乙,每日\n丙,每日\n")
    assert problems(path) == [(2, None, "catalog.row_too_long")]


def test_a_sheet_without_header_is_read_with_columns_by_place(tmp_path):
    """Nothing is guessed: no row is taken for a header, and nobody is asked to believe it."""
    sheet = read(text(tmp_path / "a.csv", "甲的数据,说明一\n乙的数据,说明二\n"))
    assert (sheet.header_row, sheet.columns, len(sheet.rows)) == (0, ("第1列", "第2列"), 2)
    chosen = read(tmp_path / "a.csv", header_row=1)
    assert (chosen.header_row, chosen.columns, len(chosen.rows)) == (1, ("甲的数据", "说明一"), 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "big5", "utf-16"])
def test_any_encoding(tmp_path, encoding):
    """Decided by decoding the whole file; the characters stay those of the file."""
    content = "資料集名稱,更新頻率\n桃園市公共自行車租賃站名稱及地址資料,每週\n"
    if encoding == "gb18030":
        content = "名称,更新频率\n公共自行车租赁站名称及地址数据目录,每周\n"
    sheet = read(text(tmp_path / "a.csv", content, encoding))
    assert sheet.header_row == 1
    assert content.split("\n")[1].split(",")[0] == sheet.rows[0].cells[sheet.columns[0]]


def test_lines_above_the_header_and_blank_rows_are_no_entries(tmp_path):
    """A title line, the header in row 3, blank rows between: numbers are those of the spreadsheet."""
    rows = [["某市政务信息资源目录"], [], HEADER, ["甲"], [], ["乙"]]
    sheet = read(workbook(tmp_path / "a.xlsx", rows))
    assert (sheet.header_row, [row.number for row in sheet.rows]) == (3, [4, 6])


def test_hidden_sheets_are_not_read(tmp_path):
    """What the office hid is not taken for the catalog."""
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    hidden = book.active
    hidden.title, hidden.sheet_state = "旧目录", "hidden"
    hidden.append(HEADER)
    hidden.append(["旧条目"])
    for row in (HEADER, ["新条目"]):
        (book["目录"] if "目录" in book.sheetnames else book.create_sheet("目录")).append(row)
    book.active = 1
    book.save(path)
    sheet = read(path)
    assert (sheet.sheet, sheet.sheets) == ("目录", ("目录",))
    assert [row.cells["信息资源名称"] for row in sheet.rows] == ["新条目"]


def test_json_of_a_portals_api_is_read(tmp_path):
    """A list of objects under any name; lists stay lists, nested objects become text."""
    content = {"result": {"results": [{"title": "甲", "tags": [{"name": "水"}], "notes": None}]}}
    sheet = read(text(tmp_path / "a.json", json.dumps(content)))
    mapping = CatalogMapping({"title": "title", "tags": "tag_string", "notes": "notes"})
    row = read_row(1, sheet.rows[0].cells, mapping, FIELDS, LEXICON)
    assert row.values == {"title": "甲", "tag_string": "水"}
