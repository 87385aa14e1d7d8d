"""What was written for an entry's data before, offered again: nobody types a plan, a reason or a basis twice."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare.domain.desensitization.finding import Finding
from ckanext.govshare.domain.desensitization.masks import METHODS
from ckanext.govshare.domain.desensitization.plan import Plan, Step
from ckanext.govshare.domain.table import Column
from ckanext.govshare.logic.edition.cases import KIND
from ckanext.govshare.model import Edition, EditionTable, SecrecyReviewRow, journal

DataDict = dict[str, Any]


def plan(row: Edition, table: EditionTable, columns: tuple[Column, ...], found: tuple[Finding, ...]) -> Plan:
    """Return the last plan made for this table of the entry, by column name; else what the detectors suggest."""
    last = _given_up(row, table.place) or _last_plan(row, table.place)
    held = Plan.from_dict(last).suggested_for(columns) if last else Plan()
    by_name = {column.name: column for column in columns}
    steps = {
        finding.column: Step(finding.suggestion)
        for finding in sorted(found, key=lambda one: one.blocking)
        if finding.suggestion in METHODS and by_name[finding.column].type in METHODS[finding.suggestion].types
    }
    return Plan.from_dict({**held.as_dict(), "columns": Plan({**steps, **held.columns}).as_dict()["columns"]})


def reason(row: Edition) -> str:
    """Return why the last edition needed no desensitization."""
    return str(_earlier(row, sa.func.nullif(Edition.reason, "")) or "")


def basis(row: Edition) -> str:
    """Return on what the last secrecy review of this entry's data rested; its answers are never offered."""
    query = (
        sa.select(SecrecyReviewRow.basis)
        .join(Edition, Edition.id == SecrecyReviewRow.subject_id)
        .where(SecrecyReviewRow.subject_kind == KIND, Edition.entry_id == row.entry_id)
        .order_by(SecrecyReviewRow.id.desc())
        .limit(1)
    )
    return str(model.Session.scalar(query) or "")


def _given_up(row: Edition, place: int) -> DataDict | None:
    """Return the plan of a table of this edition that was taken back last."""
    lines = journal.history(model.Session, KIND, row.id)
    plans = [plan for line in lines if (plan := line.facts.get("plans", {}).get(str(place)))]
    return plans[-1] if plans else None


def _last_plan(row: Edition, place: int) -> DataDict | None:
    """Return the plan of the table of this place in the newest earlier edition that has one."""
    query = (
        sa.select(EditionTable.plan)
        .join(Edition)
        .where(Edition.entry_id == row.entry_id, Edition.number < row.number)
        .where(EditionTable.place == place, EditionTable.plan.is_not(None))
        .order_by(Edition.number.desc())
        .limit(1)
    )
    return model.Session.scalar(query)


def _earlier(row: Edition, column: Any) -> Any:
    query = (
        sa.select(column)
        .where(Edition.entry_id == row.entry_id, Edition.number < row.number, column.is_not(None))
        .order_by(Edition.number.desc())
        .limit(1)
    )
    return model.Session.scalar(query)
