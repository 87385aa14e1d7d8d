"""Carry an import out: each chunk is one transaction, so that a killed import goes on where it was."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

import pysolr
import sqlalchemy as sa
from ckan import model
from sqlalchemy.exc import IntegrityError

from ckanext.govshare import runtime
from ckanext.govshare.domain.catalog_import import WRITES, Planner, RowPlan
from ckanext.govshare.domain.catalog_rows import RowValues
from ckanext.govshare.logic.catalog import files, index, store
from ckanext.govshare.logic.catalog.plan import counted, outcome_columns, planner_for, refresh, stored_rows
from ckanext.govshare.model import CatalogImport, CatalogImportRow, OutboxRow, journal, outbox
from ckanext.govshare.model.catalog import DONE, FAILED, QUEUED, RUNNING

log = logging.getLogger(__name__)

CHUNK = 200
TRIES = 3  # a title or an address may be taken by somebody else between plan and write
INDEX = "catalog_index"
GRACE = timedelta(minutes=2)  # how long the writer itself has to index what it wrote

Progress = Callable[[int, int], None]


def run(import_id: str, progress: Progress = lambda _done, _total: None) -> CatalogImport:
    """Write what an import planned; may be called again after a crash, and then does only what is left."""
    job = _lock(import_id)
    if job is None or job.state not in (QUEUED, RUNNING):
        model.Session.rollback()
        return _reload(import_id)
    job.state, job.updated_at = RUNNING, runtime.now()
    model.Session.commit()
    rows = stored_rows(import_id)
    planner = planner_for(_reload(import_id), [row for _handled, row in rows])
    size = len(rows) or 1 if _reload(import_id).all_or_nothing else CHUNK
    for start in range(0, len(rows), size):
        chunk = rows[start : start + size]
        if not _chunk(import_id, planner, chunk):
            return _reload(import_id)
        progress(start + len(chunk), len(rows))
    return _finish(import_id)


def _chunk(import_id: str, planner: Planner, rows: Sequence[tuple[bool, RowValues]]) -> bool:
    """Write one chunk and index it; False when the import is over before its end."""
    for attempt in range(1, TRIES + 1):
        seen = planner.seen()
        try:
            written = _write_chunk(import_id, planner, rows, whole=attempt > 1)
        except (IntegrityError, store.Stale):
            model.Session.rollback()
            planner.go_back(seen)
            if attempt == TRIES:
                raise
            continue
        if written is None:
            return False
        _index(written)
        return True
    return False


def _write_chunk(
    import_id: str, planner: Planner, rows: Sequence[tuple[bool, RowValues]], *, whole: bool
) -> OutboxRow | None:
    """Plan the chunk against the entries as they are now, and write it in one transaction."""
    job = _lock(import_id)
    if job is None or job.state != RUNNING:
        model.Session.rollback()
        return None
    handled = _handled(import_id, [row.number for _handled, row in rows])
    refresh(planner, [row for _handled, row in rows], job, whole=whole)
    plans = [planner.plan(row) for _handled, row in rows]
    todo = [plan for plan in plans if plan.number not in handled]
    if job.all_or_nothing and any(plan.outcome not in WRITES and plan.reasons for plan in todo):
        return _give_up(job, todo)
    at = runtime.now()
    entries = store.write(todo, job.created_by, at)
    _record(import_id, todo, entries)
    job.handled += len(todo)
    job.updated_at = at
    job.counts = _counts(import_id)
    event = outbox.put(model.Session, INDEX, import_id, {"entries": _to_index(todo, entries)})
    event.available_at = at + GRACE
    model.Session.commit()
    return event


def _give_up(job: CatalogImport, plans: Sequence[RowPlan]) -> None:
    """All or nothing: one row that cannot be taken stops the whole file, and the rows say which."""
    _record(job.id, plans, {}, handled=False)
    job.counts = counted(plan.outcome for plan in plans)
    stopped = sum(1 for plan in plans if plan.reasons)
    job.state, job.updated_at = FAILED, runtime.now()
    job.error = {"code": "catalog.not_all", "facts": {"count": stopped}, "field": None}
    model.Session.commit()


def _record(
    import_id: str, plans: Sequence[RowPlan], entries: dict[int, str], *, handled: bool = True
) -> None:
    row = CatalogImportRow.__table__
    values = [
        {
            "row_number": plan.number,
            "handled": handled,
            **outcome_columns(plan),
            "entry_id": entries.get(plan.number, plan.entry_id),
        }
        for plan in plans
    ]
    if not values:
        return
    statement = (
        sa.update(row)
        .where(row.c.import_id == import_id, row.c.number == sa.bindparam("row_number"))
        .values({name: sa.bindparam(name) for name in values[0] if name != "row_number"})
    )
    model.Session.connection().execute(statement, values)


def _to_index(plans: Sequence[RowPlan], entries: dict[int, str]) -> list[str]:
    return [entries[plan.number] for plan in plans if plan.outcome in WRITES]


def _index(event: OutboxRow) -> None:
    """Index at once; when that fails the event stays due and the outbox does it later."""
    try:
        index.index_drafts(event.payload["entries"])
    except (pysolr.SolrError, OSError):
        log.warning("the index cannot be reached; outbox row %s will do it", event.id)
        return
    event.done_at = runtime.now()
    model.Session.commit()


def _finish(import_id: str) -> CatalogImport:
    try:
        index.commit()
    except (pysolr.SolrError, OSError):
        log.warning("the index cannot be reached; it commits by itself")
    job = _lock(import_id)
    assert job is not None  # noqa: S101 - it was locked a moment ago
    if job.state == RUNNING:
        job.state, job.updated_at = DONE, runtime.now()
        journal.record(
            model.Session,
            actor=job.created_by,
            case_kind="catalog_import",
            case_id=job.id,
            organization_id=job.organization_id,
            move="import",
            from_state=RUNNING,
            to_state=DONE,
            facts={"sha256": job.sha256, "counts": job.counts},
        )
        files.drop(job)  # the rows hold all that the file said
    model.Session.commit()
    return _reload(import_id)


def _lock(import_id: str) -> CatalogImport | None:
    return model.Session.get(CatalogImport, import_id, with_for_update=True, populate_existing=True)


def _reload(import_id: str) -> CatalogImport:
    job = model.Session.get(CatalogImport, import_id, populate_existing=True)
    assert job is not None  # noqa: S101 - imports are never deleted
    return job


def _handled(import_id: str, numbers: Sequence[int]) -> set[int]:
    row = CatalogImportRow
    query = sa.select(row.number).where(row.import_id == import_id, row.handled, row.number.in_(numbers))
    return set(model.Session.scalars(query))


def _counts(import_id: str) -> dict[str, int]:
    row = CatalogImportRow
    query = sa.select(row.outcome, sa.func.count()).where(row.import_id == import_id).group_by(row.outcome)
    found = dict(model.Session.execute(query).tuples().all())
    return {outcome: found.get(outcome, 0) for outcome in counted(())}
