"""Jobs: what the outbox holds is done here, at least once, in order per thing; Redis only wakes us up."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from ckan import model

from ckanext.govshare import notices, runtime, search, vault
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.logic import indexing
from ckanext.govshare.logic.application import keeping
from ckanext.govshare.logic.calendar import recounting
from ckanext.govshare.logic.catalog import index as catalog_index
from ckanext.govshare.logic.catalog import run as catalog_run
from ckanext.govshare.logic.clocks import reminding
from ckanext.govshare.logic.edition import artifacts, masking, receiving, releasing, retention, scanning
from ckanext.govshare.logic.grant import files as granted_files
from ckanext.govshare.logic.grant import links
from ckanext.govshare.logic.journal import chain
from ckanext.govshare.mirror import alarming, reconcile, relay
from ckanext.govshare.model import outbox
from ckanext.govshare.notices import mail

log = logging.getLogger(__name__)

SECONDS_FOR_MIRRORS = 50.0

Handler = Callable[[str, Mapping[str, Any]], None]


def _index(key: str, _payload: Mapping[str, Any]) -> None:
    search.reindex([key])


def _catalog_import(key: str, _payload: Mapping[str, Any]) -> None:
    catalog_run.run(key)


def _catalog_index(_key: str, payload: Mapping[str, Any]) -> None:
    catalog_index.index_drafts(payload["entries"])
    catalog_index.commit()


def _edition_read(key: str, _payload: Mapping[str, Any]) -> None:
    receiving.read(key)


def _edition_scan(key: str, _payload: Mapping[str, Any]) -> None:
    scanning.scan(key)


def _edition_mask(key: str, _payload: Mapping[str, Any]) -> None:
    masking.mask(key)


def _mail(key: str, _payload: Mapping[str, Any]) -> None:
    mail.send(key)


def _digest(key: str, _payload: Mapping[str, Any]) -> None:
    mail.send_digest(key)


HANDLERS: dict[str, Handler] = {
    indexing.KIND: _index,
    "catalog_import": _catalog_import,
    catalog_run.INDEX: _catalog_index,
    "edition_read": _edition_read,
    "edition_scan": _edition_scan,
    "edition_mask": _edition_mask,
    "release": releasing.release,
    notices.MAIL: _mail,
    notices.DIGEST: _digest,
}


# Handlers that bring something up to date: doing it once settles all that asked for it before.
LATEST_WINS = (indexing.KIND, notices.DIGEST)


def _count_time() -> int:
    """Count open clocks by the calendar in force and record what they made due; a fault waits for the next tick."""
    session = model.Session()
    try:
        at = runtime.now()
        recounting.follow(session, at)
        return reminding.record_due(session, at)
    except Exception:
        log.exception("what time has made due could not be recorded")
        session.rollback()
        return 0
    finally:
        model.Session.remove()


def drain(limit: int = 1000) -> int:
    """Handle what is due, at most ``limit`` rows; return how many were done.

    A row stays locked while its handler runs; when the process dies the lock dies with it and the
    row is due again, so handlers must bear being run twice.
    """
    done = 0
    for _ in range(limit):
        if not _handle_next():
            break
        done += 1
    return done


def _handle_next() -> bool:
    session = model.meta.create_local_session()
    try:
        row = outbox.next_due(session, runtime.now())
        if row is None:
            return False
        try:
            last = outbox.newest_of(session, row) if row.kind in LATEST_WINS else row
            HANDLERS[row.kind](row.key, row.payload)
            outbox.settle(session, last, runtime.now())
        except Exception as error:
            log.exception("outbox %s %s failed", row.kind, row.id)
            model.Session.rollback()
            outbox.postpone(row, runtime.now(), f"{type(error).__name__}: {error}")
        session.commit()
    finally:
        session.close()
        model.Session.remove()
    return True


def _end_grants() -> int:
    """Destroy the files of grants that are over, forget links that nobody can use; a fault waits for the next tick."""
    try:
        return granted_files.destroy_due() + links.forget_over()
    except Exception:
        log.exception("what ended grants leave could not be taken away")
        model.Session.rollback()
        return 0
    finally:
        model.Session.remove()


def sweep() -> int:
    """Remove what killed processes left, plain copies first; what cannot be removed waits for the next tick."""
    try:
        vault.sweep()
        return artifacts.sweep(runtime.now())
    except Exception:
        log.exception("what killed processes left cannot be removed")  # the other duties go on
        return 0
    finally:
        model.Session.remove()


def follow() -> None:
    """Let the mirrors follow what has changed, for less than a minute; what is left waits for the next tick."""
    try:
        relay.run_all(seconds=SECONDS_FOR_MIRRORS)
    except RuleError as error:
        log.warning("the mirror targets cannot be served: %s %s", error.code, dict(error.facts))
    except Exception:
        log.exception("the mirror targets cannot be served")  # the other duties go on
    finally:
        model.Session.remove()


def compare() -> None:
    """Compare the mirrors that the night has made due."""
    try:
        reconcile.reconcile_due(runtime.now())
    except RuleError as error:
        log.warning("the mirror targets cannot be compared: %s %s", error.code, dict(error.facts))
    except Exception:
        log.exception("the mirror targets cannot be compared")
    finally:
        model.Session.remove()


def alarm() -> int:
    """Tell the bureau what about the mirrors needs a person; return how much was new."""
    try:
        return alarming.tell_due(runtime.now())
    except RuleError as error:
        log.warning("the mirror targets cannot be judged: %s %s", error.code, dict(error.facts))
    except Exception:
        log.exception("what is wrong with the mirrors could not be told")
    finally:
        model.Session.remove()
    return 0


def all_due() -> int:
    """Do everything that time has made due; return how much was done."""
    done = _count_time() + drain() + retention.delete_due(runtime.now()) + _end_grants() + sweep()
    done += keeping.delete_due(runtime.now())
    follow()
    compare()
    done += alarm()
    chain.anchor_daily()
    return done
