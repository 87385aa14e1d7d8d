"""Many cases at once: asked once, each judged alone, a result for each row."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from werkzeug.wrappers import Response

from ckanext.govshare import rulebook
from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.domain.publication import PUBLICATION
from ckanext.govshare.helpers.entry import govshare_word
from ckanext.govshare.logic.errors import sentence
from ckanext.govshare.views import officer, review_form
from ckanext.govshare.views.inbox_question import KINDS, PER_PAGE, Question

MOVES = ("submit", "approve", "publish", "return")


def moves_for(state: str, roles: frozenset[str]) -> list[dict[str, str]]:
    """Return the moves that somebody with these roles may try on many cases in this state."""
    mine = [move for move in PUBLICATION.moves if state in move.sources and roles.intersection(move.roles)]
    offered = [
        {"name": move.name, "label": govshare_word("moves", move.name), "danger": "note" in move.needs}
        for move in mine
        if move.name in MOVES
    ]
    return sorted(offered, key=lambda move: move["danger"])


def ask(question: Question, errors: list[dict[str, str]] | None = None) -> str | Response:
    """Show the chosen cases, which of them can take the move, and what the move needs."""
    move = PUBLICATION.move(toolkit.request.values.get("move", ""))
    picks = _picks()
    if move is None or move.name not in MOVES or not picks:
        toolkit.h.flash_error(toolkit._("Choose at least one case first."))
        return toolkit.redirect_to(question.url(page=question.page))
    form = toolkit.request.form
    return toolkit.render(
        "govshare/workbench/bulk.html",
        {
            "question": question,
            "move": move.name,
            "label": govshare_word("moves", move.name),
            "needs": move.needs,
            "rows": [_preview(pick, move.name, question) for pick in picks],
            "errors": errors or [],
            "note": form.get("note", ""),
            "review": review_form.shown(form),
            "questions": rulebook.secrecy_questions(),
            "conclusions": rulebook.secrecy_conclusions(),
        },
    )


def take(question: Question) -> str | Response | tuple[str | Response, int]:
    """Take the move on each chosen case and show what became of it."""
    form, picks = toolkit.request.form, _picks()
    move = PUBLICATION.move(form.get("move", ""))
    if move is None or not picks:
        return ask(question)
    errors = review_form.errors(form) if "secrecy_review" in move.needs else []
    if "note" in move.needs and not form.get("note", "").strip():
        errors.append({"field": "note", "text": sentence(Reason("workflow.note_missing"))})
    if errors:
        return ask(question, errors), 409
    told = {"move": move.name, "note": form.get("note", ""), "review": review_form.read(form)}
    results = officer.call("govshare_publication_bulk_move", {"items": picks, **told})["results"]
    rows = [_result(row, question) for row in results]
    return toolkit.render(
        "govshare/workbench/bulk_done.html",
        {
            "question": question,
            "label": govshare_word("moves", move.name),
            "rows": rows,
            "done": sum(row["success"] for row in rows),
        },
    )


def _picks() -> list[dict[str, str]]:
    found = []
    for text in dict.fromkeys(toolkit.request.values.getlist("pick")):
        kind, _, rest = text.partition(":")
        case_id, _, version = rest.rpartition(":")
        if kind in KINDS and case_id and version.isdecimal():
            found.append({"kind": kind, "id": case_id, "version": version, "pick": text})
    return found[:PER_PAGE]


def _preview(pick: dict[str, str], move: str, question: Question) -> dict[str, Any]:
    shown = _show(pick)
    if shown is None:
        return {**pick, "title": pick["id"], "reasons": [toolkit._("There is no such case.")], "warnings": []}
    offer = next((row for row in shown["moves"] if row["name"] == move), None)
    return {
        **pick,
        "title": shown["title"],
        "department": shown["organization_title"],
        "openness": shown["openness"],
        "url": question.case_url(pick["kind"], pick["id"]),
        "reasons": [reason["message"] for reason in offer["reasons"]] if offer else [],
        "warnings": [warning["message"] for warning in shown["warnings"]],
        "differences": len(shown["differences"]),
    }


def _result(row: dict[str, Any], question: Question) -> dict[str, Any]:
    shown = _show(row) or {"title": row["id"], "state": ""}
    return {
        **row,
        "title": shown["title"],
        "state": shown["state"],
        "url": question.case_url(row["kind"], row["id"]),
    }


def _show(pick: dict[str, Any]) -> dict[str, Any] | None:
    try:
        shown: dict[str, Any] = officer.call(f"govshare_{pick['kind']}_show", {"id": pick["id"]})
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        return None
    return shown
