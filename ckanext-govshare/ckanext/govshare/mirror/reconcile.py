"""Reconciliation (核对): list what stands at a target, compare it with what must, say what differs, mend it.

Nothing is written through another way than the relay's, and nothing is deleted on the word of a doubtful list.
The list is the target's search, which may have lost what stands there, or show what does not: what is listed and was
never acknowledged, or is not in the target's register, is asked for by its id, and so is what was acknowledged and is
not listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.orm import Session

from ckanext.govshare import runtime
from ckanext.govshare.domain.decision import Reason, Refused
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.domain.mirror import Found, Plan, Tombstone, Wanted, may_delete, plan
from ckanext.govshare.domain.mirror_answer import doubts_about_list
from ckanext.govshare.domain.mirror_ghost import (
    STILL_FOUND,
    Ghost,
    cleared,
    doubts_about_ghosts,
    ghosts_of,
    uncertain,
)
from ckanext.govshare.domain.mirror_relay import is_comparison_due
from ckanext.govshare.logic.mirror import changes
from ckanext.govshare.mirror import ledger, relay
from ckanext.govshare.mirror.opening import open_site
from ckanext.govshare.mirror.site import TargetSite
from ckanext.govshare.mirror.targets import Target, all_targets
from ckanext.govshare.model import MirrorLedgerRow, MirrorRun

KEPT = 200  # findings that a run's row keeps; the counts count all


@dataclass
class Comparison:
    """What one look at a target has shown: the plan, or the doubts for which there is none."""

    plan: Plan = field(default_factory=lambda: Plan((), (), (), ()))
    doubts: tuple[Reason, ...] = ()
    wanted: dict[str, Wanted] = field(default_factory=dict)
    standing: int = 0
    unacknowledged: tuple[str, ...] = ()
    asked: Mapping[str, str | None] = field(default_factory=dict)
    ghosts: tuple[Ghost, ...] = ()
    freed: tuple[str, ...] = ()

    @property
    def missing(self) -> list[str]:
        """Ids of entries that the target lacks."""
        return [put.id for put in self.plan.puts if not put.differences]

    @property
    def differing(self) -> list[str]:
        """Ids of entries that stand there otherwise."""
        return [put.id for put in self.plan.puts if put.differences]

    def is_asked(self, stone: Tombstone) -> bool:
        """Tell whether a withdrawal asks for this deletion; the number of all others is guarded."""
        return stone.id in self.asked and self.asked[stone.id] in (None, stone.remote_id)


def reconcile_due(at: datetime) -> int:
    """Run the comparisons that the night has made due; return how many."""
    count = 0
    for target in filter(lambda target: target.can_be_compared, all_targets()):
        query = sa.select(sa.func.max(MirrorRun.started_at)).filter_by(target=target.name)
        last = model.Session.scalar(query)
        model.Session.rollback()
        if is_comparison_due(last and runtime.in_shanghai(last), runtime.in_shanghai(at)):
            reconcile(target)
            count += 1
    return count


def reconcile(target: Target, *, dry_run: bool = False, confirmed: int = 0) -> MirrorRun:
    """Compare one target with what must stand there and mend it; return the run, kept unless ``dry_run``.

    ``confirmed`` is the number of deletions that a person has agreed to.
    """
    started = runtime.now()
    if not dry_run:
        changes.catch_up()
    session = model.meta.create_local_session()
    try:
        ledger.spread(session, target.name, started)
        seen = _compare(session, target)
        after, waiting = seen, 0
        if not dry_run and not seen.doubts:
            waiting = _mend(session, target, seen, confirmed)
            after = _compare(session, target) if seen.plan or seen.freed else seen
            if any(put.differences for put in after.plan.puts):
                _list_anew(target, after)
                after = _compare(session, target)
        run = _told(target, started, seen, after, waiting)
        if not dry_run:
            session.add(run)
            session.commit()
            session.refresh(run)
        session.expunge_all()
        return run
    finally:
        session.close()


def _compare(session: Session, target: Target) -> Comparison:
    """List first, read our own state after: what changed in between looks missing, never extra."""
    try:
        site = open_site(target)
    except RuleError as fault:
        return Comparison(doubts=(Reason(fault.code, fault.facts),))
    try:
        listing = site.list()
        wanted = {copy["id"]: site.wanted(copy) for copy in changes.snapshot(session)}
        rows = {
            row.entry_id: row
            for row in session.scalars(sa.select(MirrorLedgerRow).filter_by(target=target.name))
        }
        known = {id_: row.remote_id for id_, row in rows.items() if row.remote_id}
        standing = [known[id_] for id_ in known if id_ in wanted and rows[id_].shown]
        if doubts := doubts_about_list(listing.found, listing.told, standing):
            return Comparison(doubts=doubts, wanted=wanted)
        public = {id_: known[id_] for id_ in known if id_ in wanted}
        absent = [
            row
            for row in uncertain(listing.found, set(public.values()), site.registered())
            if not site.stands(row.remote_id)
        ]
        nowhere = {row.remote_id for row in absent}
        listed = [row for row in listing.found if row.remote_id not in nowhere]
        unlisted = _unlisted(site, listing.found, public)
        lost = [row.remote_id for row in unlisted if not site.lists(row.remote_id)]
        ghosts = ghosts_of(absent, wanted, known)
        return Comparison(
            plan=plan(wanted.values(), [*listed, *unlisted], known, lost),
            ghosts=ghosts,
            freed=tuple(cleared(_stopped_by_ghosts(rows.values()), ghosts)),
            wanted=wanted,
            standing=len(listed),
            unacknowledged=tuple(id_ for id_, row in rows.items() if row.shown < row.wanted),
            asked={id_: row.remote_id for id_, row in rows.items() if id_ not in wanted},
        )
    except RuleError as fault:
        return Comparison(doubts=(Reason(fault.code, fault.facts),))
    finally:
        session.rollback()
        site.close()


def _stopped_by_ghosts(rows: Iterable[MirrorLedgerRow]) -> list[str]:
    """Return the entries that were given up because the target's search still showed them."""
    return [
        row.entry_id for row in rows if row.dead_at and row.problem and row.problem["code"] == STILL_FOUND
    ]


def _unlisted(site: TargetSite, listed: Iterable[Found], known: Mapping[str, str]) -> list[Found]:
    """Look one by one at what was acknowledged and is not listed: its mark may have been taken off by hand."""
    there = {row.remote_id for row in listed}
    looked = (site.seen_by_strangers(remote_id) for remote_id in known.values() if remote_id not in there)
    return [found for found in looked if found is not None]


def _mend(session: Session, target: Target, seen: Comparison, confirmed: int) -> int:
    """Carry the plan out: restrictions first; return how many deletions wait for a person."""
    stones = seen.plan.tombstones
    withdrawn = [stone.id for stone in stones if seen.is_asked(stone)]
    if again := [*withdrawn, *seen.freed, *(put.id for put in seen.plan.puts)]:
        ledger.send_again(session, target.name, again, runtime.now())
    waiting = _remove_unasked(
        target, [stone for stone in stones if not seen.is_asked(stone)], seen, confirmed
    )
    relay.run(target)
    return waiting


def _list_anew(target: Target, seen: Comparison) -> None:
    """Have the target list what the relay found to stand there as it must, while the list still says otherwise."""
    try:
        site = open_site(target)
    except RuleError:
        return
    try:
        for put in seen.plan.puts:
            if put.differences:
                site.list_anew(seen.wanted[put.id], put.remote_id)
    except RuleError:
        return  # the last look tells what is left
    finally:
        site.close()


def _remove_unasked(target: Target, stones: list[Tombstone], seen: Comparison, confirmed: int) -> int:
    """Take away extras that nobody withdrew, if they are few or confirmed; return how many wait instead."""
    if not stones or isinstance(may_delete(len(stones), seen.standing, confirmed), Refused):
        return len(stones)
    try:
        site = open_site(target)
    except RuleError:
        return len(stones)
    try:
        for stone in stones:
            site.remove(stone.remote_id)
    except RuleError:
        return len(stones)
    finally:
        site.close()
    return 0


def _told(target: Target, started: datetime, seen: Comparison, after: Comparison, waiting: int) -> MirrorRun:
    """Return the run as it is kept: what was found, and what is left of it afterwards."""
    found = len(seen.plan.puts) + len(seen.plan.tombstones)
    left = len(after.plan.puts) + len(after.plan.tombstones)
    ghosts = seen.ghosts if after.doubts else after.ghosts
    doubts = (*seen.doubts, *(after.doubts if after is not seen else ()), *doubts_about_ghosts(ghosts))
    return MirrorRun(
        target=target.name,
        started_at=started,
        finished_at=runtime.now(),
        wanted=len(after.wanted),
        agreeing=len(after.plan.agreeing),
        missing=len(seen.missing),
        extra=len(seen.plan.tombstones),
        differing=len(seen.differing),
        unacknowledged=len(seen.unacknowledged),
        conflicts=len(after.plan.conflicts),
        awaiting_person=waiting,
        mended=max(found - left, 0) if after is not seen else 0,
        left=left,
        doubts=[{"code": doubt.code, "facts": dict(doubt.facts)} for doubt in doubts],
        report=[*_named(ghosts, after.wanted), *_report(seen)][:KEPT],
    )


def _named(ghosts: Iterable[Ghost], wanted: Mapping[str, Wanted]) -> Iterator[dict[str, Any]]:
    """Name the ghosts that are left: only the target's operator can clear them."""
    for ghost in ghosts:
        named = {"finding": ghost.finding, "id": ghost.id, "name": ghost.name, "remote_id": ghost.remote_id}
        yield named | ({"title": wanted[ghost.id].title} if ghost.id in wanted else {})


def _report(seen: Comparison) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {
            "finding": "differing" if put.differences else "missing",
            "id": put.id,
            "name": seen.wanted[put.id].name,
            "title": seen.wanted[put.id].title,
            "differences": [
                {"field": difference.field, "ours": difference.ours, "theirs": difference.theirs}
                for difference in put.differences
            ],
        }
        for put in seen.plan.puts
    ]
    rows += [
        {"finding": "extra", "id": stone.id, "name": stone.name, "remote_id": stone.remote_id}
        for stone in seen.plan.tombstones
    ]
    rows += [
        {"finding": "conflict", "id": conflict.id, "name": conflict.name, "remote_id": conflict.remote_id}
        for conflict in seen.plan.conflicts
    ]
    waiting = [id_ for id_ in seen.unacknowledged if id_ in seen.wanted]
    rows += [{"finding": "unacknowledged", "id": id_, "name": seen.wanted[id_].name} for id_ in waiting]
    return rows
