"""Update cycle (更新周期): when the next update is overdue."""

from __future__ import annotations

from datetime import date

import pytest
from ckanext.govshare.domain.freshness import days_late, update_due

UPDATED = date(2026, 1, 31)

CASES = [
    # updated, days of the cycle, today, due, days late
    (UPDATED, 1, date(2026, 2, 1), date(2026, 2, 1), 0),
    (UPDATED, 1, date(2026, 2, 2), date(2026, 2, 1), 1),
    (UPDATED, 31, date(2026, 3, 3), date(2026, 3, 3), 0),
    (UPDATED, 31, date(2026, 3, 4), date(2026, 3, 3), 1),
    (UPDATED, 7, date(2026, 2, 28), date(2026, 2, 7), 21),
    (date(2024, 2, 29), 366, date(2025, 3, 1), date(2025, 3, 1), 0),
    (UPDATED, None, date(2099, 1, 1), None, 0),
    (None, 31, date(2099, 1, 1), None, 0),
]


@pytest.mark.parametrize(("updated", "days", "today", "due", "late"), CASES)
def test_due_and_late(updated, days, today, due, late):
    assert update_due(updated, days) == due
    assert days_late(due, today) == late
