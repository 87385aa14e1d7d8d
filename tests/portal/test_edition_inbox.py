"""The inbox of editions says the same as the decision page, at every step and to everybody; and it can be narrowed down."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare import jobs
from ckanext.govshare.domain.edition_duty import DUTIES
from ckanext.govshare.logic.errors import PERSONAL
from ckanext.govshare.model import Edition

from tests import persons
from tests.portal.applicants import day
from tests.portal.officers import REVIEW, Department, act, person
from tests.portal.sessions import TOKEN, as_in_a_browser
from tests.portal.test_edition import SMALL, cleared, deliver, step

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")


def waits(who: str, edition: dict[str, Any], **asked: Any) -> str | None:
    """What the edition waits for in somebody's inbox; None when it is not there."""
    asked["q"] = edition["entry"]["title"]
    rows = act(who, "govshare_edition_waiting_list", **asked)["results"]
    return next((row["duty"] for row in rows if row["id"] == edition["id"]), None)


def due_by_the_moves(who: str, edition: dict[str, Any]) -> str | None:
    """The same, told from the decision page: a move of a duty is possible and nothing about this person stands against it."""
    try:
        shown = act(who, "govshare_edition_show", id=edition["id"])
    except toolkit.ObjectNotFound:
        return None
    reviewed = bool(shown["review"] and shown["review"]["current"])
    moves = {move["name"]: move for move in shown["moves"]}
    for duty in DUTIES:
        for move in (moves[move.name] for move in duty.moves):
            personal = [reason for reason in move["reasons"] if reason["code"] in PERSONAL]
            if move["possible"] and not personal and duty.reviewed in (None, reviewed):
                return duty.name
    return None


def test_the_inbox_agrees_with_the_decision_page_at_every_step():
    """From the upload to the release, for eight kinds of people; two of them decide in a head's place (委托代行)."""
    office, other = Department(), Department()
    second_clerk, second_head = office.another("editor"), office.another("admin")
    deputy, of_another_kind = office.another("editor"), office.another("editor")
    for delegate, kinds in ((deputy, ["edition"]), (office.clerk, ["edition"]), (of_another_kind, ["reply"])):
        days = {"from_on": day(0), "to_on": day(9)}
        act(
            office.head,
            "govshare_delegation_create",
            organization=office.name,
            delegate=delegate,
            kinds=kinds,
            **days,
        )
    clerks = (office.clerk, second_clerk, deputy, of_another_kind)
    people = (*clerks, office.head, second_head, other.clerk, office.bureau)
    edition = deliver(office, office.published(), persons.table(300))
    way = (
        (None, None, {}, "mask"),
        (office.clerk, "plan", {"plan": persons.PLAN}, "mask"),
        (office.clerk, "mask", {}, "mask"),
        (office.clerk, "submit", {}, "check"),
        (second_clerk, "reject", {"note": "再看一下"}, "mask"),
        (office.clerk, "plan", {"plan": persons.PLAN}, "mask"),
        (office.clerk, "mask", {}, "mask"),
        (office.clerk, "submit", {}, "check"),
        (second_clerk, "confirm", {}, "review"),
        (second_head, "review", {"review": REVIEW}, "release"),
    )
    for who, move, more, duty in way:
        if move:
            step(who, edition, move, **more)
        found = {one: waits(one, edition) for one in people}
        assert found == {one: due_by_the_moves(one, edition) for one in people}, move
        if duty == "review":  # a clerk's by delegation alone, and not of who delivered the data
            assert [one for one in clerks if found[one]] == [deputy]
        assert set(found.values()) == {duty, None}
        assert waits(office.bureau, edition, everybody=True) == duty
        assert waits(other.head, edition, everybody=True) is None
    step(office.clerk, edition, "release")
    assert waits(office.clerk, edition, everybody=True) is None  # the files are being made
    jobs.drain()
    assert waits(office.clerk, edition, everybody=True) is None


def test_who_planned_does_not_find_it_among_what_to_check():
    office = Department()
    second = office.another("editor")
    edition = deliver(office, office.published(), SMALL)
    step(office.clerk, edition, "declare", note="均为公开统计数据")
    assert [waits(who, edition) for who in (office.clerk, second, office.head)] == [None, "check", "check"]


def test_a_review_of_another_table_is_none():
    """A new plan after the review: it is masked, checked and reviewed again, and waits for each in turn."""
    office = Department()
    edition = deliver(office, office.published(), SMALL)
    step(office.clerk, edition, "declare", note="均为公开统计数据")
    step(office.head, edition, "confirm")
    step(office.head, edition, "review", review=REVIEW)
    step(office.clerk, edition, "plan", plan={"columns": {"日期": {"method": "drop"}}})
    step(office.clerk, edition, "mask")
    step(office.clerk, edition, "submit")
    step(office.head, edition, "confirm")
    assert waits(office.head, edition) == "review"


def test_oldest_first_counted_and_narrowed_down():
    office = Department()
    word = office.name[-8:]
    entries = [office.published(title=f"{word}之{number}") for number in (1, 2, 3)]
    editions = [deliver(office, entry, SMALL) for entry in entries]
    step(office.clerk, editions[0], "declare", note="均为公开统计数据")
    for edition, days in zip(editions, (1, 3, 2), strict=True):
        age = sa.func.now() - sa.func.make_interval(0, 0, 0, days)
        model.Session.execute(sa.update(Edition).where(Edition.id == edition["id"]).values(updated_at=age))
    model.Session.commit()
    found = act(office.clerk, "govshare_edition_waiting_list")
    assert (found["count"], found["counts"]) == (2, {"mask": 2})
    assert [row["title"] for row in found["results"]] == [f"{word}之2", f"{word}之3"]
    everybody = act(office.clerk, "govshare_edition_waiting_list", everybody=True)
    assert everybody["counts"] == {"mask": 2, "check": 1}
    assert [row["title"][-1] for row in everybody["results"]] == ["2", "3", "1"]
    for asked, titles in (
        ({"q": "之3"}, ["3"]),
        ({"q": "%"}, []),
        ({"duty": "check"}, []),
        ({"offset": 1}, ["3"]),
        ({"limit": 1}, ["2"]),
        ({"limit": 0}, []),
        ({"organization": office.name}, ["2", "3"]),
        ({"organization": "shujuju-andere"}, []),
    ):
        rows = act(office.clerk, "govshare_edition_waiting_list", **asked)["results"]
        assert [row["title"][-1] for row in rows] == titles, asked
    with pytest.raises(toolkit.ValidationError):
        act(office.clerk, "govshare_edition_waiting_list", duty="publish")


def test_only_officers_ask():
    for who in (None, person("citizen"), person("operator", sysadmin=True)):
        with pytest.raises(toolkit.NotAuthorized):
            act(who, "govshare_edition_waiting_list")


def test_the_page_shows_what_waits_and_releases_what_is_ready(app):
    """By a session as a browser has it: the tabs, the filters in the address, asked once, a result for each."""
    office = Department()
    ready, open_one = office.published(), office.published()
    edition = cleared(office, ready, SMALL)
    deliver(office, open_one, SMALL)
    version = act(office.clerk, "govshare_edition_show", id=edition["id"])["version"]
    pick = f"{edition['id']}:{version}"

    def browse(client):
        pages = [client.get(f"/workbench/edition/{query}") for query in ("", "?duty=release", "?q=nichts")]
        asked = client.get(f"/workbench/edition/release?duty=release&pick={pick}")
        form = {"pick": [pick, "x:1"], "_csrf_token": TOKEN.search(asked.text)[1]}
        return [*pages, asked, *(client.post("/workbench/edition/release", data=form) for _ in range(2))]

    everything, release, nothing, asked, done, again = as_in_a_browser(app, office.clerk, browse)
    assert [page.status_code for page in (everything, release, nothing, asked, done, again)] == [200] * 6
    assert ready["title"] in everything.text
    assert open_one["title"] in everything.text
    assert f'value="{pick}"' in release.text
    assert open_one["title"] not in release.text
    assert ready["title"] not in nothing.text
    assert ready["title"] in asked.text
    model.Session.expire_all()
    assert model.Session.get(Edition, edition["id"]).asked_at is not None
    assert done.text.count("gs-inbox-late") == 1  # the edition that does not exist
    assert again.text.count("gs-inbox-late") == 1  # a double click is one release
