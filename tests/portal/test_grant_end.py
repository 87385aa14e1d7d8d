"""The end of a grant on the real database: reminders, the report on the use, the renewal, and what can never be."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare import rulebook, runtime
from ckanext.govshare.domain.deadline import SHANGHAI
from ckanext.govshare.logic.application import clock
from ckanext.govshare.logic.clocks import reminding
from ckanext.govshare.logic.deadline import calendars
from ckanext.govshare.logic.errors import language
from ckanext.govshare.model import Grant, GrantReport, Notice, Reminder

from tests.portal.holders import GIVEN, common, granted, ground, in_the_past, put, row_of
from tests.portal.officers import Department, act, person

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")

ANSWERS = {
    "made": "按站点统计了停车需求",
    "results": "论文一篇",
    "data_state": "destroyed",
    "destroyed_how": "已粉碎",
}


@pytest.fixture
def office() -> Department:
    return common().office


@pytest.fixture
def held() -> dict[str, Any]:
    """A grant by which something was taken."""
    made = granted(common())
    act(made["who"], "govshare_grant_rows", id=made["grant"], limit=1)
    return made


def report(held: dict[str, Any], who: str = "", **changes: Any) -> dict[str, Any]:
    return act(who or held["who"], "govshare_grant_report", id=held["grant"], **{**ANSWERS, **changes})


def codes(caught: Any) -> list[str]:
    return list(caught.value.error_dict["codes"])


def tick(day_of_run: Any) -> None:
    """Let time do what it does at noon of a day."""
    session = model.meta.create_local_session()
    try:
        reminding.record_due(session, datetime.combine(day_of_run, time(12), tzinfo=SHANGHAI))
    finally:
        session.close()
        model.Session.remove()


def told(who: str) -> set[str]:
    user = model.User.get(who)
    return set(model.Session.scalars(sa.select(Notice.kind).filter_by(recipient_id=user.id)))


def duties_of(number: str) -> set[tuple[str, str]]:
    query = sa.select(Reminder.duty, Reminder.kind).filter_by(case_kind="grant", case_id=row_of(number).id)
    return {tuple(row) for row in model.Session.execute(query)}


def test_the_report_is_asked_for_before_and_at_the_end_and_is_seen_when_it_does_not_come(
    office, held, monkeypatch
):
    """Rows of the reminders, each once; the holder is told three times, the department when it is late."""
    calendar, ends = calendars.current(), clock.today()
    put(held["grant"], ends_on=ends)
    tick(ends)
    assert "application.grant_end_today" in told(held["who"])
    monkeypatch.setattr(clock, "today", lambda: ends + timedelta(1))
    tick(ends + timedelta(1))
    assert "application.grant_end_overdue" in told(held["who"])
    shown = act(held["who"], "govshare_grant_show", id=held["grant"])
    due_on = calendar.add(ends, rulebook.duty("use_report").days)
    assert shown["report"]["due_on"] == due_on.isoformat()
    assert not {duty for duty, _kind in duties_of(held["grant"])} - {"grant_end"}
    soon, late = calendar.add(due_on, -3), due_on + timedelta(1)
    for moment in (soon, due_on, late, late, late + timedelta(9)):
        monkeypatch.setattr(clock, "today", lambda moment=moment: moment)
        tick(moment)
    assert {kind for duty, kind in duties_of(held["grant"]) if duty == "use_report"} == {
        "three_left",
        "one_left",
        "today",
        "overdue",
    }
    assert "application.use_report_three_left" in told(held["who"])
    assert "application.use_report_overdue" in told(office.clerk)
    label = rulebook.duty("use_report").label[language()]
    listed = [row for row in act(office.clerk, "govshare_reminder_list") if row["duty"] == label]
    assert listed
    assert listed[0]["path"].startswith("/application/grant/")


@pytest.mark.parametrize("case", ["reported", "nothing taken"])
def test_no_report_is_awaited_of_who_has_reported_or_took_nothing(case, monkeypatch):
    made = granted(common())
    if case == "reported":
        act(made["who"], "govshare_grant_rows", id=made["grant"], limit=1)
        report(made)
    ends = clock.today()
    put(made["grant"], ends_on=ends)
    late = ends + timedelta(60)
    monkeypatch.setattr(clock, "today", lambda: late)
    tick(late)
    assert not {duty for duty, _kind in duties_of(made["grant"]) if duty == "use_report"}


def test_a_report_is_sealed_and_shown_to_holder_department_and_bureau(office, held):
    """Words for codes; the notice goes to the clerks; no text of it lies in the clear."""
    put(held["grant"], **in_the_past(1))
    shown = report(held)
    assert shown["report"]["handed_in"]
    for who in (held["who"], office.clerk, office.head, office.bureau):
        answers = act(who, "govshare_grant_show", id=held["grant"])["report"]["answers"]
        value = {row["name"]: row["value"] for row in answers["rows"]}
        assert value == {
            "made": ANSWERS["made"],
            "results": "论文一篇",
            "data_state": rulebook.use_report_fields()[2].options[0].label[language()],
            "destroyed_how": "已粉碎",
        }
    with pytest.raises(toolkit.ObjectNotFound):
        act(Department().clerk, "govshare_grant_show", id=held["grant"])
    row = model.Session.get(GrantReport, row_of(held["grant"]).id)
    assert ANSWERS["made"].encode() not in bytes(row.form)
    assert "application.report" in told(office.clerk)
    moves = [
        line["move"] for line in act(held["who"], "govshare_application_show", id=held["number"])["history"]
    ]
    assert moves.count("report") == 1


WRONG = [
    ({"made": ""}, ["application.field_missing"]),
    ({"data_state": ""}, ["application.field_missing"]),
    ({"data_state": "burnt"}, ["application.bad_choice"]),
    ({"made": "长" * 2001}, ["application.field_too_long"]),
    ({"made": "", "data_state": "x"}, ["application.field_missing", "application.bad_choice"]),
]


def test_a_report_with_gaps_is_refused_by_field(held):
    """Everything at once, in the words of the form; nothing is kept."""
    for changes, expected in WRONG:
        with pytest.raises(toolkit.ValidationError) as caught:
            report(held, **changes)
        assert codes(caught) == expected
        assert set(changes) <= set(caught.value.error_dict)
    assert model.Session.get(GrantReport, row_of(held["grant"]).id) is None


def test_a_report_is_handed_in_once_by_the_holder(office, held):
    """Officers see it and write none; a second one is refused, by the rule and by the database."""
    with pytest.raises(toolkit.NotAuthorized):
        report(held, office.clerk)
    with pytest.raises(toolkit.ObjectNotFound):
        report(held, person("eve"))
    report(held)
    with pytest.raises(toolkit.ValidationError) as caught:
        report(held, made="改一改")
    assert codes(caught) == ["grant.reported"]
    grant = row_of(held["grant"])
    for holder, wall in ((grant.holder_id, "pkey"), (model.User.get(office.clerk).id, "by_holder|pkey")):
        model.Session.add(
            GrantReport(
                grant_id=grant.id, holder_id=holder, form=b"x", data_state="kept", made_at=runtime.now()
            )
        )
        with pytest.raises(sa.exc.IntegrityError, match=wall):
            model.Session.flush()
        model.Session.rollback()


def renew(held: dict[str, Any], who: str = "") -> dict[str, Any]:
    return act(who or held["who"], "govshare_grant_renew", id=held["grant"])


def sent(held: dict[str, Any], draft: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Send a draft as its last page does, with the undertaking given anew."""
    values = {**draft["values"], "commitment": str(rulebook.application("commitment")["version"])}
    given = {**values, "entries": draft["entries"], "renews": draft["renews"], **changes}
    return act(held["who"], "govshare_application_create", **given)


def test_a_renewal_is_an_application_filled_in_that_points_to_its_grant(office, held):
    """Everything but the undertaking is there; applicant and officer see what it renews, the grant by what."""
    draft = renew(held)
    assert draft["renews"] == held["grant"]
    assert draft["entries"] == [{"id": held["entry"]["id"], "columns": GIVEN}]
    assert [(row["code"], row["field"]) for row in draft["defects"]] == [
        ("application.field_missing", "commitment")
    ]
    assert draft["values"]["purpose"] == "研究停车需求"
    made = sent(held, draft)
    told_of = {"grant": held["grant"], "application": held["number"]}
    for who in (held["who"], office.clerk):
        shown = act(who, "govshare_application_show", id=made["number"])
        assert told_of.items() <= shown["renews"].items()
    renewals = act(office.clerk, "govshare_grant_show", id=held["grant"])["renewals"]
    assert renewals == [{"number": made["number"], "state": "submitted"}]
    assert act(held["who"], "govshare_application_show", id=held["number"])["renews"] is None


def test_a_renewal_asks_for_a_new_day_when_the_old_one_is_past(held, monkeypatch):
    """What must be said anew is left open; what was typed already stays."""
    act(held["who"], "govshare_application_draft_update", id=held["entry"]["id"], purpose="另一个用途")
    put(held["grant"], **in_the_past(1))
    later = clock.today() + timedelta(400)
    monkeypatch.setattr(clock, "today", lambda: later)
    draft = renew(held)
    assert {row["field"] for row in draft["defects"]} == {"commitment", "use_until"}
    assert draft["values"]["purpose"] == "另一个用途"
    assert (
        sent(held, draft, use_until=(later + timedelta(30)).isoformat())["renews"]["grant"] == held["grant"]
    )


def test_who_may_not_renew_is_told_why(office, held):
    for who, expected in (
        (office.clerk, toolkit.NotAuthorized),
        (person("eve"), toolkit.ObjectNotFound),
    ):
        with pytest.raises(expected):
            renew(held, who)
    act(office.head, "govshare_grant_revoke", id=held["grant"], note="违反协议")
    with pytest.raises(toolkit.ValidationError) as caught:
        renew(held)
    assert codes(caught) == ["grant.revoked_not_renewed"]


def test_an_application_renews_nobody_elses_grant_and_no_other_data(held):
    """By the form, and by whoever writes the tables."""
    other = granted(common())
    draft = renew(other)
    with pytest.raises(toolkit.ObjectNotFound):
        sent(other, draft, renews=held["grant"])
    with pytest.raises(toolkit.ObjectNotFound):
        sent(other, draft, renews="QX00000000-00000000")
    elsewhere = granted(ground())
    put(elsewhere["grant"], holder_id=model.User.get(other["who"]).id)
    with pytest.raises(toolkit.ValidationError) as caught:
        sent(other, draft, renews=elsewhere["grant"])
    assert codes(caught) == ["grant.renews_other"]
    made = sent(other, draft)
    wrong = {"application": made["id"], "grant": row_of(held["grant"]).id}
    for holder in (model.User.get(other["who"]).id, model.User.get(held["who"]).id, str(uuid4())):
        with pytest.raises(sa.exc.IntegrityError, match=r"of_holder|by_applicant"):
            model.Session.execute(
                sa.text(
                    "UPDATE govshare_grant_renewal SET grant_id = :grant, holder_id = :holder"
                    " WHERE application_id = :application"
                ),
                {**wrong, "holder": holder},
            )
        model.Session.rollback()


def test_a_grant_keeps_its_holder_while_something_points_to_it(held):
    """A report or a renewal cannot come to be somebody else's."""
    report(held)
    with pytest.raises(sa.exc.IntegrityError, match="by_holder"):
        model.Session.execute(
            sa.update(Grant)
            .filter_by(number=held["grant"])
            .values(holder_id=model.User.get(person("eve")).id)
        )
    model.Session.rollback()
