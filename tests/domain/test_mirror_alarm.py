"""What the bureau is told about a target, and once for what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
from ckanext.govshare.domain.mirror_alarm import Alarm, Unserved, entry_alarms, target_alarms, to_tell
from ckanext.govshare.domain.mirror_place import LedgerFacts, place_of
from ckanext.govshare.domain.mirror_relay import Limits, Standing, word_for

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=timezone.utc)
TODAY = date(2026, 11, 20)
LIMITS = Limits(prove_within_minutes=60, reach_within_hours=4)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ENTRY = Unserved("e1", "停车场", 7, restricts=True, waiting_since=NOW - 61 * MINUTE, is_dead=False)
QUIET = Standing(
    waiting=0,
    waiting_since=None,
    restricting_since=None,
    dead=0,
    conflicts=0,
    doubts=0,
    differing=0,
    awaiting_person=0,
    unreachable_since=None,
    reconciled_at=NOW - 3 * HOUR,
)


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({}, ["not_proven_gone"]),
        ({"waiting_since": NOW - 60 * MINUTE}, []),
        ({"restricts": False}, []),
        ({"restricts": False, "is_dead": True}, ["dead_letter"]),
        ({"is_dead": True}, ["not_proven_gone", "dead_letter"]),
    ],
)
def test_alarms_about_an_entry(changes, kinds):
    """Withdrawn and not proven gone in time, or given up; told once for that change of the entry."""
    found = list(entry_alarms([replace(ENTRY, **changes)], NOW, LIMITS))
    assert [alarm.kind for alarm in found] == kinds
    assert {(alarm.about, alarm.entry_id) for alarm in found} <= {("7", "e1")}


@pytest.mark.parametrize(
    ("changes", "alarms"),
    [
        ({}, []),
        ({"unreachable_since": NOW - 4 * HOUR}, []),
        ({"unreachable_since": NOW - 4 * HOUR - MINUTE}, [("unreachable", 4)]),
        ({"awaiting_person": 9, "differing": 9}, [("deletions_wait", 9)]),
        ({"doubts": 2}, [("doubtful", 2)]),
        ({"differing": 3}, [("differs", 3)]),
        ({"awaiting_person": 4, "differing": 6}, [("deletions_wait", 4), ("differs", 2)]),
    ],
)
def test_alarms_about_a_target(changes, alarms):
    """Out of reach too long, a comparison that disagrees or cannot be believed; told once a day while it lasts."""
    found = list(target_alarms(replace(QUIET, **changes), NOW, TODAY, LIMITS))
    assert [(alarm.kind, alarm.count) for alarm in found] == alarms
    assert {alarm.about for alarm in found} <= {"2026-11-20"}


def test_many_entries_are_one_notice():
    """A department withdraws thirty entries while the target is away: one notice that counts them."""
    alarms = [Alarm("not_proven_gone", str(n), 1, f"e{n}", f"条目{n}") for n in range(30)]
    assert list(to_tell(alarms[:5])) == alarms[:5]
    (told,) = to_tell(alarms)
    assert (told.count, told.is_sum, told.entry_id) == (30, True, "")
    assert not any(alarm.is_sum for alarm in [*alarms, Alarm("unreachable", "2026-11-20", 4)])


FACTS = LedgerFacts(
    newest=7, newest_restricts=False, wanted=7, shown=7, restricts=False, is_dead=False, is_gone=False
)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({}, "agrees"),
        ({"newest": 8}, "waiting"),
        ({"newest": 8, "newest_restricts": True}, "unproven"),
        ({"newest": 8, "shown": 6, "restricts": True}, "unproven"),
        ({"shown": 6}, "waiting"),
        ({"shown": 6, "restricts": True}, "unproven"),
        ({"shown": 6, "restricts": True, "is_dead": True}, "given_up"),
        ({"shown": 0, "is_dead": True}, "given_up"),
        ({"restricts": True}, "narrowed"),
        ({"restricts": True, "is_gone": True}, "gone"),
        ({"is_gone": True}, "gone"),
    ],
)
def test_where_an_entry_stands(changes, place):
    """A withdrawal is not proven before the target was looked at after it, however it stood before."""
    assert place_of(replace(FACTS, **changes)) == place


def test_an_entry_that_was_never_public_stands_nowhere():
    """Nothing in the ledger, nothing to prove."""
    assert place_of(None) == "not_sent"


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({}, "unproven"),
        ({"waiting": 1, "waiting_since": NOW}, "behind"),
        ({"dead": 1}, "wrong"),
    ],
)
def test_a_target_that_cannot_be_compared_is_never_in_agreement(changes, word):
    """However many receipts it has given."""
    standing = replace(QUIET, reconciled_at=None, can_be_compared=False, **changes)
    assert word_for(standing, NOW, LIMITS) == word
