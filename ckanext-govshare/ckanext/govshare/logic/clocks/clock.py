"""What a noun tells about its due dates."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ckanext.govshare import rulebook
from ckanext.govshare.domain.deadline import Deadline, Duty, Facts
from ckanext.govshare.domain.reminders import KINDS, Due


@dataclass(frozen=True)
class OpenClock:
    """One open due date: of which case, by which duty, the day that was promised, the facts it came from.

    ``facts`` is None for a date that no calendar moves (a grant's end, a promised update); ``days`` are the working
    days where the case sets its own. ``title`` is what officers know the case by, and never holds personal data.
    ``kinds`` are the reminders that it wants, ``persons`` those whom it concerns beside the offices, ``page`` what
    addresses it where its id does not.
    """

    case_kind: str
    case_id: str
    title: str
    organization_id: str
    duty: str
    due_on: date
    facts: Facts | None = None
    days: int | None = None
    kinds: tuple[str, ...] = KINDS
    persons: tuple[str, ...] = ()
    page: str = ""

    @property
    def counted_by(self) -> Duty:
        """The duty with the days that hold for this case."""
        duty = rulebook.duty(self.duty)
        return replace(duty, days=self.days) if self.days else duty


@dataclass(frozen=True)
class Moved:
    """An open clock and the day that holds from now on, with the deadline that gave it."""

    clock: OpenClock
    deadline: Deadline
    due_on: date


@dataclass(frozen=True)
class Clocks:
    """The clocks of one noun.

    ``open(session, until)`` yields those due up to ``until``, all when None, and none that stands still.
    ``happened(session, clock, due)`` does what must follow (tell, escalate, lapse) in the transaction of the row.
    ``move(session, moved)`` saves the days that hold and the calendar version that gave them; None for a noun whose
    dates no calendar moves. ``again(session, cases)`` locks cases and yields their open clocks as they stand then;
    None where nothing else changes them. ``stands()`` is what a row of reminders must meet to concern
    anybody still: its case is open and due on that very day; None for a noun whose rows always do.
    """

    case_kind: str
    open: Callable[[Session, date | None], Iterable[OpenClock]]
    happened: Callable[[Session, OpenClock, Due], None]
    move: Callable[[Session, Sequence[Moved]], None] | None = None
    stands: Callable[[], Any] | None = None
    again: Callable[[Session, Collection[str]], Iterable[OpenClock]] | None = None
