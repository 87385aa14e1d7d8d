"""Who is told what a date has made due: ``config/statutes/notices.yaml`` names them, one kind for each duty."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ckanext.govshare import notices
from ckanext.govshare.domain.reminders import Due
from ckanext.govshare.logic.clocks.clock import OpenClock
from ckanext.govshare.model.journal import SYSTEM

# Published data are dealt with on the page of their entry's publication, a grant on that of its application.
_CASE_KINDS = {"entry": "publication", "grant": "application"}


def tell(session: Session, clock: OpenClock, due: Due) -> None:
    """Tell whom it concerns, in the transaction of the row; a duty without a kind of notice is recorded only."""
    facts = {"title": clock.title, "due_on": clock.due_on.isoformat()}
    if clock.page:
        facts["page"] = clock.page
    notices.tell_of_move(
        session,
        case_kind=_CASE_KINDS.get(clock.case_kind, clock.case_kind),
        case_id=clock.case_id,
        move=f"{clock.duty}_{due.kind}",
        organization_id=clock.organization_id,
        by=SYSTEM,
        authors=clock.persons,
        facts=facts,
    )
