"""Many cases at once: asked once, each judged alone, a result for each row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckan.plugins import toolkit
from werkzeug.wrappers import Response

from ckanext.govshare import rulebook
from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.domain.publication import PUBLICATION
from ckanext.govshare.helpers.entry import govshare_word
from ckanext.govshare.logic.errors import sentence
from ckanext.govshare.views import officer, review_form
from ckanext.govshare.views.inbox_address import PER_PAGE
from ckanext.govshare.views.inbox_question import KINDS, Question

MOVES = ("submit", "approve", "publish", "return")
# How many of "all" are taken in one request: some seconds of work, well within what the gateway lets through.
LOT = 25
CARRIED = ("move", "all", "note", "basis", "conclusion", "total")


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
    every, picks = bool(toolkit.request.values.get("all")), _picks()
    if move is None or move.name not in MOVES or not (picks or every):
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
            "rows": [] if every else [_preview(pick, move.name, question) for pick in picks],
            "total": officer.call("govshare_publication_list", question.asked())["count"] if every else 0,
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
    every = bool(form.get("all"))
    move = PUBLICATION.move(form.get("move", ""))
    if move is None or move.name not in MOVES or not (picks or every):
        return ask(question)
    errors = _lacking(move.needs, form)
    if errors:
        return ask(question, errors), 409
    label = govshare_word("moves", move.name)
    if every:
        return _next_lot(question, move.name, label)
    rows = _move(picks, move.name, question)
    done = sum(row["success"] for row in rows)
    told = {"question": question, "label": label, "rows": rows, "done": done, "count": len(rows)}
    return toolkit.render("govshare/workbench/bulk_done.html", told)


def _lacking(needs: tuple[str, ...], form: Mapping[str, str]) -> list[dict[str, str]]:
    errors = review_form.errors(form) if "secrecy_review" in needs else []
    if "note" in needs and not form.get("note", "").strip():
        errors.append({"field": "note", "text": sentence(Reason("workflow.note_missing"))})
    return errors


def _move(picks: list[dict[str, str]], move: str, question: Question) -> list[dict[str, Any]]:
    form = toolkit.request.form
    told = {"move": move, "note": form.get("note", ""), "review": review_form.read(form)}
    results = officer.call("govshare_publication_bulk_move", {"items": picks, **told})["results"]
    return [_result(row, question) for row in results]


def _next_lot(question: Question, move: str, label: str) -> str:
    """Take the move on the next lot of all that the filters find; those refused stay in front and are passed over.

    Nothing is remembered between lots but what the form carries, so that one can stop, reload or go on later.
    """
    form = toolkit.request.form
    done, passed = (_number(form.get(name, "0")) for name in ("done", "passed"))
    asked = {**question.asked(), "offset": passed, "limit": LOT}
    waiting = officer.call("govshare_publication_list", asked)["results"]
    rows = _move([{key: row[key] for key in ("kind", "id", "version")} for row in waiting], move, question)
    refused = [row for row in rows if not row["success"]]
    done, passed = done + len(rows) - len(refused), passed + len(refused)
    told = {
        "question": question,
        "label": label,
        "done": done,
        "count": max(_number(form.get("total", "0")), done + passed),
    }
    if len(waiting) < LOT:
        return toolkit.render(
            "govshare/workbench/bulk_done.html", {**told, "rows": refused, "passed": passed}
        )
    carried = [
        (name, value)
        for name, value in form.items(multi=True)
        if name in CARRIED or name.startswith("answer-")
    ]
    more = {"rows": refused, "passed": passed, "carried": carried}
    return toolkit.render("govshare/workbench/bulk_progress.html", {**told, **more})


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


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
