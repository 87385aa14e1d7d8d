"""Attachments on pages: files that come with a form are kept one by one, removed, and handed out as downloads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ckan import model
from ckan.plugins import toolkit
from werkzeug.wrappers import Response

from ckanext.govshare import rulebook
from ckanext.govshare.domain.attachment import KINDS, clean_name
from ckanext.govshare.logic.application import attachments
from ckanext.govshare.views import officer

FIELD = "attachments"
UPLOAD = "upload"
# Buttons that are about files alone; the form is saved, but does not go on.
KEEP, REMOVE = "keep", "remove"
ACCEPT = ",".join(ending for kind in KINDS.values() for ending in kind.endings)


def limits() -> dict[str, Any]:
    """Return what a form says of the files it takes."""
    found = rulebook.attachment_limits()
    return {"most": found.most, "mb": found.largest // (1024 * 1024), "accept": ACCEPT}


def handle(holder: Mapping[str, str]) -> list[dict[str, str]]:
    """Keep the files that came with this form, or remove one; return why which file was not kept.

    ``holder`` is ``{entry: name}`` or ``{application: number}``. Each file is kept or refused for itself.
    """
    request = toolkit.request
    refused = []
    if request.form.get(REMOVE):
        refused += _try("govshare_application_attachment_delete", {"id": request.form[REMOVE]}, "")
    for upload in request.files.getlist(UPLOAD):
        if upload.filename:
            given = {**holder, "upload": upload}
            refused += _try("govshare_application_attachment_create", given, clean_name(upload.filename))
    return refused


def only_papers() -> bool:
    """Tell whether this form was sent for its files alone."""
    form = toolkit.request.form
    return bool(form.get(REMOVE)) or form.get("do") == KEEP


def send(attachment_id: str, reason: str = "") -> Response:
    """Hand a file out: saved, never shown, by a browser that is to believe nothing of it.

    :raises ValidationError: an officer gave no reason, or it is no longer kept.
    """
    user = toolkit.current_user
    try:
        taken = attachments.look({"user": user.name, "auth_user_obj": user}, attachment_id, reason)
    except toolkit.ObjectNotFound:
        toolkit.abort(404, toolkit._("There is no such attachment."))
    response = Response(taken.pieces, content_type=taken.media_type)
    response.content_length = taken.size
    plain = f"attachment-{taken.number}.{taken.kind}"
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(taken.name, safe='')}"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _try(action: str, given: dict[str, Any], name: str) -> list[dict[str, str]]:
    try:
        officer.call(action, given)
    except toolkit.ValidationError as error:
        model.Session.rollback()
        told = officer.summary(error.error_dict, [FIELD])
        return [{**row, "text": _named(row["text"], name)} for row in told]
    except toolkit.ObjectNotFound:
        model.Session.rollback()  # removed in another window already
    return []


def _named(text: str, name: str) -> str:
    return toolkit._("“%(name)s”: %(text)s") % {"name": name, "text": text} if name else text
