"""Release many editions at once: asked once, each judged alone by the gate, a result for each row."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit
from werkzeug.wrappers import Response

from ckanext.govshare.helpers.entry import govshare_word
from ckanext.govshare.views import officer
from ckanext.govshare.views.inbox_address import PER_PAGE

MOVE = "release"
ERRORS = (toolkit.ValidationError, toolkit.NotAuthorized, toolkit.ObjectNotFound)


def page(question: Any) -> str | Response:
    """Show the chosen editions and what the gate says of each; POST releases those that it lets through."""
    chosen = _chosen()
    if not chosen:
        toolkit.h.flash_error(toolkit._("Choose at least one case first."))
        return toolkit.redirect_to(question.url())
    told = {"question": question, "label": govshare_word("moves", MOVE)}
    if toolkit.request.method != "POST":
        rows = [{**_line(edition_id), "pick": f"{edition_id}:{version}"} for edition_id, version in chosen]
        return toolkit.render("govshare/workbench/editions_release.html", {**told, "rows": rows})
    rows = [_taken(edition_id, version) for edition_id, version in chosen]
    done = sum(row["success"] for row in rows)
    return toolkit.render(
        "govshare/workbench/bulk_done.html", {**told, "rows": rows, "done": done, "count": len(rows)}
    )


def _chosen() -> list[tuple[str, str]]:
    picked = dict.fromkeys(toolkit.request.values.getlist("pick"))
    pairs = (text.rpartition(":") for text in picked)
    return [(edition, version) for edition, _, version in pairs if edition and version.isdecimal()][:PER_PAGE]


def _taken(edition_id: str, version: str) -> dict[str, Any]:
    try:
        officer.call("govshare_edition_move", {"id": edition_id, "move": MOVE, "version": version})
    except ERRORS as error:
        model.Session.rollback()
        lines = officer.summary(getattr(error, "error_dict", None) or {"": str(error)})
        return {**_line(edition_id), "success": False, "errors": [line["text"] for line in lines]}
    return {**_line(edition_id), "success": True, "errors": []}


def _line(edition_id: str) -> dict[str, Any]:
    """Return an edition as one row of such a page; what the reader may not know has no title."""
    try:
        shown = officer.call("govshare_edition_show", {"id": edition_id})
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        reason = toolkit._("There is no such edition.")
        return {"title": edition_id, "url": "", "state": "", "reasons": [reason]}
    facts = {"title": shown["entry"]["title"], "number": shown["number"]}
    offer = next(move for move in shown["moves"] if move["name"] == MOVE)
    return {
        "title": toolkit._("%(title)s, edition %(number)s") % facts,
        "url": toolkit.url_for(
            "govshare_edition.read", name=shown["entry"]["name"], number=shown["number"], _anchor="decide"
        ),
        "state": shown["status"],
        "reasons": [reason["message"] for reason in offer["reasons"]],
    }
