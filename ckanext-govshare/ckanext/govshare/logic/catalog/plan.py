"""The dry run of an import: every row read, judged against what is there, and stored; nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare.domain.catalog_import import OUTCOMES, RENAME, Planner, RowPlan
from ckanext.govshare.domain.catalog_mapping import parse_mapping
from ckanext.govshare.domain.catalog_rows import RowValues
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake.catalog import CatalogSheet
from ckanext.govshare.logic import roles
from ckanext.govshare.logic.catalog import reading
from ckanext.govshare.logic.catalog.reading import reason_as_dict, reason_from
from ckanext.govshare.logic.catalog.store import existing_entries
from ckanext.govshare.model import CatalogImport, CatalogImportRow
from ckanext.govshare.model.catalog import PLANNED

BATCH = 500


def plan(job: CatalogImport, sheet: CatalogSheet) -> None:
    """Plan every row of the file, read as the mapping says, and store the plans; the caller commits.

    :raises RuleError: ``catalog.no_rows`` when nothing but our own example stands there
    """
    mapping = parse_mapping(job.mapping)
    read = list(reading.rows(sheet, mapping))
    if not read:
        raise RuleError("catalog.no_rows", row=sheet.header_row)
    planner = planner_for(job, read)
    planned = [(row, planner.plan(row)) for row in read]
    model.Session.execute(sa.delete(CatalogImportRow).where(CatalogImportRow.import_id == job.id))
    for start in range(0, len(planned), BATCH):
        rows = [_stored(job.id, *pair) for pair in planned[start : start + BATCH]]
        model.Session.execute(sa.insert(CatalogImportRow), rows)
    job.counts = counted(row.outcome for _read, row in planned)
    job.total, job.handled, job.state = len(planned), 0, PLANNED


def planner_for(job: CatalogImport, rows: Iterable[RowValues]) -> Planner:
    """Return a planner that knows the departments and all entries that the rows could mean."""
    titles = _departments()
    allowed = writable_departments(job.created_by, job.organization_id)
    planner = Planner(job.organization_id, titles, frozenset(allowed), job.policy)
    read = list(rows)
    # Numbering needs every title of the department; else the titles of the file are enough.
    named = None if job.policy == RENAME else _titles(read)
    planner.know(existing_entries(_meant(read, titles, job), _codes(read), named))
    return planner


def writable_departments(person: str, home: str) -> set[str]:
    """Return where the person may import: their departments; the bureau and operators everywhere."""
    user = model.User.get(person)
    if user is not None and (user.sysadmin or roles.is_bureau(user.id)):
        return set(_departments().values())
    held = roles.memberships(person)
    return {id_ for id_, capacity in held.items() if capacity in roles.ROLE_OF_CAPACITY} & {home, *held}


def refresh(planner: Planner, rows: Sequence[RowValues], job: CatalogImport, *, whole: bool) -> None:
    """Tell the planner how the entries stand now: those that the rows name, or all of the departments."""
    named = None if whole else _titles(rows)
    planner.know(existing_entries(_meant(rows, planner.departments, job), _codes(rows), named))


def counted(outcomes: Iterable[str]) -> dict[str, int]:
    """Count the rows of each outcome, those without rows included."""
    found = Counter(outcomes)
    return {outcome: found[outcome] for outcome in OUTCOMES}


def stored_rows(import_id: str) -> list[tuple[bool, RowValues]]:
    """Return (handled, row) for every stored row, in the order of the file."""
    row = CatalogImportRow
    query = sa.select(row.handled, row.number, row.values, row.reading).where(row.import_id == import_id)
    return [
        (
            handled,
            RowValues(
                number,
                values,
                tuple(reason_from(reason) for reason in reading[0]),
                tuple(reason_from(reason) for reason in reading[1]),
            ),
        )
        for handled, number, values, reading in model.Session.execute(query.order_by(row.number))
    ]


def outcome_columns(row: RowPlan) -> dict[str, Any]:
    """Return what the plan says, as the columns of a stored row."""
    return {
        "outcome": row.outcome,
        "title": row.title[:500],
        "entry_id": row.entry_id,
        "reasons": [reason_as_dict(reason) for reason in row.reasons],
        "corrections": [reason_as_dict(reason) for reason in row.corrections],
        "diff": [list(change) for change in row.diff],
    }


def _stored(import_id: str, read: RowValues, row: RowPlan) -> dict[str, Any]:
    return {
        "import_id": import_id,
        "number": read.number,
        "values": read.values,
        "reading": [
            [reason_as_dict(reason) for reason in read.reasons],
            [reason_as_dict(reason) for reason in read.corrections],
        ],
        "handled": False,
        **outcome_columns(row),
    }


def _departments() -> dict[str, str]:
    group = model.Group
    query = sa.select(group.id, group.name, group.title).where(
        group.is_organization.is_(True), group.state == "active"
    )
    return {
        word: id_ for id_, name, title in model.Session.execute(query) for word in (id_, name, title) if word
    }


def _meant(rows: Iterable[RowValues], titles: Any, job: CatalogImport) -> set[str]:
    named = {str(row.values.get("owner_org") or "").strip() for row in rows}
    return {job.organization_id, *(titles[name] for name in named if name in titles)}


def _titles(rows: Iterable[RowValues]) -> list[str]:
    return [str(row.values.get("title") or "") for row in rows]


def _codes(rows: Iterable[RowValues]) -> list[str]:
    return [str(row.values["resource_code"]) for row in rows if row.values.get("resource_code")]
