"""Retention (原始数据留存): an upload is kept while its edition is open and for a set time after, leftovers for hours.

数据安全法 art. 27, 个人信息保护法 art. 19 (no longer than its purpose needs).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ckanext.govshare.domain.edition import REJECTED, UNREADABLE, VOID


def ended_at(status: str, intake: str, released_at: datetime | None, changed_at: datetime) -> datetime | None:
    """Return when the upload had served its purpose: released, refused, void or unreadable; None while it has not."""
    if released_at is not None:
        return released_at
    return changed_at if status in (REJECTED, VOID) or intake == UNREADABLE else None


def is_due(ended: datetime | None, days: int, at: datetime) -> bool:
    """Tell whether an upload is to be deleted: ``days`` have passed since it had served its purpose."""
    return ended is not None and ended + timedelta(days=days) <= at


def is_stray(built: datetime, hours: int, at: datetime) -> bool:
    """Tell whether a built file that no public edition names is left over: so long no release takes."""
    return built + timedelta(hours=hours) <= at
