"""Delegation (委托代行): a head lets a clerk of the department decide in their place for some days."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare.logic import roles
from ckanext.govshare.logic.delegation import cases, listing

__all__ = ["govshare_delegation_create", "govshare_delegation_list", "govshare_delegation_revoke"]

Context = dict[str, Any]
DataDict = dict[str, Any]


def govshare_delegation_create(context: Context, data_dict: DataDict) -> DataDict:
    """Delegate my decisions as head to a clerk of the department; it ends by itself after the last day.

    :param organization: id or name of the department
    :param delegate: id or name of the clerk
    :param kinds: publication, edition, extension, reply: a list, or separated by commas
    :param from_on: the first day, today or later
    :param to_on: the last day, included; at most 366 days in all
    """
    toolkit.check_access("govshare_delegation_create", context, data_dict)
    organization = _organization(data_dict.get("organization"))
    person = roles.user_id_of(context)
    return listing.shown([cases.create(person, organization, data_dict)], person)[0]


def govshare_delegation_revoke(context: Context, data_dict: DataDict) -> DataDict:
    """Revoke a delegation of my department at once.

    :param id: id of the delegation
    """
    toolkit.check_access("govshare_delegation_revoke", context, data_dict)
    return listing.shown([cases.revoke(context, data_dict)], roles.user_id_of(context))[0]


@toolkit.side_effect_free
def govshare_delegation_list(context: Context, data_dict: DataDict) -> list[DataDict]:
    """List the newest 200 delegations, past ones too: my departments', to the bureau all.

    :param organization: id or name of one department
    :param mine: true for those that stand now or will, by which I gave or hold a head's decisions
    :returns: ``{id, organization_id, delegator, delegate, kinds, from_on, to_on, standing, revocable, …}``
    """
    toolkit.check_access("govshare_delegation_list", context, data_dict)
    person = roles.user_id_of(context)
    if toolkit.asbool(data_dict.get("mine") or False):
        return listing.concerning(person)
    named = data_dict.get("organization")
    return listing.seen_by(person, _organization(named).id if named else None)


def _organization(named: Any) -> Any:
    organization = model.Group.get(str(named or "") or None)
    if organization is None or not organization.is_organization or organization.state != "active":
        raise toolkit.ObjectNotFound(toolkit._("There is no such department."))
    return organization
