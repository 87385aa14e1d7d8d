"""Check the journal's chain, and note every day outside the chain where it ends (锚点)."""

from __future__ import annotations

import logging

from ckan import model

from ckanext.govshare import runtime
from ckanext.govshare.domain.journal_chain import Broken, Head, first_broken
from ckanext.govshare.model import chain

log = logging.getLogger(__name__)


def verify(noted: Head | None = None) -> tuple[Head, Broken | None]:
    """Return where the chain ends and the first place that does not hold; ``noted`` is an anchor kept elsewhere.

    One snapshot of the database is looked at, however long that takes.
    """
    session = model.meta.create_local_session()
    try:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        known = [*chain.anchors(session), *([noted] if noted else [])]
        head = chain.head(session)
        return head, first_broken(chain.links(session), head, known)
    finally:
        session.close()


def anchor_daily() -> Head | None:
    """Anchor the chain's end once a day, in its table and in the log, which operators keep elsewhere."""
    at = runtime.now()
    last = chain.last_anchored(model.Session)
    if last and runtime.in_shanghai(last).date() >= runtime.in_shanghai(at).date():
        model.Session.rollback()
        return None
    head = chain.anchor(model.Session, at)
    model.Session.commit()
    if head:
        log.info("journal anchor %s:%s", head.number, head.hash)
    return head
