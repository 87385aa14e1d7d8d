"""The home page (首页)."""

from __future__ import annotations

from typing import Any

from ckan.lib.search import SearchError
from ckan.plugins import toolkit
from flask import Blueprint

from ckanext.govshare import rulebook, runtime
from ckanext.govshare.helpers.entry_row import list_rows
from ckanext.govshare.logic.errors import language
from ckanext.govshare.views import statistics

blueprint = Blueprint("govshare_home", __name__)
OPEN_CLASSES = ("unconditional", "conditional")
_KEPT: dict[str, Any] = {}


@blueprint.route("/")
def home() -> str:
    """Show the question, what is open, and the ways to it; no figures when the search does not answer."""
    try:
        figures = toolkit.get_action("govshare_statistics_show")({}, {})
    except SearchError:
        figures = None
    answered = _answered()
    more = toolkit.url_for("govshare_statistics.applications")
    return toolkit.render(
        "govshare/home.html",
        {
            "figures": figures,
            "answered": answered,
            "chief": statistics.chief(answered, more),
            "classes": OPEN_CLASSES,
            "themes": [term.code for term in rulebook.vocabulary("theme").terms],
            "newest": list_rows(figures["newest"]) if figures else [],
        },
    )


def _answered() -> Any:
    """Return this year's figures of applications, at most a minute old: every visitor asks, and they change slowly."""
    minute = f"{runtime.now():%Y-%m-%d %H:%M} {language()}"
    kept = _KEPT.get(minute)
    if kept is None or not kept["total"]["received"]:
        kept = toolkit.get_action("govshare_statistics_applications")({}, {})
        _KEPT.clear()
        _KEPT[minute] = kept
    return kept
