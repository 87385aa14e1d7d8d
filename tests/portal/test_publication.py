"""Publication on the real parts: what each step lets whom see, and what can never happen."""

from __future__ import annotations

import threading
from functools import cache
from uuid import uuid4

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare import jobs, search
from ckanext.govshare.model import JournalRow, OutboxRow, Publication, Version
from flask import current_app

from tests.portal.officers import REVIEW, Department, act, card, person

LAW = [{"title": "中华人民共和国数据安全法", "article": "第二十一条", "level": "law"}]
CLOSED = {"openness": "closed", "openness_reason": "涉及公共安全", "openness_basis": LAW}

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")


@pytest.fixture
def department():
    """One department for all of these tests; entries have titles of their own."""
    return _department()


@cache
def _department():
    return Department()


def sees(who, entry):
    """Tell whether ``who`` sees the entry by both doors, show and search; they must agree."""
    try:
        act(who, "package_show", id=entry["id"])
        shown = True
    except (toolkit.NotAuthorized, toolkit.ObjectNotFound):
        shown = False
    found = act(who, "package_search", fq=f"id:{entry['id']}", include_private=True)["count"] == 1
    assert shown is found
    return shown


def test_who_sees_what_at_each_step(department):
    """A draft is its department's; the bureau joins when it is submitted; the public at publication."""
    stranger = Department().clerk
    entry = department.draft()
    everybody = (department.clerk, department.bureau, stranger, None)
    assert [sees(who, entry) for who in everybody] == [True, False, False, False]
    department.move(department.clerk, entry["id"], "submit")
    assert [sees(who, entry) for who in everybody] == [True, True, False, False]
    department.move(department.head, entry["id"], "approve", review=REVIEW)
    assert [sees(who, entry) for who in everybody] == [True, True, False, False]
    department.move(department.bureau, entry["id"], "publish")
    assert [sees(who, entry) for who in everybody] == [True, True, True, True]
    department.move(department.head, entry["id"], "withdraw", note="有误")
    assert [sees(who, entry) for who in everybody] == [True, True, False, False]


def test_a_closed_entry_is_published_to_its_department_and_the_bureau(department):
    """Closed entries (不予开放) are in no public list, count or keyword list."""
    word = f"秘{uuid4().hex[:6]}"
    entry = department.published(**CLOSED, tag_string=word)
    assert [sees(who, entry) for who in (department.clerk, department.bureau, None)] == [True, True, False]
    assert entry["name"] not in act(None, "package_list")
    assert word not in act(None, "tag_list")
    assert act(None, "tag_autocomplete", query=word) == []
    assert act(None, "tag_search", query=word)["count"] == 0
    assert act(department.clerk, "tag_autocomplete", query=word) == [word]


def test_the_card_comes_back_as_it_was_given(department):
    """Lists go in and come out as lists, keywords may have one character, codes are given."""
    entry = department.published()
    assert entry["data_items"] == [{"name": "名称", "type": "C"}, {"name": "泊位数", "type": "N"}]
    assert sorted(tag["name"] for tag in entry["tags"]) == ["停车", "水", "泊位"]
    prefix, number = entry["resource_code"].split("/")
    assert department.draft()["resource_code"] == f"{prefix}/{int(number) + 1}"
    assert entry["name"].startswith("gong-gong-ting-che-chang-ming-lu")
    assert entry["first_published"]


def test_the_database_refuses_one_person_for_two_steps(department):
    """Whatever code does, approver and submitter differ (CHECK)."""
    entry = department.draft()
    with pytest.raises(sa.exc.IntegrityError, match="approver_not_submitter"):
        model.Session.execute(
            sa.update(Publication).filter_by(entry_id=entry["id"]).values(submitted_by="li", approved_by="li")
        )
    model.Session.rollback()


def test_the_database_refuses_a_public_dataset_without_publication(department):
    """The last wall: not even SQL makes a draft public (deferred trigger)."""
    entry = department.draft()
    model.Session.execute(sa.text("UPDATE package SET private = false WHERE id = :id"), {"id": entry["id"]})
    with pytest.raises(sa.exc.IntegrityError, match="public without a publication"):
        model.Session.commit()
    model.Session.rollback()


@pytest.mark.parametrize("table", ["govshare_journal", "govshare_version", "govshare_secrecy_review"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET id = id", "TRUNCATE {}"])
def test_records_are_append_only(table, statement):
    """Journal, versions and reviews are written once."""
    text = statement.format(table).replace(
        "SET id = id", "SET content = content" if "version" in table else "SET id = id"
    )
    with pytest.raises(sa.exc.IntegrityError, match="append-only"):
        model.Session.execute(sa.text(text))
    model.Session.rollback()


def test_each_move_leaves_one_line_in_the_journal(department):
    """Who, which move, from, to; and the version of the rules."""
    entry = department.published()
    rows = model.Session.scalars(
        sa.select(JournalRow).filter_by(case_kind="publication", case_id=entry["id"]).order_by(JournalRow.id)
    ).all()
    assert [(row.move, row.from_state, row.to_state) for row in rows] == [
        ("create", "", "draft"),
        ("submit", "draft", "department_review"),
        ("approve", "department_review", "bureau_review"),
        ("publish", "bureau_review", "published"),
    ]
    assert len({row.actor for row in rows}) == 3
    assert all(len(row.rule_version) == 12 for row in rows)


def test_approval_needs_the_secrecy_review_and_says_all_that_is_missing(department):
    """保密审查: basis, four answers, conclusion; a refusal changes nothing."""
    entry = department.draft()["id"]
    department.move(department.clerk, entry, "submit")
    with pytest.raises(toolkit.ValidationError) as refused:
        department.move(department.head, entry, "approve")
    assert len(refused.value.error_dict["review"]) == 6
    with pytest.raises(toolkit.ValidationError) as refused:
        department.move(department.head, entry, "approve", review={**REVIEW, "conclusion": "may_not"})
    assert refused.value.error_dict["codes"] == ["review.refuses"]
    assert act(department.head, "govshare_publication_show", id=entry)["state"] == "department_review"


def test_what_is_closed_may_be_found_unfit_to_open(department):
    """A closed card is registered, not opened: its review may conclude that it may not open."""
    entry = department.draft(**CLOSED)["id"]
    department.move(department.clerk, entry, "submit")
    department.move(department.head, entry, "approve", review={**REVIEW, "conclusion": "may_not"})
    assert department.move(department.bureau, entry, "publish")["state"] == "published"


def test_a_stale_version_is_refused(department):
    """Whoever looked at an older state decides again."""
    entry = department.draft()["id"]
    department.move(department.clerk, entry, "submit")
    with pytest.raises(toolkit.ValidationError) as refused:
        act(department.clerk, "govshare_publication_move", id=entry, move="recall", version=1)
    assert refused.value.error_dict["codes"] == ["workflow.stale"]


def test_many_deciders_one_decision(department):
    """Five heads approve at once: one wins, four are told that they came too late, one line is written."""
    heads = [department.head, *(department.another("admin") for _ in range(4))]
    entry = department.draft()["id"]
    department.move(department.clerk, entry, "submit")
    version = act(department.head, "govshare_publication_show", id=entry)["version"]
    outcomes: list[str] = []
    gate = threading.Barrier(len(heads))
    app = current_app._get_current_object()

    def decide(head):
        with app.test_request_context():
            gate.wait()
            try:
                decision = {"id": entry, "move": "approve", "version": version, "review": REVIEW}
                act(head, "govshare_publication_move", **decision)
                outcomes.append("won")
            except toolkit.ValidationError as error:
                outcomes.append(error.error_dict["codes"][0])
            finally:
                model.Session.remove()

    threads = [threading.Thread(target=decide, args=(head,)) for head in heads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["won", *["workflow.stale"] * 4]
    approvals = sa.select(sa.func.count()).select_from(JournalRow).filter_by(case_id=entry, move="approve")
    assert model.Session.scalar(approvals) == 1


def test_a_double_click_is_one_move(department):
    """The same person, the same move, the same version again: the same answer, no second line."""
    entry = department.draft()["id"]
    version = act(department.clerk, "govshare_publication_show", id=entry)["version"]
    for _ in range(2):
        shown = act(department.clerk, "govshare_publication_move", id=entry, move="submit", version=version)
        assert shown["state"] == "department_review"
    lines = sa.select(sa.func.count()).select_from(JournalRow).filter_by(case_id=entry, move="submit")
    assert model.Session.scalar(lines) == 1


def test_a_change_stays_unseen_until_it_is_published(department):
    """The public copy stays; then the new card is the next version with a readable difference."""
    entry = department.published()
    change = act(department.clerk, "govshare_change_create", id=entry["id"], content={"notes": "新的摘要"})
    assert act(None, "package_show", id=entry["id"])["notes"] == entry["notes"]
    assert [row["field"] for row in change["differences"]] == ["notes"]
    for who, move in (
        (department.clerk, "submit"),
        (department.head, "approve"),
        (department.bureau, "publish"),
    ):
        version = act(who, "govshare_change_show", id=change["id"])["version"]
        act(who, "govshare_change_move", id=change["id"], move=move, version=version, review=REVIEW)
    shown = act(None, "package_show", id=entry["id"])
    assert shown["notes"] == "新的摘要"
    assert shown["name"] == entry["name"]
    assert act(None, "package_search", fq=f"id:{entry['id']}")["results"][0]["notes"] == "新的摘要"
    versions = act(None, "govshare_version_list", id=entry["id"])
    assert [(row["number"], [c["field"] for c in row["changes"]]) for row in versions] == [
        (2, ["notes"]),
        (1, []),
    ]


def test_a_change_of_a_withdrawn_entry_is_not_published(department):
    """What was withdrawn while its change was under review comes back by reopening, not by the change."""
    entry = department.published()
    content = {"notes": "新的摘要"}
    change = act(department.clerk, "govshare_change_create", id=entry["id"], content=content)["id"]
    for who, move in ((department.clerk, "submit"), (department.head, "approve")):
        version = act(who, "govshare_change_show", id=change)["version"]
        act(who, "govshare_change_move", id=change, move=move, version=version, review=REVIEW)
    department.move(department.head, entry["id"], "withdraw", note="有误")
    version = act(department.bureau, "govshare_change_show", id=change)["version"]
    with pytest.raises(toolkit.ValidationError) as refused:
        act(department.bureau, "govshare_change_move", id=change, move="publish", version=version)
    assert refused.value.error_dict["codes"] == ["change.not_published"]


def test_only_one_change_at_a_time(department):
    """A second proposal is refused while one is open."""
    entry = department.published()
    act(department.clerk, "govshare_change_create", id=entry["id"], content={"notes": "一"})
    with pytest.raises(toolkit.ValidationError) as refused:
        act(department.clerk, "govshare_change_create", id=entry["id"], content={"notes": "二"})
    assert refused.value.error_dict["codes"] == ["change.already_open"]


def test_narrowing_hides_at_once(department):
    """A change from unconditional to closed takes the entry out of the public's sight with its publication."""
    entry = department.published()
    change = act(department.clerk, "govshare_change_create", id=entry["id"], content=CLOSED)
    for who, move in (
        (department.clerk, "submit"),
        (department.head, "approve"),
        (department.bureau, "publish"),
    ):
        version = act(who, "govshare_change_show", id=change["id"])["version"]
        act(who, "govshare_change_move", id=change["id"], move=move, version=version, review=REVIEW)
    assert [sees(who, entry) for who in (None, department.clerk, department.bureau)] == [False, True, True]
    assert (
        model.Session.scalar(sa.select(sa.func.count()).select_from(Version).filter_by(entry_id=entry["id"]))
        == 2
    )


def test_bulk_judges_each_alone(department):
    """Three of four are approved; the fourth says why not."""
    ids = [department.draft()["id"] for _ in range(4)]
    for entry in ids[:3]:
        department.move(department.clerk, entry, "submit")
    items = [
        {
            "kind": "publication",
            "id": entry,
            "version": act(department.head, "govshare_publication_show", id=entry)["version"],
        }
        for entry in ids
    ]
    results = act(
        department.head, "govshare_publication_bulk_move", items=items, move="approve", review=REVIEW
    )["results"]
    assert [row["success"] for row in results] == [True, True, True, False]
    assert results[3]["errors"]


def test_the_inbox_holds_ones_own_cases(department):
    """Officers see their department; the bureau all departments but not their drafts; strangers nothing."""
    entry = department.draft()
    mine = act(department.clerk, "govshare_publication_list", q=entry["title"])
    assert [row["id"] for row in mine["results"]] == [entry["id"]]
    assert act(Department().clerk, "govshare_publication_list", q=entry["title"])["count"] == 0
    assert act(department.bureau, "govshare_publication_list", q=entry["title"])["count"] == 0
    department.move(department.clerk, entry["id"], "submit")
    assert act(department.bureau, "govshare_publication_list", q=entry["title"])["count"] == 1
    with pytest.raises(toolkit.NotAuthorized):
        act(person("citizen"), "govshare_publication_list")


def test_a_sysadmin_decides_nothing(department):
    """Operators run the portal; they hold no office (三员分立)."""
    root = person("operator", sysadmin=True)
    entry = department.draft()["id"]
    department.move(department.clerk, entry, "submit")
    with pytest.raises(toolkit.NotAuthorized):
        act(root, "govshare_publication_move", id=entry, move="approve", version=2, review=REVIEW)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("停车场", 1),
        ("停車場", 1),
        ("ＰＡＲＫ", 1),
        ("泊位数", 1),
        ("水", 1),
        ("飞机场", 0),
        ("名录 停车", 1),
        ("12:00", 0),
    ],
)
def test_chinese_words_are_found(department, query, found):
    """Words of title, text, keywords, data items; traditional and full-width folded; one character."""
    entry = department.published(title=f"停车场名录park {uuid4().hex[:8]}")
    assert act(None, "package_search", q=query, fq=f"id:{entry['id']}")["count"] == found


def test_departments_are_found_by_their_title(department):
    """CKAN indexes only slugs of organizations; here their Chinese titles are words like others."""
    entry = department.published()
    title = toolkit.get_action("organization_show")({"ignore_auth": True}, {"id": department.name})["title"]
    # Asked for by its id as well: the department has more entries than one page of results.
    assert act(None, "package_search", q=title, fq=f"id:{entry['id']}")["count"] == 1
    assert act(None, "package_search", q="市无此局", fq=f"id:{entry['id']}")["count"] == 0


@pytest.mark.parametrize(
    "changes", [{"title": ""}, {"openness": "open"}, {"theme": "x"}, {"owner_org": "nowhere"}]
)
def test_bad_cards_are_refused_by_field(department, changes):
    """Each with its field; nothing is written."""
    with pytest.raises((toolkit.ValidationError, toolkit.NotAuthorized)) as refused:
        act(department.clerk, "package_create", **{**card(), "owner_org": department.name, **changes})
    if isinstance(refused.value, toolkit.ValidationError):
        assert next(iter(changes)) in refused.value.error_dict


def test_one_title_once_per_department(department):
    """信息资源名称 is unique in the department, and may repeat in another."""
    entry = department.draft()
    with pytest.raises(toolkit.ValidationError) as refused:
        department.draft(title=entry["title"])
    assert "title" in refused.value.error_dict
    assert Department().draft(title=entry["title"])["name"] == f"{entry['name']}-2"


def test_a_search_engine_that_is_down_holds_nobody_up(department, monkeypatch):
    """The move stands, the index follows by the outbox; many announcements are settled by one visit."""
    entry = department.draft()

    def down(_entries):
        message = "no answer"
        raise OSError(message)

    with monkeypatch.context() as broken:
        broken.setattr(search, "reindex", down)
        assert department.move(department.clerk, entry["id"], "submit")["state"] == "department_review"
        department.move(department.clerk, entry["id"], "recall")
        department.move(department.clerk, entry["id"], "submit")
    waiting = sa.select(sa.func.count()).select_from(OutboxRow).filter_by(key=entry["id"], done_at=None)
    assert model.Session.scalar(waiting) == 3
    model.Session.commit()
    jobs.drain()
    assert model.Session.scalar(waiting) == 0
    assert (
        act(department.bureau, "package_search", fq=f"id:{entry['id']}", include_private=True)["count"] == 1
    )
