"""Grants (授权): made by the applicant's agreement to what was approved, shown, and revoked with a reason."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare import notices, rulebook, runtime
from ckanext.govshare.domain import grant as rules
from ckanext.govshare.domain.workflow import Actor
from ckanext.govshare.logic import moving, roles
from ckanext.govshare.logic.application import clock, noting, numbers, sealed
from ckanext.govshare.model import Application, Grant

DataDict = dict[str, Any]


def agree(row: Application, values: DataDict, person: str, data_dict: DataDict) -> None:
    """Make the agreement: one grant for each entry approved, from today to the day the reply names."""
    reply, name = row.reply or {}, str(data_dict.get("name") or "")
    ends_on = date.fromisoformat(reply.get("ends_on") or "0001-01-01")
    agreement = rules.Agreement(
        person=person,
        applicant=row.applicant_id,
        application_state=row.state,
        terms_version=str(data_dict.get("terms_version") or ""),
        current_terms=reply.get("terms_version", ""),
        name=name,
        expected_name=str(values.get("applicant_name") or ""),
        already_agreed=bool(of_application(row.id)),
        ends_on=ends_on,
    )
    moving.refuse_if(rules.may_agree(agreement, clock.today()))
    at = runtime.now()
    for entry_id, columns in reply["scope"].items():
        made = Grant(
            id=str(uuid4()),
            number=numbers.new("QX"),
            application_id=row.id,
            organization_id=row.organization_id,
            holder_id=person,
            entry_id=entry_id,
            columns=columns,
            purpose=reply["purpose"],
            terms_version=reply["terms_version"],
            agreed_at=at,
            starts_on=clock.today(),
            ends_on=ends_on,
            revoked_reason="",
        )
        made.agreed_name = sealed.seal({"name": name}, row=made.id, column=sealed.AGREED_NAME)
        model.Session.add(made)
    _journal(row, "agree", person, "")
    model.Session.commit()


def revoke(row: Grant, application: Application, actor: Actor, note: str) -> None:
    """Take a grant back at once, with the reason that its holder is told."""
    moving.refuse_if(rules.may_revoke(fact(row), clock.today(), actor, note))
    row.revoked_at, row.revoked_by, row.revoked_reason = runtime.now(), actor.person, note.strip()
    _journal(application, "revoke", actor.person, note, moving.for_whom(actor, rules.REVOKE))
    notices.tell_of_move(
        model.Session,
        case_kind="application",
        case_id=application.id,
        move="revoke",
        organization_id=application.organization_id,
        by=actor.person,
        authors=(row.holder_id,),
        facts={"number": row.number, "page": application.number},
    )
    model.Session.commit()


def load(context: DataDict, data_dict: DataDict, *, lock: bool = False) -> tuple[Grant, Actor]:
    """Load a grant by id or number with who asks; 404 for strangers."""
    wanted = str(toolkit.get_or_bust(data_dict, "id"))
    query = sa.select(Grant).where(sa.or_(Grant.id == wanted, Grant.number == wanted))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = model.Session.scalar(query)
    user_id = roles.user_id_of(context)
    actor = roles.actor_of(user_id, row.organization_id, lock=lock) if row else Actor(user_id, frozenset())
    if row is None or not (actor.roles or row.holder_id == user_id):
        raise toolkit.ObjectNotFound(toolkit._("There is no such grant."))
    return row, actor


def of_application(application_id: str) -> list[Grant]:
    """Return the grants that an application ended in."""
    query = sa.select(Grant).filter_by(application_id=application_id).order_by(Grant.number)
    return list(model.Session.scalars(query))


def revocable(row: Grant, actor: Actor) -> bool:
    """Tell whether somebody may revoke a grant now, once they say why."""
    return bool(rules.may_revoke(fact(row), clock.today(), actor, "given"))


def shown(row: Grant) -> DataDict:
    """Return a grant as pages and API show it."""
    return {
        "id": row.id,
        "number": row.number,
        "entry_id": row.entry_id,
        "columns": row.columns,
        "purpose": row.purpose,
        "terms_version": row.terms_version,
        "agreed_at": runtime.in_shanghai(row.agreed_at).isoformat(),
        "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat(),
        "state": rules.status(fact(row), clock.today()),
        "revoked_at": runtime.in_shanghai(row.revoked_at).isoformat() if row.revoked_at else None,
        "revoked_reason": row.revoked_reason,
    }


def fact(row: Grant) -> rules.Grant:
    """Return a grant as the rules see it."""
    return rules.Grant(
        holder=row.holder_id,
        entry_id=row.entry_id,
        columns=tuple(row.columns),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        revoked_on=runtime.in_shanghai(row.revoked_at).date() if row.revoked_at else None,
    )


def terms() -> DataDict:
    """Return the terms in force."""
    found: DataDict = rulebook.application("terms")
    return found


def _journal(
    row: Application, move: str, person: str, note: str, facts: dict[str, str] | None = None
) -> None:
    row.version += 1
    row.updated_at = runtime.now()
    noting.note(row, move, person, reason=note, facts={"version": row.version, **(facts or {})})
