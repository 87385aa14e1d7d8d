"""CKAN's authorization functions that allow more than this portal does, each chained to a narrower one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare.domain.decision import Refused
from ckanext.govshare.logic import roles
from ckanext.govshare.logic.edition import taking
from ckanext.govshare.logic.errors import sentence

Context = dict[str, Any]
DataDict = dict[str, Any]
Answer = dict[str, Any]
Next = Callable[[Context, DataDict], Answer]

__all__ = [
    "datastore_info",
    "datastore_search",
    "datastore_search_sql",
    "group_create",
    "member_create",
    "member_delete",
    "member_list",
    "organization_create",
    "organization_member_create",
    "organization_member_delete",
    "package_update",
    "task_status_show",
    "user_autocomplete",
    "user_invite",
    "user_list",
    "user_show",
]


def _no(message: str) -> Answer:
    return {"success": False, "msg": message}


@toolkit.chained_auth_function
@toolkit.auth_sysadmins_check
def datastore_search_sql(next_auth: Next, context: Context, data_dict: DataDict) -> Answer:
    """Nobody: a query in SQL reaches tables that the labels hide (CVE-2026-42031)."""
    return _no(toolkit._("Queries in SQL are switched off; use datastore_search."))


@toolkit.chained_auth_function
@toolkit.auth_sysadmins_check
@toolkit.auth_allow_anonymous_access
def datastore_search(next_auth: Next, context: Context, data_dict: DataDict) -> Answer:
    """Whoever may see the entry, while its data are public."""
    return _rows(next_auth, context, data_dict)


@toolkit.chained_auth_function
@toolkit.auth_sysadmins_check
@toolkit.auth_allow_anonymous_access
def datastore_info(next_auth: Next, context: Context, data_dict: DataDict) -> Answer:
    """Whoever may see the entry, while its data are public."""
    return _rows(next_auth, context, data_dict)


@toolkit.chained_auth_function
def package_update(next_auth: Next, context: Context, data_dict: DataDict) -> Answer:
    """Only who may also see the entry: CKAN lets editors overwrite what is hidden from them."""
    package = context.get("package") or model.Package.get((data_dict or {}).get("id"))
    if package is not None:
        toolkit.check_access("package_show", {**context, "package": package}, {"id": package.id})
    return next_auth(context, data_dict)


@toolkit.chained_auth_function
def organization_create(next_auth: Next, context: Context, data_dict: DataDict) -> Answer:
    """The bureau alone opens a department (CKAN lets every registered user do it)."""
    return _bureau(context)


@toolkit.chained_auth_function
def group_create(next_auth: Next, context: Context, data_dict: DataDict) -> Answer:
    """Operators only: themes are a vocabulary here, not groups."""
    return _no(toolkit._("Groups are not used on this portal."))


@toolkit.chained_auth_function
def organization_member_create(next_auth: Next, context: Context, data_dict: DataDict) -> Answer:
    """The bureau alone gives somebody an office; a head may not appoint heads."""
    return _bureau(context)


@toolkit.chained_auth_function
def organization_member_delete(next_auth: Next, context: Context, data_dict: DataDict) -> Answer:
    """The bureau alone takes an office away."""
    return _bureau(context)


@toolkit.chained_auth_function
def member_create(next_auth: Next, context: Context, data_dict: DataDict) -> Answer:
    """As :func:`organization_member_create`, which ends here; CKAN lets a head in by this door."""
    return _bureau(context)


@toolkit.chained_auth_function
def member_delete(next_auth: Next, context: Context, data_dict: DataDict) -> Answer:
    """As :func:`organization_member_delete`."""
    return _bureau(context)


@toolkit.chained_auth_function
def user_invite(next_auth: Next, context: Context, data_dict: DataDict) -> Answer:
    """The bureau alone: an invitation makes an account and gives it an office."""
    return _bureau(context)


@toolkit.chained_auth_function
@toolkit.auth_allow_anonymous_access
def member_list(next_auth: Next, context: Context, data_dict: DataDict) -> Answer:
    """Officers of the department: the list names staff and hidden entries."""
    user = _person(context)
    organization = model.Group.get((data_dict or {}).get("id"))
    if user and organization and roles.roles_of(user.id, organization.id):
        return next_auth(context, data_dict)
    return _no(toolkit._("Only officers of the department may see its members."))


@toolkit.chained_auth_function
@toolkit.auth_allow_anonymous_access
def user_list(next_auth: Next, context: Context, data_dict: DataDict) -> Answer:
    """The bureau, who appoints officers."""
    return _bureau(context)


@toolkit.chained_auth_function
@toolkit.auth_allow_anonymous_access
def user_autocomplete(next_auth: Next, context: Context, data_dict: DataDict) -> Answer:
    """The bureau, who appoints officers."""
    return _bureau(context)


@toolkit.chained_auth_function
@toolkit.auth_allow_anonymous_access
def user_show(next_auth: Next, context: Context, data_dict: DataDict) -> Answer:
    """Oneself, and the bureau."""
    user = _person(context)
    asked = context.get("user_obj") or model.User.get((data_dict or {}).get("id"))
    if user and asked and asked.id == user.id:
        return {"success": True}
    return _bureau(context)


@toolkit.chained_auth_function
@toolkit.auth_allow_anonymous_access
def task_status_show(next_auth: Next, context: Context, data_dict: DataDict) -> Answer:
    """Operators only; CKAN shows every task to everybody."""
    return _no(toolkit._("Only operators may see the state of tasks."))


def _person(context: Context) -> Any:
    # An action that calls another one hands on the name only.
    user = context.get("auth_user_obj") or model.User.get(str(context.get("user") or ""))
    return None if user is None or user.is_anonymous else user


def _bureau(context: Context) -> Answer:
    user = _person(context)
    if user and roles.is_bureau(user.id):
        return {"success": True}
    return _no(toolkit._("Only the bureau may do this."))


def _rows(next_auth: Next, context: Context, data_dict: DataDict) -> Answer:
    asked = str((data_dict or {}).get("resource_id") or (data_dict or {}).get("id") or "")
    decision = taking.rows_of(asked)
    if isinstance(decision, Refused):
        return _no(sentence(decision.reasons[0]))
    return next_auth(context, data_dict)
