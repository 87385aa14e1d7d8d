"""Figures of what is open, for the home page and for anybody who asks: public entries only."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ckanext.govshare.runtime import in_shanghai

__all__ = ("govshare_statistics_show",)

NEWEST = 6
KEYWORDS = 5
FACETS = ("openness", "theme", "organization", "tags")
AS_A_STRANGER: dict[str, Any] = {"user": "", "auth_user_obj": None}


@toolkit.side_effect_free
def govshare_statistics_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return how many entries are public, by class, theme and department, and the newest.

    The caller's rights play no part: everybody is told the same.

    :rtype: dict: ``entries`` (int), ``openness`` and ``themes`` (code → int), ``departments`` (list of
        ``{name, title, entries, updated}``, ``updated`` a date or None), ``keywords`` (the most
        frequent ones), ``newest`` (entries as ``package_show`` gives them)
    """
    toolkit.check_access("govshare_statistics_show", context, data_dict)
    found = toolkit.get_action("package_search")(
        {**AS_A_STRANGER},  # type: ignore[arg-type]
        {
            "rows": NEWEST,
            "sort": "metadata_created desc, id asc",
            "facet.field": list(FACETS),
            "facet.limit": 500,
        },
    )
    counts = {name: _counts(found, name) for name in FACETS}
    return {
        "entries": found["count"],
        "openness": counts["openness"],
        "themes": counts["theme"],
        "departments": _departments(counts["organization"]),
        "keywords": sorted(counts["tags"], key=lambda tag: (-counts["tags"][tag], tag))[:KEYWORDS],
        "newest": found["results"],
    }


def _counts(found: dict[str, Any], facet: str) -> dict[str, int]:
    return {item["name"]: item["count"] for item in found["search_facets"].get(facet, {}).get("items", ())}


def _departments(counts: dict[str, int]) -> list[dict[str, Any]]:
    """Return every department, those with most entries first, with the day it last changed something open."""
    package, group = model.Package, model.Group
    latest = (
        sa.select(package.owner_org, sa.func.max(package.metadata_modified).label("updated"))
        .where(package.state == "active", package.private.is_(False), package.type == "dataset")
        .group_by(package.owner_org)
        .subquery()
    )
    rows = model.Session.execute(
        sa.select(group.name, group.title, latest.c.updated)
        .outerjoin(latest, latest.c.owner_org == group.id)
        .where(group.is_organization.is_(True), group.state == "active"),
    )
    departments = [
        {
            "name": row.name,
            "title": row.title,
            "entries": counts.get(row.name, 0),
            "updated": in_shanghai(row.updated).date().isoformat() if row.updated else None,
        }
        for row in rows
    ]
    return sorted(departments, key=lambda department: (-department["entries"], department["title"]))
