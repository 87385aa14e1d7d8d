"""Copies (副本): what the public may see of entries now, as it travels to other sites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ckan.plugins import toolkit

from ckanext.govshare import rulebook
from ckanext.govshare.domain.mirror import copy_of
from ckanext.govshare.logic.catalog import publish

FILE_FACTS = {"format": "format", "media_type": "mimetype", "url": "url", "sha256": "hash", "size": "size"}


def copies_of(ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the copies of those entries among ``ids`` of which anything travels, by id."""
    return {copy["id"]: copy for copy in map(_copy, publish.packages_of(list(ids))) if copy}


def all_copies() -> Iterator[dict[str, Any]]:
    """Return the copies of every public entry, by code."""
    return (copy for copy in map(_copy, publish.open_packages()) if copy)


def _copy(package: Mapping[str, Any]) -> dict[str, Any] | None:
    page = f"{toolkit.config['ckan.site_url'].rstrip('/')}/dataset/{package['name']}"
    return copy_of(
        {
            "id": package["id"],
            "name": package["name"],
            "state": package["publication_state"],
            "openness": package["openness"],
            "organization": {"name": package["organization_name"], "title": package["owner_org"]},
            "card": _card(package),
            "page": page,
            "apply": f"{page}/apply",
            "files": [
                {ours: resource[theirs] for ours, theirs in FILE_FACTS.items()}
                for resource in package["resources"]
                if resource["hash"]  # what was released is known by its digest; nothing else is ours to offer
            ],
        }
    )


def _card(package: Mapping[str, Any]) -> dict[str, Any]:
    names = (field.name for field in rulebook.entry_fields() if field.name != "owner_org")
    return {name: package[name] for name in names if package.get(name) not in (None, "", [])}
