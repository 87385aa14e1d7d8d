"""Officers: who is one, and what they may do with the entry in front of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckan.plugins import toolkit

from ckanext.govshare.domain.delegation import CURRENT
from ckanext.govshare.domain.saved_filter import LONGEST_NAME, canonical
from ckanext.govshare.logic import roles
from ckanext.govshare.logic.errors import language

__all__ = [
    "govshare_delegations",
    "govshare_entry_duties",
    "govshare_is_officer",
    "govshare_language",
    "govshare_my_roles",
    "govshare_office",
    "govshare_office_word",
    "govshare_saved_filters",
]

# Where each list with saved filters stands.
ADDRESSES = {
    "catalog": "govshare_workbench.inbox",
    "edition": "govshare_edition_inbox.inbox",
    "application": "govshare_application_case.inbox",
}


def govshare_is_officer() -> bool:
    """Tell whether the reader is clerk or head of a department, or acts for the bureau."""
    user = toolkit.current_user
    return user.is_authenticated and any(
        capacity in roles.ROLE_OF_CAPACITY for capacity in roles.memberships(user.id).values()
    )


def govshare_my_roles(organization_id: str) -> list[str]:
    """Return the reader's roles towards one department; empty for the public."""
    user = toolkit.current_user
    return sorted(roles.roles_of(user.id, organization_id)) if user.is_authenticated else []


def govshare_entry_duties(entry: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return state and addresses for the officers' line on an entry's page; None for the public."""
    if not govshare_my_roles(str(entry.get("owner_org") or "")):
        return None
    try:
        case = toolkit.get_action("govshare_publication_show")({}, {"id": entry["id"]})
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        return None
    return {
        "state": case["state"],
        "url": toolkit.url_for("govshare_workbench.publication", id=entry["id"]),
        "edit": case["edit"],
        "edit_url": toolkit.url_for("govshare_entry_form.edit", id=entry["id"]),
        "takes_data": case["takes_data"],
        "moves": [move for move in case["moves"] if move["allowed"]],
        "open_change": case["open_change"],
    }


def govshare_delegations() -> dict[str, list[dict[str, Any]]]:
    """Return the delegations that stand now: ``given`` by the reader to others, ``held`` in a head's place."""
    me = toolkit.current_user.id
    standing = [
        row
        for row in toolkit.get_action("govshare_delegation_list")({}, {"mine": True})
        if row["standing"] == CURRENT
    ]
    return {
        "given": [row for row in standing if row["delegator_id"] == me],
        "held": [row for row in standing if row["delegate_id"] == me],
    }


def govshare_language() -> str:
    """Return ``zh`` or ``en``: the language in which labels of the statutes are shown."""
    return language()


def govshare_office(organization_id: str) -> dict[str, Any]:
    """Return a department's office profile."""
    shown: dict[str, Any] = toolkit.get_action("govshare_office_show")({}, {"id": organization_id})
    return shown


def govshare_office_word(name: str) -> str:
    """Return the word for a field of the office profile."""
    _ = toolkit._
    return str(
        {
            "principal": _("First person in charge"),
            "unit": _("Responsible unit"),
            "staff": _("Responsible staff"),
            "phone": _("Telephone"),
            "uscc": _("Unified social credit code"),
            "classification_code": _("Class code of the department"),
        }[name]
    )


def govshare_saved_filters(list_name: str) -> dict[str, Any]:
    """Return the reader's saved filters of a list, each with its address, and what the address here asks."""
    here = canonical(list_name, toolkit.request.query_string.decode("utf-8", "replace"))
    address = toolkit.url_for(ADDRESSES[list_name])
    rows = toolkit.get_action("govshare_filter_list")({}, {"list": list_name})
    return {
        "query": here,
        "typed": toolkit.request.args.get("save", "")[:LONGEST_NAME],
        "longest": LONGEST_NAME,
        "rows": [{**row, "url": f"{address}?{row['query']}", "active": row["query"] == here} for row in rows],
    }
