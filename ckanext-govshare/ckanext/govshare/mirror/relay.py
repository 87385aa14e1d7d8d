"""The relay (转送): brings what has changed to each target, and believes only what the target then shows.

It may be killed at any point and run twice at once: each entry is compared with what stands at the target
before anything is written, and counts as sent only when the target's answer agrees. What a killed relay has sent
may arrive later than what its successor sends; so after a write without an end nothing counts until it is over.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from ckan import model
from sqlalchemy.orm import Session

from ckanext.govshare import runtime
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.domain.mirror import Wanted, differences
from ckanext.govshare.domain.mirror_answer import doubts_about_write
from ckanext.govshare.domain.mirror_ghost import STILL_FOUND, exposes
from ckanext.govshare.domain.mirror_relay import concerns_entry, doubt_ends, may_concern_entry
from ckanext.govshare.logic.mirror import changes
from ckanext.govshare.mirror import ledger
from ckanext.govshare.mirror.opening import open_site
from ckanext.govshare.mirror.site import TargetSite
from ckanext.govshare.mirror.targets import Target, all_targets
from ckanext.govshare.model import MirrorChange, MirrorLedgerRow

log = logging.getLogger(__name__)

Progress = Callable[[int], None]


def run_all(seconds: float | None = None) -> Counter[str]:
    """Serve every target for at most ``seconds`` each; return how many entries were sent, removed, put off."""
    done: Counter[str] = Counter()
    for target in all_targets():
        done += run(target, seconds=seconds)
    return done


def run(target: Target, *, seconds: float | None = None, progress: Progress | None = None) -> Counter[str]:
    """Send everything that is due at one target, several entries side by side."""
    session = model.meta.create_local_session()
    try:
        ledger.spread(session, target.name, runtime.now())
        resting = ledger.target_row(session, target.name).available_at
        session.rollback()
        if resting and resting > runtime.now():
            return Counter()
        pass_ = _Pass(target, time.monotonic() + seconds if seconds else None, progress)
        with ThreadPoolExecutor(target.parallel) as pool:
            for worker in [pool.submit(pass_.work) for _ in range(target.parallel)]:
                worker.result()
        if pass_.fault:
            log.warning("mirror target %s rests: %s", target.name, pass_.fault.code)
            ledger.rest(session, target.name, pass_.fault, runtime.now(), _jitter())
        elif pass_.done:
            ledger.reached(session, target.name)
        return pass_.done
    finally:
        session.close()


class _Pass:
    """One pass over what is due at a target, shared by its workers."""

    def __init__(self, target: Target, until: float | None, progress: Progress | None) -> None:
        self.target, self.until, self.progress = target, until, progress
        self.done: Counter[str] = Counter()
        self.fault: RuleError | None = None
        self._lock = threading.Lock()

    def work(self) -> None:
        """Serve one entry after another until nothing is due, time is up or the target has failed."""
        session = model.meta.create_local_session()
        site = None
        try:
            while not self._over() and (row := ledger.claim(session, self.target.name, runtime.now())):
                site = site or open_site(self.target)
                self._serve(session, site, row)
        except RuleError as fault:  # the site could not even be spoken to
            session.rollback()
            self.fault = fault
        finally:
            session.close()
            if site:
                site.close()

    def _serve(self, session: Session, site: TargetSite, row: MirrorLedgerRow) -> None:
        doubt = row.writing_since  # a write that was begun, and whose end nobody has written down
        site.before_write = lambda fits: ledger.announce(session, row, runtime.now(), fits)
        try:
            outcome = carry_out(session, site, row)
            if doubt and runtime.now() < doubt_ends(doubt):
                ledger.look_again(row, doubt)
        except ledger.OvertakenError:
            session.rollback()
            return
        except RuleError as fault:
            outcome = "put off"
            self._put_off(site, row, fault, doubt)
        session.commit()
        with self._lock:
            self.done[outcome] += 1
            if self.progress:
                self.progress(self.done.total())

    def _put_off(
        self, site: TargetSite, row: MirrorLedgerRow, fault: RuleError, doubt: datetime | None
    ) -> None:
        """Put off the entry when the fault is its own, or everything when the target itself has failed."""
        if concerns_entry(fault.code):
            row.writing_since = doubt  # the target has answered
            ledger.put_off(row, fault, runtime.now(), _jitter())
        elif may_concern_entry(fault.code) and site.is_well():
            ledger.put_off(row, fault, runtime.now(), _jitter())
        else:
            row.problem, row.available_at = ledger.told(fault), runtime.now()
            self.fault = fault

    def _over(self) -> bool:
        return self.fault is not None or (self.until is not None and time.monotonic() > self.until)


def carry_out(session: Session, site: TargetSite, row: MirrorLedgerRow) -> str:
    """Make the target show the entry's newest change and write its answer into the locked ledger row."""
    change = changes.newest_of(session, row.entry_id)
    if change is None or change.content is None:
        return _take_away(session, site, row, change)
    if changes.is_restricted_between(session, row.entry_id, row.wanted, change):
        row.urgency = 0  # newer than what the ledger has been told of
    wanted = site.wanted(change.content)
    remote_id = row.remote_id
    if remote_id is None and row.writing_since:
        remote_id = site.find(row.entry_id, changes.names_of(session, row.entry_id))
    found = site.put(wanted, remote_id, change.content["organization"], row.removal_fits)
    row.remote_id = found.remote_id
    for doubt in doubts_about_write(wanted.content, found.content):
        raise RuleError(doubt.code, **doubt.facts)
    restricts = row.urgency == 0
    if restricts:
        seen = site.seen_by_strangers(found.remote_id)
        if seen is None or differences(wanted.content, seen.content):
            raise RuleError("mirror.still_there")
        _prove_not_found(site, row.entry_id, wanted)
    ledger.acknowledge(row, change, found, runtime.now(), proven_gone=restricts)
    return "sent"


def _take_away(session: Session, site: TargetSite, row: MirrorLedgerRow, change: MirrorChange | None) -> str:
    """Remove what stands there of the entry and prove that a stranger gets and finds nothing."""
    remote_id = row.remote_id or site.find(row.entry_id, changes.names_of(session, row.entry_id))
    if remote_id:
        site.remove(remote_id)
        if site.seen_by_strangers(remote_id):
            raise RuleError("mirror.still_there")
        row.remote_id = remote_id
    _prove_not_found(site, row.entry_id, None)
    if change is not None:
        ledger.acknowledge(row, change, None, runtime.now(), proven_gone=True)
    return "removed"


def _prove_not_found(site: TargetSite, entry_id: str, wanted: Wanted | None) -> None:
    """See that no search there shows what was taken away; a write cut off in the target may have left it behind."""
    for found in site.found_by_strangers(entry_id):
        if exposes(found, wanted):
            raise RuleError(STILL_FOUND, remote_id=found.remote_id)


def _jitter() -> float:
    return random.random()  # noqa: S311 - spreads retries, guards nothing
