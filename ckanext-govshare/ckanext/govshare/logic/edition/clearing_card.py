"""Scan, plan and masking of an edition as the pages and the API show them (扫描、脱敏方案、复核)."""

from __future__ import annotations

from typing import Any

from ckanext.govshare.domain.decision import Allowed
from ckanext.govshare.domain.desensitization.finding import Finding
from ckanext.govshare.domain.desensitization.masks import METHODS
from ckanext.govshare.domain.desensitization.plan import Plan, check_plan
from ckanext.govshare.domain.edition_difference import schema_difference
from ckanext.govshare.domain.table import Column
from ckanext.govshare.logic.edition import cases, samples, suggesting
from ckanext.govshare.logic.errors import describe, finding_label
from ckanext.govshare.model import Edition

DataDict = dict[str, Any]


def show(row: Edition, *, samples_too: bool) -> DataDict:
    """Return what was found, what is planned or suggested, what masking made of it, and what changed."""
    columns, plan = cases.read_columns(row), cases.plan_of(row)
    found = cases.found(row.scan)
    suggested = plan or suggesting.plan(row, columns, found)
    samples_too = samples_too and row.raw_deleted_at is None
    pairs = samples.before_and_after(row, suggested) if samples_too and _may_try(row, suggested) else {}
    return {
        "scan": _scan(row.scan),
        "plan": row.plan,
        "suggested": suggested.as_dict(),
        "column_list": [_column(column, found, suggested, pairs.get(column.name, [])) for column in columns],
        "masking": row.mask_asked_at is not None,
        "masked": _masked(row, plan),
        "smallest_groups": samples.smallest_groups(row, plan) if samples_too and plan else [],
        "difference": row.difference,
        "drift": drift(row),
    }


def drift(row: Edition) -> list[DataDict]:
    """Return what the readers of the current edition will stumble over; to be seen before the review."""
    last = cases.current(row.entry_id)
    if last is None or last.id == row.id or not row.content_hash:
        return []
    before, after = ([Column.from_dict(column) for column in one.columns] for one in (last, row))
    return [describe(reason) for reason in schema_difference(before, after).warnings()]


def _may_try(row: Edition, plan: Plan) -> bool:
    return row.scan is not None and isinstance(check_plan(cases.read_columns(row), (), plan), Allowed)


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


def _masked(row: Edition, plan: Plan | None) -> DataDict | None:
    if not row.masked or plan is None:
        return None
    decision = check_plan(cases.read_columns(row), cases.found(row.scan), plan)
    return {
        "scan": _scan(row.masked["scan"]),
        "risk": row.masked["risk"],
        "warnings": [describe(warning) for warning in decision.warnings]
        if isinstance(decision, Allowed)
        else [],
    }
