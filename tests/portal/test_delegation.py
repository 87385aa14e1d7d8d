"""Delegation (委托代行) on the real database: who decides for whom, until when, and what the tables refuse."""

from __future__ import annotations

import threading
from datetime import date, datetime, time
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare import runtime
from ckanext.govshare.domain.deadline import SHANGHAI
from ckanext.govshare.domain.delegation import KINDS
from ckanext.govshare.logic import roles
from ckanext.govshare.model import Delegation, journal

from tests.portal.applicants import applied, approval, day, take
from tests.portal.officers import REVIEW, Department, act, person, system
from tests.portal.test_edition import SMALL, deliver, step

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")


@pytest.fixture
def office() -> Department:
    """A department of its own for each test."""
    return Department()


def delegate(office: Department, to: str, **changes: Any) -> dict[str, Any]:
    """Delegate from today for ten days, as the head."""
    given = {"kinds": list(KINDS), "from_on": day(0), "to_on": day(9), **changes}
    return act(office.head, "govshare_delegation_create", organization=office.name, delegate=to, **given)


def id_of(name: str) -> str:
    """The id of a user."""
    return str(model.User.get(name).id)


def codes(caught: Any) -> list[str]:
    """The stable codes of a refusal."""
    return caught.value.error_dict["codes"]


def submitted(office: Department) -> str:
    """An entry that waits for the head."""
    entry = office.draft()["id"]
    office.move(office.clerk, entry, "submit")
    return entry


def last_line(kind: str, case: str) -> Any:
    """The newest journal row of a case."""
    return journal.history(model.Session, kind, case)[-1]


def at(monkeypatch: Any, day_of: str, moment: time) -> None:
    """Let the clock of the portal stand at this moment of a day in Shanghai."""
    instant = datetime.combine(date.fromisoformat(day_of), moment, tzinfo=SHANGHAI)
    monkeypatch.setattr(runtime, "now", lambda: instant)


def test_a_delegate_decides_and_the_journal_names_both(office):
    """The entry is approved by the delegate for the head; pages say so, and the delegate was told."""
    deputy, entry = office.another("editor"), submitted(office)
    with pytest.raises(toolkit.NotAuthorized):
        office.move(deputy, entry, "approve", review=REVIEW)
    delegate(office, deputy)
    assert act(deputy, "govshare_notice_list")["results"][0]["kind"] == "delegation.create"
    shown = office.move(deputy, entry, "approve", review=REVIEW)
    row = last_line("publication", entry)
    assert (row.actor, row.move, row.facts["for"]) == (id_of(deputy), "approve", id_of(office.head))
    assert shown["acting_for"] == [office.head]
    assert deputy in shown["history"][-1]["actor"]
    assert office.head in shown["history"][-1]["actor"]
    assert act(office.bureau, "govshare_publication_show", id=entry)["acting_for"] == []


def test_the_heads_own_move_names_nobody_else(office):
    """A delegation takes nothing from the head."""
    delegate(office, office.another("editor"))
    entry = submitted(office)
    office.move(office.head, entry, "approve", review=REVIEW)
    assert "for" not in last_line("publication", entry).facts


def test_what_the_delegate_submitted_or_wrote_is_not_theirs_to_approve(office):
    """The separations of persons stay; another clerk's submission of their own draft does not help."""
    delegate(office, office.clerk)
    with pytest.raises(toolkit.NotAuthorized):
        office.move(office.clerk, submitted(office), "approve", review=REVIEW)
    written, other = office.draft()["id"], office.another("editor")
    office.move(other, written, "submit")
    with pytest.raises(toolkit.NotAuthorized):
        office.move(office.clerk, written, "approve", review=REVIEW)


def test_extension_and_reply_by_a_delegate(office):
    """Who received, asked or drafted decides neither; a second clerk does both, each by its own kind."""
    deputy = office.another("editor")
    _who, shown = applied(office)
    number = shown["number"]
    take(office.clerk, number, "accept")
    take(office.clerk, number, "ask_extension", days=3, note="需要核对")
    delegate(office, deputy, kinds=["extension"])
    delegate(office, office.clerk, kinds=["extension", "reply"])
    with pytest.raises(toolkit.NotAuthorized):
        take(office.clerk, number, "grant_extension")
    take(deputy, number, "grant_extension")
    assert last_line("application", shown["id"]).facts["for"] == id_of(office.head)
    for who in (deputy, office.clerk):
        with pytest.raises(toolkit.NotAuthorized):
            take(who, number, "approve", **approval(shown))
    delegate(office, deputy, kinds="reply")
    take(deputy, number, "approve", **approval(shown))
    assert last_line("application", shown["id"]).facts["for"] == id_of(office.head)


def test_nobody_has_their_own_application_granted_through_another(office):
    """Neither the delegate's nor the head's own application is decided by this delegation."""
    deputy = office.another("editor")
    delegate(office, deputy)
    for applicant, told in ((deputy, "workflow.same_person"), (office.head, "workflow.same_head")):
        _who, shown = applied(office, who=applicant)
        take(office.clerk, shown["number"], "accept")
        with pytest.raises(toolkit.NotAuthorized):
            take(deputy, shown["number"], "approve", **approval(shown))
        offers = act(deputy, "govshare_application_show", id=shown["number"])["moves"]
        approve = next(move for move in offers if move["name"] == "approve")
        assert [reason["code"] for reason in approve["reasons"]] == [told]


def test_an_edition_is_reviewed_by_a_delegate_who_did_not_deliver_it(office):
    """The secrecy review of data; who uploaded it does not review it."""
    entry, deputy = office.published(), office.another("editor")
    edition = deliver(office, entry, SMALL)
    step(office.clerk, edition, "declare", note="均为公开信息")
    step(deputy, edition, "confirm")
    assert "for" not in last_line("edition", edition["id"]).facts
    delegate(office, office.clerk, kinds=["edition"])
    delegate(office, deputy, kinds=["edition"])
    with pytest.raises(toolkit.NotAuthorized):
        step(office.clerk, edition, "review", review=REVIEW)
    waiting = {
        who: [row["id"] for row in act(who, "govshare_edition_waiting_list", duty="review")["results"]]
        for who in (office.clerk, deputy, office.head)
    }
    assert waiting == {office.clerk: [], deputy: [edition["id"]], office.head: [edition["id"]]}
    step(deputy, edition, "review", review=REVIEW)
    assert last_line("edition", edition["id"]).facts["for"] == id_of(office.head)


@pytest.mark.parametrize(
    ("days", "moment", "allowed"),
    [
        (0, time(23, 59, 59), False),
        (1, time(0), True),
        (3, time(23, 59, 59), True),
        (4, time(0), False),
    ],
)
def test_it_begins_and_ends_by_itself(office, monkeypatch, days, moment, allowed):
    """The page was loaded while the delegation stood; what counts is the moment of the move."""
    deputy, entry = office.another("editor"), submitted(office)
    while_it_stands, then = day(2), day(days)
    delegate(office, deputy, from_on=day(1), to_on=day(3))
    at(monkeypatch, while_it_stands, time(12))
    seen = act(deputy, "govshare_publication_show", id=entry)
    assert next(move for move in seen["moves"] if move["name"] == "return")["allowed"]
    at(monkeypatch, then, moment)
    told = {"id": entry, "move": "return", "version": seen["version"], "note": "请补充"}
    if allowed:
        assert act(deputy, "govshare_publication_move", **told)["state"] == "draft"
    else:
        with pytest.raises(toolkit.NotAuthorized, match=r"head|负责人"):
            act(deputy, "govshare_publication_move", **told)
        assert last_line("publication", entry).move == "submit"


def test_revoked_at_once(office):
    """Between the page and the move; the delegate is told, the row keeps who and when, a second click changes nothing."""
    deputy, entry = office.another("editor"), submitted(office)
    made = delegate(office, deputy)
    version = act(deputy, "govshare_publication_show", id=entry)["version"]
    revoked = act(office.head, "govshare_delegation_revoke", id=made["id"])
    assert (revoked["standing"], revoked["revoked_by"]) == ("revoked", office.head)
    assert (
        act(office.head, "govshare_delegation_revoke", id=made["id"])["revoked_at"] == revoked["revoked_at"]
    )
    with pytest.raises(toolkit.NotAuthorized):
        act(deputy, "govshare_publication_move", id=entry, move="return", version=version, note="否")
    assert act(deputy, "govshare_notice_list")["results"][0]["kind"] == "delegation.revoke"
    lines = journal.history(model.Session, "delegation", made["id"])
    assert [(row.move, row.actor) for row in lines] == [
        ("create", id_of(office.head)),
        ("revoke", id_of(office.head)),
    ]
    delegate(office, deputy)


def test_a_revocation_waits_for_the_move_under_way_and_no_move_follows_it(office, app):
    """The move locks the delegation that carries it: it is written first, or it is not written at all."""
    deputy = office.another("editor")
    made, head = delegate(office, deputy), office.head
    roles.actor_of(id_of(deputy), office.id, lock=True)
    finished = threading.Event()

    def revoke() -> None:
        with app.flask_app.test_request_context():
            act(head, "govshare_delegation_revoke", id=made["id"])
            model.Session.remove()
        finished.set()

    other = threading.Thread(target=revoke)
    other.start()
    assert not finished.wait(1)
    model.Session.rollback()
    assert finished.wait(600)
    other.join()
    assert roles.actor_of(id_of(deputy), office.id, lock=True).acting == {}


def test_it_falls_with_the_office_it_rests_on(office):
    """A head who is head no more, a clerk who left: nobody decides in their place."""
    deputy = office.another("editor")
    delegate(office, deputy)
    assert set(roles.acting(id_of(deputy), office.id)) == set(KINDS)
    member = {"id": office.name, "username": office.head, "role": "editor"}
    toolkit.get_action("organization_member_create")(system(), member)
    assert roles.acting(id_of(deputy), office.id) == {}
    toolkit.get_action("organization_member_create")(system(), {**member, "role": "admin"})
    assert roles.acting(id_of(deputy), office.id)
    toolkit.get_action("organization_member_delete")(system(), {"id": office.name, "username": deputy})
    assert roles.acting(id_of(deputy), office.id) == {}


def test_who_is_told_that_work_waits(office):
    """The heads, and who acts for them in this kind of decision now."""
    for_entries, for_data = office.another("editor"), office.another("editor")
    delegate(office, for_entries, kinds=["publication"])
    delegate(office, for_data, kinds=["edition"])
    delegate(office, office.clerk, kinds=["publication"], from_on=day(1))
    heads = set(roles.persons(office.id, "head"))
    assert id_of(office.head) in heads
    for case_kind, also in (
        ("publication", {id_of(for_entries)}),
        ("change", {id_of(for_entries)}),
        ("edition", {id_of(for_data)}),
        ("application", set()),
    ):
        assert set(roles.deciders(office.id, case_kind)) == heads | also, case_kind


def test_who_sees_and_who_delegates(office):
    """The department and the bureau see it, others do not; clerks, delegates, operators and other heads delegate nothing."""
    other, deputy = Department(), office.another("editor")
    made = delegate(office, deputy)
    for who, sees in ((office.clerk, True), (deputy, True), (office.bureau, True), (other.head, False)):
        seen = [row["id"] for row in act(who, "govshare_delegation_list")]
        assert (made["id"] in seen) is sees, who
    assert [row["id"] for row in act(deputy, "govshare_delegation_list", mine=True)] == [made["id"]]
    given = {"organization": office.name, "delegate": office.clerk, "kinds": "reply"}
    given |= {"from_on": day(0), "to_on": day(1)}
    for who in (office.clerk, deputy, office.bureau, other.head, person("operator", sysadmin=True)):
        with pytest.raises(toolkit.NotAuthorized):
            act(who, "govshare_delegation_create", **given)
    with pytest.raises(toolkit.ObjectNotFound):
        act(other.head, "govshare_delegation_revoke", id=made["id"])
    with pytest.raises(toolkit.NotAuthorized):
        act(deputy, "govshare_delegation_revoke", id=made["id"])


def test_whom_and_when(office):
    """Nobody of another department, nobody unknown, not oneself, no day that is none; sent twice it is one."""
    other = Department()
    for to, code in (
        (other.clerk, "delegation.not_an_officer"),
        (person("citizen"), "delegation.not_an_officer"),
        ("nobody", "delegation.not_an_officer"),
        (office.head, "delegation.to_oneself"),
        (office.another("admin"), "delegation.to_head"),
    ):
        with pytest.raises(toolkit.ValidationError) as caught:
            delegate(office, to)
        assert codes(caught) == [code]
    with pytest.raises(toolkit.ValidationError) as caught:
        delegate(office, office.clerk, from_on="2026-02-30", kinds="all")
    assert codes(caught) == ["delegation.no_kind", "delegation.no_day"]
    made = delegate(office, office.clerk)
    assert delegate(office, office.clerk)["id"] == made["id"]
    with pytest.raises(toolkit.ValidationError) as caught:
        delegate(office, office.clerk, kinds=["reply"], from_on=day(9), to_on=day(20))
    assert codes(caught) == ["delegation.overlaps"]


def row(office: Department, **changes: Any) -> dict[str, Any]:
    """A row as nobody but SQL would write it."""
    return {
        "id": f"by-hand-{id(changes)}",
        "organization_id": office.id,
        "delegator_id": id_of(office.head),
        "delegate_id": id_of(office.clerk),
        "kinds": ["reply"],
        "from_on": day(0),
        "to_on": day(3),
        "created_at": runtime.now(),
        **changes,
    }


def test_the_database_refuses_what_must_not_be(office):
    """By hand: oneself, backwards, no kind, another department's people, twice at a time, half a revocation."""
    made, other = delegate(office, office.clerk, kinds=["reply"]), Department()
    later = {"from_on": day(20), "to_on": day(21)}
    wrong: tuple[dict[str, Any], ...] = (
        {},
        {"from_on": day(9), "to_on": day(30)},
        {"kinds": ["edition", "reply"]},
        {**later, "delegate_id": id_of(office.head)},
        {**later, "from_on": day(22)},
        {**later, "kinds": []},
        {**later, "kinds": ["all"]},
        {**later, "delegator_id": id_of(other.head)},
        {**later, "delegator_id": id_of(office.clerk), "delegate_id": id_of(office.head)},
        {**later, "delegate_id": id_of(other.clerk)},
        {**later, "revoked_at": runtime.now()},
    )
    for changes in wrong:
        with pytest.raises(sa.exc.IntegrityError):
            model.Session.execute(sa.insert(Delegation).values(row(office, **changes)))
        model.Session.rollback()
    for statement in (
        "DELETE FROM govshare_delegation WHERE id = :id",
        "UPDATE govshare_delegation SET to_on = to_on + 30 WHERE id = :id",
        "UPDATE govshare_delegation SET revoked_at = now(), revoked_by = 'x', kinds = '{edition}' WHERE id = :id",
        "TRUNCATE govshare_delegation",
    ):
        with pytest.raises(sa.exc.IntegrityError):
            model.Session.execute(sa.text(statement), {"id": made["id"]})
        model.Session.rollback()
    act(office.head, "govshare_delegation_revoke", id=made["id"])
    with pytest.raises(sa.exc.IntegrityError):
        model.Session.execute(
            sa.text("UPDATE govshare_delegation SET revoked_at = NULL, revoked_by = NULL WHERE id = :id"),
            {"id": made["id"]},
        )
    model.Session.rollback()
    model.Session.execute(sa.insert(Delegation).values(row(office, **later)))
    model.Session.rollback()
