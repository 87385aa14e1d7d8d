"""Who may see and write the office profiles of departments."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare.logic import roles

__all__ = ["govshare_office_list", "govshare_office_show", "govshare_office_update"]


def govshare_office_list(context: dict[str, Any], data_dict: dict[str, Any]) -> dict[str, Any]:
    """Whoever is logged in; the list holds their own departments only."""
    user = context.get("auth_user_obj")
    return {"success": bool(user and not user.is_anonymous)}


@toolkit.auth_allow_anonymous_access
def govshare_office_show(context: dict[str, Any], data_dict: dict[str, Any]) -> dict[str, Any]:
    """Everybody: it is what the law makes departments name in public."""
    return {"success": True}


def govshare_office_update(context: dict[str, Any], data_dict: dict[str, Any]) -> dict[str, Any]:
    """The department's officers and the bureau; operators as well, it decides nothing."""
    user = context.get("auth_user_obj")
    organization = model.Group.get(data_dict.get("id"))
    if user and organization and not user.is_anonymous and roles.roles_of(user.id, organization.id):
        return {"success": True}
    return {"success": False, "msg": toolkit._("Only officers of the department or the bureau may do this.")}
