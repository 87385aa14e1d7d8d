"""Who may ask for publications and changes at all; whether a move is right is the workflow's to say."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare.logic import roles
from ckanext.govshare.model import Change

__all__ = [
    "govshare_change_create",
    "govshare_change_move",
    "govshare_change_show",
    "govshare_change_update",
    "govshare_publication_bulk_move",
    "govshare_publication_list",
    "govshare_publication_move",
    "govshare_publication_show",
    "govshare_version_list",
]

Context = dict[str, Any]
Answer = dict[str, Any]


def officer(context: Context, _data_dict: dict[str, Any]) -> Answer:
    """Clerks and heads of any department, the bureau's included."""
    user = context.get("auth_user_obj")
    held = roles.memberships(user.id) if user and not user.is_anonymous else {}
    if any(capacity in roles.ROLE_OF_CAPACITY for capacity in held.values()):
        return {"success": True}
    return {"success": False, "msg": toolkit._("Only officers of a department may do this.")}


@toolkit.auth_sysadmins_check
def govshare_publication_show(context: Context, data_dict: dict[str, Any]) -> Answer:
    """Officers; the action answers 404 for what they may not see."""
    return officer(context, data_dict)


@toolkit.auth_sysadmins_check
def govshare_publication_move(context: Context, data_dict: dict[str, Any]) -> Answer:
    """Officers; a sysadmin without a role is none."""
    return officer(context, data_dict)


@toolkit.auth_sysadmins_check
def govshare_publication_bulk_move(context: Context, data_dict: dict[str, Any]) -> Answer:
    """Officers."""
    return officer(context, data_dict)


@toolkit.auth_sysadmins_check
def govshare_publication_list(context: Context, data_dict: dict[str, Any]) -> Answer:
    """Officers; the list holds their own departments only."""
    return officer(context, data_dict)


@toolkit.auth_sysadmins_check
def govshare_change_show(context: Context, data_dict: dict[str, Any]) -> Answer:
    """Officers."""
    return officer(context, data_dict)


@toolkit.auth_sysadmins_check
def govshare_change_create(context: Context, data_dict: dict[str, Any]) -> Answer:
    """Clerks of the entry's department."""
    entry = model.Package.get(data_dict.get("id"))
    return clerk_of(context, entry.owner_org if entry else "")


@toolkit.auth_sysadmins_check
def govshare_change_update(context: Context, data_dict: dict[str, Any]) -> Answer:
    """Clerks of the entry's department."""
    row = model.Session.get(Change, data_dict.get("id"))
    return clerk_of(context, row.organization_id if row else "")


@toolkit.auth_sysadmins_check
def govshare_change_move(context: Context, data_dict: dict[str, Any]) -> Answer:
    """Officers."""
    return officer(context, data_dict)


@toolkit.auth_allow_anonymous_access
def govshare_version_list(context: Context, data_dict: dict[str, Any]) -> Answer:
    """Whoever may see the entry."""
    return {"success": True}


def clerk_of(context: Context, organization_id: str) -> Answer:
    """Clerks of this department."""
    user = context.get("auth_user_obj")
    if user and not user.is_anonymous and "clerk" in roles.roles_of(user.id, organization_id):
        return {"success": True}
    return {"success": False, "msg": toolkit._("Only clerks of the department may do this.")}
