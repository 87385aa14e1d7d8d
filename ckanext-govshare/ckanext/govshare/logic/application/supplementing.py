"""Supplement (补正): what the applicant corrects is read, judged, and takes the place of what was sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare import rulebook
from ckanext.govshare.domain import application_supplement as rules
from ckanext.govshare.domain.decision import Reason, Refused
from ckanext.govshare.logic.application import form, sealed
from ckanext.govshare.logic.errors import refuse
from ckanext.govshare.model import Application, ApplicationEntry

DataDict = dict[str, Any]


@dataclass(frozen=True)
class Correction:
    """The whole form as it is to stand, and what is applied for: ``[{id, columns}]`` with its packages by id."""

    values: DataDict
    wanted: list[DataDict]
    packages: dict[str, Any]


def read(row: Application, entries: Iterable[ApplicationEntry], data_dict: DataDict) -> Correction:
    """Return what the supplement makes of an application; what it does not speak of stays as it was."""
    values = {**sealed.unseal(row.form, row=row.id), **form.read(data_dict)}
    asked = {entry.entry_id: list(entry.columns) for entry in entries}
    wanted = [{"id": key, "columns": columns} for key, columns in asked.items()]
    packages: dict[str, Any] = {}
    if "entries" in data_dict:
        context = {"user": "", "auth_user_obj": model.User.get(row.applicant_id)}
        wanted = form.wanted(data_dict["entries"])
        packages = {
            package.id: package
            for package in form.entries_of(
                context, [line for line in wanted if line["id"] not in asked], lock=True
            )
        }
        packages |= {key: model.Package.get(key) for key in asked}
    for line in wanted:
        if line["id"] not in asked and line["id"] in packages:
            line["columns"] = line["columns"] or form.columns_of(packages[line["id"]])
    return Correction(values, wanted, packages)


def defects(row: Application, entries: Iterable[ApplicationEntry], given: Correction) -> list[Reason]:
    """Name everything wrong with a supplement."""
    before = sealed.unseal(row.form, row=row.id)
    asked = {entry.entry_id: tuple(entry.columns) for entry in entries}
    wanted = {line["id"]: tuple(line["columns"]) for line in given.wanted}
    added = [given.packages[key] for key in wanted if key not in asked]
    departments = [package.owner_org for package in added]
    most = rulebook.application_limits().most_entries
    return [
        *form.defects(given.values, complete=True),
        *rules.check_applicant(before, given.values),
        *rules.check_data(asked, wanted, row.organization_id, departments, most=most),
        *(reason for package in added for reason in form.eligibility([package])),
        *form.already_open(row.applicant_id, added),
        *_unknown(asked, given),
    ]


def write(row: Application, entries: Iterable[ApplicationEntry], given: Correction) -> None:
    """Put the corrected form and entries in the place of the old ones; the caller commits."""
    row.form = sealed.seal(given.values, row=row.id)
    row.identity = sealed.identity(given.values)
    earlier = {entry.entry_id: entry for entry in entries}
    wanted = {line["id"] for line in given.wanted}
    for key, entry in earlier.items():
        if key not in wanted:
            model.Session.delete(entry)
    for position, line in enumerate(given.wanted):
        known = earlier.get(line["id"])
        if known is None:
            known = _new(row, given.packages[line["id"]])
        known.position, known.columns = position, line["columns"]
    try:
        model.Session.flush()
    except sa.exc.IntegrityError:
        # Another window of the applicant was faster with an application for the same entry.
        model.Session.rollback()
        refuse(Refused((Reason("workflow.stale", field="entries"),)))


def _new(row: Application, package: Any) -> ApplicationEntry:
    entry = ApplicationEntry(
        application_id=row.id,
        entry_id=package.id,
        applicant_id=row.applicant_id,
        title=package.title,
        open=True,
    )
    model.Session.add(entry)
    return entry


def _unknown(asked: dict[str, tuple[str, ...]], given: Correction) -> list[Reason]:
    """Name columns that an entry does not have; what was asked before may stay although the card has changed."""
    rows = [
        {**line, "columns": [name for name in line["columns"] if name not in asked.get(line["id"], ())]}
        for line in given.wanted
        if given.packages.get(line["id"]) is not None
    ]
    return form.unknown_columns(rows, [given.packages[line["id"]] for line in rows])
