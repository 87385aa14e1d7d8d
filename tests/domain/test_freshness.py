"""Update cycle (更新周期): when the next update is overdue."""

from __future__ import annotations

from datetime import date

import pytest
from ckanext.govshare.domain.freshness import is_late, update_due

UPDATED = date(2026, 1, 31)

CASES = [
    # updated, days of the cycle, today, due, late
    (UPDATED, 1, date(2026, 2, 1), date(2026, 2, 1), False),
    (UPDATED, 1, date(2026, 2, 2), date(2026, 2, 1), True),
    (UPDATED, 31, date(2026, 3, 3), date(2026, 3, 3), False),
    (UPDATED, 31, date(2026, 3, 4), date(2026, 3, 3), True),
    (date(2024, 2, 29), 366, date(2025, 3, 1), date(2025, 3, 1), False),
    (UPDATED, None, date(2099, 1, 1), None, False),
    (None, 31, date(2099, 1, 1), None, False),
]


@pytest.mark.parametrize(("updated", "days", "today", "due", "late"), CASES)
def test_due_and_late(updated, days, today, due, late):
    assert update_due(updated, days) == due
    assert is_late(updated, days, today) is late
