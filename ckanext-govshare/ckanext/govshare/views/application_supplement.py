"""The page on which an application is completed (补正): every answer, the data applied for, the attachments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare.domain.application_supplement import KIND
from ckanext.govshare.views import application_attachments as papers
from ckanext.govshare.views import application_entries as choice
from ckanext.govshare.views import application_fields as fields
from ckanext.govshare.views import officer

Rows = list[dict[str, Any]]


def typed(shown: Mapping[str, Any], sent: Mapping[str, Any]) -> tuple[dict[str, str], Rows]:
    """Return the answers and the data as they stand in the form that came back."""
    form = toolkit.request.form
    answers = {
        field["name"]: form.get(field["name"], "") for field in _askable(sent) if field["kind"] != "entries"
    }
    return answers, choice.typed(form, shown["entries"])


def page(
    shown: dict[str, Any],
    values: dict[str, Any],
    entries: Iterable[Mapping[str, Any]],
    errors: Mapping[str, Any] | None = None,
    refused: Iterable[dict[str, str]] = (),
) -> str:
    """Return the page with what was sent, or typed since, and what is wrong with it."""
    told, names = errors or {}, [field["name"] for field in _askable(values)]
    wrong = [
        {"field": name, "message": text} for name, texts in told.items() if name in names for text in texts
    ]
    office = model.Group.get(shown["organization_id"])
    return toolkit.render(
        "govshare/application/supplement.html",
        {
            "case": shown,
            "fields": _askable(values, wrong),
            "offers": _with_kept(shown, choice.offers(entries, shown["entries"][0]["id"], office.name)),
            "attachments": officer.call("govshare_application_reveal", {"id": shown["number"]})[
                "attachments"
            ],
            "refused": list(refused),
            "paper_limits": papers.limits(),
            "errors": [*refused, *officer.summary(told, names)],
        },
    )


def _askable(values: Mapping[str, Any], wrong: Iterable[Mapping[str, Any]] = ()) -> Rows:
    """Return what may be corrected: all but who applies and what was promised."""
    return [
        field
        for field in fields.of_step("", values, wrong)
        if field["kind"] != "commitment" and field["name"] != KIND
    ]


def _with_kept(shown: Mapping[str, Any], offers: Rows) -> Rows:
    """Add what was applied for and is offered no longer: withdrawing an entry takes it out of nobody's application."""
    offered = {offer["id"] for offer in offers}
    return [
        {
            "id": entry["id"],
            "title": entry["title"],
            "chosen": True,
            "columns": [{"name": name, "chosen": True} for name in entry["columns"]],
        }
        for entry in shown["entries"]
        if entry["id"] not in offered
    ] + offers
