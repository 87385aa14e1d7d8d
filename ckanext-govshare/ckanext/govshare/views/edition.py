"""Editions of an entry: the list, the upload, one edition as a list of tasks, and what each step asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckan import model
from ckan.plugins import toolkit
from flask import Blueprint, Response
from werkzeug.wrappers import Response as AnyResponse

from ckanext.govshare import rulebook
from ckanext.govshare.intake import CORRECTIONS
from ckanext.govshare.logic.edition.files import SEVERAL
from ckanext.govshare.logic.edition.receiving import ENCODINGS
from ckanext.govshare.logic.errors import language
from ckanext.govshare.views import edition_mending, edition_plan, review_form
from ckanext.govshare.views.edition_mending import CHECK, READ, SCAN

blueprint = Blueprint("govshare_edition", __name__, url_prefix="/dataset/<name>/edition")

ERRORS = (toolkit.ValidationError, toolkit.NotAuthorized)
MOVE = "govshare_edition_move"
PAGES = (READ, SCAN, CHECK)
Errors = list[dict[str, str]]


def _context() -> dict[str, Any]:
    return {"user": toolkit.current_user.name, "auth_user_obj": toolkit.current_user}


def _call(name: str, **data: Any) -> Any:
    return toolkit.get_action(name)(_context(), data)


@blueprint.route("/", strict_slashes=False)
def index(name: str) -> str:
    """List the editions: to everyone what was released, to officers all."""
    entry = _entry(name)
    editions = _call("govshare_edition_list", id=entry["id"])
    data = {"pkg_dict": entry, "editions": editions, "may_upload": _may_upload(entry)}
    return toolkit.render("govshare/edition/list.html", data)


@blueprint.route("/new", methods=["GET", "POST"])
def new(name: str) -> str | tuple[str, int] | AnyResponse:
    """Ask for a file; POST takes it and leads to what was read of it."""
    entry = _entry(name)
    if not _may_upload(entry):
        toolkit.abort(403, toolkit._("Only clerks of the department may do this."))
    errors: Errors = []
    if toolkit.request.method == "POST":
        given = {**_corrections(), "upload": toolkit.request.files.get("upload")}
        try:
            edition = _call("govshare_edition_create", entry=entry["id"], **given)
            return _to(name, edition["number"])
        except ERRORS as error:
            model.Session.rollback()
            errors = _told(error)
    data = {
        "pkg_dict": entry,
        "errors": errors,
        "values": _corrections(),
        "known": {},
        "encodings": ENCODINGS,
    }
    page = toolkit.render("govshare/edition/new.html", data)
    return (page, 400) if errors else page


@blueprint.route("/<int:number>/", strict_slashes=False)
def read(name: str, number: int) -> str:
    """Show one edition as a list of tasks."""
    return _page(_entry(name), number, [])


@blueprint.route("/<int:number>/scan")
def scan(name: str, number: int) -> str:
    """Show what the scan found in each column of a table, and ask for its plan."""
    return _page(_entry(name), number, [], SCAN)


@blueprint.route("/<int:number>/check")
def check(name: str, number: int) -> str:
    """Show everything that a check is about: findings, plan, samples, risk, difference; and the decision."""
    return _page(_entry(name), number, [], CHECK)


@blueprint.route("/<int:number>/progress")
def progress(name: str, number: int) -> str | tuple[str, int]:
    """Show how far the work on an edition is, as a part of its pages; nothing once there is none."""
    entry = _entry(name)
    edition = _shown(entry, number, preview=False)
    part: str = toolkit.render("govshare/edition/progress.html", {"pkg_dict": entry, "edition": edition})
    return part if part.strip() else ("", 204)


@blueprint.route("/<int:number>/plan", methods=["POST"])
def plan(name: str, number: int) -> tuple[str, int] | AnyResponse:
    """Save the plan, and carry it out when that was asked for as well."""
    entry, form = _entry(name), toolkit.request.form
    edition = _shown(entry, number, preview=False)
    table = edition_plan.chosen(form, edition["tables"], form.get("table", ""))
    plan = edition_plan.read(form, table["column_list"]) if table else {}
    data = {"id": edition["id"], "version": form.get("version", ""), "table": form.get("table", "")}
    try:
        planned = _call(MOVE, move="plan", plan=plan, **data)
        waiting = _unplanned(planned["tables"])
        if form.get("then") == "mask" and waiting is None:
            _call(MOVE, id=edition["id"], move="mask", version=planned["version"])
    except ERRORS as error:
        model.Session.rollback()
        return _refused(entry, number, error, SCAN)
    if waiting is not None:
        toolkit.h.flash_success(
            toolkit._("The plan is saved. Now %(table)s: personal data were found there as well.") % waiting
        )
        return toolkit.redirect_to("govshare_edition.scan", name=name, number=number, table=waiting["place"])
    return toolkit.redirect_to("govshare_edition.check", name=name, number=number)


def _unplanned(tables: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the first table that cannot become public without a plan and has none."""
    for table in tables:
        blocking = any(finding["blocking"] for finding in table["scan"]["findings"])
        if blocking and table["plan"] is None:
            return {"place": table["table"], "table": table["name"]}
    return None


@blueprint.route("/<int:number>/move", methods=["POST"])
def move(name: str, number: int) -> tuple[str, int] | AnyResponse:
    """Take one move; what was typed comes back with the reasons when it is refused."""
    form = toolkit.request.form
    data = {key: form.get(key, "") for key in ("move", "version", "note")}
    if data["move"] == "review":
        data["review"] = review_form.read(form)
    return _do(MOVE, name, number, data, form["page"] if form.get("page") in PAGES else READ)


@blueprint.route("/<int:number>/reread", methods=["POST"])
def reread(name: str, number: int) -> tuple[str, int] | AnyResponse:
    """Read the file again with corrections."""
    data = {"version": toolkit.request.form.get("version", ""), **_corrections()}
    return _do("govshare_edition_reread", name, number, data)


def _corrections() -> dict[str, Any]:
    """Return what the form says about the reading; sheets and members may be several."""
    form = toolkit.request.form
    return {
        name: [one for one in form.getlist(name) if one] if name in SEVERAL else form.get(name, "")
        for name in CORRECTIONS
    }


def _known(edition: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what a correction may name, as far as the reading has found it out."""
    facts = (edition["problem"] or {}).get("facts", {})
    known = {facts["option"]: facts["names"]} if facts.get("option") and facts.get("names") else {}
    for finding in edition["report"]:
        option = {"sheets": "sheet", "member": "member"}.get(finding["code"])
        if option and len(finding["facts"].get("names", ())) > 1:
            known[option] = finding["facts"]["names"]
    return known


def _do(
    action: str, name: str, number: int, data: dict[str, Any], page: str = READ
) -> tuple[str, int] | AnyResponse:
    entry = _entry(name)
    try:
        _call(action, id=_edition_id(entry, number), **data)
    except ERRORS as error:
        model.Session.rollback()
        return _refused(entry, number, error, page)
    return toolkit.redirect_to(f"govshare_edition.{page}", name=name, number=number)


def _refused(entry: dict[str, Any], number: int, error: Exception, page: str) -> tuple[str, int]:
    status = 403 if isinstance(error, toolkit.NotAuthorized) else 409
    return _page(entry, number, _told(error), page), status


def _shown(entry: dict[str, Any], number: int, *, preview: bool) -> dict[str, Any]:
    try:
        return _call("govshare_edition_show", id=_edition_id(entry, number), preview=preview)
    except toolkit.NotAuthorized:
        return toolkit.abort(403, toolkit._("Only officers of a department may do this."))
    except toolkit.ObjectNotFound as error:
        return toolkit.abort(404, str(error))


def _page(entry: dict[str, Any], number: int, errors: Errors, page: str = READ) -> str:
    edition, asked = _shown(entry, number, preview=True), toolkit.request.values.get("table", "")
    table = edition_plan.chosen(toolkit.request.form, edition["tables"], asked)
    here = (page, table.get("table", 0))

    def mend_url(reason: Mapping[str, Any]) -> str:
        name = reason.get("table")
        meant = next((one for one in edition["tables"] if one["name"] == name), table) if name else table
        place = edition_mending.place_of(reason["code"], reason["field"], meant.get("column_list", ()))
        return edition_mending.link(place, here, entry, number, meant.get("table", 0))

    data = {
        "pkg_dict": entry,
        "edition": edition,
        "page": page,
        "errors": [
            {**error, "url": _place(error["field"]) or mend_url({**error, "code": ""})} for error in errors
        ],
        "values": {**toolkit.request.form, **_corrections()},
        "known": _known(edition),
        "encodings": ENCODINGS,
        "questions": rulebook.secrecy_questions(),
        "conclusions": rulebook.secrecy_conclusions(),
        "review": review_form.shown({"basis": edition["suggested_basis"], **toolkit.request.form}),
        "may_upload": _may_upload(entry),
        "table": table,
        "columns": edition_plan.order(table.get("column_list", ())),
        "in_order": edition_plan.order,
        "choices": edition_plan.choices(language()),
        "mend_url": mend_url,
    }
    return toolkit.render(f"govshare/edition/{page}.html", data)


def _entry(name: str) -> dict[str, Any]:
    try:
        return _call("package_show", id=name)
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        return toolkit.abort(404, toolkit._("There is no such entry."))


def _edition_id(entry: dict[str, Any], number: int) -> str:
    rows = _call("govshare_edition_list", id=entry["id"])
    found = next((row["id"] for row in rows if row["number"] == number), None)
    return found or toolkit.abort(404, toolkit._("There is no such edition."))


def _may_upload(entry: dict[str, Any]) -> bool:
    try:
        toolkit.check_access("govshare_edition_create", _context(), {"entry": entry["id"]})
    except toolkit.NotAuthorized:
        return False
    return True


def _place(field: str) -> str:
    """Return the place of what was typed for a move itself: the note stands with its move."""
    return f"#note-{toolkit.request.form.get('move', '')}" if field == "note" else ""


def _told(error: Exception) -> Errors:
    if not isinstance(error, toolkit.ValidationError):
        return [{"field": "", "label": "", "text": str(error)}]
    return [
        {"field": "" if field == "__all__" else field, "label": "", "text": text}
        for field, texts in error.error_dict.items()
        if field != "codes"
        for text in texts
    ]


def _to(name: str, number: int) -> Response:
    return toolkit.redirect_to("govshare_edition.read", name=name, number=number)
