"""The page of a grant and its doors: links of one use for browsers, the file's address for programs, report, renewal."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import quote

from ckan import model
from ckan.common import session
from ckan.plugins import toolkit
from flask import Blueprint, g
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wrappers import Response

from ckanext.govshare import config, rulebook
from ckanext.govshare.exports.formats import BY_NAME
from ckanext.govshare.helpers.entry import govshare_word
from ckanext.govshare.logic.errors import language
from ckanext.govshare.logic.grant import delivering, files, links
from ckanext.govshare.logic.grant.delivering import Offer
from ckanext.govshare.model.grant_use import FILE
from ckanext.govshare.views import application_fields, byte_range, officer

blueprint = Blueprint("govshare_grant", __name__, url_prefix="/application/grant")

Page = "str | Response | tuple[str, int]"
SESSION = "govshare_links"
GONE, CONFLICT = 410, 409


@blueprint.before_request
def admit() -> Response | None:
    """Ask strangers to log in and come back here."""
    if toolkit.current_user.is_anonymous:
        return toolkit.redirect_to("user.login", next=toolkit.request.full_path.rstrip("?"))
    return None


@blueprint.route("/<number>", strict_slashes=False)
def read(number: str) -> str:
    """Show a grant to its holder, the department and the bureau."""
    return _page(number, [])


@blueprint.route("/<number>/link", methods=["POST"])
def link(number: str) -> Page:
    """Make a link of one use and follow it."""
    try:
        form = toolkit.request.form
        place = files.place(form.get("table"))
        token = links.make(_context(), number, form.get("format", ""), _session(), place)
    except toolkit.ObjectNotFound:
        toolkit.abort(404, toolkit._("There is no such file."))
    except toolkit.NotAuthorized as error:
        toolkit.abort(403, str(error))
    return toolkit.redirect_to("govshare_grant.use", number=number, token=token)


@blueprint.route("/<number>/link/<token>")
def use(number: str, token: str) -> Page:
    """Send the file that a link stands for, once, or the rest of it; say plainly when the link is over."""
    if toolkit.request.method == "HEAD":  # a look at the address uses nothing up
        toolkit.abort(405, toolkit._("A download link is used by opening it."))
    try:
        offered, wanted, pieces = links.take(_context(), token, _session(), lambda o: _piece(o).bytes)
    except RequestedRangeNotSatisfiable as error:
        return byte_range.beyond_the_end(error.length)
    except toolkit.ObjectNotFound:
        toolkit.abort(404, toolkit._("There is no such file."))
    except toolkit.NotAuthorized as error:
        toolkit.abort(403, str(error))
    except toolkit.ValidationError as error:
        model.Session.rollback()
        told = officer.summary(error.error_dict)
        return toolkit.render("govshare/application/link_over.html", {"number": number, "told": told}), GONE
    return _answer(offered, byte_range.Piece(wanted, _piece(offered).partial), pieces)


@blueprint.route("/<number>/<format_name>")
def download(number: str, format_name: str) -> Response:
    """Send the granted columns to a program that shows the holder's token; 403 says why they are not handed out."""
    if not g.get("login_via_auth_header"):
        toolkit.abort(
            403,
            toolkit._(
                "This address is for programs with an API token. In the browser, press a button on the page of the grant."
            ),
        )
    try:
        place = files.place(toolkit.request.args.get("table"))
        offered = delivering.offer(_context(), number, format_name, place)
        if toolkit.request.if_none_match.contains(offered.sha256):
            return _described(Response(status=304), offered)
        piece = _piece(offered)
        if toolkit.request.method == "HEAD":
            return _answer(offered, piece, ())
        return _answer(offered, piece, delivering.hand_out(offered, piece.bytes, door=FILE))
    except RequestedRangeNotSatisfiable as error:
        return byte_range.beyond_the_end(error.length)
    except toolkit.ObjectNotFound:
        toolkit.abort(404, toolkit._("There is no such file."))
    except toolkit.NotAuthorized as error:
        toolkit.abort(403, str(error))


@blueprint.route("/<number>/report", methods=["POST"])
def report(number: str) -> Page:
    """Hand in the use report."""
    form = toolkit.request.form
    typed = {field.name: form.get(field.name, "") for field in rulebook.use_report_fields()}
    try:
        officer.call("govshare_grant_report", {**typed, "id": number})
    except toolkit.ValidationError as error:
        model.Session.rollback()
        return _page(number, officer.summary(error.error_dict, typed), typed), CONFLICT
    except (toolkit.NotAuthorized, toolkit.ObjectNotFound):
        toolkit.abort(404, toolkit._("There is no such grant."))
    toolkit.h.flash_success(
        toolkit._("Thank you: the use report has been handed in, the department sees it.")
    )
    return toolkit.redirect_to("govshare_grant.read", number=number)


@blueprint.route("/<number>/renew", methods=["POST"])
def renew(number: str) -> Page:
    """Begin the renewal: lead to the application's form, filled in."""
    try:
        draft = officer.call("govshare_grant_renew", {"id": number})
    except toolkit.ValidationError as error:
        model.Session.rollback()
        return _page(number, officer.summary(error.error_dict)), CONFLICT
    except (toolkit.NotAuthorized, toolkit.ObjectNotFound):
        toolkit.abort(404, toolkit._("There is no such grant."))
    toolkit.h.flash_success(
        toolkit._("The form is filled in with what you said for %(number)s; check it and send it.")
        % {"number": number}
    )
    return toolkit.redirect_to("govshare_apply.tasks", name=draft["entry"]["name"])


def _page(number: str, errors: list[dict[str, str]], typed: dict[str, str] | None = None) -> str:
    try:
        shown = officer.call("govshare_grant_show", {"id": number})
    except (toolkit.NotAuthorized, toolkit.ObjectNotFound):
        toolkit.abort(404, toolkit._("There is no such grant."))
    names = {table["table"]: table["name"] for table in shown["tables"]}
    return toolkit.render(
        "govshare/application/grant.html",
        {
            "grant": shown,
            "errors": errors,
            "typed": typed or {},
            "fields": _fields(errors, typed or {}),
            "tables": [
                {
                    **table,
                    "formats": [
                        {"name": name, "label": BY_NAME[name].label}
                        for name in table["formats"]
                        if name != "csv_bom"
                    ],
                }
                for table in shown["tables"]
            ],
            "minutes": config.number("grant_link_minutes"),
            "uses": [_use(row, names.get(row["table"], "")) for row in shown["uses"]],
            "site": str(toolkit.config["ckan.site_url"]).rstrip("/"),
        },
    )


def _fields(errors: list[dict[str, str]], typed: dict[str, str]) -> list[dict[str, Any]]:
    """Return the fields of the use report as the form's macro takes them."""
    return [
        {
            "name": field.name,
            "kind": field.kind,
            "label": field.label[language()],
            "help": field.help[language()],
            "required": field.required,
            "value": typed.get(field.name, ""),
            "errors": [error["text"] for error in errors if error["field"] == field.name],
            "options": [{"value": term.code, "label": term.label[language()]} for term in field.options],
            "type": "text",
            "attrs": application_fields.attributes(field),
        }
        for field in rulebook.use_report_fields()
    ]


def _use(row: dict[str, Any], table: str) -> dict[str, Any]:
    """Return a taking in words; ``table`` is the name of the table among several."""
    _ = toolkit._
    if row["rows"] is not None:
        what = _("%(rows)s rows") % {"rows": row["rows"]}
    elif row["first_byte"]:
        what = _("%(format)s, continued from byte %(byte)s")
        what %= {"format": BY_NAME[row["format"]].label, "byte": row["first_byte"]}
    else:
        what = BY_NAME[row["format"]].label
    return {
        "at": toolkit.h.govshare_instant(row["at"]),
        "door": govshare_word("grant_doors", row["door"]),
        "edition": row["edition"],
        "what": _("%(table)s: %(what)s") % {"table": table, "what": what} if table else what,
    }


def _context() -> dict[str, Any]:
    user = toolkit.current_user
    return {"user": user.name, "auth_user_obj": user}


def _session() -> str:
    """Return the secret by which this login's session is known; links that it made die with it."""
    held = session.get(SESSION)
    if not held or held[0] != toolkit.current_user.id:
        held = session[SESSION] = [toolkit.current_user.id, secrets.token_urlsafe(24)]
    return str(held[1])


def _piece(offered: Offer) -> byte_range.Piece:
    return byte_range.wanted(toolkit.request, offered.sha256, offered.size)


def _answer(offered: Offer, piece: byte_range.Piece, pieces: Any) -> Response:
    response = byte_range.describe(Response(pieces), piece, offered.sha256, offered.size)
    text = offered.media_type.startswith("text/") or offered.media_type.endswith(("json", "xml"))
    response.headers["Content-Type"] = offered.media_type + ("; charset=utf-8" if text else "")
    response.headers["Content-Disposition"] = f"attachment; filename={quote(offered.filename)}"
    return _described(response, offered)


def _described(response: Response, offered: Offer) -> Response:
    response.set_etag(offered.sha256)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
