"""What an officer may do with one application: the moves, the clerk's draft to adopt, what the reply begins with."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit

from ckanext.govshare.domain.application import GRANT_EXTENSION
from ckanext.govshare.views.application_question import Question

# Drafts that end an application against its applicant are asked about once.
ASK_FIRST = ("refuse", "redirect")
TEXTS = ("note", "elsewhere", "missing", "days", "refusal_reason", "redirect_kind", "purpose", "ends_on")


def of(shown: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the moves of this state: those open to the reader, and those closed with why."""
    here = [
        move for move in shown["moves"] if move["possible"] and move["name"] not in ("withdraw", "supplement")
    ]
    if not shown["extension"] or shown["extension"]["decided_at"]:
        here = [move for move in here if move["name"] not in ("grant_extension", "deny_extension")]
    # What the clerk proposed stands first.
    first = (shown["proposal"] or {}).get("move", "")
    here.sort(
        key=lambda move: (move["name"] not in ("grant_extension", "deny_extension"), move["name"] != first)
    )
    return {
        "open": [move for move in here if move["allowed"]],
        "closed": [move for move in here if not move["allowed"]],
    }


def prepared(shown: dict[str, Any]) -> dict[str, Any]:
    """Return the step that waits for the head with all that comes with it: the extension asked, or the drafted reply."""
    if shown["waits_for"] == "extension":
        return {"move": GRANT_EXTENSION.name}
    return (shown["proposal"] or {}) if shown["waits_for"] == "reply" else {}


def adoption(
    shown: dict[str, Any], panel: dict[str, list[dict[str, Any]]], question: Question
) -> dict[str, Any] | None:
    """Return the one step that agrees to what was prepared, if it is the reader's to take."""
    step = prepared(shown).get("move", "")
    move = next((move for move in panel["open"] if move["name"] == step), None)
    if move is None:
        return None
    _, asks = toolkit._, step in ASK_FIRST
    asked = asks and toolkit.request.args.get("ask") == "adopt"
    extension = shown["waits_for"] == "extension"
    return {
        "move": step,
        "label": move["label"],
        "asking": asked,
        "href": question.case_url(shown["number"], ask="adopt") if asks and not asked else "",
        "button": _("Grant the extension and go on to the next case")
        if extension
        else _("Approve the draft and go on to the next case"),
        "told": _("Asked for: %(days)s working days.") % {"days": shown["extension"]["days"]}
        if extension
        else _("Drafted: %(step)s.") % {"step": move["label"]},
    }


def prefilled(shown: dict[str, Any]) -> dict[str, Any]:
    """Return what the reply's fields begin with: what was typed, else the proposal, else what was asked for."""
    typed, proposal = toolkit.request.form, shown["proposal"] or {}
    answers = {row["name"]: row["value"] for row in shown["form"]}
    asked = {"purpose": answers.get("purpose", ""), "ends_on": answers.get("use_until", "")}
    scope = proposal.get("scope") or {entry["id"]: entry["columns"] for entry in shown["entries"]}
    if typed.get("move"):
        scope = {entry["id"]: typed.getlist(f"column-{entry['id']}") for entry in shown["entries"]}
    texts = {
        name: typed[name] if name in typed else proposal.get(name) or asked.get(name, "")
        for name in (*TEXTS, "as")
    }
    return {**texts, "move": typed.get("move") or proposal.get("move", ""), "scope": scope}
