"""``/catalog.<ending>``: the open catalog as a file, built once for each state of the published entries."""

from __future__ import annotations

from ckan.plugins import toolkit
from flask import Blueprint, Response, request, send_file

from ckanext.govshare import config
from ckanext.govshare.logic.catalog import publish as catalog_publish
from ckanext.govshare.views.public_json import open_to_other_sites

FOR_SCRIPTS = ("json", "jsonld")

blueprint = Blueprint("govshare_catalog_file", __name__)


@blueprint.route("/catalog.<ending>")
def catalog(ending: str) -> Response:
    """Send the catalog in one format; an unchanged one is answered 304."""
    if ending not in catalog_publish.FORMATS:
        toolkit.abort(404)
    path, tag = catalog_publish.built(ending)
    answer = send_file(
        path,
        mimetype=catalog_publish.FORMATS[ending],
        as_attachment=True,
        download_name=f"{config.text('site.city')}公共数据开放目录.{ending}",
        etag=f"{tag}-{ending}",
        conditional=True,
        max_age=0,
    )
    answer.headers["Cache-Control"] = "public, no-cache"
    if ending in FOR_SCRIPTS:
        open_to_other_sites(answer)
    return answer.make_conditional(request.environ, accept_ranges=True)
