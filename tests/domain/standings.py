"""A mirror target about which nothing is to be said, for the tests to change what they are about."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from ckanext.govshare.domain.mirror_relay import Standing

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=timezone.utc)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
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
