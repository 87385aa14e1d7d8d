"""What was typed into the form: read from a request, held against the field table and the entries applied for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare import rulebook
from ckanext.govshare.domain.application_form import FormFacts, check_form
from ckanext.govshare.domain.application_needs import EntryApplied, may_apply
from ckanext.govshare.domain.decision import Reason, Refused
from ckanext.govshare.logic.application import clock
from ckanext.govshare.logic.publication import cases as publications
from ckanext.govshare.logic.publication import publishing
from ckanext.govshare.model import Application, ApplicationEntry, Publication

Context = dict[str, Any]
DataDict = dict[str, Any]
LONGEST_TEXT = 10_000


def read(data_dict: Mapping[str, Any]) -> DataDict:
    """Return the answers among ``data_dict`` as text, by field; the data applied for is read by :func:`wanted`."""
    return {
        field.name: str(data_dict[field.name] or "").strip()[:LONGEST_TEXT]
        for field in rulebook.application_fields()
        if field.kind != "entries" and field.name in data_dict
    }


def wanted(given: Any) -> list[dict[str, Any]]:
    """Return ``[{id, columns}]`` of what is applied for, each entry once, from a list or its JSON."""
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            given = []
    rows = [row for row in given if isinstance(row, Mapping)] if isinstance(given, list) else []
    by_id = {
        str(row.get("id") or ""): [str(name) for name in row.get("columns") or () if str(name).strip()]
        for row in rows
    }
    return [{"id": key, "columns": list(dict.fromkeys(columns))} for key, columns in by_id.items() if key]


def facts_today() -> FormFacts:
    """Return what the check of a form needs from outside it."""
    return FormFacts(clock.today(), str(rulebook.application("commitment")["version"]))


def defects(values: Mapping[str, Any], *, complete: bool) -> list[Reason]:
    """Name what is wrong with the answers."""
    return check_form(values, rulebook.application_fields(), facts_today(), complete=complete)


def entries_of(context: Context, rows: list[dict[str, Any]], *, lock: bool = False) -> list[Any]:
    """Return the packages applied for, in order; 404 for what the caller may not know.

    ``lock`` keeps their publication as it is until the end of the transaction.
    """
    packages = [publications.visible_entry(context, {"id": row["id"]}) for row in rows]
    if lock:
        ids = [package.id for package in packages]
        query = sa.select(Publication).where(Publication.entry_id.in_(ids)).order_by(Publication.entry_id)
        model.Session.scalars(query.with_for_update(read=True)).all()
    return packages


def columns_of(package: Any) -> list[str]:
    """Return the items (信息项) of an entry that are opened, in the order of its card."""
    items = publishing.stored_content(package).get("data_items") or []
    closed = ("false", "0", "no", "否")
    return [
        str(item["name"])
        for item in items
        if isinstance(item, Mapping)
        and item.get("name")
        and str(item.get("opened", "")).lower() not in closed
    ]


def eligibility(packages: list[Any]) -> list[Reason]:
    """Name why these entries cannot be applied for together."""
    applied = []
    for package in packages:
        row = model.Session.get(Publication, package.id)
        state, openness = (row.state, row.openness) if row else ("", "")
        applied.append(EntryApplied(package.title, state, openness, package.owner_org))
    decision = may_apply(tuple(applied), rulebook.application_limits())
    return list(decision.reasons) if isinstance(decision, Refused) else []


def unknown_columns(rows: list[dict[str, Any]], packages: list[Any]) -> list[Reason]:
    """Name the columns asked for that an entry does not have."""
    return [
        Reason("application.unknown_column", {"title": package.title, "column": name[:80]}, "entries")
        for row, package in zip(rows, packages, strict=True)
        for name in row["columns"]
        if name not in columns_of(package)
    ]


def already_open(user_id: str, packages: list[Any]) -> list[Reason]:
    """Name the applicant's applications under way for the same entries."""
    query = (
        sa.select(ApplicationEntry.title, Application.number)
        .join(Application, Application.id == ApplicationEntry.application_id)
        .where(
            ApplicationEntry.applicant_id == user_id,
            ApplicationEntry.open,
            ApplicationEntry.entry_id.in_([package.id for package in packages]),
        )
    )
    return [
        Reason("application.already_open", {"title": row.title, "number": row.number}, "entries")
        for row in model.Session.execute(query)
    ]
