"""An application from the draft to the grant, on the real database: what is kept, who may what, and what comes twice."""

from __future__ import annotations

import itertools
import threading
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare import runtime
from ckanext.govshare.domain.application import APPLICATION, GRANTED, STATES
from ckanext.govshare.logic.application import clock
from ckanext.govshare.logic.clocks import reminding
from ckanext.govshare.logic.deadline import calendars
from ckanext.govshare.model import Application, ApplicationEntry, JournalRow, journal

from tests.domain.test_application import PERMITTED
from tests.portal.applicants import (
    COLUMNS,
    applied,
    approval,
    company,
    conditional,
    day,
    form,
    take,
)
from tests.portal.officers import Department, act, person

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")


def notices_of(who: str) -> list[str]:
    """What somebody was told, newest first."""
    return [row["kind"] for row in act(who, "govshare_notice_list")["results"]]


def codes(caught: Any) -> list[str]:
    """The stable codes of a refusal."""
    return caught.value.error_dict["codes"]


@cache
def the_office() -> Department:
    return Department()


@cache
def the_citizen() -> str:
    return person("citizen")


@pytest.fixture
def office() -> Department:
    """One department for all tests here."""
    return the_office()


@pytest.fixture
def citizen() -> str:
    """One applicant for all tests here."""
    return the_citizen()


def row_of(number: str) -> Application:
    """Read the row anew."""
    model.Session.expire_all()
    return model.Session.scalar(sa.select(Application).filter_by(number=number))


def test_the_receipt_comes_at_once(office):
    """Number, time of receipt and due date; the reply is due ten working days after the day of receipt."""
    before = runtime.now()
    _who, shown = applied(office)
    assert shown["state"] == "submitted"
    assert len(shown["number"]) == len("SQ20261122-7K3M9QXT")
    due = calendars.current().add(clock.today(), 10)
    assert shown["due_on"] == shown["deadline"]["due_on"] == due.isoformat()
    counted = [line["number"] for line in shown["deadline"]["days"] if line["counted"]]
    assert counted == list(range(1, 11))
    row = row_of(shown["number"])
    assert before <= row.received_at <= runtime.now()
    assert row.calendar_version == calendars.current().version


def test_a_draft_is_kept_as_one_goes_and_is_gone_when_sent(office, citizen):
    """Saved with gaps, shown again, prefilled from the profile the next time, nobody else's."""
    entry = conditional(office)
    first = act(
        citizen, "govshare_application_draft_update", id=entry["id"], purpose="研究", contact_phone="1"
    )
    assert first["values"]["purpose"] == "研究"
    assert {row["field"] for row in first["defects"]} >= {"contact_phone", "applicant_name"}
    again = act(citizen, "govshare_application_draft_show", id=entry["id"])
    assert (again["id"], again["values"]) == (first["id"], first["values"])
    assert not act(office.clerk, "govshare_application_draft_show", id=entry["id"])["saved"]
    act(
        citizen,
        "govshare_application_create",
        **form(applicant_name="测试己"),
        entries=[{"id": entry["id"]}],
        key=first["id"],
    )
    assert not act(citizen, "govshare_application_draft_show", id=entry["id"])["saved"]
    other = act(citizen, "govshare_application_draft_show", id=conditional(office)["id"])
    assert other["values"]["applicant_name"] == "测试己"
    assert "purpose" not in other["values"]
    assert other["entries"][0]["columns"] == COLUMNS


def test_only_published_conditional_entries_are_applied_for(office):
    """What is open is downloaded; what is withdrawn or not published is not known."""
    who, withdrawn = person("citizen"), conditional(office)
    office.move(office.head, withdrawn["id"], "withdraw", note="停用")
    for unknown in (withdrawn, office.draft()):
        with pytest.raises(toolkit.ObjectNotFound):
            act(who, "govshare_application_create", **form(), entries=[{"id": unknown["id"]}])
    with pytest.raises(toolkit.ValidationError) as caught:
        act(who, "govshare_application_create", **form(), entries=[{"id": office.published()["id"]}])
    assert codes(caught) == ["application.not_conditional"]


def test_several_entries_of_one_provider_are_one_application(office):
    """Two of one department together; two of two departments apart; unknown columns are named."""
    who, other = person("citizen"), Department()
    first, second, foreign = conditional(office), conditional(office), conditional(other)
    rows: list[dict[str, Any]] = [{"id": first["id"]}, {"id": foreign["id"]}]
    with pytest.raises(toolkit.ValidationError) as caught:
        act(who, "govshare_application_create", **form(), entries=rows)
    assert codes(caught) == ["application.several_providers"]
    rows = [{"id": first["id"], "columns": ["没有这一列"]}]
    with pytest.raises(toolkit.ValidationError) as caught:
        act(who, "govshare_application_create", **form(), entries=rows)
    assert codes(caught) == ["application.unknown_column"]
    rows = [{"id": first["id"], "columns": ["名称"]}, {"id": second["id"]}]
    shown = act(who, "govshare_application_create", **form(), entries=rows)
    assert [entry["columns"] for entry in shown["entries"]] == [["名称"], COLUMNS]


def test_mistakes_are_told_by_field(office):
    """Every wrong and every missing field, in one answer, with its label."""
    entry = conditional(office)
    with pytest.raises(toolkit.ValidationError) as caught:
        act(
            person("citizen"),
            "govshare_application_create",
            **company(uscc="91350100M000100Y44", contact_email="x", purpose=""),
            entries=[{"id": entry["id"]}],
        )
    errors = caught.value.error_dict
    assert {"uscc", "contact_email", "purpose"} <= set(errors)
    assert codes(caught) == ["application.bad_uscc", "application.bad_email", "application.field_missing"]


def test_the_same_key_is_the_same_application_and_one_is_open_at_a_time(office):
    """A retry gets the first receipt; another window is told the number of the first; after the end one may apply again."""
    who, entry = person("citizen"), conditional(office)
    given = {**form(), "entries": [{"id": entry["id"]}]}
    first = act(who, "govshare_application_create", **given, key="k-1")
    assert act(who, "govshare_application_create", **given, key="k-1")["number"] == first["number"]
    with pytest.raises(toolkit.ValidationError) as caught:
        act(who, "govshare_application_create", **given, key="k-2")
    assert codes(caught) == ["application.already_open"]
    assert first["number"] in str(caught.value.error_dict)
    assert (
        act(person("citizen"), "govshare_application_create", **given, key="k-1")["number"] != first["number"]
    )
    take(who, first["number"], "withdraw")
    assert act(who, "govshare_application_create", **given)["number"] != first["number"]


def in_threads(app: Any, count: int, work: Any) -> list[Any]:
    """Run ``work(number)`` in threads that start together, each with its own session; return what came of it."""
    barrier, results = threading.Barrier(count), [None] * count

    def run(number: int) -> None:
        with app.test_request_context():
            try:
                barrier.wait(600)
                results[number] = work(number)
            except Exception as error:  # noqa: BLE001 - the error is the result
                results[number] = error
            finally:
                model.Session.remove()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_ten_parallel_submissions_of_one_form_are_one_application(office, app):
    """Alaveteli #4235, Dataverse #2549: one row, and everybody gets its number."""
    who, entry = person("citizen"), conditional(office)
    given = {**form(), "entries": [{"id": entry["id"]}], "key": "once"}
    answers = in_threads(
        app.flask_app, 10, lambda _: act(who, "govshare_application_create", **given)["number"]
    )
    assert len(set(answers)) == 1, answers
    held = sa.select(sa.func.count()).select_from(ApplicationEntry).filter_by(entry_id=entry["id"])
    assert model.Session.scalar(held) == 1


def test_twenty_deciders_at_once_and_one_wins(office, app):
    """Nineteen get 409; one reply, one row in the journal (security.md R1)."""
    who, shown = applied(office)
    number = shown["number"]
    version = take(office.clerk, number, "accept")["version"]
    heads = [office.another("admin") for _ in range(20)]
    moves = [
        {"move": "approve", **approval(shown)},
        {"move": "refuse", "refusal_reason": "purpose_unfit", "note": "用途不明确"},
    ]

    def decide(number_of: int) -> str:
        data = {"id": number, "version": version, **moves[number_of % 2]}
        return act(heads[number_of], "govshare_application_move", **data)["state"]

    answers = in_threads(app.flask_app, 20, decide)
    won = [answer for answer in answers if isinstance(answer, str)]
    lost = [answer for answer in answers if isinstance(answer, toolkit.ValidationError)]
    assert (len(won), len(lost)) == (1, 19), answers
    assert all("workflow.stale" in error.error_dict["codes"] for error in lost)
    row = row_of(number)
    assert row.state == won[0]
    told = (
        sa.select(sa.func.count()).select_from(JournalRow).filter_by(case_kind="application", case_id=row.id)
    )
    assert model.Session.scalar(told.where(JournalRow.move.in_(["approve", "refuse"]))) == 1
    assert [kind for kind in notices_of(who) if kind in ("application.approve", "application.refuse")] == [
        f"application.{'approve' if won[0] == 'approved' else 'refuse'}"
    ]


ROLES = ("applicant", "clerk", "head", "bureau", "citizen", "operator", "stranger")
# What these may know of is shown to them; everybody else gets 404 whatever they try.
KNOW = ("applicant", "clerk", "head", "bureau")


@pytest.fixture
def people(office, citizen) -> dict[str, str]:
    stranger = Department()
    return {
        "applicant": citizen,
        "clerk": office.clerk,
        "head": office.head,
        "bureau": office.bureau,
        "citizen": person("other"),
        "operator": person("operator", sysadmin=True),
        "stranger": stranger.head,
    }


def given_for(move: str, shown: dict[str, Any]) -> dict[str, Any]:
    """What fits the move, so that only role and state can stand against it."""
    whole = approval(shown)
    part = {**whole, "scope": {shown["entries"][0]["id"]: COLUMNS[:1]}, "note": "电话不开放"}
    return {
        "ask_supplement": {"missing": ["补充用途"], "days": 10},
        "supplement": form(),
        "not_accept": {"note": "不属于本部门", "elsewhere": "市统计局"},
        "return": {"note": "重复提交", "elsewhere": "见前一申请"},
        "ask_extension": {"days": 5, "note": "需要征求意见"},
        "deny_extension": {"note": "可以按期答复"},
        "approve": whole,
        "approve_partly": part,
        "refuse": {"refusal_reason": "purpose_unfit", "note": "用途不明确"},
        "redirect": {"redirect_kind": "not_held", "elsewhere": "市统计局"},
    }.get(move, {})


def put(number: str, state: str, move: str, asker: str) -> None:
    """Put the case into a state as its history would have: the facts that belong to it."""
    now = runtime.now()
    values: dict[str, Any] = {"state": state, "version": 1, "closed_at": None}
    values |= dict.fromkeys(("supplement_asked_at", "supplement_asked_by", "extension_asked_at"))
    values |= dict.fromkeys(("extension_asked_by", "extension_decided_by", "extension_decided_at"))
    values |= {"extension_days": None, "extension_granted": None, "supplement_due_on": None}
    values |= {"due_on": calendars.current().add(clock.today(), 10)}
    if state == "supplementing":
        values |= {"supplement_asked_at": now, "supplement_asked_by": asker, "due_on": None}
        values |= {"supplement_due_on": clock.today()}
    if state not in ("submitted", "supplementing", "accepted"):
        values["closed_at"] = now
    if move in ("grant_extension", "deny_extension"):
        values |= {"extension_asked_at": now, "extension_asked_by": asker, "extension_days": 5}
    model.Session.execute(sa.update(Application).filter_by(number=number).values(**values))
    model.Session.commit()


def test_every_role_takes_every_move_in_every_state(office, people):
    """The generated matrix, every cell executed: allowed exactly as the table says, else 403, 404 or 409."""
    who = people["applicant"]
    _who, shown = applied(office, who)
    number, asker = shown["number"], model.User.get(office.another("editor")).id
    wrong, cells, stands = [], 0, None
    moves = [move.name for move in APPLICATION.moves]
    for state, move, role in itertools.product(STATES, moves, ROLES):
        if stands != (state, move):  # what was refused has changed nothing, or the next role finds out
            put(number, state, move, asker)
            stands = (state, move)
        given = {"id": number, "move": move, "version": 1, **given_for(move, shown)}
        try:
            act(people[role], "govshare_application_move", **given)
            answer, stands = "allowed", None
        except toolkit.ObjectNotFound:
            answer = "unknown"
        except toolkit.NotAuthorized:
            answer = "forbidden"
        except toolkit.ValidationError:
            answer = "conflict"
        model.Session.rollback()
        cells += 1
        if answer != expected(state, move, role):
            wrong.append((state, move, role, answer))
    assert wrong == []
    assert cells == len(STATES) * len(moves) * len(ROLES) == 1155


def expected(state: str, move: str, role: str) -> str:
    """The answer that the table asks for."""
    if role not in KNOW:
        return "unknown"
    if (state, move, role) in PERMITTED:
        return "allowed"
    row = APPLICATION.move(move)
    return "forbidden" if role not in row.roles else "conflict"


def test_a_completed_application_starts_its_clock_anew(office):
    """Asked once, within seven working days, the clock stands still; what completes starts it (条例 30)."""
    who, shown = applied(office)
    number = shown["number"]
    asked = take(office.clerk, number, "ask_supplement", missing="授权书\n\n用途说明", days=10)
    assert (asked["state"], asked["due_on"], asked["deadline"]["status"]) == (
        "supplementing",
        None,
        "stopped",
    )
    assert asked["supplement"]["missing"] == ["授权书", "用途说明"]
    back = runtime.now() - timedelta(days=20)
    model.Session.execute(
        sa.update(Application).filter_by(number=number).values(received_at=back, supplement_asked_at=back)
    )
    model.Session.commit()
    done = take(who, number, "supplement", purpose="补充后的用途")
    assert done["state"] == "submitted"
    assert done["due_on"] == calendars.current().add(clock.today(), 10).isoformat()
    assert any(row["name"] == "purpose" and row["value"] == "补充后的用途" for row in done["form"])
    with pytest.raises(toolkit.ValidationError) as caught:
        take(office.clerk, number, "ask_supplement", missing="再来一份", days=10)
    assert "application.supplement_once" in codes(caught)


def test_silence_lets_an_application_lapse_and_its_applicant_is_told_in_time(office):
    """A supplement that does not come: reminded on its last day, lapsed by the system after it (视为撤回)."""
    who, shown = applied(office)
    number = shown["number"]
    take(office.clerk, number, "ask_supplement", missing="授权书", days=10)
    for late, state, told in ((0, "supplementing", "supplement_answer_today"), (1, "lapsed", "lapse")):
        last = runtime.in_shanghai(runtime.now()).date() - timedelta(days=late)
        model.Session.execute(sa.update(Application).filter_by(number=number).values(supplement_due_on=last))
        model.Session.commit()
        reminding.record_due(model.Session(), runtime.now())
        assert (row_of(number).state, notices_of(who)[0]) == (state, f"application.{told}")
    assert journal.history(model.Session, "application", row_of(number).id)[-1].actor == journal.SYSTEM


def test_the_extension_is_asked_by_one_and_granted_by_another(office):
    """10 + 5 working days, counted from the receipt; once; the applicant is told reason and new date."""
    who, shown = applied(office)
    number = shown["number"]
    take(office.clerk, number, "accept")
    take(office.clerk, number, "ask_extension", days=5, note="需要征求第三方意见")
    assert act(who, "govshare_application_show", id=number)["extension"] is None
    granted = take(office.head, number, "grant_extension")
    assert notices_of(who)[0] == "application.grant_extension"
    assert notices_of(office.head)[0] == "application.ask_extension"
    assert granted["due_on"] == calendars.current().add(clock.today(), 15).isoformat()
    told = act(who, "govshare_application_show", id=number)
    assert (told["extension"]["days"], told["extension"]["reason"]) == (5, "需要征求第三方意见")
    assert "ask_extension" not in [line["move"] for line in told["history"]]
    for move, who_tries in (("ask_extension", office.clerk), ("grant_extension", office.head)):
        with pytest.raises(toolkit.ValidationError):
            take(who_tries, number, move, days=3, note="再延")


def test_the_database_refuses_what_one_person_may_not_do_alone(office):
    """The asker as granter, the applicant as handler, two open cases: constraints, whoever writes (security.md A5)."""
    who, shown = applied(office)
    applicant, clerk = model.User.get(who).id, model.User.get(office.clerk).id
    tries = [
        ("granter_not_asker", {"extension_asked_by": clerk, "extension_decided_by": clerk}),
        ("own_decided_by", {"decided_by": applicant}),
        ("own_accepted_by", {"accepted_by": applicant}),
        ("own_extension_decided_by", {"extension_decided_by": applicant}),
        ("closed_has_instant", {"state": "approved"}),
        ("application_state", {"state": "lost", "closed_at": runtime.now()}),
    ]
    for name, values in tries:
        with pytest.raises(sa.exc.IntegrityError, match=name):
            model.Session.execute(sa.update(Application).filter_by(number=shown["number"]).values(**values))
        model.Session.rollback()


def test_a_clerk_who_applies_does_not_handle_it(office):
    """The buttons are greyed with the reason, and the move is refused."""
    clerk = office.another("editor")
    _who, shown = applied(office, clerk)
    offer = next(move for move in shown["moves"] if move["name"] == "accept")
    assert [reason["code"] for reason in offer["reasons"]] == ["workflow.same_person"]
    with pytest.raises(toolkit.NotAuthorized):
        take(clerk, shown["number"], "accept")


def test_a_reply_is_drafted_by_the_clerk_and_given_by_the_head(office):
    """Nobody else drafts; what the head gives is what counts; a reply without reasons is refused by field."""
    who, shown = applied(office)
    number = shown["number"]
    version = take(office.clerk, number, "accept")["version"]
    draft = {"id": number, "version": version, "move": "refuse", "refusal_reason": "purpose_unfit"}
    with pytest.raises(toolkit.ValidationError) as caught:
        act(office.clerk, "govshare_application_propose", **draft)
    assert codes(caught) == ["application.reason_missing"]
    with pytest.raises(toolkit.NotAuthorized):
        act(office.head, "govshare_application_propose", **draft, note="用途不明确")
    proposed = act(office.clerk, "govshare_application_propose", **draft, note="用途不明确")
    assert proposed["proposal"]["refusal_reason"] == "purpose_unfit"
    assert "proposal" not in act(who, "govshare_application_show", id=number)
    refused = take(office.head, number, "refuse", refusal_reason="security_insufficient", note="措施不足")
    assert refused["reply"]["refusal_reason"] == "security_insufficient"
    assert refused["closed_at"]


def test_an_approval_becomes_a_grant_by_agreement_and_a_revocation_ends_it(office):
    """Name and terms as offered; once; the head revokes with a reason; the holder never."""
    who, shown = applied(office)
    number = shown["number"]
    take(office.clerk, number, "accept")
    part = {**approval(shown), "scope": {shown["entries"][0]["id"]: ["名称"]}}
    with pytest.raises(toolkit.ValidationError) as caught:
        take(office.head, number, "approve", **part)
    assert codes(caught) == ["application.scope_is_partial"]
    approved = take(office.head, number, "approve_partly", **part, note="泊位数不开放")
    assert approved["state"] in GRANTED
    terms = approved["reply"]["terms_version"]
    with pytest.raises(toolkit.ValidationError) as caught:
        act(who, "govshare_grant_create", id=number, terms_version=terms, name="别人")
    assert codes(caught) == ["grant.name_differs"]
    with pytest.raises(toolkit.NotAuthorized):
        act(office.head, "govshare_grant_create", id=number, terms_version=terms, name="测试甲")
    agreed = act(who, "govshare_grant_create", id=number, terms_version=terms, name="测试甲")
    grant = agreed["grants"][0]
    assert (grant["columns"], grant["ends_on"], grant["state"]) == (["名称"], day(180), "current")
    with pytest.raises(toolkit.ValidationError) as caught:
        act(who, "govshare_grant_create", id=number, terms_version=terms, name="测试甲")
    assert codes(caught) == ["grant.already_agreed"]
    with pytest.raises(toolkit.NotAuthorized):
        act(who, "govshare_grant_revoke", id=grant["number"], note="不要了")
    with pytest.raises(toolkit.ValidationError) as caught:
        act(office.head, "govshare_grant_revoke", id=grant["number"], note=" ")
    assert codes(caught) == ["application.reason_missing"]
    assert (
        act(office.head, "govshare_grant_revoke", id=grant["number"], note="违反协议")["state"] == "revoked"
    )
    assert [row["state"] for row in act(who, "govshare_grant_list")] == ["revoked"]
    assert notices_of(who)[0] == "application.revoke"
    with pytest.raises(toolkit.NotAuthorized):
        act(office.clerk, "govshare_grant_revoke", id=grant["number"], note="违反协议")
    with pytest.raises(toolkit.ObjectNotFound):
        act(Department().head, "govshare_grant_revoke", id=grant["number"], note="违反协议")


def test_full_view_is_recorded_with_its_reason(office):
    """Masked everywhere; the applicant sees their own; an officer says why (security.md A15)."""
    who, shown = applied(office)
    number = shown["number"]
    value = {row["name"]: row["value"] for row in shown["form"]}
    assert value["applicant_name"] == "测**"
    assert value["id_number"].startswith("110*")
    with pytest.raises(toolkit.ValidationError) as caught:
        act(office.clerk, "govshare_application_reveal", id=number)
    assert codes(caught) == ["application.reveal_reason_missing"]
    full = act(office.clerk, "govshare_application_reveal", id=number, reason="核对身份")
    assert full["values"]["id_number"] == "11010519491231002X"
    assert act(who, "govshare_application_reveal", id=number)["values"] == full["values"]
    history = act(office.head, "govshare_application_show", id=number)["history"]
    assert [(line["move"], line["note"]) for line in history] == [("submit", ""), ("reveal", "核对身份")]
    with pytest.raises(toolkit.ObjectNotFound):
        act(Department().clerk, "govshare_application_reveal", id=number, reason="好奇")


def test_lists_show_the_oldest_due_first_and_nobody_elses(office, citizen):
    """Officers their department, applicants their own, strangers nothing; due within three working days is found."""
    fresh = Department()
    who, first = applied(fresh)
    _other, second = applied(fresh)
    soon = calendars.current().add(clock.today(), 2)
    model.Session.execute(sa.update(Application).filter_by(number=second["number"]).values(due_on=soon))
    model.Session.commit()
    listed = act(fresh.clerk, "govshare_application_list", office=True)
    assert [row["number"] for row in listed["results"]] == [second["number"], first["number"]]
    assert listed["counts"] == {"submitted": 2}
    found = act(fresh.clerk, "govshare_application_list", office=True, due="soon")
    assert [row["number"] for row in found["results"]] == [second["number"]]
    assert act(fresh.clerk, "govshare_application_list", office=True, due="overdue")["count"] == 0
    by_number = act(fresh.clerk, "govshare_application_list", office=True, q=first["number"][:-1])
    assert [row["number"] for row in by_number["results"]] == [first["number"]]
    assert [row["number"] for row in act(who, "govshare_application_list")["results"]] == [first["number"]]
    assert act(Department().clerk, "govshare_application_list", office=True)["count"] == 0
    assert act(who, "govshare_application_list", office=True)["results"] == []


def queries(work: Any) -> int:
    """Count the statements that ``work`` sends to the database in a transaction of its own."""
    model.Session.rollback()
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    sa.event.listen(model.meta.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        sa.event.remove(model.meta.engine, "before_cursor_execute", note)
    return len(seen)


def test_lists_and_pages_ask_a_fixed_number_of_queries(office):
    """However many rows, entries and journal lines there are (GSA/data.gov#5174)."""
    fresh = Department()
    _who, shown = applied(fresh)
    few = queries(lambda: act(fresh.clerk, "govshare_application_list", office=True))
    show_few = queries(lambda: act(fresh.clerk, "govshare_application_show", id=shown["number"]))
    for _ in range(4):
        applied(fresh)
    for _ in range(5):
        act(fresh.clerk, "govshare_application_reveal", id=shown["number"], reason="核对")
        act(fresh.head, "govshare_application_reveal", id=shown["number"], reason="核对")
    assert queries(lambda: act(fresh.clerk, "govshare_application_list", office=True)) == few
    assert queries(lambda: act(fresh.clerk, "govshare_application_show", id=shown["number"])) == show_few


def test_a_double_click_is_one_move(office):
    """The second click carries the version of the first and gets the same answer."""
    _who, shown = applied(office)
    data = {"id": shown["number"], "move": "accept", "version": shown["version"]}
    first = act(office.clerk, "govshare_application_move", **data)
    assert act(office.clerk, "govshare_application_move", **data)["version"] == first["version"]
    with pytest.raises(toolkit.ValidationError) as caught:
        act(office.another("editor"), "govshare_application_move", **data)
    assert codes(caught) == ["workflow.stale"]


def test_nothing_of_it_without_an_account(office):
    """Not even whether it is there."""
    _who, shown = applied(office)
    for action in ("govshare_application_show", "govshare_application_list", "govshare_grant_list"):
        with pytest.raises(toolkit.NotAuthorized):
            act(None, action, id=shown["number"])
