"""Public figures of applications: one bucket for each, a share that silence does not mend, days as the clock counts them."""

from __future__ import annotations

from datetime import datetime

import pytest
from ckanext.govshare import rulebook
from ckanext.govshare.domain import application, deadline_status
from ckanext.govshare.domain.application_figures import (
    BUCKETS,
    OUTCOMES,
    bucket,
    days_taken,
    on_time_share,
)
from ckanext.govshare.domain.deadline import SHANGHAI, Facts, as_told, due
from ckanext.govshare.domain.deadline_status import Status, status

REPLY = rulebook.duty("open_reply")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("state", "code", "expected"),
    [
        ("approved", "done", "on_time"),
        ("not_accepted", "done_late", "late"),
        ("submitted", "running", "in_hand"),
        ("accepted", "due_today", "in_hand"),
        ("accepted", "overdue", "overdue"),
        ("supplementing", "stopped", "awaiting"),
        ("withdrawn", "closed", "withdrawn"),
        ("lapsed", "closed", "lapsed"),
    ],
)
def test_each_status_is_in_one_bucket(state, code, expected):
    """Every status that a received application can have."""
    assert bucket(state, Status(code)) == expected


def test_no_status_and_no_state_is_left_out():
    """Whoever adds one must say where it counts."""
    for code in deadline_status.CODES:
        if code != deadline_status.NOT_STARTED:
            assert bucket("withdrawn", Status(code)) in BUCKETS
    unanswered = {application.WITHDRAWN, application.LAPSED}
    assert set(OUTCOMES) == set(application.CLOSED) - unanswered


@pytest.mark.parametrize(
    ("on_time", "late", "overdue", "share"),
    [
        (0, 0, 0, None),
        (5, 0, 0, 100),
        (0, 0, 3, 0),
        (999, 1, 0, 99),
        (999, 0, 1, 99),
        (2, 1, 0, 66),
    ],
)
def test_the_share_is_rounded_down_and_counts_silence(on_time, late, overdue, share):
    """One late of a thousand is not one hundred per cent; what is overdue and unanswered counts like late."""
    assert on_time_share(on_time, late, overdue) == share


@pytest.mark.parametrize(
    ("done", "more", "days"),
    [
        ("2026-02-14T17:00:00", {}, 0),
        ("2026-02-28T09:00:00", {}, 5),
        ("2026-03-06T23:59:59", {}, 10),
        ("2026-03-09T00:00:00", {}, 11),
        (
            "2026-03-06T09:00:00",
            {"supplement_asked": at("2026-02-25T09:00:00"), "supplement_received": at("2026-03-04T09:00:00")},
            2,
        ),
    ],
)
def test_days_taken_are_those_of_the_clock(done, more, days):
    """Working days from the day after receipt; the make-up Saturday counts; what completes starts anew."""
    found = due(REPLY, Facts(at("2026-02-14T09:00:00"), done=at(done), **more), rulebook.calendar())
    assert days_taken(found) == days
    assert days_taken(due(REPLY, Facts(at("2026-02-14T09:00:00")), rulebook.calendar())) is None


def test_the_day_that_was_told_is_the_one_that_holds():
    """A promise that a new calendar would have shortened: on time until the promised day, as the inbox says."""
    derived = due(
        REPLY,
        Facts(at("2026-02-14T09:00:00"), done=at("2026-03-09T12:00:00")),
        rulebook.calendar(),
    )
    told = as_told(derived, at("2026-03-09T00:00:00").date())
    after = at("2026-03-20T00:00:00")
    assert (status(derived, after).code, status(told, after).code) == ("done_late", "done")
    assert as_told(derived, None) == derived


def test_every_public_figure_says_what_it_means():
    """In both languages, with its rule; the buckets of the table are those of the rules, in their order."""
    rows = rulebook.statistics()
    assert tuple(row["code"] for row in rows if row.get("bucket")) == BUCKETS
    for row in rows:
        assert row["rule"]
        assert all(row[part][language] for part in ("label", "meaning") for language in ("zh", "en"))
