"""The guide (使用指南), the site map for people, and the one for search engines."""

from __future__ import annotations

from ckan.plugins import toolkit
from flask import Blueprint, make_response
from werkzeug.wrappers import Response

from ckanext.govshare import rulebook

blueprint = Blueprint("govshare_guide", __name__)
SITEMAP_LIMIT = 50_000
SITEMAP_STEP = 1_000


@blueprint.route("/guide")
def guide() -> str:
    """Show how to find, take, apply for and use data."""
    return toolkit.render("govshare/guide.html", {"site_url": toolkit.config["ckan.site_url"]})


@blueprint.route("/guide/sitemap")
def sitemap_page() -> str:
    """Show every public page of the site by its name."""
    figures = toolkit.get_action("govshare_statistics_show")({}, {})
    themes = [term.code for term in rulebook.vocabulary("theme").terms]
    return toolkit.render("govshare/sitemap.html", {"figures": figures, "themes": themes})


@blueprint.route("/sitemap.xml")
def sitemap() -> Response:
    """List the addresses of all public entries (sitemaps.org)."""
    body = toolkit.render("govshare/sitemap.xml", {"entries": _public_entries()})
    response = make_response(body)
    response.headers["Content-Type"] = "application/xml; charset=utf-8"
    return response


def _public_entries() -> list[dict[str, str]]:
    """Return name and last change of the entries that a stranger may see, newest first."""
    search, found = toolkit.get_action("package_search"), []
    for start in range(0, SITEMAP_LIMIT, SITEMAP_STEP):
        answer = search(
            {"user": "", "auth_user_obj": None},
            {
                "fl": ["name", "metadata_modified"],
                "rows": SITEMAP_STEP,
                "start": start,
                "sort": "metadata_modified desc, id asc",
                "facet": "false",
            },
        )
        found += answer["results"]
        if len(found) >= answer["count"]:
            break
    return found
