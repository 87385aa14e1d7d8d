"""Scan, plan and masking of a table as the pages and the API show them (扫描、脱敏方案、复核)."""

from __future__ import annotations

from typing import Any

from ckanext.govshare.domain.decision import Allowed
from ckanext.govshare.domain.desensitization.finding import Finding
from ckanext.govshare.domain.desensitization.masks import METHODS
from ckanext.govshare.domain.desensitization.plan import Plan, check_plan
from ckanext.govshare.domain.edition_difference import schema_difference
from ckanext.govshare.domain.edition_table import of_table, tables_difference
from ckanext.govshare.domain.table import Column
from ckanext.govshare.logic.edition import cases, samples, suggesting, tables
from ckanext.govshare.logic.errors import describe, finding_label
from ckanext.govshare.model import Edition, EditionTable

DataDict = dict[str, Any]


def show(row: Edition, table: EditionTable, *, samples_too: bool) -> DataDict:
    """Return what was found, what is planned or suggested, what masking made of it, and what changed."""
    columns, plan = tables.read_columns(table), tables.plan_of(table)
    found = tables.found(table.scan)
    suggested = plan or suggesting.plan(row, table, columns, found)
    may_see = samples_too and row.raw_deleted_at is None
    tried = may_see and _may_try(table, suggested)
    pairs = samples.before_and_after(table, row.entry_id, suggested) if tried else {}
    return {
        "scan": _scan(table.scan),
        "plan": table.plan,
        "suggested": suggested.as_dict(),
        "column_list": [_column(column, found, suggested, pairs.get(column.name, [])) for column in columns],
        "masked": _masked(table, plan),
        "smallest_groups": samples.smallest_groups(table, plan) if may_see and plan else [],
        "difference": table.difference,
        "preview": samples.preview(table) if samples_too else [],
    }


def drift(row: Edition) -> list[DataDict]:
    """Return what the readers of the current edition will stumble over; to be seen before the review."""
    last = cases.current(row.entry_id)
    if last is None or last.id == row.id or not row.content_hash:
        return []
    names = [{table.place: table.name for table in one.tables} for one in (last, row)]
    found = list(tables_difference(*names))
    for table in row.tables:
        if before := tables.at(last, table.place):
            warnings = schema_difference(tables.columns(before), tables.columns(table)).warnings()
            found += of_table(warnings, tables.name_of(row, table))
    return [describe(reason) for reason in found]


def _may_try(table: EditionTable, plan: Plan) -> bool:
    return table.scan is not None and isinstance(check_plan(tables.read_columns(table), (), plan), Allowed)


def _scan(scan: DataDict | None) -> DataDict | None:
    return scan and {**scan, "findings": [_finding(finding) for finding in scan["findings"]]}


def _finding(finding: DataDict) -> DataDict:
    return {**finding, "label": finding_label(finding["code"])}


def _column(column: Column, found: tuple[Finding, ...], plan: Plan, pairs: list[Any]) -> DataDict:
    step = plan.step(column.name)
    return {
        **column.as_dict(),
        "methods": [code for code, kind in METHODS.items() if column.type in kind.types],
        "findings": [_finding(finding.as_dict()) for finding in found if finding.column == column.name],
        "step": {"method": step.method, "parameters": dict(step.parameters), "reason": step.reason},
        "quasi_identifier": column.name in plan.quasi_identifiers,
        "sensitive": column.name in plan.sensitive,
        "samples": [{"before": before, "after": after} for before, after in pairs],
    }


def _masked(table: EditionTable, plan: Plan | None) -> DataDict | None:
    if not table.masked or plan is None:
        return None
    decision = check_plan(tables.read_columns(table), tables.found(table.scan), plan)
    return {
        "scan": _scan(table.masked["scan"]),
        "risk": table.masked["risk"],
        "warnings": [describe(warning) for warning in decision.warnings]
        if isinstance(decision, Allowed)
        else [],
    }
