"""Who may ask for an action at all; each is an authorization function of CKAN for one row of the table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare.domain.workflow import HEAD
from ckanext.govshare.logic import roles
from ckanext.govshare.model import CatalogImport

Context = dict[str, Any]
DataDict = dict[str, Any]
Answer = dict[str, Any]
Who = Callable[[Context, DataDict], Answer]
# How the department that an action is about is found: its id, empty when there is none.
Department = Callable[[DataDict], str]


@toolkit.auth_allow_anonymous_access
def everyone(_context: Context, _data_dict: DataDict) -> Answer:
    """Allow everybody; what they may not know the action answers with 404."""
    return {"success": True}


def registered(_context: Context, _data_dict: DataDict) -> Answer:
    """Allow whoever is logged in; CKAN keeps strangers from functions without a mark."""
    return {"success": True}


@toolkit.auth_sysadmins_check
def officers(context: Context, _data_dict: DataDict) -> Answer:
    """Allow clerks and heads of any department, the bureau's included; a sysadmin holds no office by that."""
    held = roles.memberships(_person(context))
    if any(capacity in roles.ROLE_OF_CAPACITY for capacity in held.values()):
        return {"success": True}
    return {"success": False, "msg": toolkit._("Only officers of a department may do this.")}


@toolkit.auth_sysadmins_check
def bureau(context: Context, _data_dict: DataDict) -> Answer:
    """Allow who acts for the bureau; a sysadmin holds no office by that."""
    if roles.is_bureau(_person(context)):
        return {"success": True}
    return {"success": False, "msg": toolkit._("Only the bureau may do this.")}


def bureau_or_operators(context: Context, _data_dict: DataDict) -> Answer:
    """Allow the bureau, and operators: nothing is decided by it."""
    if roles.is_bureau(_person(context)):
        return {"success": True}
    return {"success": False, "msg": toolkit._("Only the bureau sees this.")}


def clerks(department: Department) -> Who:
    """Allow clerks of the department concerned; a sysadmin holds no office by that."""

    @toolkit.auth_sysadmins_check
    def who(context: Context, data_dict: DataDict) -> Answer:
        if "clerk" in roles.roles_of(_person(context), department(data_dict)):
            return {"success": True}
        return {"success": False, "msg": toolkit._("Only clerks of the department may do this.")}

    return who


@toolkit.auth_sysadmins_check
def heads(context: Context, _data_dict: DataDict) -> Answer:
    """Allow heads of any department; of which one, and that they act in person, the rules say."""
    if HEAD in map(roles.ROLE_OF_CAPACITY.get, roles.memberships(_person(context)).values()):
        return {"success": True}
    return {
        "success": False,
        "msg": toolkit._("Only a head of the department may do this, in person: it cannot be delegated."),
    }


def officers_or_operators(department: Department) -> Who:
    """Allow officers of the department concerned, the bureau, and operators: nothing is decided by it."""

    def who(context: Context, data_dict: DataDict) -> Answer:
        if roles.roles_of(_person(context), department(data_dict)):
            return {"success": True}
        return {
            "success": False,
            "msg": toolkit._("Only officers of the department or the bureau may do this."),
        }

    return who


def of_entry(key: str) -> Department:
    """Find the department of the entry that ``key`` names."""
    return lambda data: getattr(model.Package.get(data.get(key)), "owner_org", "") or ""


def of_organization(key: str) -> Department:
    """Find the department that ``key`` names itself."""
    return lambda data: getattr(model.Group.get(data.get(key)), "id", "")


def of_case(row: Any, key: str = "id") -> Department:
    """Find the department of the row of one of our tables that ``key`` names."""
    return lambda data: getattr(model.Session.get(row, data.get(key) or ""), "organization_id", "")


def of_import(data: DataDict) -> str:
    """Find the department of a catalog's import, or of the one that shall begin."""
    named = of_case(CatalogImport) if data.get("id") else of_organization("organization")
    return named(data)


def _person(context: Context) -> str:
    user = context.get("auth_user_obj")
    return "" if user is None or user.is_anonymous else str(user.id)
