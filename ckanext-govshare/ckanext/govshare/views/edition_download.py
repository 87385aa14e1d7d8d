"""Released files at their permanent addresses: the portal decides and compares tags, nginx sends (Range, If-Range)."""

from __future__ import annotations

from base64 import b64encode
from http import HTTPStatus
from urllib.parse import quote

from ckan.plugins import toolkit
from flask import Blueprint, Response, send_file

from ckanext.govshare import config
from ckanext.govshare.domain.decision import Refused
from ckanext.govshare.domain.edition_table import told_apart
from ckanext.govshare.logic.edition import artifacts, taking
from ckanext.govshare.logic.edition import urls as edition_urls
from ckanext.govshare.logic.errors import sentence
from ckanext.govshare.model import Artifact

blueprint = Blueprint("govshare_edition_download", __name__, url_prefix="/dataset/<name>/edition")

STATUS = {
    "release.no_such_file": 404,
    "release.needs_grant": 403,
    "release.data_withdrawn": 410,
    "release.edition_withdrawn": 410,
}


@blueprint.route("/latest/<file>")
def latest(name: str, file: str) -> Response:
    """Send a file of the current edition."""
    return _send(name, None, file)


@blueprint.route("/<int:number>/<file>")
def numbered(name: str, number: int, file: str) -> Response:
    """Send a file of one edition; it stays at this address until it is withdrawn."""
    return _send(name, number, file)


def _send(name: str, number: int | None, file: str) -> Response:
    marked = toolkit.asbool(toolkit.request.args.get("bom", False))
    found = taking.file_at(name, number, file, marked=marked)
    if isinstance(found, Refused):
        reason = found.reasons[0]
        toolkit.abort(STATUS[reason.code], sentence(reason))
    artifact, edition = found
    ending = edition_urls.ENDINGS.get(artifact.format, ".sha256")
    stem = told_apart(f"{name}-{edition}", artifact.place)
    return _described(_bytes(artifact), artifact, stem + ending)


def _bytes(artifact: Artifact) -> Response:
    prefix, asked = config.text("accel_prefix"), toolkit.request
    # nginx knows the tag too late to compare it itself: who already has the file is told so here, and a request
    # on condition that it be unchanged (If-Match) is answered from here as well.
    if prefix and not asked.if_match:
        response = Response()
        response.set_etag(artifact.sha256)
        response.make_conditional(asked)
        if response.status_code != HTTPStatus.OK:
            return response
        response.headers["X-Accel-Redirect"] = f"{prefix.rstrip('/')}/{artifact.sha256[:2]}/{artifact.sha256}"
        return response
    return send_file(artifacts.place(artifact), conditional=True, etag=artifact.sha256, last_modified=None)


def _described(response: Response, artifact: Artifact, ascii_name: str) -> Response:
    text = artifact.media_type.startswith("text/") or artifact.media_type.endswith(("json", "xml"))
    response.headers["Content-Type"] = artifact.media_type + ("; charset=utf-8" if text else "")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(artifact.filename, safe='')}"
    )
    response.headers["X-Checksum-Sha256"] = artifact.sha256
    response.headers["Repr-Digest"] = f"sha-256=:{b64encode(bytes.fromhex(artifact.sha256)).decode()}:"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers.pop("Last-Modified", None)  # two files of one second would be taken for one another
    return response
