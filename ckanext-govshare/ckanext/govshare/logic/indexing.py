"""The index follows the database: announced in the transaction, done right after it, and later if that fails."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from ckan import model

from ckanext.govshare import config, runtime, search
from ckanext.govshare.logic import waking
from ckanext.govshare.logic.mirror import changes
from ckanext.govshare.model import OutboxRow, outbox

log = logging.getLogger(__name__)

KIND = "index"


def announce(entry_id: str) -> OutboxRow:
    """Write into the transaction that the entry's document is out of date, and what mirrors must follow."""
    return outbox.put(model.Session, KIND, entry_id, {"mirror": changes.note(entry_id)})


def follow(event: OutboxRow, context: Mapping[str, Any]) -> None:
    """Index what was announced, after the commit; with ``defer_commit`` the worker does it.

    A search engine that is down holds nobody up: the event stays due.
    """
    if context.get("defer_commit"):
        return
    _index(event)
    if event.payload.get("mirror") and config.file("mirror_targets"):
        waking.wake(waking.FOLLOW)  # our own index first, then the other sites


def _index(event: OutboxRow) -> None:
    entry_id = event.key
    try:
        search.reindex([entry_id])
    except Exception:  # noqa: BLE001 - whatever Solr has, the event is safe in the outbox
        log.warning("the index cannot be reached; entry %s follows later", entry_id)
        model.Session.rollback()
        return
    outbox.settle(model.Session, event, runtime.now())
    model.Session.commit()
