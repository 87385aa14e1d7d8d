"""The applicant's pages: what I applied for, where it stands, what I must do, the documents and the agreement."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from ckan import model
from ckan.plugins import toolkit
from flask import Blueprint
from werkzeug.wrappers import Response

from ckanext.govshare.domain.application import GRANTED, REFUSED, SUPPLEMENTING
from ckanext.govshare.views import application_attachments as papers
from ckanext.govshare.views import application_documents as documents
from ckanext.govshare.views import application_fields as fields
from ckanext.govshare.views import application_supplement as completing
from ckanext.govshare.views import officer

blueprint = Blueprint("govshare_application", __name__, url_prefix="/application")

Page = "str | Response | tuple[str, int]"
PER_PAGE = 50


@blueprint.before_request
def admit() -> Response | None:
    """Ask strangers to log in and come back here."""
    if toolkit.current_user.is_anonymous:
        return toolkit.redirect_to("user.login", next=toolkit.request.full_path.rstrip("?"))
    return None


@blueprint.route("/", strict_slashes=False)
def index() -> str:
    """List what I have applied for, newest first."""
    found = officer.call("govshare_application_list", {"limit": PER_PAGE})
    return toolkit.render(
        "govshare/application/list.html", {"rows": found["results"], "count": found["count"]}
    )


@blueprint.route("/<number>", strict_slashes=False)
def read(number: str) -> str | Response:
    """Show one application to its applicant; officers are led to their own page of it."""
    shown = _shown(number)
    if not shown["mine"]:
        return toolkit.redirect_to("govshare_application_case.case", number=shown["number"])
    return _page(shown, [])


@blueprint.route("/<number>/receipt")
def receipt(number: str) -> str:
    """Show the receipt (电子回执): number, time, due date and why, what happens next."""
    shown = _shown(number)
    return toolkit.render("govshare/application/receipt.html", {"case": shown, "why": why(shown)})


@blueprint.route("/<number>/move", methods=["POST"])
def move(number: str) -> Page:
    """Withdraw the application."""
    form = toolkit.request.form
    try:
        officer.call(
            "govshare_application_move",
            {"id": number, "move": form.get("move", ""), "version": form.get("version", "")},
        )
    except toolkit.ValidationError as error:
        model.Session.rollback()
        return _page(_shown(number), officer.summary(error.error_dict)), 409
    except (toolkit.NotAuthorized, toolkit.ObjectNotFound):
        toolkit.abort(404, toolkit._("There is no such application."))
    toolkit.h.flash_success(toolkit._("The application has been withdrawn."))
    return toolkit.redirect_to("govshare_application.read", number=number)


@blueprint.route("/<number>/supplement", methods=["GET", "POST"])
def supplement(number: str) -> Page:
    """Show what was asked for and the form as it was sent; POST sends it again, completed."""
    shown = _shown(number)
    if not shown["mine"] or shown["state"] != SUPPLEMENTING:
        return toolkit.redirect_to("govshare_application.read", number=number)
    sent = officer.call("govshare_application_reveal", {"id": number})["values"]
    if toolkit.request.method != "POST":
        return completing.page(shown, sent, shown["entries"])
    typed, entries = completing.typed(shown, sent)
    refused = papers.handle({"application": number})
    if refused or papers.only_papers():
        page = completing.page(shown, {**sent, **typed}, entries, refused=refused)
        return (page, 409) if refused else page
    version = toolkit.request.form.get("version", "")
    try:
        officer.call(
            "govshare_application_move",
            {**typed, "entries": entries, "id": number, "move": "supplement", "version": version},
        )
    except toolkit.ValidationError as error:
        model.Session.rollback()
        return completing.page(shown, {**sent, **typed}, entries, error.error_dict), 409
    toolkit.h.flash_success(
        toolkit._("What was missing has been received; the period for the reply starts anew.")
    )
    return toolkit.redirect_to("govshare_application.receipt", number=number)


@blueprint.route("/<number>/agreement", methods=["POST"])
def agree(number: str) -> Page:
    """Make the agreement by name."""
    form = toolkit.request.form
    given = {"id": number, "name": form.get("name", ""), "terms_version": form.get("terms_version", "")}
    try:
        officer.call("govshare_grant_create", given)
    except toolkit.ValidationError as error:
        model.Session.rollback()
        return _page(_shown(number), officer.summary(error.error_dict, ["name"])), 409
    except (toolkit.NotAuthorized, toolkit.ObjectNotFound):
        toolkit.abort(404, toolkit._("There is no such application."))
    toolkit.h.flash_success(toolkit._("The agreement has been made; the grant begins today."))
    return toolkit.redirect_to("govshare_application.read", number=number)


@blueprint.route("/<number>/document/<kind>")
def document(number: str, kind: str) -> str:
    """Show one document, ready to print."""
    shown = _shown(number)
    found = documents.of_reader(shown, kind)
    if found is None:
        toolkit.abort(404, toolkit._("There is no such document."))
    return toolkit.render(
        "govshare/application/document.html", {"case": shown, "document": found, "kind": kind}
    )


def why(shown: dict[str, Any]) -> str:
    """Return the calculator's address that explains the due date day by day."""
    asked = {"duty": "open_reply", "received": shown["received_at"]}
    if shown["extension"] and shown["extension"]["granted"]:
        asked["extension_days"] = shown["extension"]["days"]
    if shown["supplement"] and shown["supplement"]["received_at"]:
        asked["supplement_received"] = shown["supplement"]["received_at"]
    return f"{toolkit.url_for('govshare_deadline.calculator')}?{urlencode(asked)}"


def _shown(number: str) -> dict[str, Any]:
    found: dict[str, Any] = officer.show_or_404("govshare_application_show", {"id": number})
    return found


def _page(shown: dict[str, Any], errors: list[dict[str, str]]) -> str:
    return toolkit.render(
        "govshare/application/read.html",
        {
            "case": shown,
            "errors": errors,
            "why": why(shown),
            "way": _way(shown),
            "documents": documents.titles(shown),
            "attachments": officer.call("govshare_application_reveal", {"id": shown["number"]})[
                "attachments"
            ],
            "terms": fields.text_of("terms") if shown["state"] in GRANTED and not shown["grants"] else None,
            "reply": documents.reply_lines(shown) if shown["reply"] else [],
            "objection": documents.objection() if shown["state"] in _OBJECTED else "",
            "asked": toolkit.request.args.get("ask", ""),
            "typed": toolkit.request.form,
            "titles": {entry["id"]: entry["title"] for entry in shown["entries"]},
        },
    )


_OBJECTED = (REFUSED, "partly_approved", "not_accepted", "returned", "redirected")


def _way(shown: dict[str, Any]) -> list[dict[str, str]]:
    """Return the stations of an application: received, accepted, answered, opened."""
    _ = toolkit._
    date = toolkit.h.govshare_date
    over = bool(shown["closed_at"])
    state = toolkit.h.govshare_word("application_states", shown["state"])
    granted = shown["state"] in GRANTED
    accepted = bool(shown["accepted_at"])
    return [
        {"name": _("Received"), "note": date(shown["received_at"]), "status": "done"},
        {
            "name": _("Accepted"),
            "note": date(shown["accepted_at"]) if accepted else "" if over else state,
            "status": "done" if accepted else "bad" if over else "now",
        },
        {
            "name": _("Examined and answered"),
            "note": state
            if over
            else (_("by %(day)s") % {"day": date(shown["due_on"])} if shown["due_on"] else ""),
            "status": "done" if granted else "bad" if over else "now" if accepted else "next",
        },
        {
            "name": _("Data opened"),
            "note": date(shown["grants"][0]["agreed_at"]) if shown["grants"] else "",
            "status": "done" if shown["grants"] else "now" if granted else "next",
        },
    ]
