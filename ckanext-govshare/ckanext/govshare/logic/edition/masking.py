"""Carry out a plan (脱敏处理): a masked table beside the one that was read, scanned again, its risk measured.

Every step may be repeated: the masked table appears whole, together with what is known of it, or not at all.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from ckan import model

from ckanext.govshare import runtime
from ckanext.govshare.domain.desensitization.plan import Plan
from ckanext.govshare.domain.edition import IN_PROGRESS
from ckanext.govshare.exports.source import opened, quoted_text
from ckanext.govshare.logic.edition import (
    anonymity,
    cases,
    comparing,
    files,
    masked_table,
    progress,
    scanning,
)
from ckanext.govshare.logic.edition.masked_table import Masked
from ckanext.govshare.model import Edition
from ckanext.govshare.vault import scratch


def mask(edition_id: str) -> None:
    """Mask what was asked for and keep the table, unless the plan or the bytes have changed meanwhile."""
    row = model.Session.get(Edition, edition_id, populate_existing=True)
    if row is None or row.status != IN_PROGRESS or row.mask_asked_at is None:
        return
    stored, asked, entry_id = dict(row.plan or {}), row.mask_asked_at, row.entry_id
    plan = Plan.from_dict(stored)
    columns = cases.read_columns(row)
    model.Session.rollback()  # nothing stays locked meanwhile
    with scratch.folder() as bench:
        target = bench / "masked.parquet"
        with (
            files.borrowed_table(edition_id, stage="read") as path,
            opened(path, columns, bench) as source,
        ):
            tell = progress.teller(edition_id, "mask")
            made = masked_table.write(source, plan, masked_table.key_of(entry_id), target, tell)
        masked = {
            "plan": runtime.content_hash(stored),
            "scan": scanning.findings_of(target, made.columns, progress.teller(edition_id, "rescan")),
            "risk": _risk(target, made, plan),
        }
        difference = comparing.difference(entry_id, target, made.columns)
        _keep(edition_id, asked, target, made, masked, difference)


def _risk(path: Path, made: Masked, plan: Plan) -> dict[str, Any]:
    """Measure how easily somebody could be recognised in a masked table."""
    with opened(path, made.columns, path.parent) as source:
        relation = f"read_parquet({quoted_text(path)})"
        return anonymity.measure(source.connection, relation, plan, made.left_out).as_dict()


def _keep(
    edition_id: str,
    asked: datetime,
    target: Path,
    made: Masked,
    masked: dict[str, Any],
    difference: dict[str, Any] | None,
) -> None:
    case = cases.locked(edition_id)
    row = case.row
    if row.status != IN_PROGRESS or row.mask_asked_at != asked:
        model.Session.rollback()
        return
    digest = files.keep_masked(edition_id, target)
    columns = [column.as_dict() for column in made.columns]
    row.source = row.source or {"columns": row.columns, "rows": row.rows, "content_hash": row.content_hash}
    row.columns, row.rows = columns, made.rows
    row.content_hash = runtime.content_hash({"table": digest, "columns": columns})
    row.masked, row.difference, row.mask_asked_at, row.progress = masked, difference, None, None
    cases.touch(row)
    cases.record(row, row.planned_by or "", "masked", row.status, row.status, facts={"rows": made.rows})
    model.Session.commit()
