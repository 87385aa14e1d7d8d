"""Notice (通知): what somebody is told of a case; the notice in the portal is the one that counts, mail repeats it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

WAITING = "waiting"
SENT = "sent"
NONE = "none"
MAIL_STATES = (WAITING, SENT, NONE)

HEADS = "heads"
CLERKS = "clerks"
BUREAU = "bureau"
AUTHORS = "authors"


@dataclass(frozen=True)
class NoticeKind:
    """One row of ``config/statutes/notices.yaml``: who is told, at once or gathered, in which words.

    ``to`` is :data:`HEADS`, :data:`CLERKS`, :data:`BUREAU`, :data:`AUTHORS`, or empty when the caller names
    the person; the texts have places for the facts of the notice.
    """

    code: str
    subject: Mapping[str, str]
    body: Mapping[str, str]
    to: str = ""
    digest: bool = False
