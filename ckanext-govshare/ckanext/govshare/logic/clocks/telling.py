"""Who is told what a date has made due: ``config/statutes/notices.yaml`` names them, one kind for each duty."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy.orm import Session

from ckanext.govshare import notices
from ckanext.govshare.domain.reminders import Due
from ckanext.govshare.logic.clocks.clock import Moved, OpenClock
from ckanext.govshare.model.journal import SYSTEM

# Published data are dealt with on the page of their entry's publication, a grant on that of its application.
_CASE_KINDS = {"entry": "publication", "grant": "application"}


RECOUNT = "recount"


def tell_of_recount(session: Session, moved: Iterable[Moved], why: Callable[[Moved], str]) -> None:
    """Tell whom a moved day concerns: the person by the duty's own words, the department by one kind for all.

    Old and new day, and why; in the transaction that moves it, so once.
    """
    notices.tell_all(
        session,
        (
            notices.News(
                kind,
                _case_kind(one.clock),
                one.clock.case_id,
                one.clock.organization_id,
                one.clock.persons,
                {
                    "number": one.clock.title,
                    "page": one.clock.page or one.clock.case_id,
                    "due_on_before": one.clock.due_on.isoformat(),
                    "due_on": one.due_on.isoformat(),
                    "why": why(one),
                },
            )
            for one in moved
            for kind in (
                f"{_case_kind(one.clock)}.{one.clock.duty}_{RECOUNT}",
                f"{_case_kind(one.clock)}.{RECOUNT}",
            )
        ),
    )


def tell(session: Session, clock: OpenClock, due: Due) -> None:
    """Tell whom it concerns, in the transaction of the row; a duty without a kind of notice is recorded only."""
    facts = {"title": clock.title, "due_on": clock.due_on.isoformat()}
    if clock.page:
        facts["page"] = clock.page
    notices.tell_of_move(
        session,
        case_kind=_case_kind(clock),
        case_id=clock.case_id,
        move=f"{clock.duty}_{due.kind}",
        organization_id=clock.organization_id,
        by=SYSTEM,
        authors=clock.persons,
        facts=facts,
    )


def _case_kind(clock: OpenClock) -> str:
    return _CASE_KINDS.get(clock.case_kind, clock.case_kind)
