"""Addresses of what is public: pages, departments that have opened something, entries; for search engines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare.logic.mirror import changes
from ckanext.govshare.logic.mirror.telling import instant

PAGES = (
    "/",
    "/dataset/",
    "/organization/",
    "/guide",
    "/guide/sitemap",
    "/deadline",
    "/statistics",
    "/mirror",
    "/embed",
    "/api/docs",
)


@dataclass(frozen=True)
class Address:
    """One address, and when what stands there has last changed for the public, where that is known."""

    url: str
    changed: str | None = None


def public() -> list[Address]:
    """Return every public address: of entries those that stand in the feed, and no other."""
    site = str(toolkit.config["ckan.site_url"]).rstrip("/")
    entries = changes.standing(model.Session())
    departments: dict[str, datetime] = {}
    for entry in entries:
        departments[entry.organization] = max(entry.at, departments.get(entry.organization, entry.at))
    return [
        *(Address(site + path) for path in PAGES),
        *(Address(f"{site}/organization/{name}", instant(at)) for name, at in sorted(departments.items())),
        *(Address(f"{site}/dataset/{entry.name}", instant(entry.at)) for entry in entries),
    ]
