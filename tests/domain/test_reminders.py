"""What a due date makes due by itself, and from when."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from ckanext.govshare import rulebook
from ckanext.govshare.domain.deadline import SHANGHAI
from ckanext.govshare.domain.reminders import KINDS, Due, look_ahead, made_due, worth_telling

# Due day, then the midnights of: three left, one left, today, overdue, escalated.
SCHEDULE = [
    ("2026-03-06", "2026-03-03", "2026-03-05", "2026-03-06", "2026-03-07", "2026-03-10"),
    ("2026-02-25", "2026-02-13", "2026-02-24", "2026-02-25", "2026-02-26", "2026-02-27"),
    ("2026-10-08", "2026-09-28", "2026-09-30", "2026-10-08", "2026-10-09", "2026-10-10"),
]


def at(text: str) -> datetime:
    """Return an instant on the clock of Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(("due_on", "three", "one", "today", "overdue", "escalated"), SCHEDULE)
def test_the_schedule_counts_working_days(due_on, three, one, today, overdue, escalated):
    """Reminders by working days before, overdue the day after, the bureau after one working day more."""
    found = made_due(date.fromisoformat(due_on), at("2027-01-01"), rulebook.calendar())
    assert [due.kind for due in found] == list(KINDS)
    midnights = [due.due_at.isoformat() for due in found]
    assert midnights == [f"{day}T00:00:00+08:00" for day in (three, one, today, overdue, escalated)]


@pytest.mark.parametrize(
    ("moment", "kinds"),
    [
        ("2026-03-02T23:59:59", 0),
        ("2026-03-03T00:00:00", 1),
        ("2026-03-05T00:00:00", 2),
        ("2026-03-06T00:00:00", 3),
        ("2026-03-06T23:59:59", 3),
        ("2026-03-07T00:00:00", 4),
        ("2026-03-09T23:59:59", 4),
        ("2026-03-10T00:00:00", 5),
        ("2026-12-31T00:00:00", 5),
    ],
)
def test_everything_due_so_far_however_long_nobody_looked(moment, kinds):
    """A run that comes late finds all that was due, oldest first."""
    found = made_due(date(2026, 3, 6), at(moment), rulebook.calendar())
    assert [due.kind for due in found] == list(KINDS[:kinds])


def test_looking_ahead_finds_the_first_reminder():
    """The farthest due date that can have made anything due today has three working days left."""
    assert look_ahead(date(2026, 3, 3), rulebook.calendar()) == date(2026, 3, 6)


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ((), ()),
        (("three_left",), ("three_left",)),
        (("three_left", "one_left"), ("one_left",)),
        (("one_left", "today", "overdue"), ("overdue",)),
        (("overdue", "escalated"), ("overdue", "escalated")),
    ],
)
def test_nobody_is_told_of_days_that_are_no_longer_left(found, told):
    """After an outage all is recorded, and what is still true is told."""
    dues = [Due(kind, datetime(2026, 3, 1, tzinfo=SHANGHAI)) for kind in found]
    assert tuple(due.kind for due in worth_telling(dues)) == told
