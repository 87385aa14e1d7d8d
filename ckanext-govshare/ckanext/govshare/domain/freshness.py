"""Whether data keeps the update cycle that its catalog entry promises (更新周期)."""

from __future__ import annotations

from datetime import date, timedelta


def update_due(updated: date | None, cycle_days: int | None) -> date | None:
    """Return the last day on which the next update is still in time; None when nothing is promised.

    ``cycle_days`` is the longest time between two updates in calendar days, None for cycles that promise
    nothing (不定期, 不更新).
    """
    if updated is None or cycle_days is None:
        return None
    return updated + timedelta(days=cycle_days)


def days_late(due: date | None, today: date) -> int:
    """Return for how many days an update is overdue: one on the day after the last in time, none before."""
    return max(0, (today - due).days) if due else 0
