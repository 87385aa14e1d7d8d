"""The clerk's form: new drafts, edits of drafts, changes of published entries; one form for all three."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from flask import Blueprint, jsonify
from werkzeug.wrappers import Response

from ckanext.govshare import rulebook
from ckanext.govshare.domain.publication import DRAFT, PUBLISHED
from ckanext.govshare.logic import roles
from ckanext.govshare.views import entry_fields, officer, terms
from ckanext.govshare.views.entry_saving import SAVERS, Draft, adopt, save

blueprint = Blueprint("govshare_entry_form", __name__, url_prefix="/workbench")
blueprint.before_request(officer.admit)

Page = "str | Response | tuple[str, int]"


@blueprint.route("/entry/new", methods=["GET", "POST"])
def new() -> Any:
    """Create a draft; ``?from=`` starts from another entry's card, ``?organization=`` in that department."""
    departments = _my_departments()
    if not departments:
        toolkit.abort(403, toolkit._("Entries are registered by the clerks of a department."))
    args = toolkit.request.args
    chosen = next(
        (row for row in departments if args.get("organization") in (row["name"], row["organization_id"])),
        departments[0],
    )
    content = {"owner_org": chosen["organization_id"], **entry_fields.defaults(chosen)}
    if args.get("from"):
        model = officer.show_or_404("govshare_publication_show", {"id": args["from"]})
        content = {
            **model["content"],
            "title": "",
            "resource_code": "",
            "owner_org": chosen["organization_id"],
        }
    draft = Draft("new", "", "", content, departments=departments)
    return _page(draft)


@blueprint.route("/entry/<id>/edit", methods=["GET", "POST"])
def edit(id: str) -> Any:  # noqa: A002 - the address's word
    """Edit a draft, or propose a change of a published entry."""
    shown = _mine("govshare_publication_show", id)
    if shown["state"] == DRAFT:
        return _page(Draft("edit", shown["id"], adopt(shown), shown["content"], shown=shown))
    open_change = shown["open_change"]
    if open_change and open_change["state"] == DRAFT:
        return toolkit.redirect_to("govshare_entry_form.edit_change", id=open_change["id"])
    if open_change:
        return toolkit.redirect_to("govshare_workbench.change", id=open_change["id"])
    if shown["state"] == PUBLISHED:
        return _page(Draft("propose", shown["id"], str(shown["version"]), shown["content"], shown=shown))
    return _not_editable(shown)


@blueprint.route("/change/<id>/edit", methods=["GET", "POST"])
def edit_change(id: str) -> Any:  # noqa: A002 - the address's word
    """Edit a change that is still a draft."""
    shown = _mine("govshare_change_show", id)
    if shown["state"] != DRAFT:
        return _not_editable(shown)
    return _page(Draft("change", shown["id"], str(shown["version"]), shown["content"], shown=shown))


@blueprint.route("/terms/<vocabulary>")
def suggest(vocabulary: str) -> Response:
    """Suggest terms of a long vocabulary for what has been typed so far."""
    if vocabulary not in rulebook.VOCABULARIES:
        toolkit.abort(404)
    return jsonify(terms.near(vocabulary, toolkit.request.args.get("q", "")[:100]))


def _page(draft: Draft) -> Any:
    form = toolkit.request.form
    if toolkit.request.method != "POST":
        checked = draft.shown and toolkit.request.args.get("check")
        return _render(draft, draft.content, _defects(draft) if checked else {}, draft.seen)
    content = {**draft.content, **entry_fields.settled(entry_fields.read(form), draft.content)}
    more = entry_fields.with_more_rows(form, form.get("action", ""))
    if more is not None:
        return _render(draft, {**draft.content, **more}, {}, form.get("seen", ""))
    try:
        case = save(draft, content, form.get("seen", ""))
    except toolkit.ValidationError as error:
        return _render(draft, content, entry_fields.errors_of(error.error_dict), draft.seen), 409
    except toolkit.NotAuthorized as error:
        return _render(draft, content, {"__all__": [str(error)]}, draft.seen), 403
    return _submit(case) if form.get("action") == "submit" else _saved(case)


def _saved(case: dict[str, Any]) -> Response:
    toolkit.h.flash_success(toolkit._("“%(title)s” has been saved.") % {"title": case["title"]})
    return toolkit.redirect_to(f"govshare_workbench.{case['kind']}", id=case["id"])


def _submit(case: dict[str, Any]) -> Response:
    """Submit what was saved; when it is not complete the form comes back with what is missing."""
    try:
        told = {"id": case["id"], "move": "submit", "version": case["version"]}
        officer.call(f"govshare_{case['kind']}_move", told)
    except toolkit.ValidationError:
        toolkit.h.flash_notice(toolkit._("The draft has been saved, but it cannot be submitted yet."))
        endpoint = "edit" if case["kind"] == "publication" else "edit_change"
        return toolkit.redirect_to(f"govshare_entry_form.{endpoint}", id=case["id"], check=1)
    toolkit.h.flash_success(
        toolkit._("“%(title)s” has been submitted for review.") % {"title": case["title"]}
    )
    return toolkit.redirect_to(f"govshare_workbench.{case['kind']}", id=case["id"])


def _render(draft: Draft, content: dict[str, Any], errors: dict[str, list[str]], seen: str) -> str:
    shown = draft.shown or {}
    fixed = {}
    if shown:
        fixed["owner_org"] = shown["organization_title"]
    if draft.way in ("propose", "change"):
        fixed["resource_code"] = shown["resource_code"] or ""
    return toolkit.render(
        "govshare/workbench/entry_form.html",
        {
            "way": draft.way,
            "case": shown,
            "title": content.get("title") or "",
            "groups": entry_fields.groups(content, errors, fixed=fixed, departments=draft.departments),
            "errors": entry_fields.summary(errors),
            "seen": seen,
            "known_ways": tuple(SAVERS),
        },
    )


def _defects(draft: Draft) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    for defect in (draft.shown or {}).get("defects", ()):
        errors.setdefault(defect["field"] or "__all__", []).append(defect["message"])
    return errors


def _mine(action: str, case_id: str) -> dict[str, Any]:
    shown: dict[str, Any] = officer.show_or_404(action, {"id": case_id})
    if "clerk" not in shown["roles"]:
        toolkit.abort(403, toolkit._("Entries are edited by the clerks of their department."))
    return shown


def _not_editable(shown: dict[str, Any]) -> Response:
    told = toolkit._(
        "This case is “%(state)s” and cannot be edited now; the panel at the side says what is possible."
    )
    toolkit.h.flash_notice(told % {"state": toolkit.h.govshare_state_word(shown["state"])})
    return toolkit.redirect_to(f"govshare_workbench.{shown['kind']}", id=shown["id"])


def _my_departments() -> list[dict[str, Any]]:
    user = toolkit.current_user
    rows = officer.call("govshare_office_list")
    return [row for row in rows if "clerk" in roles.roles_of(user.id, row["organization_id"])]
