"""Column names of foreign catalogs find our fields; what a person says wins."""

from __future__ import annotations

import pytest
from ckanext.govshare import rulebook
from ckanext.govshare.domain.catalog_mapping import (
    CatalogMapping,
    check_mapping,
    known_name,
    mapping_of,
    parse_mapping,
    propose,
)
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake.folding import fold

FIELDS = rulebook.entry_fields()


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("信息资源名称", "title"),
        ("名称", "title"),
        ("資源名稱", "title"),
        ("資料集名稱（必填）", "title"),
        ("資料名稱", "title"),
        (" Title ", "title"),
        ("更新頻率", "update_cycle"),
        ("更新周期*", "update_cycle"),
        ("標籤/關鍵字", "tag_string"),
        ("開放類型", "openness"),
        ("資料集提供機關聯絡人電子郵件", "contact_email"),
        ("收錄期間(起)", ""),
        ("发布日期", ""),
    ],
)
def test_a_column_name_is_recognised(column: str, field: str) -> None:
    """Headers of the 1272 layout, labels, synonyms, simplified or traditional; workflow fields never."""
    assert [p.field for p in propose([column], [["x"]], FIELDS, fold)] == [field]


def test_each_field_has_one_column_and_the_better_name_wins() -> None:
    """Of two columns for one field the better known name is proposed; the other stays without."""
    found = propose(["檔案格式", "资源格式"], [["CSV", "XLS"]], FIELDS, fold)
    assert [p.field for p in found] == ["", "format_detail"]


def test_samples_stand_beside_the_names() -> None:
    """Three different values, blanks left out."""
    rows = [["甲"], [""], ["甲"], ["乙"], ["丙"], ["丁"]]
    assert propose(["名称"], rows, FIELDS, fold)[0].samples == ("甲", "乙", "丙")


@pytest.mark.parametrize(
    ("mapping", "codes"),
    [
        (CatalogMapping({"名称": "title"}), []),
        (CatalogMapping({}), ["catalog.mapping_title_missing"]),
        (CatalogMapping({"名称": "title", "摘要": "title"}), ["catalog.mapping_field_twice"]),
        (CatalogMapping({"名称": "title", "没有": "notes"}), ["catalog.mapping_column_unknown"]),
        (CatalogMapping({"名称": "title"}, {"nonsense": "1"}), ["catalog.mapping_field_unknown"]),
        (
            CatalogMapping({"名称": "title"}, {"first_published": "2020-01-01"}),
            ["catalog.mapping_field_unknown"],
        ),
    ],
)
def test_a_mapping_is_checked(mapping: CatalogMapping, codes: list[str]) -> None:
    """No title, a field twice, unknown names, fields that only the workflow writes."""
    assert [r.code for r in check_mapping(mapping, ["名称", "摘要"], FIELDS)] == codes


def test_the_json_form_comes_back_as_it_went() -> None:
    """What is kept for a department is what is used the next time."""
    mapping = CatalogMapping(
        {"名称": "title"}, {"openness": "1"}, {"theme": {"甲": "其他"}}, ("theme",), 2, "目录"
    )
    assert parse_mapping(mapping.as_dict()) == mapping


@pytest.mark.parametrize(
    "content",
    [[], {"nonsense": 1}, {"columns": ["甲"]}, {"columns": {"a": 1}}, {"leave_out": "x"}, {"header_row": -1}],
)
def test_a_mapping_of_wrong_shape_is_refused(content: object) -> None:
    """A person's file may hold anything."""
    with pytest.raises(RuleError) as caught:
        parse_mapping(content)
    assert caught.value.code == "catalog.mapping_shape"


def test_proposals_become_a_mapping_and_names_are_known() -> None:
    """Only proposed columns are mapped; the header test knows the same names."""
    proposals = propose(["資料名稱", "備註"], [], FIELDS, fold)
    assert mapping_of(proposals) == CatalogMapping({"資料名稱": "title"})
    is_name = known_name(FIELDS, fold)
    assert is_name("資料名稱")
    assert not is_name("電動機車充電站名稱及充電站地址")
