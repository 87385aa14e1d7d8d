"""延期审批: the tab says the same as the decision page, at every step and to everybody, to who decides for a head as well."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare.domain.application_duty import DUTIES, EXTENDING
from ckanext.govshare.logic import waiting
from ckanext.govshare.model import Application

from tests.portal.applicants import applied, day, take
from tests.portal.officers import Department, act, person
from tests.portal.sessions import TOKEN, as_in_a_browser

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")

NAMES = [duty.name for duty in DUTIES]


def delegate(office: Department, to: str, *kinds: str) -> None:
    """Let somebody decide for the head, from today on."""
    days = {"from_on": day(0), "to_on": day(9)}
    act(
        office.head,
        "govshare_delegation_create",
        organization=office.name,
        delegate=to,
        kinds=list(kinds),
        **days,
    )


def waits(who: str, number: str) -> list[str]:
    """Behind which tabs somebody finds an application."""
    asked = {"office": True, "state": "open", "q": number}
    found = {name: act(who, "govshare_application_list", duty=name, **asked)["results"] for name in NAMES}
    return [name for name, rows in found.items() if any(row["number"] == number for row in rows)]


def due_by_the_moves(who: str, number: str) -> list[str]:
    """The same by the decision page: a move of the duty lacks nothing but what comes with it, and is this person's."""
    try:
        shown = act(who, "govshare_application_show", id=number)
    except toolkit.ObjectNotFound:
        return []
    moves = {move["name"]: move for move in shown["moves"]}
    return [duty.name for duty in DUTIES if any(moves[move.name]["allowed"] for move in duty.moves)]


def test_the_tab_agrees_with_the_decision_page_at_every_step():
    """From the receipt to the reply, for eight kinds of people; two of them decide in a head's place (委托代行)."""
    office, other = Department(), Department()
    second_head = office.another("admin")
    deputy, of_another_kind = office.another("editor"), office.another("editor")
    delegate(office, deputy, "extension")
    delegate(office, office.clerk, "extension", "reply")
    delegate(office, of_another_kind, "reply")
    people = (
        office.clerk, deputy, of_another_kind, office.head, second_head, other.clerk, other.head,
    )  # fmt: skip
    _who, shown = applied(office)
    number = shown["number"]
    way: tuple[tuple[str, str, dict[str, Any], set[str]], ...] = (
        ("", "", {}, set()),
        (office.clerk, "accept", {}, set()),
        (
            office.clerk,
            "ask_extension",
            {"days": 3, "note": "需要核对"},
            {deputy, office.head, second_head},
        ),
        (deputy, "grant_extension", {}, set()),
    )
    for who, move, more, theirs in way:
        if move:
            take(who, number, move, **more)
        found = {one: waits(one, number) for one in people}
        assert found == {one: due_by_the_moves(one, number) for one in people}, move
        assert {one for one, names in found.items() if names} == theirs
        assert waits(office.bureau, number) == (["extension"] if theirs else [])  # it oversees them


def test_a_heads_own_application_is_nobodys_in_their_place():
    """Nobody gives away more than they have: the tab of who decides for them leaves it out, another head has it."""
    office = Department()
    deputy, second_head = office.another("editor"), office.another("admin")
    delegate(office, deputy, "extension")
    _who, shown = applied(office, who=office.head)
    number = shown["number"]
    take(office.clerk, number, "accept")
    take(office.clerk, number, "ask_extension", days=3, note="需要核对")
    found = {who: waits(who, number) for who in (deputy, office.head, second_head)}
    assert found == {who: due_by_the_moves(who, number) for who in found}
    assert [who for who, names in found.items() if names] == [second_head]


def test_after_the_due_day_nothing_waits_for_a_decision():
    """Nobody can extend any more; the reply itself is what the head has before them."""
    office = Department()
    _who, shown = applied(office)
    number = shown["number"]
    take(office.clerk, number, "accept")
    take(office.clerk, number, "ask_extension", days=3, note="需要核对")
    assert act(office.head, "govshare_application_show", id=number)["waits_for"] == "extension"
    model.Session.execute(sa.update(Application).filter_by(number=number).values(due_on=date(2026, 1, 5)))
    model.Session.commit()
    assert waits(office.head, number) == due_by_the_moves(office.head, number) == []
    assert act(office.head, "govshare_application_show", id=number)["waits_for"] == ""
    listed = act(office.head, "govshare_application_list", office=True, extension=True)["results"]
    assert number not in [row["number"] for row in listed]


def test_whose_tab_it_is():
    """Heads and who decides for them; not a clerk's, nor that of who replies for a head."""
    office = Department()
    deputy, of_another_kind = office.another("editor"), office.another("editor")
    delegate(office, deputy, "extension")
    delegate(office, of_another_kind, "reply")
    theirs = {
        who: waiting.may_ever(EXTENDING, str(model.User.get(who).id))
        for who in (office.head, deputy, office.clerk, of_another_kind)
    }
    assert [who for who, is_theirs in theirs.items() if is_theirs] == [office.head, deputy]


def test_an_unknown_duty_is_refused_and_strangers_see_nothing():
    office = Department()
    with pytest.raises(toolkit.ValidationError):
        act(office.head, "govshare_application_list", office=True, duty="publish")
    assert act(person("citizen"), "govshare_application_list", office=True, duty="extension")["count"] == 0


def test_one_press_grants_it_and_goes_on(app):
    """By a session as a browser has it: the tab with its count, the list, the button; what changed meanwhile is told."""
    office = Department()
    numbers = []
    for _ in range(2):
        _who, shown = applied(office)
        take(office.clerk, shown["number"], "accept")
        take(office.clerk, shown["number"], "ask_extension", days=3, note="需要核对")
        numbers.append(shown["number"])
    address = f"/workbench/application/{numbers[0]}?duty=extension"
    version = act(office.head, "govshare_application_show", id=numbers[0])["version"]

    def browse(client):
        listed, case = client.get("/workbench/application/?duty=extension"), client.get(address)
        form = {
            "move": "adopt",
            "step": "approve",
            "version": version,
            "_csrf_token": TOKEN.search(case.text)[1],
        }
        wrong = client.post(address, data=form)
        done = client.post(address, data={**form, "step": "grant_extension"})
        return listed, case, wrong, done, client.get("/workbench/application/?duty=extension")

    listed, case, wrong, done, after = as_in_a_browser(app, office.head, browse)
    assert all(number in listed.text for number in numbers)
    assert 'name="step" value="grant_extension"' in case.text
    assert wrong.status_code == 409
    assert done.status_code == 302
    assert f"/workbench/application/{numbers[1]}?duty=extension" in done.headers["Location"]
    rows = [f"/workbench/application/{number}?duty=extension" in after.text for number in numbers]
    assert rows == [False, True]
    assert act(office.head, "govshare_application_show", id=numbers[0])["extension"]["granted"] is True
