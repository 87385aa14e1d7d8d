"""Drafts without files, indexed by the hundred in one request to Solr.

The documents are those that CKAN's own indexing makes of an entry, one by one and through two schemas; a test
holds the two side by side. Anything with files goes the common way (:func:`ckanext.govshare.search.reindex`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from ckan import model, plugins
from ckan.lib.search.common import make_connection
from ckan.lib.search.index import escape_xml_illegal_chars
from ckan.logic import apply_after_dataset_show_plugins
from ckan.plugins import toolkit

from ckanext.govshare import search
from ckanext.govshare.logic.entry import card
from ckanext.govshare.model import Publication

_EMPTY_LISTS = ("resources", "groups", "relationships_as_subject", "relationships_as_object")
_ORGANIZATION = (
    "id",
    "name",
    "title",
    "type",
    "description",
    "image_url",
    "is_organization",
    "approval_status",
)


def index_drafts(entry_ids: Sequence[str]) -> None:
    """Index these entries with one request; they are found after the next commit of the index."""
    documents = list(_documents(entry_ids))
    if documents:
        make_connection().add(docs=documents, commit=False)


def commit() -> None:
    """Make what was indexed searchable now."""
    make_connection().commit(softCommit=True)


def _documents(entry_ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    packages = model.Session.scalars(sa.select(model.Package).where(model.Package.id.in_(entry_ids))).all()
    # Loaded once, so that the hooks below find every publication in the session.
    publications = {
        row.entry_id: row
        for row in model.Session.scalars(sa.select(Publication).where(Publication.entry_id.in_(entry_ids)))
    }
    organizations = _organizations({package.owner_org for package in packages})
    tags = _tags(entry_ids)
    for package in packages:
        shown = _shown(package, organizations[package.owner_org], tags.get(package.id, []))
        yield _document(package, publications[package.id], shown)


def _shown(package: Any, organization: Mapping[str, Any], tags: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the entry as ``package_show`` gives it with CKAN's own schema."""
    names = (
        "author author_email creator_user_id id license_id maintainer maintainer_email name notes owner_org"
        " private state title type url version"
    )
    license_ = model.Package.get_license_register().get(package.license_id) if package.license_id else None
    return {
        **{name: getattr(package, name) for name in names.split()},
        "isopen": bool(license_ and license_.isopen()),
        "license_title": license_.title if license_ else package.license_id,
        "metadata_created": package.metadata_created.isoformat(),
        "metadata_modified": package.metadata_modified.isoformat(),
        "num_resources": 0,
        "num_tags": len(tags),
        "organization": dict(organization),
        "extras": [{"key": key, "value": package.extras[key]} for key in sorted(package.extras)],
        "tags": tags,
        **{name: [] for name in _EMPTY_LISTS},
    }


def _lifted(shown: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entry as our own form shows it: extras at the top, lists as lists."""
    lifted = {key: value for key, value in shown.items() if key != "extras"}
    ours = {field.name for field in card.extra_fields()}
    lists = card.list_fields()
    for extra in shown["extras"]:
        if extra["key"] in ours:
            value = extra["value"]
            lifted[extra["key"]] = card.read_list(value) if extra["key"] in lists else value
    apply_after_dataset_show_plugins({"ignore_auth": True}, lifted)
    return lifted


def _document(package: Any, publication: Publication, shown: dict[str, Any]) -> dict[str, Any]:
    site = toolkit.config.get("ckan.site_id")
    document = {key: value for key, value in shown.items() if key not in (*_EMPTY_LISTS, "extras")}
    document |= {
        "data_dict": json.dumps(shown),
        "validated_data_dict": json.dumps(_lifted(shown)),
        "title": escape_xml_illegal_chars(package.title).lstrip(),
        "title_string": escape_xml_illegal_chars(package.title),
        "tags": [tag["name"] for tag in shown["tags"]],
        "groups": [],
        "capacity": "private" if package.private else "public",
        "organization": shown["organization"]["name"],
        "entity_type": "package",
        "dataset_type": package.type,
        "metadata_created": shown["metadata_created"] + "Z",
        "metadata_modified": shown["metadata_modified"] + "Z",
        "site_id": site,
        "index_id": hashlib.md5(f"{package.id}{site}".encode()).hexdigest(),  # noqa: S324 - CKAN's key
    }
    if package.notes:
        document["notes"] = escape_xml_illegal_chars(package.notes)
    for extra in shown["extras"]:
        document[f"extras_{extra['key']}"] = extra["value"]
        document.setdefault(extra["key"], extra["value"])
    for plugin in plugins.PluginImplementations(plugins.IPackageController):
        document = plugin.before_dataset_index(document)
    labels = search.entry_labels(publication.state, publication.openness, publication.organization_id)
    return {**document, "permission_labels": labels}


def _organizations(ids: set[str]) -> dict[str, dict[str, Any]]:
    rows = model.Session.scalars(sa.select(model.Group).where(model.Group.id.in_(ids)))
    return {
        row.id: {
            **{name: getattr(row, name) for name in _ORGANIZATION},
            "created": row.created.isoformat(),
            "state": row.state,
        }
        for row in rows
    }


def _tags(entry_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    link, tag = model.PackageTag, model.Tag
    query = (
        sa.select(link.package_id, tag.id, tag.name)
        .join(tag, tag.id == link.tag_id)
        .where(link.state == "active", link.package_id.in_(entry_ids))
        .order_by(tag.name)
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for entry_id, tag_id, name in model.Session.execute(query):
        found.setdefault(entry_id, []).append(
            {"display_name": name, "id": tag_id, "name": name, "state": "active", "vocabulary_id": None}
        )
    return found
