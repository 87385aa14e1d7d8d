"""Masked samples (脱敏样例): enough to recognize a column by, never enough to restore a value."""

from __future__ import annotations

STAR = "*"


def masked(value: str, kept: int) -> str:
    """Return the first signs of a value, and a star for each of the others."""
    return value[:kept] + STAR * max(len(value) - kept, 1)
