"""One case on one page: its facts at the left, what may be done with it at the right; then on to the next."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from werkzeug.wrappers import Response

from ckanext.govshare import rulebook
from ckanext.govshare.domain.mirror_place import NOT_SENT
from ckanext.govshare.helpers.words import govshare_instant
from ckanext.govshare.views import card_table, officer, onward, panel, review_form
from ckanext.govshare.views.inbox_question import Question

# After these the reader goes on to the next case of the inbox; after the others they stay and see the effect.
REVIEWS = ("approve", "return", "publish")
TONES = {"publish": "ok", "approve": "ok", "return": "bad", "withdraw": "bad"}


def page(kind: str, case_id: str, question: Question) -> str | Response | tuple[str, int]:
    """Show a case; on POST take the move and go on, or show the refusal with nothing typed lost."""
    form = toolkit.request.form
    if toolkit.request.method == "POST" and not _still_there(kind, case_id):
        return _gone(form.get("note", ""), question)
    shown = officer.show_or_404(f"govshare_{kind}_show", {"id": case_id})
    if not shown["roles"]:
        toolkit.abort(404)
    if toolkit.request.method != "POST":
        return _render(shown, question)
    move = form.get("move", "")
    before = _waiting(question) if move in REVIEWS else []
    given = {"id": shown["id"], "move": move, "version": form.get("version"), "note": form.get("note", "")}
    try:
        after = officer.call(f"govshare_{kind}_move", {**given, "review": review_form.read(form)})
    except toolkit.ValidationError as error:
        return _refused(kind, case_id, question, officer.summary(error.error_dict)), 409
    except toolkit.NotAuthorized as error:
        return _refused(kind, case_id, question, [{"field": "", "text": str(error)}]), 403
    return _onward(after, move, question, before)


def delete(case_id: str, question: Question) -> Response:
    """Delete a draft, then back to the inbox; a refusal is told on the case's page."""
    shown = officer.show_or_404("govshare_publication_show", {"id": case_id})
    try:
        officer.call("package_delete", {"id": shown["id"]})
    except (toolkit.ValidationError, toolkit.NotAuthorized) as error:
        lines = getattr(error, "error_dict", None)
        toolkit.h.flash_error(
            " ".join(line["text"] for line in officer.summary(lines)) if lines else str(error)
        )
        return toolkit.redirect_to(question.case_url("publication", case_id))
    toolkit.h.flash_success(toolkit._("“%(title)s” has been deleted.") % {"title": shown["title"]})
    return toolkit.redirect_to(question.url())


def _onward(after: dict[str, Any], move: str, question: Question, before: list[tuple[str, str]]) -> Response:
    told = toolkit._("“%(title)s”: %(step)s. It is now “%(state)s”.")
    label = next((row["label"] for row in after["moves"] if row["name"] == move), move)
    facts = {"title": after["title"], "step": label, "state": toolkit.h.govshare_state_word(after["state"])}
    toolkit.h.flash_success(told % facts)
    if move not in REVIEWS:
        return toolkit.redirect_to(question.case_url(after["kind"], after["id"]))
    following = onward.following(before, (after["kind"], after["id"]), _waiting(question))
    return toolkit.redirect_to(question.case_url(*following) if following else question.url())


def _waiting(question: Question) -> list[tuple[str, str]]:
    """Return the cases on the reader's page of the inbox; that of the first page once theirs has emptied."""
    rows = officer.call("govshare_publication_list", question.asked())["results"]
    if not rows and question.page > 1:
        rows = officer.call("govshare_publication_list", {**question.asked(), "offset": 0})["results"]
    return [(row["kind"], row["id"]) for row in rows]


def _still_there(kind: str, case_id: str) -> bool:
    try:
        officer.call(f"govshare_{kind}_show", {"id": case_id})
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        return False
    return True


def _gone(note: str, question: Question) -> Response:
    """Tell that the case left the reader's sight meanwhile, with the note they wrote."""
    told = toolkit._("Somebody else has dealt with this case in the meantime; it is no longer before you.")
    if note:
        told += " " + toolkit._("Your note was: %(note)s") % {"note": note}
    toolkit.h.flash_error(told)
    return toolkit.redirect_to(question.url())


def _refused(kind: str, case_id: str, question: Question, errors: list[dict[str, str]]) -> str:
    fresh = officer.show_or_404(f"govshare_{kind}_show", {"id": case_id})
    return _render(fresh, question, errors)


def _render(shown: dict[str, Any], question: Question, errors: list[dict[str, str]] | None = None) -> str:
    form = toolkit.request.form
    asked = form.get("move") or toolkit.request.args.get("ask", "")
    versions = officer.call("govshare_version_list", {"id": shown["entry_id"]})
    return toolkit.render(
        "govshare/workbench/case.html",
        {
            "case": shown,
            "question": question,
            "errors": errors or [],
            "groups": card_table.groups(shown["content"], shown["organization_title"]),
            "changes": card_table.changes(shown["differences"]),
            "history": _history(shown),
            "versions": [{**row, "when": govshare_instant(row["published_at"])} for row in versions],
            "panel": panel.of(shown, question, asked),
            "review": review_form.shown(form),
            "typed": form,
            "questions": rulebook.secrecy_questions(),
            "conclusions": rulebook.secrecy_conclusions(),
            "edit": _edit(shown),
            "next_url": _next_url(shown, question),
            "places": _places(shown["entry_id"]),
        },
    )


def _places(entry_id: str) -> list[dict[str, str]]:
    """Return where the entry stands at the mirror targets; nothing of it before it was ever public."""
    found = officer.call("govshare_mirror_entry_show", {"id": entry_id})["targets"]
    return [
        {**row, "asked": govshare_instant(row["asked_at"]), "proven": govshare_instant(row["at"])}
        for row in found
        if row["state"] != NOT_SENT
    ]


def _next_url(shown: dict[str, Any], question: Question) -> str:
    """Return the case after this one in the inbox, for passing over it; empty at the end of the page."""
    following = onward.following(_waiting(question), (shown["kind"], shown["id"]))
    return question.case_url(*following) if following else ""


def _edit(shown: dict[str, Any]) -> dict[str, str] | None:
    """Return address and label of the way to edit the case's content that is open to the reader."""
    labels = {"edit": toolkit._("Edit"), "propose": toolkit._("Propose a change")}
    if not shown["edit"]:
        return None
    endpoint = "edit_change" if shown["kind"] == "change" else "edit"
    return {
        "url": toolkit.url_for(f"govshare_entry_form.{endpoint}", id=shown["id"]),
        "label": labels[shown["edit"]],
    }


def _history(shown: dict[str, Any]) -> list[dict[str, str]]:
    return [
        {
            "title": row["label"],
            "when": row["at"],
            "when_text": govshare_instant(row["at"]),
            "who": row["actor"],
            "note": row["note"],
            "tone": TONES.get(row["move"], ""),
        }
        for row in reversed(shown["history"])
    ]
