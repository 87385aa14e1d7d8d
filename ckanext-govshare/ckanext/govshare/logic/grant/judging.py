"""Whether granted data may leave now: asked at every request, and again while they leave."""

from __future__ import annotations

from ckan import model

from ckanext.govshare.domain.decision import Decision
from ckanext.govshare.domain.grant import Standing, may_take
from ckanext.govshare.logic.application import clock, granting
from ckanext.govshare.model import Grant, Publication


def judge(row: Grant, person: str) -> Decision:
    """Return whether ``person`` may take what the grant gives, as everything stands in this transaction."""
    return may_take(granting.fact(row), clock.today(), standing(row.entry_id), person=person)


def standing(entry_id: str) -> Standing:
    """Return how an entry stands."""
    return _standing(model.Session.get(Publication, entry_id))


def judge_afresh(grant_id: str, person: str) -> Decision:
    """Ask the database as it is now, in a session that is nobody else's."""
    session = model.meta.create_local_session()
    try:
        row = session.get_one(Grant, grant_id)
        entry = _standing(session.get(Publication, row.entry_id))
        return may_take(granting.fact(row), clock.today(), entry, person=person)
    finally:
        session.close()


def _standing(publication: Publication | None) -> Standing:
    return Standing(publication.state, publication.openness) if publication else Standing("", "")
