"""Cells of catalog files: every shape that real offices write, and what cannot be read."""

from __future__ import annotations

import pytest
from ckanext.govshare import rulebook
from ckanext.govshare.domain.catalog_mapping import CatalogMapping
from ckanext.govshare.domain.catalog_rows import read_row
from ckanext.govshare.domain.catalog_values import Lexicon, class_of_formats, parse_date, read_cell
from ckanext.govshare.intake.folding import fold

LEXICON = Lexicon(rulebook.VOCABULARIES, fold)
FIELDS = rulebook.entry_fields()


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2017-08-18 15:37:43", "2017-08-18"),
        ("2017-08-18T15:37:43+08:00", "2017-08-18"),
        ("2015/1/1", "2015-01-01"),
        ("2015.1.31", "2015-01-31"),
        ("2026年3月1日", "2026-03-01"),
        ("20260301", "2026-03-01"),
        ("２０２６－０３－０１", "2026-03-01"),
        ("104.01.01", "2015-01-01"),
        ("民國99年12月31日", "2010-12-31"),
        ("2026-02-30", None),
        ("17-08-18", None),
        ("去年", None),
    ],
)
def test_dates(text: str, date: str | None) -> None:
    """Every usual shape; three digits are 民国 years; two digits without 民国 name no year for certain."""
    found = parse_date(text)
    assert (found.isoformat() if found else None) == date


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("update_cycle", "每週", "weekly"),
        ("update_cycle", "即時", "realtime"),
        ("update_cycle", "每1月", "monthly"),
        ("update_cycle", "不定期更新", "irregular"),
        ("update_cycle", "每年", "yearly"),
        ("openness", "1", "unconditional"),
        ("openness", "有条件开放", "conditional"),
        ("openness", "closed", "closed"),
        ("theme", "交通运输 (117)", "transport"),
        ("region", "110105 朝阳区", "110105"),
        ("license_id", "公共数据开放许可（署名）", "public-data-attribution"),
        ("format_class", "電子表格", "spreadsheet"),
        ("title", " 甲\r\n乙 ", "甲 乙"),
        ("notes", "第一行\r\n第二行", "第一行\n第二行"),
        ("tag_string", "交通, 公车、水;水\n地鐵", "交通,公车,地鐵,水"),
        ("contact_phone", "０３－３３２＃１２", "03-332#12"),
        ("contact_email", "ａ@b.cn", "a@b.cn"),
        ("notes", "臺北市公車", "臺北市公車"),
    ],
)
def test_a_cell_is_read(field: str, text: str, value: object) -> None:
    """Chosen values become codes; text keeps its characters, traditional ones too."""
    reading = read_cell(rulebook.entry_field(field), text, LEXICON)
    assert (reading.value, reading.reason) == (value, None)


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("update_cycle", "看情况", "catalog.value_not_in_list"),
        ("region", "朝阳区", "catalog.value_ambiguous"),
        ("data_items", "[1, 2", "catalog.value_shape"),
        ("data_items", "名称｜不存在的类型", "catalog.line_unreadable"),
        ("data_items", "本会置委员三十七人。任期二年。", "catalog.items_unreadable"),
        ("openness_basis", "数据法｜第一条｜乱写", "catalog.line_unreadable"),
    ],
)
def test_a_cell_that_cannot_be_read_says_why(field: str, text: str, code: str) -> None:
    """Never a guess: a reason with the field it belongs to."""
    reading = read_cell(rulebook.entry_field(field), text, LEXICON)
    assert reading.value is None
    assert reading.reason is not None
    assert (reading.reason.code, reading.reason.field) == (code, field)


def test_data_items_of_our_layout_and_of_a_foreign_one() -> None:
    """One line an item; or names with an explanation in brackets, repeated ones once."""
    field = rulebook.entry_field("data_items")
    ours = read_cell(field, "站点编号｜字符型｜20｜唯一编号｜否｜是\n金额｜Y｜｜｜是｜否", LEXICON).value
    assert ours == [
        {
            "name": "站点编号",
            "type": "C",
            "length": "20",
            "meaning": "唯一编号",
            "sensitive": False,
            "opened": True,
        },
        {"name": "金额", "type": "Y", "length": "", "meaning": "", "sensitive": True, "opened": False},
    ]
    foreign = read_cell(field, "分類(境外移入、本土)、地址(地址)，地址", LEXICON).value
    assert isinstance(foreign, list)
    assert [(item["name"], item["meaning"]) for item in foreign] == [("分類", "境外移入、本土"), ("地址", "")]


@pytest.mark.parametrize(
    ("formats", "found"),
    [("CSV, URL", "spreadsheet"), ("SHX, SBX, DBF, SHP", "database"), ("URL", None), ("", None)],
)
def test_the_format_class_follows_from_the_first_known_format(formats: str, found: str | None) -> None:
    """信息资源格式分类 is derived when a file names real formats only."""
    assert class_of_formats(formats, LEXICON) == found


def test_a_row_is_judged_as_the_form_judges() -> None:
    """Formulas, long titles and bad choices each name their field; what is to be left out is left out."""
    mapping = CatalogMapping(
        {"名称": "title", "频率": "update_cycle", "电话": "contact_phone"},
        {"openness": "1"},
        leave_out=("contact_phone",),
    )
    row = read_row(7, {"名称": "长" * 10_000, "频率": "=A1", "电话": "没有"}, mapping, FIELDS, LEXICON)
    assert [(r.code, r.field) for r in row.reasons] == [
        ("catalog.formula", "update_cycle"),
        ("entry.too_long", "title"),
    ]
    assert [(c.code, c.field) for c in row.corrections] == [("catalog.left_out", "contact_phone")]
    assert row.values["openness"] == "unconditional"
    assert "contact_phone" not in row.values


def test_a_computed_cell_and_an_overlong_row_are_refused() -> None:
    """The value of a formula may be stale; cells beyond the last column mean that the row has slipped."""
    mapping = CatalogMapping({"名称": "title"})
    assert [r.code for r in read_row(2, {"名称": "甲"}, mapping, FIELDS, LEXICON, {"名称"}).reasons] == [
        "catalog.formula",
        "entry.missing",
    ]
    assert [r.code for r in read_row(2, {"名称": "甲"}, mapping, FIELDS, LEXICON, surplus=2).reasons] == [
        "catalog.row_too_long"
    ]
