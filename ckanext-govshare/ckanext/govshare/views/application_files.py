"""What an application is taken away as: its documents as PDF, its due date for a calendar, its attachments."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ckan.plugins import toolkit
from flask import Blueprint, Response

from ckanext.govshare import runtime, theme
from ckanext.govshare.exports.as_ics import as_ics
from ckanext.govshare.views import application_attachments as papers
from ckanext.govshare.views import application_documents as documents
from ckanext.govshare.views import officer
from ckanext.govshare.views.application import admit

blueprint = Blueprint("govshare_application_files", __name__, url_prefix="/application")
blueprint.before_request(admit)

STYLE = Path(str(theme.__file__)).parent / "assets/css/document.css"


@blueprint.route("/<number>/document/<kind>.pdf")
def document_pdf(number: str, kind: str) -> Response:
    """Send one document as PDF; it is made at each request and kept nowhere."""
    shown = _shown(number)
    found = documents.of_reader(shown, kind)
    if found is None:
        toolkit.abort(404, toolkit._("There is no such document."))
    from ckanext.govshare.exports.as_pdf import as_pdf  # noqa: PLC0415 - heavy, and no other page needs it

    page = toolkit.render("govshare/application/document_print.html", {"document": found})
    body = as_pdf(page, STYLE.read_text(encoding="utf-8"))
    return _download(
        body, "application/pdf", f"{kind}-{number}.pdf", f"{found['title']} {found['number']}.pdf"
    )


@blueprint.route("/<number>/due.ics")
def due_calendar(number: str) -> Response:
    """Give the day of the reply as an event for a calendar program; it says the number and nothing of a person."""
    shown = _shown(number)
    if not shown["due_on"]:
        toolkit.abort(404, toolkit._("No day is set for the reply at present."))
    _ = toolkit._
    title = _("Reply due: application %(number)s") % {"number": shown["number"]}
    text = _("%(office)s replies by the end of this day.") % {"office": shown["organization_title"]}
    address = toolkit.url_for("govshare_application.read", number=shown["number"], _external=True)
    uid = f"{shown['number']}@govshare"
    body = as_ics(uid, title, text, date.fromisoformat(shown["due_on"]), str(address), runtime.now())
    return _download(body, "text/calendar; charset=utf-8", f"{number}.ics", f"{title}.ics")


@blueprint.route("/attachment/<attachment_id>")
def attachment(attachment_id: str) -> Response:
    """Hand the applicant a file of their own; officers are led through the page of the case, where a reason is asked."""
    try:
        return papers.send(attachment_id)
    except toolkit.ValidationError as error:
        return toolkit.abort(403, " ".join(row["text"] for row in officer.summary(error.error_dict)))


def _shown(number: str) -> dict[str, Any]:
    found: dict[str, Any] = officer.show_or_404("govshare_application_show", {"id": number})
    return found


def _download(body: bytes, media_type: str, plain: str, name: str) -> Response:
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return Response(body, content_type=media_type, headers=headers)
