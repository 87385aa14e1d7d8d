"""Delegations as pages and API show them: of a department to its officers, of all to the bureau."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare import rulebook, runtime
from ckanext.govshare.domain import delegation as rules
from ckanext.govshare.domain.workflow import Actor, Workflow
from ckanext.govshare.logic import roles
from ckanext.govshare.logic.errors import language
from ckanext.govshare.logic.journal import telling
from ckanext.govshare.model import Delegation

DataDict = dict[str, Any]
MOST = 200


def seen_by(user_id: str, organization_id: str | None = None) -> list[DataDict]:
    """Return the newest 200 delegations of the user's departments, to the bureau of all, the latest first day first."""
    query = sa.select(Delegation)
    if not roles.is_bureau(user_id):
        offices = [
            office for office, held in roles.memberships(user_id).items() if held in roles.ROLE_OF_CAPACITY
        ]
        query = query.where(Delegation.organization_id.in_(offices))
    if organization_id:
        query = query.where(Delegation.organization_id == organization_id)
    return shown(model.Session.scalars(_newest(query)), user_id)


def concerning(user_id: str) -> list[DataDict]:
    """Return the delegations that stand now, or will, by which the user gave or holds a head's decisions."""
    today = rules.today(runtime.now())
    query = sa.select(Delegation).where(
        sa.or_(Delegation.delegator_id == user_id, Delegation.delegate_id == user_id),
        Delegation.revoked_at.is_(None),
        Delegation.to_on >= today,
    )
    return shown(model.Session.scalars(_newest(query)), user_id)


def shown(rows: Iterable[Delegation], user_id: str) -> list[DataDict]:
    """Return delegations in words; ``standing`` is coming, current, ended or revoked."""
    listed, at = list(rows), runtime.now()
    people = telling.names(
        person for row in listed for person in (row.delegator_id, row.delegate_id, row.revoked_by) if person
    )
    titles = _titles({row.organization_id for row in listed})
    mine = {office: roles.roles_of(user_id, office) for office in titles}
    return [_one(row, people, titles, mine[row.organization_id], at) for row in listed]


def acting_for(actor: Actor, workflow: Workflow) -> list[str]:
    """Return the names of the heads in whose place somebody decides about a case of this workflow now."""
    return list(telling.names(filter(None, map(actor.acts_for, workflow.moves))).values())


def _one(row: Delegation, people: DataDict, titles: DataDict, mine: Iterable[str], at: Any) -> DataDict:
    fact, words = roles.fact(row), rulebook.words("delegation_kinds")
    return {
        "id": row.id,
        "organization_id": row.organization_id,
        "organization_title": titles[row.organization_id],
        "delegator": people.get(row.delegator_id, row.delegator_id),
        "delegator_id": row.delegator_id,
        "delegate": people.get(row.delegate_id, row.delegate_id),
        "delegate_id": row.delegate_id,
        "kinds": list(row.kinds),
        "kind_labels": [words[kind][language()] for kind in row.kinds],
        "from_on": row.from_on.isoformat(),
        "to_on": row.to_on.isoformat(),
        "created_at": runtime.in_shanghai(row.created_at).isoformat(),
        "revoked_at": runtime.in_shanghai(row.revoked_at).isoformat() if row.revoked_at else None,
        "revoked_by": people.get(row.revoked_by or "", ""),
        "standing": rules.status(fact, at),
        "revocable": bool(rules.may_revoke(fact, mine, at)),
    }


def _newest(query: sa.Select[tuple[Delegation]]) -> sa.Select[tuple[Delegation]]:
    return query.order_by(Delegation.from_on.desc(), Delegation.created_at.desc(), Delegation.id).limit(MOST)


def _titles(ids: set[str]) -> dict[str, str]:
    query = sa.select(model.Group.id, model.Group.title).where(model.Group.id.in_(ids))
    return {row.id: row.title for row in model.Session.execute(query)}
