"""The tables of an edition: their places, the hash over all of them, what is known of each (数据表)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare import runtime
from ckanext.govshare.domain.desensitization.clearance import Output
from ckanext.govshare.domain.desensitization.finding import Finding
from ckanext.govshare.domain.desensitization.plan import Plan
from ckanext.govshare.domain.desensitization.risk import Risk
from ckanext.govshare.domain.edition import VOID
from ckanext.govshare.domain.edition_table import FIRST, Shape, places
from ckanext.govshare.domain.table import Column
from ckanext.govshare.intake import Table
from ckanext.govshare.model import Edition, EditionTable

DataDict = dict[str, Any]


def at(row: Edition, place: int) -> EditionTable | None:
    """Return the table of an edition at a place."""
    return next((table for table in row.tables if table.place == place), None)


def name_of(row: Edition, table: EditionTable) -> str:
    """Return the name by which a table is told from the others; empty where it is the only one."""
    return table.name if len(row.tables) > 1 else ""


def placed(edition_id: str, entry_id: str, read: Sequence[Table]) -> list[int]:
    """Return the places of the tables that were read, as the entry's other editions have them."""
    query = (
        sa.select(EditionTable)
        .join(Edition, Edition.id == EditionTable.edition_id)
        .where(Edition.entry_id == entry_id, Edition.id != edition_id)
        .where(sa.or_(Edition.status != VOID, Edition.released_at.is_not(None)))
        .order_by(Edition.number)
    )
    held = {row.place: _shape(row.name, read_columns(row)) for row in model.Session.scalars(query)}
    return places(held, [_shape(table.name, table.columns) for table in read])


def _shape(name: str, its_columns: Iterable[Column]) -> Shape:
    return Shape(name, frozenset(column.name for column in its_columns))


def places_of(entry_id: str) -> set[int]:
    """Return every place that a table of this entry has had, the first among them."""
    query = sa.select(EditionTable.place).join(Edition).where(Edition.entry_id == entry_id).distinct()
    return {FIRST, *model.Session.scalars(query)}


def table_hash(sha256: str, columns: list[DataDict]) -> str:
    """Return the hash of one table: its bytes, and what its columns are called and hold."""
    return runtime.content_hash({"table": sha256, "columns": columns})


def hash_of(row: Edition) -> str:
    """Return the hash of what would become public: of the only table its own, of several the hash over theirs."""
    hashes = {str(table.place): table.content_hash for table in row.tables}
    return next(iter(hashes.values())) if len(hashes) == 1 else runtime.content_hash({"tables": hashes})


def given_up(row: Edition) -> DataDict:
    """Return what the journal keeps of plans that fall: ``{plans: {place: plan}}``."""
    plans = {str(table.place): table.plan for table in row.tables if table.plan is not None}
    return {"plans": plans} if plans else {}


def plan_of(table: EditionTable) -> Plan | None:
    """Return the plan that was saved for a table, None when there is none."""
    return Plan.from_dict(table.plan) if table.plan is not None else None


def read_columns(table: EditionTable) -> tuple[Column, ...]:
    """Return the columns of the table that was read, whether or not it has been masked since."""
    held = (table.source or {"columns": table.columns})["columns"]
    return tuple(Column.from_dict(column) for column in held)


def columns(table: EditionTable) -> list[Column]:
    """Return the columns of what would become public."""
    return [Column.from_dict(column) for column in table.columns]


def found(scan: DataDict | None) -> tuple[Finding, ...]:
    """Return the findings of a stored scan."""
    return tuple(Finding.from_dict(finding) for finding in (scan or {"findings": ()})["findings"])


def follows_plan(table: EditionTable) -> bool:
    """Tell whether a table is what its plan makes of it; one without a plan stays as it was read."""
    if table.plan is None:
        return table.masked is None
    return bool(table.masked) and table.masked["plan"] == runtime.content_hash(table.plan)


def output(row: Edition, table: EditionTable) -> Output:
    """Return what is known of a table as it would become public."""
    scan = table.masked["scan"] if table.masked else table.scan
    return Output(
        findings=None if scan is None else found(scan),
        plan=plan_of(table),
        follows_plan=follows_plan(table),
        risk=Risk(**table.masked["risk"]) if table.masked else None,
        table=name_of(row, table),
    )
