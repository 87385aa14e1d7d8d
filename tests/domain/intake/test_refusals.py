"""Files that are refused: the reason's code, and row and column where there are any; early, and with nothing left half-done."""

import io
import zipfile

import pytest
import xlsxwriter
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake import limits, read_tables
from ckanext.govshare.intake.reading import parse


def workbook(fill):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        fill(book)
    return stream.getvalue()


def with_formula(book):
    sheet = book.add_worksheet("数据")
    sheet.write_row(0, 0, ["名称", "数量"])
    sheet.write_row(1, 0, ["甲", 1])
    sheet.write_formula(2, 1, "=SUM(B2:B2)")


def two_sheets(book):
    for name in ("一月", "二月"):
        book.add_worksheet(name).write_row(0, 0, ["名称", "数量"])


def archive(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name.replace("__", "/").replace("_", "."), content)
    return stream.getvalue()


WIDE = ",".join(f"列{i}" for i in range(500)) + "\n" + ",".join(["1"] * 500)
CASES = [
    ("empty", b"", "intake.file_empty", {}),
    ("only blanks", b" \r\n\r\n", "intake.file_empty", {}),
    ("PDF named .csv", b"%PDF-1.7\n...", "intake.wrong_type", {"found": "PDF"}),
    ("a web page without rows", b"<html><table></table></html>", "intake.page_without_table", {}),
    ("a letter", archive(word__document_xml="<w/>"), "intake.wrong_type", {"found": "DOCX"}),
    ("an archive without a table", archive(data_doc="a,b"), "intake.archive_without_table", {}),
    ("a broken archive", b"PK\x03\x04 and no more", "intake.workbook_damaged", {}),
    (
        "a broken old workbook",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
        "intake.workbook_damaged",
        {},
    ),
    (
        "entities",
        archive(xl__workbook_xml='<!DOCTYPE x [<!ENTITY a "b">]><x/>'),
        "intake.workbook_damaged",
        {},
    ),
    (
        "a bomb",
        archive(xl__workbook_xml="<x/>", xl__sheet_xml=b"0" * (40 * limits.MIB)),
        "intake.archive_too_large",
        {},
    ),
    ("no header", "110101,东城区\n110102,西城区".encode(), "intake.header_missing", {"row": 1}),
    ("header only", "名称,数量\n".encode(), "intake.no_rows", {"row": 1}),
    ("500 columns", WIDE.encode(), "intake.too_many_columns", {"row": 1, "columns": 500, "limit": 300}),
    ("20,000 columns", b"a" + b",a" * 19_999, "intake.too_many_columns", {"row": 1, "columns": 20_000}),
    (
        "formula in text",
        "名称,数量\n甲,1\n乙,=1+1".encode(),
        "intake.formula_cells",
        {"row": 3, "column": 2, "count": 1},
    ),
    ("command in text", "名称,数量\n@SUM(1),1".encode(), "intake.formula_cells", {"row": 2, "column": 1}),
    (
        "formula in a workbook",
        workbook(with_formula),
        "intake.formula_cells",
        {"row": 3, "column": 2, "sheet": "数据"},
    ),
    ("an empty workbook", workbook(lambda book: book.add_worksheet()), "intake.file_empty", {}),
    ("quotes never closed", '名称,数量\n"甲,1\n乙,2'.encode(), "intake.broken_quotes", {}),
    ("text after quotes", '名称,数量\n甲,1\n"乙"x,2'.encode(), "intake.broken_quotes", {"row": 3}),
    (
        "a cell beyond a spreadsheet's",
        ("名称,数量\n甲," + "长" * 32_768).encode(),
        "intake.cell_too_long",
        {"row": 2, "column": 2},
    ),
    ("a cell of 3 MB", ("名称,数量\n甲," + "x" * 3_000_000).encode(), "intake.cell_too_long", {"row": 2}),
]


@pytest.mark.parametrize(("name", "raw", "code", "facts"), CASES, ids=[case[0] for case in CASES])
def test_refused(tmp_path, name, raw, code, facts):
    path = tmp_path / "upload"
    path.write_bytes(raw)
    with pytest.raises(RuleError) as caught:
        parse(path, filename=name, workdir=tmp_path)
    assert caught.value.code == code
    assert facts.items() <= caught.value.facts.items()


def test_a_sheet_may_be_chosen(tmp_path):
    path = tmp_path / "upload"

    def fill(book):
        two_sheets(book)
        book.add_worksheet("隐藏").hide()
        book.worksheets()[1].write_row(1, 0, ["甲", 3])

    path.write_bytes(workbook(fill))
    intake = parse(path, filename="x.xlsx", sheet=["二月"], workdir=tmp_path)
    assert (intake.tables[0].name, intake.tables[0].rows) == ("二月", 1)
    assert ("sheet_hidden", "隐藏") in [(f.code, f.facts.get("sheet")) for f in intake.report]
    with pytest.raises(RuleError, match="sheet_unknown"):
        parse(path, filename="x.xlsx", sheet=["三月"], workdir=tmp_path)


def test_the_process_of_its_own_gives_the_same_answers(tmp_path):
    good, bad, work = tmp_path / "good", tmp_path / "bad", tmp_path / "work"
    good.write_text("名称,数量\n甲,1\n", encoding="utf-8")
    bad.write_text("名称,数量\n甲,=1\n", encoding="utf-8")
    work.mkdir()
    intake = read_tables(good, filename="甲.csv", workdir=work)
    assert intake.tables[0].parquet.is_file()
    assert intake == parse(good, filename="甲.csv", workdir=work)
    with pytest.raises(RuleError) as caught:
        read_tables(bad, filename="乙.csv", workdir=work)
    assert (caught.value.code, caught.value.facts["row"]) == ("intake.formula_cells", 2)


@pytest.mark.parametrize(("limit", "value"), [("PARSE_MEMORY", 120 * limits.MIB), ("PARSE_SECONDS", 0.05)])
def test_a_file_that_asks_too_much_is_refused_and_the_caller_lives(tmp_path, monkeypatch, limit, value):
    """The limits are real: with hardly any memory, or no time, the answer is a refusal."""
    path = tmp_path / "upload"
    path.write_text("名称,数量\n" + "甲,1\n" * 100_000, encoding="utf-8")
    monkeypatch.setattr(limits, limit, value)
    with pytest.raises(RuleError, match="file_too_demanding"):
        read_tables(path, filename="x.csv", workdir=tmp_path)
