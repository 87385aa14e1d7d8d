"""What an edition waits for (待办): whose turn it is, read off the table of moves."""

from __future__ import annotations

from dataclasses import dataclass

from ckanext.govshare.domain import duty
from ckanext.govshare.domain.edition import CONFIRM, DECLARE, REJECT, RELEASE, REVIEW, SUBMIT


@dataclass(frozen=True)
class Duty(duty.Duty):
    """Work on an edition.

    ``reviewed`` tells whether the table as it stands has had its secrecy review, None where that plays no part yet.
    """

    reviewed: bool | None = None


MASKING = Duty("mask", (DECLARE, SUBMIT))
CHECKING = Duty("check", (CONFIRM, REJECT))
REVIEWING = Duty("review", (REVIEW,), reviewed=False)
RELEASING = Duty("release", (RELEASE,), reviewed=True)

# In the order of the way to the public.
DUTIES = (MASKING, CHECKING, REVIEWING, RELEASING)
