"""Save the filters of a list under a name, and forget them; then back to the list."""

from __future__ import annotations

from urllib.parse import urlencode

from ckan.plugins import toolkit
from flask import Blueprint
from werkzeug.wrappers import Response

from ckanext.govshare.domain.saved_filter import canonical
from ckanext.govshare.helpers.workbench import ADDRESSES
from ckanext.govshare.views import officer

blueprint = Blueprint("govshare_filter", __name__, url_prefix="/workbench/filter")
blueprint.before_request(officer.admit)


@blueprint.route("/", methods=["POST"], strict_slashes=False)
def save() -> Response:
    """Save; what is refused is told on the list, with the name as it was typed."""
    form = toolkit.request.form
    given = {key: form.get(key, "") for key in ("list", "name", "query")}
    try:
        saved = officer.call("govshare_filter_create", given)
    except toolkit.ValidationError as error:
        lines = officer.summary(error.error_dict)
        toolkit.h.flash_error(" ".join(line["text"] for line in lines))
        return _back(given["list"], given["query"], given["name"])
    toolkit.h.flash_success(toolkit._("The filters have been saved as “%(name)s”.") % {"name": saved["name"]})
    return _back(saved["list"], saved["query"])


@blueprint.route("/<id>/delete", methods=["POST"])
def delete(id: str) -> Response:  # noqa: A002 - the address's word
    """Forget one; the list stays as it is."""
    try:
        gone = officer.call("govshare_filter_delete", {"id": id})
    except toolkit.ObjectNotFound:
        toolkit.abort(404, toolkit._("There is no such filter."))
    toolkit.h.flash_success(
        toolkit._("“%(name)s” has been deleted from your filters.") % {"name": gone["name"]}
    )
    return _back(gone["list"], gone["query"])


def _back(listed: str, query: str, name: str = "") -> Response:
    address = toolkit.url_for(ADDRESSES.get(listed, ADDRESSES["catalog"]))
    typed = urlencode({"save": name}) if name else ""
    asked = "&".join(filter(None, (canonical(listed, query), typed)))
    return toolkit.redirect_to(f"{address}?{asked}" if asked else address)
