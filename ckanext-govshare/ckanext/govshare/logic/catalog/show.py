"""An import as pages, API and report show it: sentences with row and column, counts, what differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from ckan import model
from xlsxwriter.utility import xl_col_to_name

from ckanext.govshare import rulebook, runtime
from ckanext.govshare.domain.catalog_import import OUTCOMES
from ckanext.govshare.domain.catalog_mapping import CatalogMapping, check_mapping, parse_mapping
from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.exports.catalog.layout import Layout
from ckanext.govshare.logic.catalog.reading import reason_from
from ckanext.govshare.logic.errors import field_label, language, sentence
from ckanext.govshare.model import CatalogImport, CatalogImportRow
from ckanext.govshare.model.catalog import MAPPING

Shown = dict[str, Any]
LAYOUT = Layout(rulebook.entry_fields(), rulebook.VOCABULARIES)


def show(job: CatalogImport) -> Shown:
    """Return the import without its rows."""
    organization = model.Group.get(job.organization_id)
    return {
        "id": job.id,
        "organization_id": job.organization_id,
        "organization": organization.name if organization else "",
        "organization_title": organization.title if organization else "",
        "filename": job.filename,
        "sha256": job.sha256,
        "created_at": runtime.in_shanghai(job.created_at).isoformat(timespec="seconds"),
        "updated_at": runtime.in_shanghai(job.updated_at).isoformat(timespec="seconds"),
        "state": job.state,
        "state_label": word("import_states", job.state),
        "policy": job.policy,
        "all_or_nothing": job.all_or_nothing,
        "sheet": job.sheet,
        "mapping": job.mapping,
        "total": job.total,
        "handled": job.handled,
        "counts": {outcome: int(job.counts.get(outcome, 0)) for outcome in OUTCOMES},
        "corrected": _corrected(job.id),
        "error": sentence(reason_from(job.error)) if job.error else "",
        "faults": _faults(job) if job.state == MAPPING else [],
    }


def rows(job: CatalogImport, *, outcome: str = "", offset: int = 0, limit: int = 50) -> list[Shown]:
    """Return rows in the order of the file, all or those of one outcome; limit 0: all."""
    table = CatalogImportRow
    query = sa.select(table).where(table.import_id == job.id).order_by(table.number).offset(offset)
    if outcome:
        query = query.where(table.outcome == outcome)
    found = list(model.Session.scalars(query.limit(limit) if limit else query))
    names = _entry_names([row.entry_id for row in found if row.entry_id])
    places = Places(job)
    return [_row(row, names, places) for row in found]


def unknown_words(import_id: str) -> list[tuple[str, str]]:
    """Return (field, text) of every word that names no term of its list, each once."""
    table = CatalogImportRow
    query = sa.select(table.reading).where(table.import_id == import_id).order_by(table.number)
    told = (
        reason
        for reading in model.Session.scalars(query)
        for reason in reading[0]
        if reason["code"] == "catalog.value_not_in_list"
    )
    return list(dict.fromkeys((reason["field"], reason["facts"]["value"]) for reason in told))


class Places:
    """Where a field stands in the file: name of the column and its letter."""

    def __init__(self, job: CatalogImport) -> None:
        self.mapping: CatalogMapping = parse_mapping(job.mapping)
        self.columns: Sequence[str] = job.sheet.get("columns", [])

    def column(self, name: str | None) -> tuple[str, str]:
        """Return (letter, column name) that a field is read from, empty when it is not read."""
        column = self.mapping.column_of(name or "")
        return (xl_col_to_name(self.columns.index(column)), column) if column in self.columns else ("", "")


def word(kind: str, code: str) -> str:
    """Return the word for a state, an outcome or a policy."""
    found = rulebook.words(kind).get(code, {})
    return found.get(language()) or found.get("zh") or code


def _faults(job: CatalogImport) -> list[str]:
    """Return what must be said about the columns before anything can be planned."""
    mapping = parse_mapping(job.mapping)
    found = check_mapping(mapping, job.sheet["columns"], rulebook.entry_fields())
    unread = not mapping.columns and all(name.startswith("第") for name in job.sheet["columns"])
    return [sentence(reason) for reason in ([Reason("catalog.no_header")] if unread else []) + found]


def _row(row: CatalogImportRow, names: Mapping[str, str], places: Places) -> Shown:
    return {
        "number": row.number,
        "title": row.title,
        "outcome": row.outcome,
        "outcome_label": word("import_outcomes", row.outcome),
        "handled": row.handled,
        "entry_id": row.entry_id,
        "entry_name": names.get(row.entry_id or "", ""),
        "problems": [_told(reason, row.number, places) for reason in row.reasons],
        "corrections": [_told(reason, row.number, places) for reason in row.corrections],
        "diff": [
            {
                "field": name,
                "label": field_label(name),
                "before": _text(name, before),
                "after": _text(name, after),
            }
            for name, before, after in row.diff
        ],
    }


def _told(stored: Mapping[str, Any], number: int, places: Places) -> Shown:
    letter, column = places.column(stored["field"])
    return {
        "code": stored["code"],
        "field": stored["field"],
        "label": field_label(stored["field"] or ""),
        "row": number,
        "position": letter,
        "column": column,
        "message": sentence(reason_from(stored)),
    }


def _text(name: str, value: object) -> str:
    return LAYOUT.cell(rulebook.entry_field(name), value)


def _entry_names(ids: Iterable[str]) -> dict[str, str]:
    query = sa.select(model.Package.id, model.Package.name).where(model.Package.id.in_(list(ids)))
    return {row[0]: row[1] for row in model.Session.execute(query)}


def _corrected(import_id: str) -> int:
    table = CatalogImportRow
    query = sa.select(sa.func.count()).where(
        table.import_id == import_id, sa.func.jsonb_array_length(table.corrections) > 0
    )
    return int(model.Session.scalar(query) or 0)
