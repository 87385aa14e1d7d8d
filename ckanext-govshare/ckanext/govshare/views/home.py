"""The home page (首页)."""

from __future__ import annotations

from ckan.lib.search import SearchError
from ckan.plugins import toolkit
from flask import Blueprint

from ckanext.govshare import rulebook
from ckanext.govshare.helpers.entry_row import list_rows
from ckanext.govshare.views import statistics

blueprint = Blueprint("govshare_home", __name__)
OPEN_CLASSES = ("unconditional", "conditional")


@blueprint.route("/")
def home() -> str:
    """Show the question, what is open, and the ways to it; no figures when the search does not answer."""
    try:
        figures = toolkit.get_action("govshare_statistics_show")({}, {})
    except SearchError:
        figures = None
    answered = toolkit.get_action("govshare_statistics_applications")({}, {})
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
