"""The officers' pages of applications: the inbox by due date, one case with its facts, moves, drafted reply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckan import model
from ckan.plugins import toolkit
from flask import Blueprint

from ckanext.govshare import rulebook
from ckanext.govshare.domain.application import OPEN as STATES_OPEN
from ckanext.govshare.domain.application import REPLIES, STATES
from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.helpers import duties
from ckanext.govshare.helpers.entry import govshare_word
from ckanext.govshare.logic.errors import language, sentence
from ckanext.govshare.views import application_attachments as papers
from ckanext.govshare.views import application_documents as documents
from ckanext.govshare.views import application_panel as panels
from ckanext.govshare.views import officer, onward
from ckanext.govshare.views.application import why
from ckanext.govshare.views.application_question import OPEN, Question
from ckanext.govshare.views.entry_search import pages
from ckanext.govshare.views.inbox_address import PER_PAGE

blueprint = Blueprint("govshare_application_case", __name__, url_prefix="/workbench/application")
blueprint.before_request(officer.admit)

Page = "str | Response | tuple[str, int]"


@blueprint.route("/", strict_slashes=False)
def inbox() -> str:
    """Show the applications that wait, the oldest due first; the filters are the address."""
    question = Question.of(toolkit.request.args)
    found = officer.call("govshare_application_list", question.asked())
    counts = found["counts"]
    return toolkit.render(
        "govshare/workbench/applications.html",
        {
            "question": question,
            "heading": duties.label(question.tab),
            "rows": [{**row, "url": question.case_url(row["number"])} for row in found["results"]],
            "count": found["count"],
            "known": _known(question, counts),
            "tabs": [
                _tab(question, state, counts) for state in (OPEN, *STATES) if _worth(state, question, counts)
            ],
            "pages": pages(question.page, found["count"], lambda number: question.url(page=number), PER_PAGE),
            "due_words": {
                "overdue": toolkit._("overdue"),
                "due_today": toolkit._("due today"),
                "soon": toolkit._("due within 3 working days"),
            },
        },
    )


@blueprint.route("/<number>", methods=["GET", "POST"])
def case(number: str) -> Page:
    """Show one case; POST takes a move, keeps a drafted reply or shows the personal data in full."""
    shown = officer.show_or_404("govshare_application_show", {"id": number})
    if toolkit.request.method != "POST":
        return _page(shown, [])
    form = toolkit.request.form
    if form.get("move") in _OTHER:
        return _OTHER[form["move"]](shown)
    proposed = form.get("as") == "proposal"
    action = "govshare_application_propose" if proposed else "govshare_application_move"
    given = {**_given(shown, form), "id": number}
    refused = _take(action, given, "propose" if proposed else form.get("move", ""))
    return refused or toolkit.redirect_to(_question().case_url(number))


def _adopt(shown: dict[str, Any]) -> Page:
    """Take the step that was prepared for the head, as it was, and go on to the next case of the inbox.

    The version says that this draft is the one that was seen, ``step`` that it was this step: a day may have passed.
    """
    question, number, form = _question(), shown["number"], toolkit.request.form
    step = panels.prepared(shown) or {"move": ""}
    if form.get("step") != step["move"]:
        told = sentence(Reason("workflow.stale", {"version": form.get("version", "")}))
        return _page(shown, [{"field": "", "text": told}]), 409
    before = _numbers(question)
    given = {**step, "id": number, "version": form.get("version", "")}
    refused = _take("govshare_application_move", given, step["move"])
    if refused:
        return refused
    following = onward.following(before, number, _numbers(question))
    return toolkit.redirect_to(question.case_url(following) if following else question.url())


def _take(action: str, given: dict[str, Any], move: str) -> Page | None:
    """Take a move and tell of it; return the page of the refusal, with nothing typed lost, when there is one."""
    number = given["id"]
    try:
        after = officer.call(action, given)
    except toolkit.ValidationError as error:
        model.Session.rollback()
        fresh = officer.show_or_404("govshare_application_show", {"id": number})
        return _page(fresh, officer.summary(error.error_dict)), 409
    except toolkit.NotAuthorized as error:
        model.Session.rollback()
        fresh = officer.show_or_404("govshare_application_show", {"id": number})
        return _page(fresh, [{"field": "", "text": str(error)}]), 403
    told = toolkit._("%(number)s: %(step)s. It is now “%(state)s”.")
    step = govshare_word("application_moves", move)
    state = govshare_word("application_states", after["state"])
    toolkit.h.flash_success(told % {"number": after["number"], "step": step, "state": state})
    return None


def _question() -> Question:
    return Question.of(toolkit.request.args)


def _numbers(question: Question) -> list[str]:
    """Return the cases on the reader's page of the inbox; those of the first page once theirs has emptied."""
    rows = officer.call("govshare_application_list", question.asked())["results"]
    if not rows and question.page > 1:
        rows = officer.call("govshare_application_list", {**question.asked(), "offset": 0})["results"]
    return [row["number"] for row in rows]


def _reveal(shown: dict[str, Any]) -> Page:
    number = shown["number"]
    try:
        full = officer.call(
            "govshare_application_reveal", {"id": number, "reason": toolkit.request.form.get("reason", "")}
        )
    except toolkit.ValidationError as error:
        model.Session.rollback()
        shown = officer.show_or_404("govshare_application_show", {"id": number})
        return _page(shown, officer.summary(error.error_dict, ["reason"])), 409
    shown = officer.show_or_404("govshare_application_show", {"id": number})
    return _page({**shown, "form": full["form"], "attachments": full["attachments"]}, [], revealed=True)


def _look(shown: dict[str, Any]) -> Page:
    form = toolkit.request.form
    try:
        return papers.send(form.get("attachment", ""), form.get("look_reason", "").strip())
    except toolkit.ValidationError as error:
        model.Session.rollback()
        lines = officer.summary(error.error_dict, ["reason"])
        return _page(shown, [{**line, "field": line["field"] and "look_reason"} for line in lines]), 409


def _revoke(shown: dict[str, Any]) -> Page:
    number, form = shown["number"], toolkit.request.form
    try:
        grant = officer.call(
            "govshare_grant_revoke", {"id": form.get("grant", ""), "note": form.get("note", "")}
        )
    except toolkit.ValidationError as error:
        model.Session.rollback()
        fresh = officer.show_or_404("govshare_application_show", {"id": number})
        return _page(fresh, officer.summary(error.error_dict, ["note"])), 409
    except toolkit.NotAuthorized as error:
        model.Session.rollback()
        fresh = officer.show_or_404("govshare_application_show", {"id": number})
        return _page(fresh, [{"field": "", "text": str(error)}]), 403
    told = toolkit._("Grant %(number)s is revoked; nothing can be downloaded by it any more.")
    toolkit.h.flash_success(told % {"number": grant["number"]})
    return toolkit.redirect_to(_question().case_url(number))


# What a page of a case is sent for that is no move of it.
_OTHER = {"adopt": _adopt, "reveal": _reveal, "revoke": _revoke, "look": _look}


def _given(shown: dict[str, Any], form: Any) -> dict[str, Any]:
    """Return what was typed for a move; the scope is the boxes that are ticked."""
    return {
        **{name: form.get(name, "") for name in panels.TEXTS},
        "move": form.get("move", ""),
        "version": form.get("version", ""),
        "terms_version": rulebook.application_limits().terms_version,
        "scope": {entry["id"]: form.getlist(f"column-{entry['id']}") for entry in shown["entries"]},
    }


def _page(shown: dict[str, Any], errors: list[dict[str, str]], *, revealed: bool = False) -> str:
    steps = {row["code"]: row["label"][language()] for row in rulebook.application("steps")}
    question, panel = _question(), panels.of(shown)
    following = onward.following(_numbers(question), shown["number"])
    return toolkit.render(
        "govshare/workbench/application.html",
        {
            "case": shown,
            "errors": errors,
            "revealed": revealed,
            "why": why(shown),
            "groups": [
                {"title": label, "rows": [row for row in shown["form"] if row["step"] == code]}
                for code, label in steps.items()
            ],
            "here": question.case_url(shown["number"]),
            "next_url": question.case_url(following) if following else "",
            "panel": panel,
            "adopt": panels.adoption(shown, panel, question),
            "draft": panels.prefilled(shown),
            "replies": [_drafted(shown, name) for name in REPLIES] if shown["may_propose"] else [],
            "refusal_reasons": _options("refusal_reasons"),
            "redirect_kinds": _options("redirect_kinds"),
            "limits": rulebook.application_limits(),
            "documents": documents.titles(shown),
            "reply": documents.reply_lines(shown) if shown["reply"] else [],
            "proposal": documents.reply_lines({**shown, "reply": shown["proposal"]})
            if shown["waits_for"] == "reply"
            else [],
            "typed": toolkit.request.form,
            "back": question.url(),
        },
    )


def _drafted(shown: dict[str, Any], name: str) -> dict[str, Any]:
    return next(move for move in shown["moves"] if move["name"] == name)


def _options(part: str) -> list[dict[str, str]]:
    return [
        {"value": term.code, "label": term.label[language()]} for term in rulebook.application_terms(part)
    ]


def _tab(question: Question, state: str, counts: Mapping[str, int]) -> dict[str, Any]:
    waiting = sum(counts.get(name, 0) for name in STATES_OPEN)
    return {
        "label": toolkit._("All open") if state == OPEN else govshare_word("application_states", state),
        "url": question.url(state=state),
        "count": waiting if state == OPEN else counts.get(state, 0),
        "active": question.state == state,
    }


def _known(question: Question, counts: Mapping[str, int]) -> int | None:
    """Return how many wait under this page's tab, if the page has asked for nothing narrower."""
    if question.narrowed:
        return None
    return sum(counts.get(state, 0) for state in STATES_OPEN)


def _worth(state: str, question: Question, counts: Mapping[str, int]) -> bool:
    return state in (OPEN, *STATES_OPEN, question.state) or bool(counts.get(state))
