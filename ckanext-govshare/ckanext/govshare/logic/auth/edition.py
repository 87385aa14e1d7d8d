"""Who may ask for editions at all; whether a move is right is the workflow's to say."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare.logic.auth.publication import clerk_of, officer

__all__ = [
    "govshare_edition_create",
    "govshare_edition_list",
    "govshare_edition_move",
    "govshare_edition_reread",
    "govshare_edition_show",
]

Context = dict[str, Any]
Answer = dict[str, Any]


@toolkit.auth_sysadmins_check
def govshare_edition_create(context: Context, data_dict: dict[str, Any]) -> Answer:
    """Clerks of the entry's department."""
    entry = model.Package.get(data_dict.get("entry"))
    return clerk_of(context, entry.owner_org if entry else "")


@toolkit.auth_sysadmins_check
def govshare_edition_reread(context: Context, data_dict: dict[str, Any]) -> Answer:
    """Clerks of the entry's department."""
    return govshare_edition_create(context, data_dict)


@toolkit.auth_sysadmins_check
def govshare_edition_show(context: Context, data_dict: dict[str, Any]) -> Answer:
    """Officers; the action answers 404 for what they may not see."""
    return officer(context, data_dict)


@toolkit.auth_sysadmins_check
def govshare_edition_move(context: Context, data_dict: dict[str, Any]) -> Answer:
    """Officers; a sysadmin without a role is none."""
    return officer(context, data_dict)


@toolkit.auth_allow_anonymous_access
def govshare_edition_list(context: Context, data_dict: dict[str, Any]) -> Answer:
    """Whoever may see the entry."""
    return {"success": True}
