"""How the targets stand (同步状态): one word each, the figures behind it, and for the bureau what must be looked at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare import runtime
from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.domain.mirror import RESTRICTING
from ckanext.govshare.domain.mirror_alarm import Unserved
from ckanext.govshare.domain.mirror_relay import Standing, alarms, word_for
from ckanext.govshare.logic.errors import describe, sentence
from ckanext.govshare.logic.mirror import changes, telling
from ckanext.govshare.mirror.targets import Target, all_targets
from ckanext.govshare.model import MirrorAlarm as Alarm
from ckanext.govshare.model import MirrorChange, MirrorLedgerRow, MirrorRun, MirrorTarget, Publication

Row = MirrorLedgerRow
HISTORY = 14  # reconciliations that the page shows
PROBLEMS = 100
COUNTS = (
    "wanted", "agreeing", "missing", "extra", "differing", "unacknowledged", "conflicts", "awaiting_person",
    "mended", "left",
)  # fmt: skip
FOUND = ("missing", "extra", "differing")
WAITING = Row.shown < Row.wanted
# When what a target has not shown yet was first taken away; a row may have waited for longer, to add something.
TAKEN_SINCE = sa.func.coalesce(
    sa.select(sa.func.min(MirrorChange.at))
    .where(
        MirrorChange.entry_id == Row.entry_id,
        MirrorChange.number > Row.shown,
        MirrorChange.kind.in_(RESTRICTING),
    )
    .correlate(Row)
    .scalar_subquery(),
    Row.waiting_since,
)
# When an entry was last taken away or narrowed, proven or not.
TAKEN_AT = sa.func.coalesce(
    sa.select(sa.func.max(MirrorChange.at))
    .where(MirrorChange.entry_id == Row.entry_id, MirrorChange.kind.in_(RESTRICTING))
    .correlate(Row)
    .scalar_subquery(),
    Row.waiting_since,
)
CONFLICT = Row.problem["code"].astext == "mirror.name_taken"


def show() -> dict[str, Any]:
    """Return how every target stands, in figures only: no entry is named."""
    at = runtime.now()
    newest = model.Session.scalar(sa.select(sa.func.max(MirrorChange.at)))
    return {
        "at": telling.instant(at),
        "latest": changes.latest_number(),
        "changed_at": telling.instant(newest),
        "entries": changes.extent(model.Session())[1],
        "targets": [_target(target, at) for target in all_targets()],
    }


def problems() -> list[dict[str, Any]]:
    """Return what the bureau must look at: entries given up or in conflict, restrictions not proven, by target."""
    query = (
        sa.select(Row, Publication.title)
        .join(Publication, Publication.entry_id == Row.entry_id)
        .where(WAITING, sa.or_(Row.problem.is_not(None), Row.urgency == 0))
        .order_by(Row.urgency, Row.waiting_since)
        .limit(PROBLEMS)
    )
    titles = _titles()
    return [
        {
            "target": row.target,
            "target_title": titles.get(row.target, row.target),
            "entry_id": row.entry_id,
            "title": title,
            "restricts": row.urgency == 0,
            "waiting_since": telling.instant(row.waiting_since),
            "attempts": row.attempts,
            "dead": row.dead_at is not None,
            "next_attempt": None if row.dead_at else telling.instant(row.available_at),
            "problem": telling.fault(row.problem),
        }
        for row, title in model.Session.execute(query)
    ]


def problem_count() -> int:
    """Return how many entries a person must look at: given up, or in conflict."""
    query = sa.select(sa.func.count()).select_from(Row).where(WAITING, Row.dead_at.is_not(None))
    return model.Session.scalar(query) or 0


def restrictions() -> list[dict[str, Any]]:
    """Return the newest withdrawals and narrowings with the time at which each target was proven to have followed."""
    query = (
        sa.select(Row, Publication.title, TAKEN_AT)
        .join(Publication, Publication.entry_id == Row.entry_id)
        .where(Row.urgency == 0)
        .order_by(TAKEN_AT.desc())
        .limit(HISTORY)
    )
    titles = _titles()
    return [
        {
            "target": titles.get(row.target, row.target),
            "entry_id": row.entry_id,
            "title": title,
            "asked_at": telling.instant(taken_at),
            "gone_at": None if row.shown < row.wanted else telling.instant(row.gone_at),
        }
        for row, title, taken_at in model.Session.execute(query)
    ]


def unserved(name: str) -> list[Unserved]:
    """Return the entries in which a target has not followed although something is taken away, or was given up."""
    query = (
        sa.select(Row, Publication.title, TAKEN_SINCE)
        .join(Publication, Publication.entry_id == Row.entry_id)
        .where(Row.target == name, WAITING, sa.or_(Row.urgency == 0, Row.dead_at.is_not(None)))
        .order_by(Row.wanted)
        .execution_options(populate_existing=True)
    )
    return [
        Unserved(row.entry_id, title, row.wanted, row.urgency == 0, since, row.dead_at is not None)
        for row, title, since in model.Session.execute(query)
    ]


def waiting_entries(name: str) -> set[str]:
    """Return the entries in which a target has not followed yet, for whatever reason."""
    return set(model.Session.scalars(sa.select(Row.entry_id).where(Row.target == name, WAITING)))


def alarms_told(name: str) -> list[dict[str, Any]]:
    """Return what the bureau was told about a target, since when and until when, the newest first; no entry is named."""
    return [
        {name: row[name] for name in ("kind", "label", "since", "until")}
        for row in _spells(Alarm.target == name)
    ]


def alarms_of_all() -> list[dict[str, Any]]:
    """Return the same of every target that is configured, entries by their titles."""
    titles = _titles()
    return [{**row, "target": titles[row["target"]]} for row in _spells(Alarm.target.in_(titles))]


def _spells(which: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
    """Return alarms from their first telling to their end: told again each day they are one."""
    since = sa.func.min(Alarm.raised_at)
    query = (
        sa.select(Alarm.target, Alarm.kind, Alarm.entry_id, Publication.title, since, Alarm.over_at)
        .outerjoin(Publication, Publication.entry_id == Alarm.entry_id)
        .where(which)
        .group_by(Alarm.target, Alarm.kind, Alarm.entry_id, Publication.title, Alarm.over_at)
        .order_by(Alarm.over_at.desc().nulls_first(), since.desc())
        .limit(HISTORY)
    )
    return [
        {
            "target": target,
            "kind": kind,
            "label": telling.word("mirror_alarms", kind),
            "title": title or "",
            "entry_id": entry_id,
            "since": telling.instant(began),
            "until": telling.instant(over_at),
        }
        for target, kind, entry_id, title, began, over_at in model.Session.execute(query)
    ]


def findings() -> list[dict[str, Any]]:
    """Return what the last reconciliation of each target found, entry by entry."""
    return [
        {
            "target": target.title,
            "label": telling.word("mirror_findings", row["finding"]),
            "note": telling.note_on(row),
            **row,
        }
        for target, run in _last_runs()
        for row in run.report
    ]


def last_comparisons() -> list[dict[str, Any]]:
    """Return the last reconciliation of each target in figures; ``found`` counts what had to be mended."""
    return [
        {"target": target.title, "found": sum(getattr(run, name) for name in FOUND), **told(run)}
        for target, run in _last_runs()
    ]


def told(run: MirrorRun) -> dict[str, Any]:
    """Return one reconciliation in figures, its doubts in words."""
    return {
        "started_at": telling.instant(run.started_at),
        "finished_at": telling.instant(run.finished_at),
        **{name: getattr(run, name) for name in COUNTS},
        "doubts": [sentence(Reason(doubt["code"], doubt["facts"])) for doubt in run.doubts],
    }


def _target(target: Target, at: datetime) -> dict[str, Any]:
    runs = _runs(target.name, HISTORY)
    standing = standing_of(target, runs[0] if runs else None)
    word = word_for(standing, at, target.limits)
    behind = at - standing.waiting_since if standing.waiting_since else None
    return {
        "name": target.name,
        "title": target.title,
        "kind": target.kind,
        "url": target.page,
        "compared": target.can_be_compared,
        "state": word,
        "label": telling.word("mirror_states", word),
        "acknowledged": _acknowledged(target.name),
        "waiting": standing.waiting,
        "waiting_since": telling.instant(standing.waiting_since),
        "behind_seconds": int(behind.total_seconds()) if behind else 0,
        "dead": standing.dead,
        "conflicts": standing.conflicts,
        "alarms": [describe(alarm) for alarm in alarms(standing, at, target.limits)],
        "alarms_told": alarms_told(target.name),
        "reconciled_at": telling.instant(standing.reconciled_at),
        "restrictions": _nameless_restrictions(target.name),
        "history": [told(run) for run in runs],
    }


def standing_of(target: Target, last: MirrorRun | None = None) -> Standing:
    """Return what is known of a target; ``last`` is its last reconciliation, looked up when left out."""
    name, last = target.name, last or next(iter(_runs(target.name, 1)), None)
    alive, dead = sa.and_(WAITING, Row.dead_at.is_(None)), sa.and_(WAITING, Row.dead_at.is_not(None))
    counted = model.Session.execute(
        sa.select(
            sa.func.count().filter(alive),
            sa.func.min(Row.waiting_since).filter(alive),
            sa.func.min(TAKEN_SINCE).filter(WAITING, Row.urgency == 0),
            sa.func.count().filter(dead, ~CONFLICT),
            sa.func.count().filter(WAITING, CONFLICT),
        ).where(Row.target == name)
    ).one()
    waiting, since, restricting, given_up, conflicts = counted
    served = model.Session.get(MirrorTarget, name, populate_existing=True)
    unspread = changes.unspread_since(served.spread if served else 0)
    return Standing(
        waiting=waiting + unspread[0],
        waiting_since=min((instant for instant in (since, unspread[1]) if instant), default=None),
        restricting_since=restricting,
        dead=given_up,
        conflicts=conflicts,
        doubts=len(last.doubts) if last else 0,
        differing=last.left if last else 0,
        awaiting_person=last.awaiting_person if last else 0,
        unreachable_since=served.unreachable_since if served else None,
        reconciled_at=last.finished_at if last else None,
        can_be_compared=target.can_be_compared,
    )


def _nameless_restrictions(name: str) -> list[dict[str, str | None]]:
    """Return when the newest withdrawals and narrowings were asked for and proven; what they were is not told."""
    query = (
        sa.select(TAKEN_AT, sa.case((Row.shown == Row.wanted, Row.gone_at)))
        .where(Row.target == name, Row.urgency == 0)
        .order_by(TAKEN_AT.desc())
        .limit(HISTORY)
    )
    return [
        {"asked_at": telling.instant(asked), "gone_at": telling.instant(gone)}
        for asked, gone in model.Session.execute(query)
    ]


def _acknowledged(name: str) -> int:
    query = sa.select(sa.func.count()).where(
        Row.target == name, Row.shown == Row.wanted, Row.answer.has_key("hash")
    )
    return model.Session.scalar(query) or 0


def _runs(name: str, count: int) -> list[MirrorRun]:
    query = sa.select(MirrorRun).filter_by(target=name).order_by(MirrorRun.id.desc()).limit(count)
    return list(model.Session.scalars(query))


def _last_runs() -> list[tuple[Target, MirrorRun]]:
    """Return each target that was ever compared, with its last reconciliation."""
    return [(target, run) for target in all_targets() for run in _runs(target.name, 1)]


def _titles() -> dict[str, str]:
    return {target.name: target.title for target in all_targets()}
