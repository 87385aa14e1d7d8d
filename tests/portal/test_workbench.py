"""The entry form's way between what is typed and what is stored, and the officers' pages for each role."""

from __future__ import annotations

import pytest
from ckan.plugins import toolkit
from ckanext.govshare.views import card_table, entry_fields, terms

from tests.portal.officers import REVIEW, Department, act, bureau

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("230100", "230100"),
        ("230100 黑龙江省 哈尔滨市", "230100"),
        ("黑龙江省 哈尔滨市", "230100"),
        ("哈尔滨市", "230100"),
        ("河北省 石家庄市 新华区", "130105"),
        ("新华区", "新华区"),
        ("没有这个地方", "没有这个地方"),
        ("", ""),
    ],
)
def test_a_region_is_named_by_code_name_or_both(typed, code):
    """What names no single place stays as it was typed, so that the check can say so."""
    assert terms.code_of("region", typed) == code


def test_every_term_comes_back_from_how_it_is_shown():
    """No industry or region is lost by opening and sending a form."""
    for vocabulary in ("industry", "region"):
        for code, _name, _low in terms._index(vocabulary):
            assert terms.code_of(vocabulary, terms.shown(vocabulary, code)) == code


def test_items_are_pasted_from_a_spreadsheet():
    """Words and letters of types, missing columns, blank lines."""
    rows = entry_fields.pasted("经度\t数值型\t10\tWGS84\n\n名称\t怪型")
    assert [(row["name"], row["type"], row["length"], row["meaning"]) for row in rows] == [
        ("经度", "N", "10", "WGS84"),
        ("名称", "怪型", "", ""),
    ]


@pytest.mark.parametrize(
    ("stored", "same"),
    [
        ({"name": "名称", "type": "C"}, True),
        (
            {"name": "名称", "type": "C", "sensitive": False, "opened": True, "length": "", "meaning": None},
            True,
        ),
        ({"name": "名称", "type": "C", "opened": "否"}, False),
        ({"name": "名称", "type": "C", "sensitive": True}, False),
        ({"name": "名称", "type": "C", "length": 20}, False),
    ],
)
def test_a_form_sent_unchanged_changes_nothing(stored, same):
    """A row that says the same is kept as an import or the API once wrote it."""
    form = {
        "data_items-1-name": "名称",
        "data_items-1-type": "C",
        "data_items-1-opened": "1",
        "data_items-7-name": " ",
    }
    content = entry_fields.settled(entry_fields.read(form), {"data_items": [stored]})
    assert (content["data_items"] == [stored]) is same
    assert len(content["data_items"]) == 1


def test_differences_are_marked_and_markup_is_not_obeyed():
    """Changed runs are marked; what a clerk typed never becomes HTML."""
    rows = card_table.changes(
        [{"label": "摘要", "field": "notes", "before": "每月<b>", "after": "每季度<b>"}]
    )
    assert "<ins>季度</ins>" in rows[0]["after"]
    assert "&lt;b&gt;" in rows[0]["after"]
    assert "<b>" not in rows[0]["after"]


def test_only_officers_list_offices_and_each_only_their_own():
    """Officers see their departments, the bureau all, strangers none."""
    first, second = Department(), Department()
    mine = {row["name"] for row in act(first.clerk, "govshare_office_list")}
    everybody = {row["name"] for row in act(first.bureau, "govshare_office_list")}
    assert mine == {first.name}
    assert {first.name, second.name, bureau()} <= everybody
    with pytest.raises(toolkit.NotAuthorized):
        act(None, "govshare_office_list")


def test_a_deleted_draft_leaves_the_inbox_and_frees_its_title():
    """What was never public may go; the journal keeps the line."""
    department = Department()
    entry = department.draft()
    act(department.clerk, "package_delete", id=entry["id"])
    found = act(department.clerk, "govshare_publication_list", q=entry["title"])
    assert found["count"] == 0
    department.draft(title=entry["title"])


def test_the_versions_of_an_entry_that_was_never_published_are_none():
    """And the first one says that it changed nothing."""
    department = Department()
    draft = department.draft()
    assert act(department.clerk, "govshare_version_list", id=draft["id"]) == []
    department.move(department.clerk, draft["id"], "submit")
    department.move(department.head, draft["id"], "approve", review=REVIEW)
    department.move(department.bureau, draft["id"], "publish")
    assert [row["changes"] for row in act(None, "govshare_version_list", id=draft["id"])] == [[]]
