"""From codes and facts to CKAN's errors: field-keyed sentences in the reader's language, with stable codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from ckan.plugins import toolkit

from ckanext.govshare import rulebook
from ckanext.govshare.domain.decision import Reason, Refused
from ckanext.govshare.domain.edition_table import IN_TABLE
from ckanext.govshare.logic.messages import MESSAGES

_WORDS = {
    "roles": "roles",
    "state": "states",
    "move": "moves",
    "step": "steps",
    "openness": "openness",
    "share_type": "share_type",
    "status": "desensitization",
    "import_state": "import_states",
    "outcome": "import_outcomes",
    "earlier": "deadline_fields",
    "method": "methods",
    "parameter": "method_parameters",
    "offered": "levels",
    "type": "column_types",
    "after": "column_types",
}


def language() -> str:
    """Return ``zh`` or ``en`` for the reader of this answer."""
    try:
        locale = str(toolkit.h.lang())
    except (RuntimeError, AttributeError, TypeError):
        locale = str(toolkit.config.get("ckan.locale_default", ""))
    return "zh" if locale.startswith("zh") else "en"


def sentence(reason: Reason) -> str:
    """Return what the reader is told: what is wrong, where, and what to do."""
    template = toolkit._(MESSAGES[reason.code])
    facts = _facts(reason)
    noun = str(facts.get("noun", ""))
    told = template % {name: _word(noun, name, value) for name, value in facts.items()}
    table = facts.get(IN_TABLE)
    return toolkit._("%(table)s: %(sentence)s") % {"table": table, "sentence": told} if table else told


def describe(reason: Reason) -> dict[str, Any]:
    """Return ``{code, field, message, rule}`` for the API and the pages; ``table`` is the name of one of several."""
    table = str(reason.facts.get(IN_TABLE, ""))
    told = {"code": reason.code, "field": reason.field, "message": sentence(reason), "rule": reason.rule}
    return {**told, "table": table} if table else told


def field_errors(reasons: Iterable[Reason]) -> dict[str, list[str]]:
    """Return CKAN's error dict: field (``__all__`` when none) → sentences."""
    errors: dict[str, list[str]] = {}
    for reason in reasons:
        errors.setdefault(reason.field or "__all__", []).append(sentence(reason))
    return errors


def refuse(refused: Refused) -> NoReturn:
    """Raise the error that fits: 403 when it is not this person's to do, else 409 with every reason."""
    personal = [sentence(reason) for reason in refused.reasons if reason.code in PERSONAL]
    if personal:
        raise toolkit.NotAuthorized(" ".join(personal))
    errors: dict[str, Any] = field_errors(refused.reasons)
    errors["codes"] = [reason.code for reason in refused.reasons]
    raise toolkit.ValidationError(errors)


PERSONAL = (
    "workflow.wrong_role",
    "workflow.same_person",
    "workflow.same_head",
    "workflow.only_same_person",
    "grant.not_yours",
    "grant.not_yet",
    "grant.ended",
    "grant.revoked",
    "grant.entry_withdrawn",
    "delegation.not_head",
)


def _facts(reason: Reason) -> Mapping[str, object]:
    facts = dict(reason.facts)
    name = str(facts.get("field") or reason.field or "")
    facts.setdefault("label", field_label(name))
    return facts


def field_label(name: str) -> str:
    """Return the word that the reader knows a field by."""
    for field in (*rulebook.entry_fields(), *rulebook.application_fields(), *rulebook.use_report_fields()):
        if field.name == name:
            return field.label.get(language()) or field.label["zh"]
    return _FIELD_WORDS.get(name, name)


_FIELD_WORDS = {"private": "private", "state": "state"}


def finding_label(code: str) -> str:
    """Return the word for a kind of personal data."""
    label = rulebook.desensitization().row(code).label
    return label.get(language()) or label["zh"]


def _word(noun: str, name: str, value: object) -> object:
    vocabulary = _WORDS.get(name)
    if name == "finding":
        return finding_label(str(value))
    if vocabulary is None:
        return "、".join(map(str, value)) if isinstance(value, (tuple, list)) else value
    words = rulebook.words_of(noun, vocabulary)
    codes = value if isinstance(value, (tuple, list, set, frozenset)) else [value]
    return "、".join(words.get(str(code), {}).get(language(), str(code)) for code in codes)
