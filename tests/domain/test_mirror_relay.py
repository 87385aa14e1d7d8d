"""Mirror: when to try again, what to believe, where to connect, and the word for how a target stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from ckanext.govshare.domain.mirror import Found
from ckanext.govshare.domain.mirror_answer import doubts_about_list, doubts_about_write
from ckanext.govshare.domain.mirror_peer import objections_to_addresses, objections_to_url
from ckanext.govshare.domain.mirror_relay import (
    alarms,
    concerns_entry,
    doubt_ends,
    is_dead,
    may_concern_entry,
    rest_after,
    wait_after,
    word_for,
)

from tests.domain.standings import HOUR, MINUTE, NOW, QUIET


@pytest.mark.parametrize(
    ("attempts", "jitter", "seconds"),
    [(1, 1.0, 5), (1, 0.0, 2.5), (2, 1.0, 10), (5, 1.0, 80), (11, 1.0, 3600), (1000, 1.0, 3600)],
)
def test_waits_double_up_to_an_hour(attempts, jitter, seconds):
    """5 s, 10 s, 20 s … one hour; the jitter takes away at most half."""
    assert wait_after(attempts, jitter) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("attempts", "jitter", "seconds"),
    [(1, 1.0, 5), (6, 1.0, 160), (7, 1.0, 300), (1000, 1.0, 300), (9, 0.0, 150)],
)
def test_a_target_rests_at_most_five_minutes(attempts, jitter, seconds):
    """However long it was away, it is soon asked again."""
    assert rest_after(attempts, jitter) == timedelta(seconds=seconds)


def test_a_write_without_an_end_is_in_doubt_for_three_minutes():
    """Longer than a request may take, ours or the target's."""
    assert doubt_ends(NOW) == NOW + timedelta(minutes=3)


@pytest.mark.parametrize(
    ("code", "entry", "perhaps"),
    [
        ("mirror.refused", True, False),
        ("mirror.changed_meanwhile", True, False),
        ("mirror.failing", False, True),
        ("mirror.not_authorized", False, True),
        ("mirror.unreachable", False, False),
        ("mirror.redirected", False, False),
        ("mirror.forbidden_address", False, False),
    ],
)
def test_whose_fault_it_is(code, entry, perhaps):
    """One entry's, perhaps one entry's, or the target's."""
    assert (concerns_entry(code), may_concern_entry(code)) == (entry, perhaps)


@pytest.mark.parametrize(("attempts", "dead"), [(0, False), (7, False), (8, True), (9, True)])
def test_after_eight_attempts_a_person_must_look(attempts, dead):
    """An entry that the target refuses eight times is a dead letter."""
    assert is_dead(attempts) is dead


def rows(*remote_ids):
    return [Found(remote_id, remote_id, "", {}) for remote_id in remote_ids]


TEN = tuple(f"r{n}" for n in range(10))


@pytest.mark.parametrize(
    ("listed", "told", "acknowledged", "codes"),
    [
        ((), 0, (), []),
        (TEN, 10, TEN, []),
        ((), 0, TEN, ["mirror.list_empty"]),
        ((), 10, TEN, ["mirror.list_empty"]),
        (TEN[:5], 5, TEN, ["mirror.list_lost"]),
        (TEN[:5], 10, TEN, ["mirror.list_short", "mirror.list_lost"]),
        ((*TEN, "r0"), 10, TEN, ["mirror.list_short", "mirror.list_duplicates"]),
        ((*TEN, "r0"), 11, TEN, ["mirror.list_duplicates"]),
        # One or two taken away by hand at the target are no reason to doubt all the rest.
        (TEN[:8], 8, TEN, []),
        (("r0", "x1", "x2"), 3, ("r0",), []),
    ],
)
def test_lists_that_cannot_be_true(listed, told, acknowledged, codes):
    """Empty, half, doubled (Fedict/dcattools#246, GSA/data.gov#2989); small sources are guarded as well."""
    assert [doubt.code for doubt in doubts_about_list(rows(*listed), told, acknowledged)] == codes


@pytest.mark.parametrize(
    ("answered", "codes"),
    [
        ({"title": "甲"}, []),
        ({"title": "甲", "id": "r1"}, []),
        ({"title": "乙"}, ["mirror.answer_differs"]),
        ({}, ["mirror.answer_differs"]),
        (None, ["mirror.not_acknowledged"]),
    ],
)
def test_a_write_counts_when_the_answer_agrees(answered, codes):
    """What the target says it now holds must be what was sent."""
    assert [doubt.code for doubt in doubts_about_write({"title": "甲"}, answered)] == codes


@pytest.mark.parametrize(
    ("host", "address", "networks", "refused"),
    [
        ("portal.example", "93.184.216.34", (), False),
        ("portal.example", "2606:2800:220:1::1", (), False),
        ("portal.example", "127.0.0.1", (), True),
        ("portal.example", "::1", (), True),
        ("portal.example", "10.0.0.7", (), True),
        ("portal.example", "10.0.0.7", ("10.0.0.0/8",), False),
        ("portal.example", "192.168.1.1", ("10.0.0.0/8",), True),
        ("portal.example", "169.254.169.254", (), True),
        ("portal.example", "::ffff:127.0.0.1", (), True),
        ("portal.example", "::ffff:169.254.169.254", (), True),
        ("portal.example", "0.0.0.0", (), True),  # noqa: S104 - refused, not bound
        ("portal.example", "224.0.0.1", (), True),
        ("portal.example", "100.64.0.1", (), True),
        ("127.0.0.1", "127.0.0.1", (), False),
        ("localhost", "::1", (), False),
        ("127.0.0.1", "10.0.0.7", (), True),
    ],
)
def test_addresses(host, address, networks, refused):
    """Public addresses, configured networks, and loopback for a loopback peer; nothing else, whatever DNS says."""
    assert bool(objections_to_addresses(host, [address], networks)) is refused


@pytest.mark.parametrize(
    ("url", "networks", "codes"),
    [
        ("https://www.yunxi.example/ckan", (), []),
        ("http://127.0.0.1:5001", (), []),
        ("http://portal.gov.intranet", ("10.0.0.0/8",), []),
        ("http://www.yunxi.example", (), ["mirror.plain_http"]),
        ("file:///etc/passwd", (), ["mirror.bad_url"]),
        ("gopher://127.0.0.1:70/", (), ["mirror.bad_url"]),
        ("https://user:secret@www.yunxi.example", (), ["mirror.bad_url"]),
        ("//www.yunxi.example", (), ["mirror.bad_url"]),
    ],
)
def test_configured_addresses(url, networks, codes):
    """Web addresses only, no password inside, plain http only at home."""
    assert [reason.code for reason in objections_to_url(url, networks)] == codes


LONG, SHORT = NOW - 2 * HOUR, NOW - 2 * MINUTE


@pytest.mark.parametrize(
    ("changes", "word", "codes"),
    [
        ({}, "agrees", []),
        ({"reconciled_at": None}, "behind", []),
        ({"waiting": 2, "waiting_since": SHORT}, "behind", []),
        ({"waiting": 2, "waiting_since": LONG}, "behind", []),
        ({"differing": 1}, "behind", []),
        ({"waiting": 1, "restricting_since": SHORT}, "behind", []),
        ({"waiting": 1, "restricting_since": LONG}, "wrong", ["mirror.not_proven_gone"]),
        ({"dead": 1}, "wrong", ["mirror.dead_letters"]),
        ({"conflicts": 1}, "wrong", ["mirror.conflicts"]),
        ({"doubts": 1}, "wrong", ["mirror.doubtful"]),
        ({"awaiting_person": 5}, "wrong", ["mirror.awaiting_person"]),
        ({"unreachable_since": SHORT}, "agrees", []),
        ({"unreachable_since": LONG}, "wrong", ["mirror.unreachable_long"]),
        ({"reconciled_at": NOW - 37 * HOUR}, "wrong", ["mirror.reconciliation_missed"]),
    ],
)
def test_the_word_for_a_target(changes, word, codes):
    """一致 only when proven and nothing waits; 异常 as soon as a person must look."""
    standing = replace(QUIET, **changes)
    assert word_for(standing, NOW) == word
    assert [alarm.code for alarm in alarms(standing, NOW)] == codes


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
    assert word_for(standing, NOW) == word
