"""Departments by CKAN's own actions: offices are given, and departments renamed, by the bureau only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare.logic import roles

__all__ = ["organization_show", "organization_update"]

Context = dict[str, Any]
DataDict = dict[str, Any]
Original = Callable[[Context, DataDict], Any]

# What CKAN lets the form of a department carry along, and the one value each may keep.
FIXED = ("name", "state", "approval_status", "type", "is_organization")


@toolkit.chained_action
def organization_update(original: Original, context: Context, data_dict: DataDict) -> Any:
    """Write a department's title, description and picture.

    CKAN takes a list of ``users`` here as well and thereby lets a head appoint heads; and a head's
    form may close or rename the department.
    """
    organization = model.Group.get(data_dict.get("id"))
    if organization is not None:
        toolkit.check_access("organization_update", context, data_dict)
        errors = _objections(organization, data_dict)
        if errors and not (set(errors) == {"name"} and _may_rename(context)):
            raise toolkit.ValidationError(errors)
    return original(context, data_dict)


@toolkit.chained_action
@toolkit.side_effect_free
def organization_show(original: Original, context: Context, data_dict: DataDict) -> Any:
    """Show a department; its people only to its officers and the bureau."""
    shown = original(context, data_dict)
    if "users" in shown and not _is_officer(context, shown["id"]):
        shown["users"] = []
    return shown


def _objections(organization: Any, data: DataDict) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    for name in ("users", "groups", "packages"):
        if data.get(name) or (name == "users" and name in data):
            errors[name] = [toolkit._("Offices are given by the bureau on the page of members, not here.")]
    for name in FIXED:
        if name in data and data[name] != getattr(organization, name):
            errors[name] = [toolkit._("This is set by the bureau; leave it as it is.")]
    return errors


def _may_rename(context: Context) -> bool:
    user = model.User.get(str(context.get("user") or ""))
    return bool(context.get("ignore_auth") or (user and (user.sysadmin or roles.is_bureau(user.id))))


def _is_officer(context: Context, organization_id: str) -> bool:
    user = model.User.get(str(context.get("user") or ""))
    return bool(
        context.get("ignore_auth") or (user and (user.sysadmin or roles.roles_of(user.id, organization_id)))
    )
