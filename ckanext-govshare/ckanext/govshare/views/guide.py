"""The guide (使用指南), the site map for people, and the one for search engines."""

from __future__ import annotations

from math import ceil
from typing import Any

from ckan.plugins import toolkit
from flask import Blueprint, make_response
from werkzeug.wrappers import Response

from ckanext.govshare import rulebook
from ckanext.govshare.logic.mirror import addresses

blueprint = Blueprint("govshare_guide", __name__)
SITEMAP_LIMIT = 50_000  # addresses in one file, by sitemaps.org


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
    """List the addresses of everything public (sitemaps.org); of more than one file holds, the files."""
    found = addresses.public()
    if len(found) <= SITEMAP_LIMIT:
        return _xml("govshare/sitemap.xml", rows=found)
    parts = range(1, ceil(len(found) / SITEMAP_LIMIT) + 1)
    site = str(toolkit.config["ckan.site_url"]).rstrip("/")
    return _xml("govshare/sitemap_index.xml", files=[f"{site}/sitemap-{number}.xml" for number in parts])


@blueprint.route("/sitemap-<int:number>.xml")
def sitemap_part(number: int) -> Response:
    """List one file's share of the addresses."""
    start = (number - 1) * SITEMAP_LIMIT
    rows = addresses.public()[start : start + SITEMAP_LIMIT] if number else []
    if not rows:
        toolkit.abort(404)
    return _xml("govshare/sitemap.xml", rows=rows)


def _xml(template: str, **given: Any) -> Response:
    answer = make_response(toolkit.render(template, given))
    answer.headers["Content-Type"] = "application/xml; charset=utf-8"
    answer.add_etag()
    answer.headers["Cache-Control"] = "public, no-cache"
    return answer.make_conditional(toolkit.request.environ)
