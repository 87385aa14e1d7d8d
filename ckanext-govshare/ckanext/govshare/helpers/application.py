"""What officers' pages show of each other: the duties of the workbench with their counts."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit

from ckanext.govshare.domain.application import OPEN

__all__ = ("govshare_duties",)


def govshare_duties(here: str) -> list[dict[str, Any]]:
    """Return the workbench's duties as tabs: the catalog and its publications, applications with how many are open."""
    found = toolkit.get_action("govshare_application_list")({}, {"office": True, "state": "open", "limit": 0})
    waiting = sum(found["counts"].get(state, 0) for state in OPEN)
    h, _ = toolkit.h, toolkit._
    return [
        {"label": _("Catalog"), "url": h.url_for("govshare_workbench.inbox"), "active": here == "catalog"},
        {
            "label": _("Applications"),
            "url": h.url_for("govshare_application_case.inbox"),
            "count": waiting,
            "active": here == "application",
        },
    ]
