"""My notices: a list with the way to each case, and the marks that they are read."""

from __future__ import annotations

from ckan.plugins import toolkit
from flask import Blueprint
from werkzeug.wrappers import Response

from ckanext.govshare.helpers.words import govshare_instant
from ckanext.govshare.views import officer

blueprint = Blueprint("govshare_notice", __name__, url_prefix="/user/notices")
PAGE = 50


@blueprint.before_request
def _admit() -> Response | None:
    if toolkit.current_user.is_anonymous:
        return toolkit.redirect_to("user.login", next=toolkit.request.full_path.rstrip("?"))
    return None


@blueprint.route("", methods=["GET"], strict_slashes=False)
def index() -> str:
    """Show my notices, newest first."""
    text = toolkit.request.args.get("offset", "")
    offset = int(text) if text.isascii() and text.isdigit() else 0
    shown = officer.call("govshare_notice_list", {"offset": offset})
    rows = [{**row, "when": govshare_instant(row["created_at"])} for row in shown["results"]]
    earlier = toolkit.url_for("govshare_notice.index", offset=offset + PAGE) if shown["more"] else ""
    return toolkit.render(
        "govshare/notices.html", {"notices": rows, "unread": shown["unread"], "earlier": earlier}
    )


@blueprint.route("", methods=["POST"], strict_slashes=False)
def read() -> Response:
    """Note one notice as read, or all of them, and show the list again."""
    form = toolkit.request.form
    try:
        officer.call("govshare_notice_read", {"id": form.get("id", "")})
    except toolkit.ObjectNotFound as error:
        toolkit.abort(404, str(error))
    return toolkit.redirect_to("govshare_notice.index")
