"""The decision panel: the moves open to the reader with what each does, and those closed with why."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit

from ckanext.govshare.domain.openness import CLOSED
from ckanext.govshare.domain.publication import DRAFT
from ckanext.govshare.views.inbox_question import Question

# Moves that take something away; they are asked about once, in words of their effect.
ASK_FIRST = ("withdraw", "cancel", "delete")
# Moves forward that ask for nothing more: one key takes them.
AT_ONCE = ("publish",)


def of(shown: dict[str, Any], question: Question, asked: str) -> dict[str, Any]:
    """Return the panel's model; ``asked`` names a move that the reader is being asked about."""
    here = [move for move in shown["moves"] if not _elsewhere(move)]
    opened = [_open(shown, question, move) for move in here if move["allowed"]]
    opened.sort(key=lambda move: move["tone"] == "danger")
    opened += [_deletion(shown, question)] if _may_delete(shown) else []
    confirming = next((move for move in opened if move["name"] == asked and asked in ASK_FIRST), None)
    return {
        "moves": [{**confirming, "href": "", "effect": ""}] if confirming else opened,
        "effect": confirming["effect"] if confirming else "",
        "closed": [] if confirming else [_closed(move) for move in here if not move["allowed"]],
        "confirming": confirming is not None,
        "back": question.case_url(shown["kind"], shown["id"]),
    }


def _open(shown: dict[str, Any], question: Question, move: dict[str, Any]) -> dict[str, Any]:
    name = move["name"]
    return {
        "name": name,
        "label": move["label"],
        "note": "required" if "note" in move["needs"] else "",
        "review": "secrecy_review" in move["needs"],
        "effect": effect(name, shown),
        "tone": "danger" if name in (*ASK_FIRST, "return") else "",
        "key": "a" if name in AT_ONCE else "",
        "url": question.case_url(shown["kind"], shown["id"]),
        "href": question.case_url(shown["kind"], shown["id"], ask=name) if name in ASK_FIRST else "",
    }


def _closed(move: dict[str, Any]) -> dict[str, Any]:
    return {"label": move["label"], "reasons": [reason["message"] for reason in move["reasons"]]}


def _elsewhere(move: dict[str, Any]) -> bool:
    return any(reason["code"] == "workflow.wrong_state" for reason in move["reasons"])


def _may_delete(shown: dict[str, Any]) -> bool:
    never_public = not any(row["move"] == "publish" for row in shown["history"])
    return (
        shown["kind"] == "publication"
        and shown["state"] == DRAFT
        and never_public
        and "clerk" in shown["roles"]
    )


def _deletion(shown: dict[str, Any], question: Question) -> dict[str, Any]:
    return {
        "name": "delete",
        "label": toolkit.h.govshare_word("moves", "delete"),
        "note": "",
        "review": False,
        "effect": effect("delete", shown),
        "tone": "quiet",
        "url": toolkit.url_for("govshare_workbench.delete", id=shown["id"]),
        "href": question.case_url("publication", shown["id"], ask="delete"),
    }


def effect(name: str, shown: dict[str, Any]) -> str:
    """Return what the move does, in words for whoever is about to do it."""
    _ = toolkit._
    if name == "publish":
        return _publish_effect(shown)
    if name == "withdraw" and shown["openness"] == CLOSED:
        return str(
            _("The entry is no longer registered as published. It can be reopened and published again.")
        )
    return str(
        {
            "submit": _("Goes to the head of the department; it cannot be edited while it is reviewed."),
            "recall": _("Becomes a draft again, which you can edit."),
            "approve": _("Records the secrecy review and goes to the bureau."),
            "return": _("Becomes a draft again; the clerk sees your note."),
            "withdraw": _(
                "The public can at once neither see this entry nor download its data. "
                "It can be reopened, reviewed and published again."
            ),
            "reopen": _("Becomes a draft again, which can be edited and submitted."),
            "cancel": _("The change is dropped and cannot be restored; what is public stays as it is."),
            "delete": _("The draft disappears and cannot be restored."),
        }.get(name, "")
    )


def _publish_effect(shown: dict[str, Any]) -> str:
    _ = toolkit._
    if shown["openness"] == CLOSED:
        return str(_("Is registered; entries that are closed are not shown to the public."))
    if shown["kind"] == "change":
        return str(_("The public entry takes this content at once."))
    return str(_("The public can see this entry at once."))
