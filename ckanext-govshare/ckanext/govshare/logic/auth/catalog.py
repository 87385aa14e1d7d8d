"""Who may import catalogs and see imports: officers of the department, the bureau, operators."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare.logic import roles
from ckanext.govshare.model import CatalogImport

__all__ = [
    "govshare_catalog_import",
    "govshare_catalog_import_list",
    "govshare_catalog_import_show",
    "govshare_catalog_mapping_delete",
    "govshare_catalog_mapping_list",
    "govshare_catalog_preview",
]

Context = dict[str, Any]
DataDict = dict[str, Any]
Answer = dict[str, Any]


def govshare_catalog_preview(context: Context, data_dict: DataDict) -> Answer:
    """Officers of the department; an import makes drafts and nothing that the public sees."""
    return _officer(context, data_dict)


def govshare_catalog_import(context: Context, data_dict: DataDict) -> Answer:
    """Officers of the department."""
    return _officer(context, data_dict)


def govshare_catalog_import_show(context: Context, data_dict: DataDict) -> Answer:
    """Officers of the department."""
    return _officer(context, data_dict)


def govshare_catalog_import_list(context: Context, data_dict: DataDict) -> Answer:
    """Officers of the department."""
    return _officer(context, data_dict)


def govshare_catalog_mapping_list(context: Context, data_dict: DataDict) -> Answer:
    """Officers of the department."""
    return _officer(context, data_dict)


def govshare_catalog_mapping_delete(context: Context, data_dict: DataDict) -> Answer:
    """Officers of the department."""
    return _officer(context, data_dict)


def _officer(context: Context, data_dict: DataDict) -> Answer:
    user = context.get("auth_user_obj")
    if user is None or user.is_anonymous:
        return {"success": False, "msg": toolkit._("Log in first.")}
    if data_dict.get("id"):
        job = model.Session.get(CatalogImport, data_dict["id"])
        organization_id = job.organization_id if job else ""
    else:
        organization = model.Group.get(data_dict.get("organization"))
        organization_id = organization.id if organization else ""
    if roles.roles_of(user.id, organization_id):
        return {"success": True}
    return {"success": False, "msg": toolkit._("Only officers of the department or the bureau may do this.")}
