"""Deadlines: the due date as a function of facts, duty and calendar, and where it stands at an instant."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
from ckanext.govshare import rulebook
from ckanext.govshare.domain.deadline import (
    SHANGHAI,
    Facts,
    due,
    keep_promise,
)
from ckanext.govshare.domain.deadline_days import explain
from ckanext.govshare.domain.deadline_status import CODES, OPEN, standing, status, windows
from ckanext.govshare.domain.errors import RuleError


def at(text: str) -> datetime:
    """Return an instant in Shanghai, at nine in the morning when only the day is given."""
    return datetime.fromisoformat(text if "T" in text else f"{text}T09:00:00").replace(tzinfo=SHANGHAI)


def reply(received: str, **facts):
    """Return the deadline of an application."""
    return due(rulebook.duty("open_reply"), Facts(at(received), **facts), rulebook.calendar())


@pytest.mark.parametrize(
    ("duty", "received", "extension", "due_on"),
    [
        ("open_reply", "2026-02-14", 0, "2026-03-06"),
        ("open_reply", "2026-02-14", 10, "2026-03-20"),
        ("share_reply", "2026-02-14", 0, "2026-03-06"),
        ("correction", "2026-02-14", 15, "2026-03-27"),
        ("catalog_update", "2026-02-14", 0, "2026-03-13"),
        ("catalog_report", "2026-02-14", 0, "2026-03-06"),
        ("supplement_ask", "2026-02-14", 0, "2026-03-03"),
        ("supplement_answer", "2026-02-14", 0, "2026-03-06"),
        ("opening", "2026-02-14", 0, "2026-02-28"),
        ("annual_report", "2026-01-05", 0, "2026-02-02"),
        ("annual_report", "2026-02-02", 0, "2026-02-02"),
        ("annual_report", "2026-02-03", 0, "2027-02-01"),
        ("annual_report", "2025-01-20", 0, "2025-02-05"),
    ],
)
def test_each_duty_has_its_period(duty, received, extension, due_on):
    """Law.md § 1.5; 31 January rolls to the next working day (民法典 203)."""
    found = due(rulebook.duty(duty), Facts(at(received), extension_days=extension), rulebook.calendar())
    assert found.due_on.isoformat() == due_on


def test_every_duty_names_its_article():
    """No period without the rule that it rests on."""
    for duty in rulebook.duties().values():
        assert duty.article
        assert {"zh", "en"} <= set(duty.label)
        assert duty.days or duty.yearly


def test_every_open_question_has_its_reading():
    """Law.md § 1.7: twenty-one, each with a basis and the place where a city reads it otherwise."""
    rows = rulebook.readings()
    assert [row["number"] for row in rows] == list(range(1, 22))
    defaults = rulebook.read_statute("deadline")["defaults"]
    for row in rows:
        assert row["basis"]
        assert {"zh", "en"} <= set(row["question"])
        assert {"zh", "en"} <= set(row["reading"])
        file, _space, key = row["where"].partition(" ")
        if file == "deadline.yaml" and key:
            assert key in defaults or key in rulebook.duties()


@pytest.mark.parametrize(
    ("received", "due_on"),
    [
        ("2026-02-11T00:00:00+08:00", "2026-03-03"),
        ("2026-02-11T23:59:59+08:00", "2026-03-03"),
        ("2026-02-10T15:59:59+00:00", "2026-03-02"),
        ("2026-02-10T16:00:00+00:00", "2026-03-03"),
        ("2026-02-10T11:00:00-05:00", "2026-03-03"),
        ("2026-02-11T13:59:59+14:00", "2026-03-03"),
    ],
)
def test_any_offset_is_taken_on_the_date_in_shanghai(received, due_on):
    """One instant is one date, wherever it was written."""
    facts = Facts(datetime.fromisoformat(received))
    found = due(rulebook.duty("open_reply"), facts, rulebook.calendar())
    assert found.due_on.isoformat() == due_on


def test_the_end_of_the_due_day_is_in_time():
    """23:59:59 in Shanghai is the last second, 00:00 of the next day is late."""
    found = reply("2026-02-14")
    assert found.due_at.isoformat() == "2026-03-06T23:59:59+08:00"
    assert found.overdue_at.isoformat() == "2026-03-07T00:00:00+08:00"
    assert found.overdue_at - found.due_at == timedelta(seconds=1)


@pytest.mark.parametrize(
    ("received", "extension", "provisional"),
    [("2026-12-17", 0, False), ("2026-12-17", 1, True), ("2026-12-18", 0, True), ("2006-12-20", 0, True)],
)
def test_a_count_through_a_year_without_decree_is_provisional(received, extension, provisional):
    """31 December 2026 is the last day that is decreed (暂定)."""
    found = reply(received, extension_days=extension)
    assert found.provisional is provisional


@pytest.mark.parametrize(
    ("mode", "due_on"),
    [("restart", "2026-06-17"), ("pause", "2026-06-16"), ("none", "2026-05-27")],
)
def test_a_supplement_restarts_pauses_or_does_nothing(mode, due_on):
    """Received 13 May, asked on the 15th, answered on 3 June: law.md § 1.7 no. 3, all three readings.

    Restarted: ten days after 3 June. Paused: one day (the 14th) had run, nine follow after 3 June.
    """
    duty = replace(rulebook.duty("open_reply"), supplement=mode)
    facts = Facts(at("2026-05-13"), supplement_asked=at("2026-05-15"), supplement_received=at("2026-06-03"))
    assert due(duty, facts, rulebook.calendar()).due_on.isoformat() == due_on


@pytest.mark.parametrize(("reading", "due_on"), [("counted", "2026-05-27"), ("excluded", "2026-06-04")])
def test_the_hearing_of_a_third_party_may_be_excluded(reading, due_on):
    """Law.md § 1.7 no. 4: counted by default."""
    duty = replace(rulebook.duty("open_reply"), third_party=reading)
    facts = Facts(at("2026-05-13"), third_party_asked=at("2026-05-18"), third_party_answered=at("2026-05-25"))
    assert due(duty, facts, rulebook.calendar()).due_on.isoformat() == due_on


def test_two_suspensions_that_overlap_are_one():
    """A day is left out once."""
    duty = replace(rulebook.duty("open_reply"), third_party="excluded", supplement="pause")
    facts = Facts(
        at("2026-05-13"),
        supplement_asked=at("2026-05-18"),
        supplement_received=at("2026-05-21"),
        third_party_asked=at("2026-05-20"),
        third_party_answered=at("2026-05-25"),
    )
    assert due(duty, facts, rulebook.calendar()).due_on.isoformat() == "2026-06-04"


def test_the_day_of_receipt_may_be_counted():
    """Law.md § 1.7 no. 1, the other reading: a working day of receipt is the first."""
    duty = replace(rulebook.duty("open_reply"), count_receipt_day=True)
    found = due(duty, Facts(at("2026-02-14")), rulebook.calendar())
    assert found.due_on.isoformat() == "2026-03-05"
    assert explain(found)[0].number == 1


@pytest.mark.parametrize(("mode", "most"), [("extra", 15), ("total", 5)])
def test_what_at_most_fifteen_days_adds_to(mode, most):
    """Law.md § 1.7 nos. 5 and 6: the extension itself, or the whole period."""
    assert replace(rulebook.duty("correction"), extension_mode=mode).longest_extension == most


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"received": datetime(2026, 2, 14, 9)}, "deadline.naive_instant", "received"),  # noqa: DTZ001
        ({"received": None}, "deadline.not_started", "received"),
        ({"extension_days": 11}, "deadline.extension_too_long", "extension_days"),
        ({"extension_days": -1}, "deadline.extension_too_long", "extension_days"),
        ({"supplement_received": at("2026-02-13")}, "deadline.wrong_order", "supplement_received"),
        ({"supplement_asked": at("2026-02-13")}, "deadline.wrong_order", "supplement_asked"),
        (
            {"supplement_received": datetime(2026, 3, 1)},  # noqa: DTZ001
            "deadline.naive_instant",
            "supplement_received",
        ),
    ],
)
def test_facts_that_no_rule_accepts(changes, code, field):
    """A code and the field that it stands in; the edge makes the sentence."""
    with pytest.raises(RuleError) as error:
        due(rulebook.duty("open_reply"), replace(Facts(at("2026-02-14")), **changes), rulebook.calendar())
    assert (error.value.code, error.value.field) == (code, field)


def test_a_duty_without_extension_takes_none():
    """A shared-data request is answered in ten days (佳木斯 21)."""
    with pytest.raises(RuleError) as error:
        due(rulebook.duty("share_reply"), Facts(at("2026-02-14"), extension_days=1), rulebook.calendar())
    assert error.value.code == "deadline.no_extension"


def test_an_unknown_duty_is_named():
    """The error holds the duties that there are."""
    with pytest.raises(RuleError) as error:
        rulebook.duty("coffee")
    assert error.value.code == "deadline.unknown_duty"
    assert "open_reply" in error.value.facts["known"]


@pytest.mark.parametrize(
    ("moment", "before", "code", "left"),
    [
        ("2026-02-14T08:59:59", False, "not_started", 0),
        ("2026-02-14T09:00:00", False, "running", 10),
        ("2026-03-05T00:00:00", False, "running", 1),
        ("2026-03-05T23:59:59", False, "running", 1),
        ("2026-03-06T00:00:00", False, "due_today", 0),
        ("2026-03-06T23:59:59", False, "due_today", 0),
        ("2026-03-07T00:00:00", False, "overdue", 0),
        ("2026-03-07T23:59:59", False, "overdue", 0),
        ("2026-03-09T00:00:00", False, "overdue", -1),
    ],
)
def test_the_status_at_each_edge(moment, before, code, left):
    """The day before, the due day and the day after, at 00:00:00 and 23:59:59 in Shanghai, asked in any zone."""
    found = reply("2026-02-14")
    for zone in (SHANGHAI, timezone.utc, timezone(timedelta(hours=-9))):
        answer = status(found, at(moment).astimezone(zone))
        assert (answer.code, answer.left) == (code, left)


@pytest.mark.parametrize(
    ("moment", "level"),
    [
        ("2026-03-02", "calm"),
        ("2026-03-03", "soon"),
        ("2026-03-04", "soon"),
        ("2026-03-05", "urgent"),
        ("2026-03-06", "today"),
        ("2026-03-07", "late"),
    ],
)
def test_the_colour_follows_the_working_days_left(moment, level):
    """Yellow from three, orange from one, red on the day after."""
    assert status(reply("2026-02-14"), at(moment)).level == level


@pytest.mark.parametrize(
    ("facts", "moment", "code"),
    [
        ({"supplement_asked": at("2026-02-25")}, "2026-02-24", "running"),
        ({"supplement_asked": at("2026-02-25")}, "2026-02-25", "stopped"),
        ({"supplement_asked": at("2026-02-25")}, "2026-05-25", "stopped"),
        (
            {"supplement_asked": at("2026-02-25"), "supplement_received": at("2026-03-02")},
            "2026-03-02",
            "running",
        ),
        ({"done": at("2026-03-06T23:59:59")}, "2026-03-07", "done"),
        ({"done": at("2026-03-07T00:00:00")}, "2026-03-07", "done_late"),
        ({"done": at("2026-03-07T00:00:00")}, "2026-03-06", "due_today"),
        ({"closed": at("2026-02-26")}, "2026-05-25", "closed"),
    ],
)
def test_what_stops_or_ends_a_clock(facts, moment, code):
    """A supplement stops it, a reply ends it in time or late, a withdrawal closes it."""
    assert status(reply("2026-02-14", **facts), at(moment)).code == code


def test_each_open_deadline_stands_in_exactly_one_list():
    """The queries' windows and the status agree for every due date of a year around."""
    calendar, moment = rulebook.calendar(), at("2026-02-14T23:59:59")
    lists = windows(moment, calendar)
    for offset in range(-200, 200):
        day = date(2026, 2, 14) + timedelta(offset)
        inside = [
            name for name in OPEN if (lists[name][0] or date.min) <= day <= (lists[name][1] or date.max)
        ]
        answer = standing(day, date(2026, 2, 14), calendar)
        assert inside == [answer.code]
        first, last = lists["soon"]
        assert (first <= day <= last) == (answer.level in ("soon", "urgent", "today"))


def test_every_code_is_reached_above():
    """No status that nothing can be in."""
    assert len(CODES) == len(set(CODES)) == 8


def test_every_day_explains_itself():
    """Receipt, rest by name, make-up, weekend and the numbered days, the extension apart (reasons and notice)."""
    days = explain(reply("2026-02-14", extension_days=2))
    assert [d.number for d in days if d.counted] == list(range(1, 13))
    assert (days[0].kind, days[0].counted) == ("receipt", False)
    found = {d.date.isoformat(): d for d in days}
    assert (found["2026-02-17"].kind, found["2026-02-17"].day.name) == ("holiday", "春节")
    assert (found["2026-02-28"].kind, found["2026-02-28"].number) == ("make_up", 5)
    assert found["2026-02-28"].day.notice == "国办发明电〔2025〕7号"
    assert (found["2026-03-01"].kind, found["2026-03-01"].number) == ("weekend", None)
    assert [d.date.isoformat() for d in days if d.extended and d.counted] == ["2026-03-09", "2026-03-10"]
    assert days[-1].date.isoformat() == "2026-03-10"


def test_a_restart_is_said_and_a_pause_is_shown():
    """Suspension and prolongation are different facts, and look different."""
    facts = {"supplement_asked": at("2026-05-15"), "supplement_received": at("2026-06-03")}
    assert explain(reply("2026-05-13", **facts))[0].kind == "restart"
    duty = replace(rulebook.duty("open_reply"), supplement="pause")
    paused = explain(due(duty, Facts(at("2026-05-13"), **facts), rulebook.calendar()))
    assert [d.date.isoformat() for d in paused if d.kind == "paused"][:1] == ["2026-05-15"]
    assert sum(d.counted for d in paused) == 10


def test_a_yearly_date_shows_how_it_rolls():
    """31 January 2026 is a Saturday: both days are shown."""
    days = explain(due(rulebook.duty("annual_report"), Facts(at("2026-01-05")), rulebook.calendar()))
    assert [(d.date.isoformat(), d.kind) for d in days] == [
        ("2026-01-31", "weekend"),
        ("2026-02-01", "weekend"),
        ("2026-02-02", "rolled"),
    ]


@pytest.mark.parametrize(
    ("promised", "derived", "holds"),
    [
        (None, "2026-03-06", "2026-03-06"),
        ("2026-03-05", "2026-03-06", "2026-03-06"),
        ("2026-03-09", "2026-03-06", "2026-03-09"),
    ],
)
def test_a_promised_date_is_never_shortened(promised, derived, holds):
    """A new calendar may give more time, never less than was told."""
    told = date.fromisoformat(promised) if promised else None
    assert keep_promise(told, date.fromisoformat(derived)).isoformat() == holds
