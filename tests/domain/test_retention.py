"""Uploads are deleted when they have served their purpose for long enough, leftovers by age, and never before."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ckanext.govshare.domain.retention import ended_at, is_due, is_stray

RELEASED = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
CHANGED = datetime(2026, 3, 5, 8, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("status", "intake", "released", "ended"),
    [
        ("not_required", "read", RELEASED, RELEASED),
        ("done", "read", RELEASED, RELEASED),
        ("void", "read", RELEASED, RELEASED),
        ("void", "read", None, CHANGED),
        ("rejected", "read", None, CHANGED),
        ("pending", "unreadable", None, CHANGED),
        ("pending", "read", None, None),
        ("pending", "waiting", None, None),
        ("in_progress", "read", None, None),
        ("awaiting_check", "read", None, None),
        ("not_required", "read", None, None),
        ("done", "read", None, None),
    ],
)
def test_an_upload_has_served_its_purpose(status, intake, released, ended):
    """Released, refused, void or unreadable; while somebody still works on it, it stays."""
    assert ended_at(status, intake, released, CHANGED) == ended


@pytest.mark.parametrize(
    ("seconds", "due"), [(-1, False), (0, True), (1, True)], ids=["a second before", "then", "after"]
)
def test_it_is_due_after_exactly_the_configured_days(seconds, due):
    assert is_due(RELEASED, 180, RELEASED + timedelta(days=180, seconds=seconds)) is due


def test_what_is_in_work_is_never_due():
    assert is_due(None, 0, RELEASED) is False


@pytest.mark.parametrize(
    ("seconds", "stray"), [(-1, False), (0, True), (1, True)], ids=["a second before", "then", "after"]
)
def test_a_file_that_nobody_names_is_left_over_after_exactly_the_configured_hours(seconds, stray):
    """Before that a release may still be under way."""
    assert is_stray(RELEASED, 24, RELEASED + timedelta(hours=24, seconds=seconds)) is stray
