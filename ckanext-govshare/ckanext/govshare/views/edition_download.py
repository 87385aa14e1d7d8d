"""Released files at their permanent addresses: the portal decides and compares tags, nginx sends (Range, If-Range)."""

from __future__ import annotations

from base64 import b64encode
from http import HTTPStatus
from urllib.parse import quote

from ckan import model
from ckan.plugins import toolkit
from flask import Blueprint, Response, send_file

from ckanext.govshare import config
from ckanext.govshare.domain.decision import Refused
from ckanext.govshare.domain.edition import VOID
from ckanext.govshare.domain.release import may_take_data
from ckanext.govshare.logic.edition import artifacts
from ckanext.govshare.logic.edition import cases as editions
from ckanext.govshare.logic.edition import urls as edition_urls
from ckanext.govshare.logic.errors import sentence
from ckanext.govshare.model import Artifact, Edition, Publication

blueprint = Blueprint("govshare_edition_download", __name__, url_prefix="/dataset/<name>/edition")

GONE = 410
STATUS = {"release.needs_grant": 403, "release.data_withdrawn": GONE}


@blueprint.route("/latest/<file>")
def latest(name: str, file: str) -> Response:
    """Send a file of the current edition."""
    return _send(name, None, file)


@blueprint.route("/<int:number>/<file>")
def numbered(name: str, number: int, file: str) -> Response:
    """Send a file of one edition; it stays at this address until it is withdrawn."""
    return _send(name, number, file)


def _send(name: str, number: int | None, file: str) -> Response:
    package = _public_entry(name)
    wanted = edition_urls.format_of(package.name, file)
    if wanted == "csv" and toolkit.asbool(toolkit.request.args.get("bom", False)):
        wanted = "csv_bom"
    edition = editions.current(package.id) if number is None else _edition(package.id, number)
    artifact = artifacts.of_edition(edition.id).get(wanted or "") if edition else None
    if artifact is None or artifact.vaulted:
        toolkit.abort(404, toolkit._("There is no such file."))
    ending = edition_urls.ENDINGS.get(artifact.format, ".sha256")
    return _described(_bytes(artifact), artifact, f"{package.name}-{edition.number}{ending}")


def _public_entry(name: str) -> model.Package:
    """Return the entry while its data are public; 403 or 410 says why they are not, 404 when nobody may know."""
    package = model.Package.get(name)
    publication = model.Session.get(Publication, package.id) if package else None
    if publication is None or publication.first_published_at is None:
        toolkit.abort(404, toolkit._("There is no such file."))
    decision = may_take_data(publication.state, publication.openness)
    if isinstance(decision, Refused):
        reason = decision.reasons[0]
        toolkit.abort(STATUS[reason.code], sentence(reason))
    return package


def _edition(entry_id: str, number: int) -> Edition | None:
    edition = next((row for row in editions.of_entry(entry_id) if row.number == number), None)
    if edition is not None and edition.status == VOID and edition.released_at:
        toolkit.abort(
            GONE,
            toolkit._("This edition has been withdrawn. The address with “latest” leads to the newest one."),
        )
    return edition


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
