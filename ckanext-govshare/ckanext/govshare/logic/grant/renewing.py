"""Renewals (续期): a new application that points to the old grant, its form filled in with what was said then."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare import rulebook
from ckanext.govshare.domain.use_report import may_follow, may_renew
from ckanext.govshare.logic import moving, roles
from ckanext.govshare.logic.application import attachments, clock, drafts, granting, sealed
from ckanext.govshare.logic.grant import judging
from ckanext.govshare.model import Application, Grant, GrantRenewal

DataDict = dict[str, Any]


def begin(context: DataDict, data_dict: DataDict) -> DataDict:
    """Fill in a draft for the grant's entry, with its papers; what the holder has typed there already stays. Commits."""
    row, _actor = granting.load(context, data_dict)
    person = roles.user_id_of(context)
    moving.refuse_if(
        may_renew(granting.fact(row), clock.today(), judging.standing(row.entry_id), person=person)
    )
    package = model.Package.get(row.entry_id)
    known = drafts.show(person, package)
    typed = {name: value for name, value in known["values"].items() if value}
    asked = known["entries"] if known["saved"] else [{"id": row.entry_id, "columns": row.columns}]
    saved = drafts.save(person, package, {**_said(row), **typed, "entries": asked, "renews": row.number})
    if known["saved"]:
        return saved  # what the holder took back from it does not come again
    attachments.carry_over(row.application_id, saved["id"], person)
    return drafts.show(person, package)


def _said(row: Grant) -> DataDict:
    """Return the answers of the application that the grant came from, but for what must be said anew."""
    application = model.Session.get_one(Application, row.application_id)
    values = sealed.unseal(application.form, row=application.id)
    if values.get("use_until", "") <= clock.today().isoformat():
        values.pop("use_until", None)
    kinds = {field.name: field.kind for field in rulebook.application_fields()}
    return {name: value for name, value in values.items() if kinds.get(name) not in (None, "commitment")}


def followed(person: str, number: Any, entry_ids: Iterable[str]) -> Grant | None:
    """Return the grant that an application says it renews; refuse another person's, or of data not applied for."""
    if not number:
        return None
    row = model.Session.scalar(sa.select(Grant).filter_by(number=str(number)))
    if row is None or row.holder_id != person:
        raise toolkit.ObjectNotFound(toolkit._("There is no such grant."))
    moving.refuse_if(may_follow(granting.fact(row), applicant=person, entries=frozenset(entry_ids)))
    return row


def note(application: Application, row: Grant) -> None:
    """Write down which grant an application renews; the caller commits."""
    model.Session.add(
        GrantRenewal(application_id=application.id, grant_id=row.id, holder_id=application.applicant_id)
    )


def renewed_by(application_id: str) -> DataDict | None:
    """Return the grant that an application renews, with the application it came from."""
    query = (
        sa.select(Grant.number, Grant.ends_on, Application.number.label("application"))
        .join(GrantRenewal, GrantRenewal.grant_id == Grant.id)
        .join(Application, Application.id == Grant.application_id)
        .where(GrantRenewal.application_id == application_id)
    )
    found = model.Session.execute(query).first()
    if found is None:
        return None
    return {"grant": found.number, "ends_on": found.ends_on.isoformat(), "application": found.application}


def renewals(grant_id: str) -> list[DataDict]:
    """Return the applications that renew a grant, newest first."""
    query = (
        sa.select(Application.number, Application.state)
        .join(GrantRenewal, GrantRenewal.application_id == Application.id)
        .where(GrantRenewal.grant_id == grant_id)
        .order_by(Application.received_at.desc())
    )
    return [{"number": row.number, "state": row.state} for row in model.Session.execute(query)]
