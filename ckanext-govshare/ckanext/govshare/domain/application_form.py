"""The form of an application (申请表): which fields it has, for whom, and what each may hold.

DB37/T 3523.5-2024 annexes A to F; 佳木斯 companion measure art. 13 (实名制). The table is ``config/statutes/application.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.domain.desensitization import checksums
from ckanext.govshare.domain.identity import is_id_number
from ckanext.govshare.domain.vocabulary import Term

PERSON = "person"
ID_CARD = "id_card"
# Entries and columns are judged by themselves: they are rows, not words.
ENTRIES = "entries"

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"(\+?86[- ]?)?1[3-9]\d{9}|0\d{2,3}[- ]?\d{7,8}([- ]\d{1,6})?", re.ASCII)
_OTHER_DOCUMENT = re.compile(r"[A-Z0-9()（）]{6,20}", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class FormField:
    """One row of the form.

    ``applies_to``: all · person · body (法人和非法人组织); ``personal``: sealed at rest, masked in lists, shown in full
    only by a recorded act; ``help`` says why it is asked, ``seen_by`` who will see it.
    """

    name: str
    step: str
    label: Mapping[str, str]
    kind: str
    help: Mapping[str, str]
    seen_by: Mapping[str, str]
    source: str
    applies_to: str = "all"
    required: bool = False
    personal: bool = False
    max_length: int = 0
    options: tuple[Term, ...] = ()


@dataclass(frozen=True)
class FormFacts:
    """What the check of a form needs from outside it: the day, and the text that is to be promised."""

    today: date
    commitment_version: str


def applies(field: FormField, values: Mapping[str, object]) -> bool:
    """Tell whether a field is asked of this kind of applicant; before the kind is known, only what all are asked."""
    if field.applies_to == "all":
        return True
    kind = values.get("applicant_kind")
    return bool(kind) and (kind == PERSON) is (field.applies_to == PERSON)


def check_form(
    values: Mapping[str, object], fields: Iterable[FormField], facts: FormFacts, *, complete: bool = True
) -> list[Reason]:
    """Name everything wrong with ``values``; ``complete`` also demands what an application must hold."""
    found = []
    for field in fields:
        if field.kind == ENTRIES or not applies(field, values):
            continue
        text = str(values.get(field.name) or "").strip()
        if not text:
            if field.required and complete:
                found.append(Reason("application.field_missing", field=field.name, rule=field.source))
            continue
        found += _check(field, text, values, facts)
    return found


def masked(field: FormField, text: str) -> str:
    """Return what of a personal value lists and pages show: enough to recognize, too little to use."""
    if not field.personal or not text:
        return text
    if field.kind == "email":
        return f"{text[:1]}***@{text.rpartition('@')[2]}"
    if field.kind in ("document", "uscc", "phone"):
        return f"{text[:3]}{'*' * max(4, len(text) - 5)}{text[-2:]}"
    return text[:1] + "**"


def _check(field: FormField, text: str, values: Mapping[str, object], facts: FormFacts) -> list[Reason]:
    if field.max_length and len(text) > field.max_length:
        told = {"length": len(text), "limit": field.max_length}
        return [Reason("application.field_too_long", told, field.name)]
    if any(ord(sign) < ord(" ") and sign not in "\t\r\n" for sign in text):
        return [Reason("application.control_character", field=field.name)]
    code = _KINDS[field.kind](field, text, values, facts)
    return [Reason(code, field=field.name, rule=field.source)] if code else []


def _any(_field: FormField, _text: str, _values: Mapping[str, object], _facts: FormFacts) -> str:
    return ""


def _choice(field: FormField, text: str, _values: Mapping[str, object], _facts: FormFacts) -> str:
    return "" if any(term.code == text for term in field.options) else "application.bad_choice"


def _document(_field: FormField, text: str, values: Mapping[str, object], facts: FormFacts) -> str:
    if values.get("id_kind") == ID_CARD:
        return "" if is_id_number(text, facts.today) else "application.bad_id_number"
    return "" if _OTHER_DOCUMENT.fullmatch(text) else "application.bad_document_number"


def _uscc(_field: FormField, text: str, _values: Mapping[str, object], _facts: FormFacts) -> str:
    return "" if checksums.uscc(text) else "application.bad_uscc"


def _phone(_field: FormField, text: str, _values: Mapping[str, object], _facts: FormFacts) -> str:
    return "" if _PHONE.fullmatch(text) else "application.bad_phone"


def _email(_field: FormField, text: str, _values: Mapping[str, object], _facts: FormFacts) -> str:
    return "" if _EMAIL.fullmatch(text) else "application.bad_email"


def _until(_field: FormField, text: str, _values: Mapping[str, object], facts: FormFacts) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return "application.bad_date"
    return "" if day > facts.today else "application.date_past"


def _commitment(_field: FormField, text: str, _values: Mapping[str, object], facts: FormFacts) -> str:
    return "" if text == facts.commitment_version else "application.commitment_not_current"


_KINDS: Mapping[str, Callable[[FormField, str, Mapping[str, object], FormFacts], str]] = {
    "text": _any,
    "long_text": _any,
    "choice": _choice,
    "document": _document,
    "uscc": _uscc,
    "phone": _phone,
    "email": _email,
    "until": _until,
    "commitment": _commitment,
}
