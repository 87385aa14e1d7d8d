"""The form at rest: one sealed text for each row, opened only for whoever may see it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ckanext.govshare import rulebook, sealing
from ckanext.govshare.domain.application_form import applies, masked
from ckanext.govshare.logic.errors import language

FORM = "application.form"
DRAFT = "application_draft.form"
PROFILE = "applicant_profile.form"
AGREED_NAME = "grant.agreed_name"
IDENTITY = "application.identity"
APPLICANT_STEP = "applicant"
NAME = "applicant_name"


def seal(values: Mapping[str, Any], *, row: str, column: str = FORM) -> bytes:
    """Return the sealed text of a form; it opens for this row and column alone."""
    return sealing.seal_text(json.dumps(values, ensure_ascii=False), row=row, column=column)


def unseal(blob: bytes, *, row: str, column: str = FORM) -> dict[str, Any]:
    """Return the form that :func:`seal` sealed."""
    values: dict[str, Any] = json.loads(sealing.open_text(bytes(blob), row=row, column=column))
    return values


def identity(values: Mapping[str, Any]) -> bytes:
    """Return the blind index of who applies: equal for the same document or credit code, and nothing else."""
    number = values.get("id_number") or values.get("uscc") or ""
    return sealing.blind_index(str(number).strip().upper(), column=IDENTITY)


def shown(values: Mapping[str, Any], *, full: bool = False) -> list[dict[str, Any]]:
    """Return the answers in the order of the form, words for codes; personal ones masked unless ``full``."""
    return [
        {
            "name": field.name,
            "step": field.step,
            "label": field.label[language()],
            "value": _words(field, values, full=full),
            "personal": field.personal,
        }
        for field in rulebook.application_fields()
        if field.kind not in ("entries", "commitment")
        and applies(field, values)
        and str(values.get(field.name) or "").strip()
    ]


def name_of(values: Mapping[str, Any], *, full: bool = False) -> str:
    """Return the applicant's name, masked unless ``full``."""
    field = next(field for field in rulebook.application_fields() if field.name == NAME)
    return _words(field, values, full=full) if str(values.get(NAME) or "").strip() else ""


def _words(field: Any, values: Mapping[str, Any], *, full: bool) -> str:
    text = str(values[field.name]).strip()
    if field.kind == "choice":
        return next((term.label[language()] for term in field.options if term.code == text), text)
    return text if full else masked(field, text)
