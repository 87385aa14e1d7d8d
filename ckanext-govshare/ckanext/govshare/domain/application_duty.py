"""What of an application waits for a head (待办), read off the table of moves."""

from __future__ import annotations

from datetime import date

from ckanext.govshare.domain.application import DENY_EXTENSION, GRANT_EXTENSION
from ckanext.govshare.domain.duty import Duty

# 延期审批: 佳木斯 art. 26 leaves it to the 部门负责人.
EXTENDING = Duty("extension", (GRANT_EXTENSION, DENY_EXTENSION))
DUTIES = (EXTENDING,)


def extension_waits(*, asked: bool, decided: bool, due_on: date | None, today: date) -> bool:
    """Tell whether an extension still waits: after the due day nobody can grant it any more, nor need deny it."""
    return asked and not decided and due_on is not None and today <= due_on
