"""Who somebody is towards a department: clerk (经办员), head (负责人) or bureau (主管部门).

Roles come from CKAN's memberships alone; a sysadmin has none by that (三员分立). A delegation (委托代行) makes
nobody a head: it says in whose place they decide.
"""

from __future__ import annotations

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare import runtime
from ckanext.govshare.domain import delegation as rules
from ckanext.govshare.domain.workflow import HEAD, Actor
from ckanext.govshare.logic import kept
from ckanext.govshare.model import Delegation

ROLE_OF_CAPACITY = {"editor": "clerk", "admin": "head"}


def memberships(user_id: str) -> dict[str, str]:
    """Return the user's capacity by organization id; read once for a page, and anew for every move."""
    return kept.once(("memberships", user_id), lambda: _memberships(user_id))


def _memberships(user_id: str) -> dict[str, str]:
    member, group = model.Member, model.Group
    query = (
        sa.select(member.group_id, member.capacity)
        .join(group, group.id == member.group_id)
        .where(
            member.table_name == "user",
            member.table_id == user_id,
            member.state == "active",
            group.is_organization.is_(True),
            group.state == "active",
        )
    )
    return {row.group_id: row.capacity for row in model.Session.execute(query)}


def bureau_id() -> str | None:
    """Return the id of the bureau's organization, None while it does not exist."""
    return kept.once(("bureau",), _bureau_id)


def _bureau_id() -> str | None:
    organization = model.Group.get(toolkit.config["ckanext.govshare.bureau"])
    return organization.id if organization else None


def is_bureau(user_id: str) -> bool:
    """Tell whether the user acts for the bureau."""
    return memberships(user_id).get(bureau_id() or "") in ROLE_OF_CAPACITY


def persons(organization_id: str | None, role: str) -> list[str]:
    """Return the ids of those who hold ``role`` in one department."""
    member, user = model.Member, model.User
    capacities = [capacity for capacity, name in ROLE_OF_CAPACITY.items() if name == role]
    query = (
        sa.select(user.id)
        .join(member, member.table_id == user.id)
        .where(
            member.group_id == organization_id,
            member.table_name == "user",
            member.state == "active",
            member.capacity.in_(capacities),
            user.state == "active",
        )
        .order_by(user.name)
    )
    return list(model.Session.scalars(query))


def bureau_persons() -> list[str]:
    """Return the ids of those who act for the bureau."""
    return [person for role in ROLE_OF_CAPACITY.values() for person in persons(bureau_id(), role)]


def roles_of(user_id: str, organization_id: str) -> frozenset[str]:
    """Return the user's roles towards one department."""
    held = memberships(user_id)
    roles = set()
    if role := ROLE_OF_CAPACITY.get(held.get(organization_id, "")):
        roles.add(role)
    if held.get(bureau_id() or "") in ROLE_OF_CAPACITY:
        roles.add("bureau")
    return frozenset(roles)


def actor_of(user_id: str, organization_id: str, *, lock: bool = False) -> Actor:
    """Return the user as the workflows see them, with whom they decide for now.

    With ``lock`` a delegation cannot be revoked before the move that it carries has been written.
    """
    if lock:
        kept.forget()
    held = roles_of(user_id, organization_id)
    return Actor(user_id, held, acting(user_id, organization_id, lock=lock) if held else {})


def acting(user_id: str, organization_id: str, *, lock: bool = False) -> dict[str, str]:
    """Return the heads in whose place the user decides in one department now, by kind of decision (委托代行)."""
    query = _delegations().where(
        Delegation.delegate_id == user_id, Delegation.organization_id == organization_id
    )
    if lock:
        query = query.with_for_update(read=True, of=Delegation).execution_options(populate_existing=True)
    return rules.acting(map(fact, model.Session.scalars(query)), runtime.now())


def deciders(organization_id: str, case_kind: str) -> list[str]:
    """Return the ids of those before whom a department's decisions lie now: its heads, and who acts for them."""
    kinds, now = set(rules.OF_CASE.get(case_kind, ())), runtime.now()
    query = _delegations().where(Delegation.organization_id == organization_id)
    acting_now = [
        row.delegate_id
        for row in model.Session.scalars(query)
        if kinds.intersection(row.kinds) and rules.status(fact(row), now) == rules.CURRENT
    ]
    return list(dict.fromkeys([*persons(organization_id, HEAD), *acting_now]))


def fact(row: Delegation) -> rules.Delegation:
    """Return a delegation as the rules see it."""
    return rules.Delegation(
        row.delegator_id,
        row.delegate_id,
        tuple(row.kinds),
        row.from_on,
        row.to_on,
        row.revoked_at is not None,
    )


def _delegations() -> sa.Select[tuple[Delegation]]:
    """Select what nobody has revoked, of those who are still head and clerk of the department."""
    return sa.select(Delegation).where(
        Delegation.revoked_at.is_(None),
        _holds(Delegation.delegator_id, HEAD),
        _holds(Delegation.delegate_id, "clerk"),
    )


def _holds(person: sa.ColumnElement[str], role: str) -> sa.ColumnElement[bool]:
    member, user = model.Member, model.User
    capacities = [capacity for capacity, name in ROLE_OF_CAPACITY.items() if name == role]
    return sa.exists().where(
        member.table_id == person,
        member.group_id == Delegation.organization_id,
        member.table_name == "user",
        member.state == "active",
        member.capacity.in_(capacities),
        user.id == person,
        user.state == "active",
    )


def user_id_of(context: dict[str, object]) -> str:
    """Return the id of the caller; raise ``NotAuthorized`` for strangers."""
    user = context.get("auth_user_obj") or model.User.get(str(context.get("user") or ""))
    if user is None or not getattr(user, "id", None):
        raise toolkit.NotAuthorized(toolkit._("Log in first."))
    return str(user.id)
