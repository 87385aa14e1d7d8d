"""From a file to a planned import, and from the plan to the queue; each step in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.govshare import runtime
from ckanext.govshare.domain.catalog_import import ASK, POLICIES
from ckanext.govshare.domain.catalog_mapping import CatalogMapping, mapping_of, parse_mapping
from ckanext.govshare.domain.decision import Reason, Refused
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake.catalog import CatalogSheet
from ckanext.govshare.logic.catalog import files, plan, reading
from ckanext.govshare.model import CatalogImport, CatalogLayout, outbox
from ckanext.govshare.model.catalog import MAPPING, PLANNED, QUEUED

OPEN = (MAPPING, PLANNED)
KIND = "catalog_import"


def start(
    organization_id: str,
    person: str,
    filename: str,
    keep: Callable[[str], str],
    *,
    mapping: CatalogMapping | None = None,
    policy: str = ASK,
) -> CatalogImport:
    """Take a file in, find how it is to be read, and plan it if that is known.

    ``keep`` stores the file under the import's id and returns its SHA-256. Without ``mapping`` the
    department's mapping for this layout is taken, else what the column names propose.

    :raises RuleError: the file cannot be read; nothing is kept then
    """
    at = runtime.now()
    import_id = str(uuid4())
    job = CatalogImport(
        id=import_id,
        organization_id=organization_id,
        created_by=person,
        created_at=at,
        updated_at=at,
        filename=filename[-200:],
        sha256=keep(import_id),
        policy=policy if policy in POLICIES else ASK,
    )
    try:
        sheet = _read(job, mapping)
        if reading.faults(parse_mapping(job.mapping), sheet):
            job.state = MAPPING
        else:
            plan.plan(job, sheet)
    except RuleError:
        model.Session.rollback()
        files.drop(job)
        raise
    model.Session.add(job)
    model.Session.commit()
    return job


def replan(job: CatalogImport, mapping: CatalogMapping, policy: str) -> list[Reason]:
    """Read the file anew as ``mapping`` says and plan it; return what makes the mapping unusable.

    A usable mapping is kept for the department.

    :raises RuleError: the file cannot be read that way; nothing is changed then
    """
    sheet = reading.read_file(files.path_of(job), mapping)
    _describe(job, sheet, mapping)
    job.policy = policy if policy in POLICIES else ASK
    found = reading.faults(mapping, sheet)
    if found:
        job.state = MAPPING
    else:
        plan.plan(job, sheet)
        _keep_mapping(job)
    job.updated_at = runtime.now()
    model.Session.commit()
    return found


def queue(job: CatalogImport, *, all_or_nothing: bool) -> None:
    """Hand a planned import to the worker; the caller holds the row locked."""
    job.state, job.all_or_nothing, job.updated_at = QUEUED, all_or_nothing, runtime.now()
    job.error = {}
    outbox.put(model.Session, KIND, job.id)
    model.Session.commit()


def refusal(job: CatalogImport, *wanted: str) -> Refused | None:
    """Return why the import cannot go on from where it stands, None when it can."""
    if job.state in wanted:
        return None
    if job.state == MAPPING:
        return Refused((Reason("catalog.mapping_needed"),))
    return Refused((Reason("catalog.wrong_state", {"import_state": job.state}),))


def kept_mapping(organization_id: str, layout: str) -> CatalogMapping | None:
    """Return the mapping that the department used last for this layout."""
    row = model.Session.get(CatalogLayout, (organization_id, layout))
    return parse_mapping(row.content) if row else None


def _read(job: CatalogImport, mapping: CatalogMapping | None) -> CatalogSheet:
    """Read the file by itself first: by what that shows the department's mapping is found again."""
    path = files.path_of(job)
    sheet = reading.read_file(path, CatalogMapping())
    job.layout = reading.layout_of(sheet)
    known = mapping or kept_mapping(job.organization_id, job.layout)
    if known and (known.header_row, known.sheet) != (None, ""):
        other = reading.read_file(path, known)
        if mapping or not reading.faults(known, other):
            _describe(job, other, known)
            return other
        known = None
    _describe(job, sheet, known or mapping_of(reading.proposals(sheet)))
    return sheet


def _describe(job: CatalogImport, sheet: CatalogSheet, mapping: CatalogMapping) -> None:
    job.mapping = mapping.as_dict()
    job.total = len(sheet.rows)
    job.sheet = {
        "columns": list(sheet.columns),
        "proposals": [
            {"column": p.column, "samples": [s[:120] for s in p.samples], "field": p.field}
            for p in reading.proposals(sheet)
        ],
        "header_row": sheet.header_row,
        "sheet": sheet.sheet,
        "sheets": list(sheet.sheets),
        "encoding": sheet.encoding,
        "rows": len(sheet.rows),
    }


def _keep_mapping(job: CatalogImport) -> None:
    content: Mapping[str, Any] = {
        "columns": job.sheet["columns"],
        "content": job.mapping,
        "updated_by": job.created_by,
        "updated_at": runtime.now(),
    }
    key = {"organization_id": job.organization_id, "layout": job.layout}
    model.Session.execute(
        insert(CatalogLayout)
        .values(**key, **content)
        .on_conflict_do_update(index_elements=list(key), set_=dict(content))
    )


def newest(organization_id: str, limit: int) -> list[CatalogImport]:
    """Return the department's imports, newest first."""
    query = sa.select(CatalogImport).filter_by(organization_id=organization_id)
    return list(model.Session.scalars(query.order_by(CatalogImport.created_at.desc()).limit(limit)))
