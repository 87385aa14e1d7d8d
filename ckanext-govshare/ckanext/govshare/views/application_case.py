"""The officers' pages of applications: the inbox by due date, one case with its facts, moves, drafted reply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from ckan import model
from ckan.plugins import toolkit
from flask import Blueprint

from ckanext.govshare import rulebook
from ckanext.govshare.domain.application import REPLIES, STATES
from ckanext.govshare.helpers.entry import govshare_word
from ckanext.govshare.logic.errors import language
from ckanext.govshare.views import application_attachments as papers
from ckanext.govshare.views import application_documents as documents
from ckanext.govshare.views import officer
from ckanext.govshare.views.application import why
from ckanext.govshare.views.entry_search import pages

blueprint = Blueprint("govshare_application_case", __name__, url_prefix="/workbench/application")
blueprint.before_request(officer.admit)

Page = "str | Response | tuple[str, int]"
PER_PAGE = 50
DEEPEST_PAGE = 2000
LONGEST_WORDS = 100
DUE = ("overdue", "due_today", "soon")
TEXTS = ("note", "elsewhere", "missing", "days", "refusal_reason", "redirect_kind", "purpose", "ends_on")


@blueprint.route("/", strict_slashes=False)
def inbox() -> str:
    """Show the applications that wait, the oldest due first; the filters are the address."""
    asked = _asked(toolkit.request.args)
    found = officer.call(
        "govshare_application_list",
        {**asked, "office": True, "offset": (asked["page"] - 1) * PER_PAGE, "limit": PER_PAGE},
    )
    counts = found["counts"]
    return toolkit.render(
        "govshare/workbench/applications.html",
        {
            "asked": asked,
            "rows": found["results"],
            "count": found["count"],
            "tabs": [
                _tab(asked, state, counts) for state in ("open", *STATES) if _worth(state, asked, counts)
            ],
            "pages": pages(
                asked["page"], found["count"], lambda number: _address(asked, page=number), PER_PAGE
            ),
            "filtered": bool(asked["due"] or asked["q"] or asked["extension"]),
            "clear": _address({**asked, "due": "", "q": "", "extension": ""}),
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
    try:
        after = officer.call(action, {**_given(shown, form), "id": number})
    except toolkit.ValidationError as error:
        model.Session.rollback()
        fresh = officer.show_or_404("govshare_application_show", {"id": number})
        return _page(fresh, officer.summary(error.error_dict)), 409
    except toolkit.NotAuthorized as error:
        model.Session.rollback()
        fresh = officer.show_or_404("govshare_application_show", {"id": number})
        return _page(fresh, [{"field": "", "text": str(error)}]), 403
    told = toolkit._("%(number)s: %(step)s. It is now “%(state)s”.")
    step = govshare_word("application_moves", "propose" if proposed else form.get("move", ""))
    state = govshare_word("application_states", after["state"])
    toolkit.h.flash_success(told % {"number": after["number"], "step": step, "state": state})
    return toolkit.redirect_to("govshare_application_case.case", number=number)


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
    return toolkit.redirect_to("govshare_application_case.case", number=number)


# What a page of a case is sent for that is no move of it.
_OTHER = {"reveal": _reveal, "revoke": _revoke, "look": _look}


def _given(shown: dict[str, Any], form: Any) -> dict[str, Any]:
    """Return what was typed for a move; the scope is the boxes that are ticked."""
    return {
        **{name: form.get(name, "") for name in TEXTS},
        "move": form.get("move", ""),
        "version": form.get("version", ""),
        "terms_version": rulebook.application_limits().terms_version,
        "scope": {entry["id"]: form.getlist(f"column-{entry['id']}") for entry in shown["entries"]},
    }


def _page(shown: dict[str, Any], errors: list[dict[str, str]], *, revealed: bool = False) -> str:
    steps = {row["code"]: row["label"][language()] for row in rulebook.application("steps")}
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
            "panel": _panel(shown),
            "draft": _prefilled(shown),
            "replies": [_drafted(shown, name) for name in REPLIES] if shown["may_propose"] else [],
            "refusal_reasons": _options("refusal_reasons"),
            "redirect_kinds": _options("redirect_kinds"),
            "limits": rulebook.application_limits(),
            "documents": documents.titles(shown),
            "reply": documents.reply_lines(shown) if shown["reply"] else [],
            "proposal": documents.reply_lines({**shown, "reply": shown["proposal"]})
            if shown["proposal"]
            else [],
            "typed": toolkit.request.form,
            "back": toolkit.url_for("govshare_application_case.inbox"),
        },
    )


def _panel(shown: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
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


def _prefilled(shown: dict[str, Any]) -> dict[str, Any]:
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


def _drafted(shown: dict[str, Any], name: str) -> dict[str, Any]:
    return next(move for move in shown["moves"] if move["name"] == name)


def _options(part: str) -> list[dict[str, str]]:
    return [
        {"value": term.code, "label": term.label[language()]} for term in rulebook.application_terms(part)
    ]


def _asked(args: Mapping[str, str]) -> dict[str, Any]:
    page, state, due = args.get("page", "1"), args.get("state", "open"), args.get("due", "")
    return {
        "state": state if state in STATES else "open",
        "due": due if due in DUE else "",
        "extension": "1" if args.get("extension") else "",
        "q": args.get("q", "").strip()[:LONGEST_WORDS],
        "page": max(1, min(int(page), DEEPEST_PAGE)) if page.isascii() and page.isdecimal() else 1,
    }


def _address(asked: Mapping[str, Any], **changes: Any) -> str:
    said = {**asked, "page": 1, **changes}
    pairs = [(name, value) for name, value in said.items() if value and (name, value) != ("page", 1)]
    return f"{toolkit.url_for('govshare_application_case.inbox')}?{urlencode(pairs)}"


def _tab(asked: Mapping[str, Any], state: str, counts: Mapping[str, int]) -> dict[str, Any]:
    waiting = sum(counts.get(name, 0) for name in ("submitted", "supplementing", "accepted"))
    return {
        "label": toolkit._("All open") if state == "open" else govshare_word("application_states", state),
        "url": _address(asked, state=state),
        "count": waiting if state == "open" else counts.get(state, 0),
        "active": asked["state"] == state,
    }


def _worth(state: str, asked: Mapping[str, Any], counts: Mapping[str, int]) -> bool:
    return state in ("open", "submitted", "supplementing", "accepted", asked["state"]) or bool(
        counts.get(state)
    )
