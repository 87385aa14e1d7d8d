"""``/feed/changes`` and ``/feed/snapshot``: what other sites pull to follow what is public."""

from __future__ import annotations

from ckan.plugins import toolkit
from flask import Blueprint, Response, jsonify, request

from ckanext.govshare.logic.action.mirror import span
from ckanext.govshare.logic.mirror import feed
from ckanext.govshare.views.public_json import open_to_other_sites

blueprint = Blueprint("govshare_feed", __name__)
blueprint.after_request(open_to_other_sites)

NOT_MODIFIED = 304


@blueprint.route("/feed/changes")
def changes() -> Response:
    """Send the changes after a cursor as JSON; an unchanged answer is 304."""
    try:
        answer = Response(mimetype="application/json")
        answer.set_etag(feed.tag(*span(dict(request.args))))
        answer.headers["Cache-Control"] = "public, no-cache"
        answer.make_conditional(request.environ)
        if answer.status_code != NOT_MODIFIED:
            told = toolkit.get_action("govshare_mirror_changes")({}, dict(request.args))
            answer.set_data(toolkit.h.dump_json(told, ensure_ascii=False))
    except toolkit.ValidationError as error:
        return _refused(error)
    return answer


@blueprint.route("/feed/snapshot")
def snapshot() -> Response:
    """Send everything public as JSON Lines, the first line with the cursor to go on from."""
    answer = Response(mimetype="application/x-ndjson")
    answer.set_etag(feed.snapshot_tag())
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.make_conditional(request.environ)
    if answer.status_code != NOT_MODIFIED and request.method != "HEAD":
        answer.response = feed.snapshot_lines()
    return answer


def _refused(error: toolkit.ValidationError) -> Response:
    answer = jsonify(error.error_dict)
    answer.status_code = 409 if "mirror.cursor_ahead" in error.error_dict["codes"] else 400
    return answer
