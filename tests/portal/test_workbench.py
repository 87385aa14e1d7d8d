"""The entry form's way between what is typed and what is stored, and the officers' pages for each role."""

from __future__ import annotations

from collections import Counter

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare.logic import roles
from ckanext.govshare.views import card_table, entry_fields, onward, terms

from tests.portal.officers import REVIEW, Department, act, bureau, system

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


@pytest.mark.parametrize(
    ("before", "here", "after", "following"),
    [
        ("abc", "a", "bc", "b"),
        ("abc", "b", "ac", "c"),
        ("abc", "c", "ab", "a"),
        ("abc", "a", "c", "c"),
        ("abc", "a", "abc", "b"),
        ("a", "a", "", None),
        ("abc", "x", "abc", "a"),
        ("abc", "b", None, "c"),
        ("abc", "c", None, None),
    ],
)
def test_the_case_that_follows(before, here, after, following):
    """The next of the inbox that still waits, else its first; passing over ends with the page."""
    assert onward.following(before, here, after) == following


def test_a_page_asks_once_who_somebody_is():
    """What the lists of the workbench ask for: memberships and the bureau are read from the database once."""
    office, asked = Department(), Counter()

    def count(_connection, _cursor, statement, parameters, *_):
        if "FROM member" in statement or "FROM public.member" in statement:
            asked[statement, str(parameters)] += 1

    model.Session.remove()  # a connection of its own, which is listened to
    sa.event.listen(model.meta.engine, "before_cursor_execute", count)
    try:
        for action in ("govshare_publication_list", "govshare_office_list", "govshare_edition_late_list"):
            act(office.head, action)
        act(office.head, "govshare_application_list", office=True)
    finally:
        sa.event.remove(model.meta.engine, "before_cursor_execute", count)
    assert list(asked.values()) == [1]


def test_who_somebody_is_follows_every_write():
    """What was kept for a page is forgotten when a membership changes, committed or only flushed, and by every move."""
    office = Department()
    clerk = str(model.User.get(office.clerk).id)
    assert roles.roles_of(clerk, office.id) == {"clerk"}
    member = {"id": office.name, "username": office.clerk, "role": "admin"}
    toolkit.get_action("organization_member_create")(system(), member)
    assert roles.roles_of(clerk, office.id) == {"head"}
    with model.meta.engine.begin() as elsewhere:
        elsewhere.execute(
            sa.text("UPDATE member SET capacity = 'editor' WHERE table_id = :id"), {"id": clerk}
        )
    assert roles.actor_of(clerk, office.id, lock=True).roles == {"clerk"}


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
