"""Faults that other systems had with their clocks, each as a test with its source; none may come back here.

What needs a database stands in tests/portal: two extensions at once (4) in test_clock_regressions.py, the scheduler
that was down and then ran twice (5) in test_reminders.py, parallel submissions and double decisions (6) in
test_application.py.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
from ckanext.govshare import rulebook
from ckanext.govshare.domain import application_needs as needs
from ckanext.govshare.domain.calendar_change import recount
from ckanext.govshare.domain.deadline import SHANGHAI, Facts, due, shanghai_date
from ckanext.govshare.domain.deadline_status import OPEN, standing, status, windows
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.domain.reminders import made_due

REPLY = rulebook.duty("open_reply")


def at(text: str) -> datetime:
    """Return an instant in Shanghai."""
    return datetime.fromisoformat(text if "T" in text else f"{text}T09:00:00").replace(tzinfo=SHANGHAI)


def reply(received: str, known_on: str | None = None, **facts):
    """Return the deadline of an application by the calendar as it was known on a day."""
    as_of = date.fromisoformat(known_on) if known_on else None
    return due(REPLY, Facts(at(received), **facts), rulebook.calendar(as_of=as_of))


@pytest.mark.parametrize(
    ("received", "due_on", "provisional"),
    [
        ("2026-02-14", "2026-03-06", False),
        ("2026-09-30", "2026-10-20", False),
        ("2025-09-30", "2025-10-21", False),
        ("2026-12-31", "2027-01-15", True),
    ],
)
def test_1_make_up_saturday_eve_of_a_long_holiday_and_a_year_without_decree(received, due_on, provisional):
    """Alaveteli holiday.rb knows days off only; chinesecalendar crashes in 2027, holidays guesses it silently."""
    found = reply(received)
    assert (found.due_on.isoformat(), found.provisional) == (due_on, provisional)


def test_1_a_year_that_no_table_knows_is_refused():
    """Never guessed: beyond the festivals that are known the clock says so."""
    with pytest.raises(RuleError) as error:
        reply("2126-12-31")
    assert error.value.code == "workdays.out_of_range"


@pytest.mark.parametrize(
    ("before", "after", "received", "moved"),
    [
        (
            "2019-03-21",
            "2019-03-22",
            ("2019-04-02", "2019-04-17", "2019-04-18", "2019-04-19", "2019-05-06"),
            {"2019-04-18": "2019-05-05"},
        ),
        (
            "2020-01-26",
            "2020-01-27",
            ("2020-01-02", "2020-01-15", "2020-01-20", "2020-02-03"),
            {"2020-01-15": "2020-02-05", "2020-01-20": "2020-02-11"},
        ),
    ],
)
def test_2_a_notice_in_mid_clock_moves_exactly_these(before, after, received, moved):
    """Alaveteli #7292: stored dates were not counted anew. Idempotent, never earlier, reminders follow."""
    calendar = rulebook.calendar(as_of=date.fromisoformat(after))
    found = {}
    for day in received:
        promised = reply(day, known_on=before)
        new = recount(REPLY, promised.facts, promised.due_on, calendar)
        assert new.holds >= promised.due_on
        assert not recount(REPLY, promised.facts, new.holds, calendar).moves
        if new.moves:
            found[day] = new.holds.isoformat()
            assert made_due(new.holds, at("2021-01-01"), calendar) != made_due(
                promised.due_on, at("2021-01-01"), calendar
            )
    assert found == moved


def test_2_a_promised_date_is_kept_where_the_notice_would_shorten_it():
    """The two Sundays worked in 2019 bring some dates forward; what was told to the applicant holds."""
    promised = reply("2019-04-17", known_on="2019-03-21")
    new = recount(REPLY, promised.facts, promised.due_on, rulebook.calendar(as_of=date(2019, 3, 22)))
    assert new.holds == promised.due_on


@pytest.mark.parametrize("clock", ["00:00:00", "23:59:59"])
@pytest.mark.parametrize("server", [timezone.utc, SHANGHAI, timezone(timedelta(hours=-11))])
def test_3_due_today_stands_in_exactly_one_list(clock, server):
    """Alaveteli's queries lost the day itself, froide's window ran in UTC, alaveteli 0.27 was off by an offset."""
    moment = at(f"2026-03-06T{clock}").astimezone(server)
    found = reply("2026-02-14")
    lists = windows(moment, found.calendar)
    inside = [
        name for name in OPEN if (lists[name][0] or date.min) <= found.due_on <= (lists[name][1] or date.max)
    ]
    assert inside == ["due_today"] == [status(found, moment).code]


def extension_codes(found, days: int, moment: str, *, asked: bool = False) -> list[str]:
    """Return what the move of asking for an extension meets at a moment."""
    facts = needs.Facts(shanghai_date(at(moment)), due_on=found.due_on, extension_asked=asked)
    unmet = needs.unmet(facts, needs.Given(days=days), rulebook.application_limits())
    named = ("extension_days", "first_extension", "before_due")
    return [reason.code for need in named for reason in unmet[need]]


@pytest.mark.parametrize(
    ("days", "moment", "asked", "codes"),
    [
        (10, "2026-03-06T23:59:59", False, []),
        (10, "2026-03-07T00:00:00", False, ["application.after_due"]),
        (11, "2026-03-06", False, ["application.extension_days"]),
        (0, "2026-03-06", False, ["application.extension_days"]),
        (5, "2026-03-06", True, ["application.extension_once"]),
        (
            11,
            "2026-03-09",
            True,
            ["application.extension_days", "application.extension_once", "application.after_due"],
        ),
    ],
)
def test_an_extension_is_granted_once_within_the_limit_before_the_day_ends(days, moment, asked, codes):
    """All objections at once; the last moment is the end of the original due day."""
    assert extension_codes(reply("2026-02-14"), days, moment, asked=asked) == codes


def test_4_the_limit_counts_from_the_original_date_and_once():
    """Froide extends without end; MoJ's limit counted from an extended date (cmc-claim-store#39 says: never)."""
    extended = reply("2026-02-14", extension_days=10)
    assert extended.due_on == date(2026, 3, 20)
    assert extension_codes(extended, 10, "2026-03-06", asked=True) == ["application.extension_once"]
    assert extension_codes(reply("2026-02-14"), 5, "2026-03-07T00:00:00") == ["application.after_due"]
    with pytest.raises(RuleError):
        reply("2026-02-14", extension_days=11)


def test_4_extended_then_suspended_then_the_extension_withdrawn():
    """MoJ #2818: dates were mutated, so taking one back left the other wrong; here facts are, dates follow."""
    suspended = {"supplement_asked": at("2026-02-25"), "supplement_received": at("2026-03-04")}
    both = reply("2026-02-14", extension_days=5, **suspended)
    without = due(REPLY, replace(both.facts, extension_days=0), both.calendar)
    assert (both.due_on, without.due_on) == (date(2026, 3, 25), date(2026, 3, 18))
    assert both.base_due_on == without.due_on
    paused = replace(REPLY, supplement="pause")
    assert due(paused, both.facts, both.calendar).due_on == date(2026, 3, 24)
    assert due(paused, without.facts, both.calendar).due_on == date(2026, 3, 17)


def test_5_nothing_is_lost_that_became_due_while_nobody_looked():
    """Froide's detect_overdue looked at the last 24 hours only."""
    calendar = rulebook.calendar()
    missed = made_due(date(2026, 3, 6), at("2026-03-09T08:00"), calendar)
    assert [found.kind for found in missed] == ["three_left", "one_left", "today", "overdue"]
    assert missed[-1].due_at == at("2026-03-07T00:00:00")


def test_7_a_wrong_supplement_mark_taken_back_restores_the_date():
    """Alaveteli #7167, #4001: there was no undo, and the button moved no date."""
    wrong = reply("2026-02-14", supplement_asked=at("2026-02-25"))
    assert status(wrong, at("2026-03-05")).code == "stopped"
    right = due(REPLY, replace(wrong.facts, supplement_asked=None), wrong.calendar)
    assert right == reply("2026-02-14")
    assert status(right, at("2026-03-05")).code == "running"


def test_7_the_clock_starts_at_the_receipt_and_not_before():
    """Muckrock #1653, #2281: drafts were counted and shown as overdue."""
    found = reply("2026-02-14T09:00:00")
    assert status(found, at("2026-02-14T08:59:59")).code == "not_started"
    with pytest.raises(RuleError) as error:
        due(REPLY, Facts(None), rulebook.calendar())
    assert error.value.code == "deadline.not_started"


def test_standing_knows_no_case_twice():
    """The row that holds the date only gives the same answer as the facts."""
    found = reply("2026-02-14")
    for offset in range(-30, 30):
        moment = at("2026-03-06") + timedelta(offset)
        if moment > found.facts.received:
            assert standing(found.due_on, moment.date(), found.calendar) == status(found, moment)
