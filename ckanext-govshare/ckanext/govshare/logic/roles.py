"""Who somebody is towards a department: clerk (经办员), head (负责人) or bureau (主管部门).

Roles come from CKAN's memberships alone; a sysadmin has none by that (三员分立).
"""

from __future__ import annotations

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare.domain.workflow import Actor

ROLE_OF_CAPACITY = {"editor": "clerk", "admin": "head"}


def memberships(user_id: str) -> dict[str, str]:
    """Return the user's capacity by organization id."""
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


def actor_of(user_id: str, organization_id: str) -> Actor:
    """Return the user as the workflows see them."""
    return Actor(user_id, roles_of(user_id, organization_id))


def user_id_of(context: dict[str, object]) -> str:
    """Return the id of the caller; raise ``NotAuthorized`` for strangers."""
    user = context.get("auth_user_obj") or model.User.get(str(context.get("user") or ""))
    if user is None or not getattr(user, "id", None):
        raise toolkit.NotAuthorized(toolkit._("Log in first."))
    return str(user.id)
