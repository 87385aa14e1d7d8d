"""Link of one use (一次性下载链接): one download of one file, for minutes, in the session that asked for it.

佳木斯 art. 24 (按使用条件和范围). A copied address is worth nothing; a broken download may be finished.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ckanext.govshare.domain.decision import Decision, Reason, decide


@dataclass(frozen=True)
class Link:
    """Until when a link may be used, and when it was, for a file of which digest."""

    expires_at: datetime
    used_at: datetime | None = None
    digest: str | None = None


@dataclass(frozen=True)
class Use:
    """A request by a link: ``first_byte`` of the file that it asks for, whose digest is ``digest`` now."""

    at: datetime
    same_session: bool
    first_byte: int
    digest: str


def may_use(link: Link, use: Use, resume: timedelta) -> Decision:
    """Decide whether a link serves a request: once, in time; then only the rest of what was begun, for ``resume``."""
    found = []
    if not use.same_session:
        found.append(Reason("grant.link_of_other_session"))
    if link.used_at is None:
        if use.at >= link.expires_at:
            found.append(Reason("grant.link_expired"))
    elif not _goes_on(link, use) or use.at >= link.used_at + resume:
        found.append(Reason("grant.link_used"))
    return decide(found)


def _goes_on(link: Link, use: Use) -> bool:
    return use.first_byte > 0 and use.digest == link.digest
