"""Words and fields of entries for templates."""

from __future__ import annotations

from collections.abc import Mapping

from ckanext.govshare import rulebook
from ckanext.govshare.domain.entry import Field
from ckanext.govshare.logic.errors import language

__all__ = [
    "govshare_entry_fields",
    "govshare_label",
    "govshare_scheming_choices",
    "govshare_terms",
    "govshare_word",
]


def govshare_entry_fields(group: str = "") -> list[Field]:
    """Return the rows of the field table, all or of one group."""
    return [field for field in rulebook.entry_fields() if not group or field.group == group]


def govshare_label(vocabulary: str, code: str) -> str:
    """Return the word for a code of a vocabulary, in the reader's language."""
    return rulebook.vocabulary(vocabulary).label(str(code or ""), language())


def govshare_terms(vocabulary: str) -> list[dict[str, str]]:
    """Return ``{value, text}`` of a vocabulary, for select boxes and facets."""
    words = rulebook.vocabulary(vocabulary)
    return [{"value": term.code, "text": words.label(term.code, language())} for term in words.terms]


def govshare_scheming_choices(field: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the choices of a field of ``scheming.yaml``: the terms of its vocabulary."""
    return [{"value": row["value"], "label": row["text"]} for row in govshare_terms(field["vocabulary"])]


def govshare_word(kind: str, code: str) -> str:
    """Return the word for a state, move, step or role, in the reader's language."""
    word = rulebook.words(kind).get(str(code or ""), {})
    return word.get(language()) or word.get("zh") or str(code or "")
