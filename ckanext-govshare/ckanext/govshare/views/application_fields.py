"""The form's fields as a page shows them: words, help, who sees it, what was typed, what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ckan.plugins import toolkit

from ckanext.govshare import rulebook
from ckanext.govshare.domain.application_form import applies
from ckanext.govshare.logic.errors import language

# What the browser may fill in by itself.
AUTOCOMPLETE = {
    "applicant_name": "name",
    "contact_phone": "tel",
    "contact_email": "email",
    "contact_address": "street-address",
}
INPUT_TYPES = {"email": "email", "phone": "tel", "until": "date"}
CHECK = "check"


def steps() -> list[dict[str, str]]:
    """Return the steps of the form: code and label, the check at the end."""
    found = [
        {"code": row["code"], "label": row["label"][language()]} for row in rulebook.application("steps")
    ]
    return [*found, {"code": CHECK, "label": toolkit._("Check and send")}]


def names_of(step: str, values: Mapping[str, Any]) -> list[str]:
    """Return the names of the fields that one step asks of this applicant."""
    return [
        field.name for field in rulebook.application_fields() if field.step == step and applies(field, values)
    ]


def of_step(
    step: str, values: Mapping[str, Any], defects: Iterable[Mapping[str, Any]] = ()
) -> list[dict[str, Any]]:
    """Return the fields of one step (all with ``""``) that are asked of this applicant."""
    wrong: dict[str, list[str]] = {}
    for defect in defects:
        wrong.setdefault(str(defect["field"]), []).append(str(defect["message"]))
    return [
        {
            "name": field.name,
            "kind": field.kind,
            "label": field.label[language()],
            "help": toolkit._("%(why)s Seen by: %(who)s.")
            % {"why": field.help[language()], "who": field.seen_by[language()]},
            "required": field.required,
            "value": values.get(field.name) or "",
            "errors": wrong.get(field.name, []),
            "options": [{"value": term.code, "label": term.label[language()]} for term in field.options],
            "type": INPUT_TYPES.get(field.kind, "text"),
            "attrs": attributes(field),
        }
        for field in rulebook.application_fields()
        if (not step or field.step == step) and applies(field, values)
    ]


def attributes(field: Any) -> dict[str, Any]:
    """Return what the browser is told of a field: how long, and what it may fill in by itself."""
    attributes: dict[str, Any] = {"autocomplete": AUTOCOMPLETE.get(field.name, "off")}
    if field.max_length:
        attributes["maxlength"] = field.max_length
    return attributes


def text_of(part: str) -> dict[str, Any]:
    """Return title, version and paragraphs of the undertaking or of the terms."""
    found = rulebook.application(part)
    return {
        "title": found["title"][language()],
        "version": str(found["version"]),
        "paragraphs": found["text"][language()],
    }
