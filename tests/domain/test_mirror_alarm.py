"""What the bureau is told about a target, and once for what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from ckanext.govshare.domain.mirror_alarm import (
    NAMED,
    Alarm,
    Told,
    Unserved,
    entry_alarms,
    over,
    recoveries,
    target_alarms,
    to_tell,
)
from ckanext.govshare.domain.mirror_relay import Limits

from tests.domain.standings import HOUR, MINUTE, NOW, QUIET

TODAY = date(2026, 11, 22)
LIMITS = Limits(prove_within_minutes=60, reach_within_hours=4)
ENTRY = Unserved("e1", "停车场", 7, restricts=True, waiting_since=NOW - 61 * MINUTE, is_dead=False)


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
    assert {alarm.about for alarm in found} <= {"2026-11-22"}


def test_many_entries_are_one_notice():
    """A department withdraws thirty entries while the target is away: one notice that counts them."""
    alarms = [Alarm("not_proven_gone", str(n), 1, f"e{n}", f"条目{n}") for n in range(30)]
    assert list(to_tell(alarms[:5])) == alarms[:5]
    (told,) = to_tell(alarms)
    assert (told.count, told.is_sum, told.entry_id) == (30, True, "")
    assert not any(alarm.is_sum for alarm in [*alarms, Alarm("unreachable", "2026-11-22", 4)])


@pytest.mark.parametrize(
    ("kind", "raised", "changes", "waiting", "is_over"),
    [
        ("unreachable", [], {}, (), True),
        ("unreachable", ["unreachable"], {}, (), False),
        ("unreachable", ["differs"], {}, (), True),
        ("doubtful", [], {}, (), True),
        ("differs", [], {}, (), True),
        ("differs", [], {"doubts": 1}, (), False),
        ("deletions_wait", [], {"doubts": 1}, (), False),
        ("not_proven_gone", [], {}, (), True),
        ("not_proven_gone", [], {}, ("e2",), True),
        ("not_proven_gone", [], {}, ("e1",), False),
        ("not_proven_gone", ["not_proven_gone"], {}, ("e1",), False),
        # Sent once more by a person: not dead any more, and not there yet either.
        ("dead_letter", [], {}, ("e1",), False),
    ],
)
def test_when_an_alarm_is_over(kind, raised, changes, waiting, is_over):
    """When nothing raises it any more; an entry's when the target has followed, a comparison's when one says so."""
    entry = "e1" if kind in ("not_proven_gone", "dead_letter") else ""
    told = Told(1, kind, entry, NOW - HOUR)
    alarms = [Alarm(one, "", 1, "e1" if one == "not_proven_gone" else "") for one in raised]
    assert over([told], alarms, replace(QUIET, **changes), waiting) == ((told,) if is_over else ())


def test_a_recovery_is_told_once_with_its_beginning():
    """Told on three days and of two kinds, over once; many entries are one notice here as well."""
    days = [Told(n, "unreachable", "", NOW - n * 24 * HOUR) for n in range(3)]
    entry = [Told(7, "not_proven_gone", "e1", NOW - HOUR), Told(8, "dead_letter", "e1", NOW - MINUTE)]
    assert [(one.kind, one.since, one.entry_id) for one in recoveries([*days, *entry])] == [
        ("unreachable", NOW - 48 * HOUR, ""),
        ("entry", NOW - HOUR, "e1"),
    ]
    many = [Told(n, "dead_letter", f"e{n}", NOW - n * MINUTE) for n in range(NAMED + 1)]
    (told,) = recoveries(many)
    assert (told.count, told.since, told.is_sum) == (NAMED + 1, NOW - NAMED * MINUTE, True)
