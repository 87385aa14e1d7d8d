"""Apply for conditional data (申请): a list of steps, saved one by one, a check of all of them, and the receipt."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit
from flask import Blueprint
from werkzeug.wrappers import Response

from ckanext.govshare import rulebook
from ckanext.govshare.domain.openness import CONDITIONAL
from ckanext.govshare.views import application_attachments as papers
from ckanext.govshare.views import application_entries as choice
from ckanext.govshare.views import application_fields as fields
from ckanext.govshare.views import officer

blueprint = Blueprint("govshare_apply", __name__, url_prefix="/dataset/<name>/apply")

Page = "str | Response | tuple[str, int]"


@blueprint.before_request
def admit() -> Response | None:
    """Ask strangers to log in and come back here."""
    if toolkit.current_user.is_anonymous:
        toolkit.h.flash_notice(
            toolkit._("Applications are made under one's own name: log in or register first.")
        )
        return toolkit.redirect_to("user.login", next=toolkit.request.full_path.rstrip("?"))
    return None


@blueprint.route("", strict_slashes=False)
def tasks(name: str) -> str:
    """Show the steps with what is done and what is not."""
    draft = _draft(name)
    lacking = _lacking(draft)
    return toolkit.render(
        "govshare/application/tasks.html",
        {
            "draft": draft,
            "tasks": [_task(name, step, lacking) for step in fields.steps()],
            "started": draft["saved"],
            "first": next((s["code"] for s in fields.steps() if lacking.get(s["code"])), fields.CHECK),
        },
    )


@blueprint.route("/check", methods=["GET", "POST"])
def check(name: str) -> Page:
    """Show all answers with the way to change each; POST sends them, once however often it is pressed."""
    errors: list[dict[str, str]] = []
    if toolkit.request.method == "POST":
        # The draft's id is the key: when the draft has gone, the application it became is found by it.
        key = toolkit.request.form.get("key", "")
        draft = _draft(name)
        try:
            sent = officer.call(
                "govshare_application_create",
                {
                    **draft["values"],
                    "entries": draft["entries"],
                    "renews": draft["renews"],
                    "key": key or draft["id"],
                },
            )
            return toolkit.redirect_to("govshare_application.receipt", number=sent["number"])
        except toolkit.ValidationError as error:
            model.Session.rollback()
            errors = officer.summary(error.error_dict)
    draft = _draft(name)
    lacking = _lacking(draft)
    page = toolkit.render(
        "govshare/application/check.html",
        {
            "draft": draft,
            "errors": errors,
            "groups": [_group(step, draft) for step in fields.steps() if step["code"] != fields.CHECK],
            "lacking": [defect for defects in lacking.values() for defect in defects],
            "titles": _titles(draft),
        },
    )
    return (page, 409) if errors else page


@blueprint.route("/<step>", methods=["GET", "POST"])
def one(name: str, step: str) -> Page:
    """Ask one step; POST keeps what was typed, then goes on, or says what is wrong with it."""
    known = [row["code"] for row in fields.steps()][:-1]
    if step not in known:
        toolkit.abort(404, toolkit._("There is no such page."))
    draft = _draft(name)
    if toolkit.request.method != "POST":
        return _step_page(name, step, draft, [])
    kind_before = draft["values"].get("applicant_kind")
    draft = officer.call("govshare_application_draft_update", {"id": name, **_typed(step, draft)})
    refused = papers.handle({"entry": name}) if step == "commit" else []
    again = papers.only_papers()
    if step == "applicant" and draft["values"].get("applicant_kind") != kind_before:
        again = True  # now it is known what else to ask
    wrong = [] if again else _lacking(draft).get(step, [])
    if refused or wrong:
        return _step_page(name, step, _draft(name), wrong, refused), 409
    if again:
        return toolkit.redirect_to("govshare_apply.one", name=name, step=step)
    return toolkit.redirect_to(_url(name, fields.steps()[known.index(step) + 1]["code"]))


def _step_page(
    name: str,
    step: str,
    draft: dict[str, Any],
    wrong: list[dict[str, Any]],
    refused: list[dict[str, str]] | None = None,
) -> str:
    label = next(row["label"] for row in fields.steps() if row["code"] == step)
    errors = [{"field": row["field"], "label": "", "text": row["message"]} for row in wrong]
    return toolkit.render(
        f"govshare/application/{step if step in ('request', 'commit') else 'step'}.html",
        {
            "draft": draft,
            "step": step,
            "label": label,
            "number": [row["code"] for row in fields.steps()].index(step) + 1,
            "steps": _way(name, step),
            "fields": fields.of_step(step, draft["values"], wrong),
            "errors": [*(refused or []), *errors],
            "refused": refused or [],
            "offers": choice.offers(draft["entries"], draft["entry"]["id"], draft["organization"]["name"])
            if step == "request"
            else [],
            "commitment": fields.text_of("commitment"),
            "paper_limits": papers.limits(),
        },
    )


def _draft(name: str) -> dict[str, Any]:
    try:
        entry = officer.call("package_show", {"id": name})
        if entry["openness"] != CONDITIONAL or entry["private"]:
            toolkit.abort(404, toolkit._("Only entries that are open on conditions are applied for."))
        draft: dict[str, Any] = officer.call("govshare_application_draft_show", {"id": name})
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        toolkit.abort(404, toolkit._("There is no such entry."))
    return {**draft, "organization": entry["organization"]}


def _typed(step: str, draft: dict[str, Any]) -> dict[str, Any]:
    form = toolkit.request.form
    kind = form.get("applicant_kind") or draft["values"].get("applicant_kind")
    names = fields.names_of(step, {"applicant_kind": kind})
    typed: dict[str, Any] = {key: form.get(key, "") for key in names if key != "entries"}
    if step == "request":
        typed["entries"] = choice.typed(form, ())
    return typed


def _lacking(draft: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return what is missing or wrong, by step."""
    step_of = {field.name: field.step for field in rulebook.application_fields()}
    found: dict[str, list[dict[str, Any]]] = {}
    for defect in draft["defects"]:
        found.setdefault(step_of.get(defect["field"], ""), []).append(defect)
    if not any(row["columns"] for row in draft["entries"]):
        told = {"field": "entries", "message": toolkit._("Choose at least one item of the data.")}
        found.setdefault("request", []).insert(0, told)
    return found


def _task(name: str, step: dict[str, str], lacking: dict[str, list[Any]]) -> dict[str, Any]:
    if step["code"] == fields.CHECK:
        ready = not any(lacking.values())
        url = toolkit.url_for("govshare_apply.check", name=name)
        return {"name": step["label"], "url": url, "status": "todo" if ready else "closed", "note": ""}
    missing = lacking.get(step["code"], [])
    return {
        "name": step["label"],
        "url": toolkit.url_for("govshare_apply.one", name=name, step=step["code"]),
        "status": "todo" if missing else "done",
        "note": "",
    }


def _way(name: str, here: str) -> list[dict[str, str]]:
    codes = [row["code"] for row in fields.steps()]
    return [
        {
            "name": row["label"],
            "url": _url(name, row["code"]) if row["code"] != here else "",
            "status": "now" if row["code"] == here else "done" if n < codes.index(here) else "next",
        }
        for n, row in enumerate(fields.steps())
    ]


def _url(name: str, step: str) -> str:
    if step == fields.CHECK:
        return str(toolkit.url_for("govshare_apply.check", name=name))
    return str(toolkit.url_for("govshare_apply.one", name=name, step=step))


def _group(step: dict[str, str], draft: dict[str, Any]) -> dict[str, Any]:
    rows = []
    for field in fields.of_step(step["code"], draft["values"]):
        if field["kind"] in ("entries", "commitment"):
            continue
        words = {option["value"]: option["label"] for option in field["options"]}
        rows.append({"label": field["label"], "value": words.get(field["value"], field["value"])})
    return {**step, "rows": rows, "url": _url(draft["entry"]["name"], step["code"])}


def _titles(draft: dict[str, Any]) -> list[dict[str, Any]]:
    ids = [row["id"] for row in draft["entries"]]
    titles = {
        package.id: package.title
        for package in model.Session.query(model.Package).filter(model.Package.id.in_(ids))
    }
    return [{"title": titles.get(row["id"], ""), "columns": row["columns"]} for row in draft["entries"]]
