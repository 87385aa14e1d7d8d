"""Carry out plans (脱敏处理): a masked table beside the one that was read, scanned again, its risk measured.

Every step may be repeated: the masked tables appear whole, together with what is known of them, or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ckan import model

from ckanext.govshare import runtime
from ckanext.govshare.domain.desensitization.plan import Plan
from ckanext.govshare.domain.edition import IN_PROGRESS
from ckanext.govshare.domain.table import Column
from ckanext.govshare.exports.source import opened, quoted_text
from ckanext.govshare.logic.edition import (
    anonymity,
    cases,
    comparing,
    files,
    masked_table,
    progress,
    scanning,
    tables,
)
from ckanext.govshare.logic.edition.masked_table import Masked
from ckanext.govshare.model import Edition, EditionTable
from ckanext.govshare.vault import scratch


@dataclass(frozen=True)
class _Result:
    """What masking made of one table: a file of this run, and what is known of it."""

    path: Path
    made: Masked
    masked: dict[str, Any]
    difference: dict[str, Any] | None


def mask(edition_id: str) -> None:
    """Mask the tables whose plans wait, and keep them, unless a plan or the bytes have changed meanwhile."""
    row = model.Session.get(Edition, edition_id, populate_existing=True)
    if row is None or row.status != IN_PROGRESS or row.mask_asked_at is None:
        return
    asked, entry_id = row.mask_asked_at, row.entry_id
    waiting = {
        table.place: (dict(table.plan or {}), tables.read_columns(table))
        for table in row.tables
        if not tables.follows_plan(table)
    }
    model.Session.rollback()  # nothing stays locked meanwhile
    with scratch.folder() as bench:
        results = {
            place: _mask(edition_id, entry_id, place, stored, columns, bench)
            for place, (stored, columns) in waiting.items()
        }
        _keep(edition_id, asked, results)


def _mask(
    edition_id: str,
    entry_id: str,
    place: int,
    stored: dict[str, Any],
    columns: Sequence[Column],
    bench: Path,
) -> _Result:
    plan, target = Plan.from_dict(stored), bench / f"masked-{place}.parquet"
    with (
        files.borrowed_table(edition_id, place, files.READ) as path,
        opened(path, columns, bench) as source,
    ):
        tell = progress.teller(edition_id, "mask")
        made = masked_table.write(source, plan, masked_table.key_of(entry_id), target, tell)
    masked = {
        "plan": runtime.content_hash(stored),
        "scan": scanning.findings_of(target, made.columns, progress.teller(edition_id, "rescan")),
        "risk": _risk(target, made, plan),
    }
    return _Result(target, made, masked, comparing.difference(entry_id, place, target, made.columns))


def _risk(path: Path, made: Masked, plan: Plan) -> dict[str, Any]:
    """Measure how easily somebody could be recognised in a masked table."""
    with opened(path, made.columns, path.parent) as source:
        relation = f"read_parquet({quoted_text(path)})"
        return anonymity.measure(source.connection, relation, plan, made.left_out).as_dict()


def _keep(edition_id: str, asked: datetime, results: Mapping[int, _Result]) -> None:
    row = cases.locked(edition_id).row
    if row.status != IN_PROGRESS or row.mask_asked_at != asked:
        model.Session.rollback()
        return
    for table in row.tables:
        if table.place in results:
            _put(table, results[table.place])
    row.content_hash = tables.hash_of(row)
    row.masked_at, row.mask_asked_at, row.progress = runtime.now(), None, None
    cases.touch(row)
    cases.record(row, row.planned_by or "", "masked", row.status, row.status, facts={"rows": row.rows})
    model.Session.commit()


def _put(table: EditionTable, result: _Result) -> None:
    """Make what came of masking the table that would become public."""
    sha = files.keep_masked(table.edition_id, table.place, result.path)
    table.source = table.source or {
        "columns": table.columns,
        "rows": table.rows,
        "content_hash": table.content_hash,
    }
    table.columns = [column.as_dict() for column in result.made.columns]
    table.rows, table.content_hash = result.made.rows, tables.table_hash(sha, table.columns)
    table.masked, table.difference = result.masked, result.difference
