"""The field table as a schema of ckanext-scheming, for sites whose dataset form is scheming's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ckanext.govshare.domain.entry import LIST_KINDS, Field
from ckanext.govshare.exports.catalog.layout import BASIS_PARTS, ITEM_PARTS

VERSION = 2
CHOICES = "govshare_scheming_choices"
TEXT = "ignore_empty unicode_safe"
NEEDED = "not_empty unicode_safe"

SUBFIELDS = {"items": ITEM_PARTS, "basis": BASIS_PARTS}
# How scheming shows a kind of field; kinds that are not named are a line of text.
KINDS: dict[str, dict[str, Any]] = {
    "long_text": {"form_snippet": "markdown.html", "validators": TEXT},
    "choice": {"form_snippet": "select.html", "display_snippet": "select.html", "validators": TEXT},
    "license": {"form_snippet": "license.html", "validators": TEXT},
    "organization": {"preset": "dataset_organization"},
    "tags": {"preset": "tag_string_autocomplete"},
}


def schema_of(fields: Iterable[Field]) -> dict[str, Any]:
    """Return the schema of the type ``dataset``: every field under its own name, so that the rules find it."""
    address = {
        "field_name": "name",
        "label": {"zh_Hans_CN": "网址名称", "en": "URL"},
        "preset": "dataset_slug",
    }
    return {
        "scheming_version": VERSION,
        "dataset_type": "dataset",
        "about": "ckanext-govshare: 目录条目 (政务信息资源目录编制指南)",
        "dataset_fields": [*(_field(field) for field in fields), address],
        # Files come with released editions; no form writes them.
        "resource_fields": [],
    }


def _field(field: Field) -> dict[str, Any]:
    row: dict[str, Any] = {"field_name": field.name, "label": _words(field.label)}
    if field.help:
        row["help_text"] = _words(field.help)
    if field.required == "always":
        row["required"] = True
    if field.kind in LIST_KINDS:
        return row | {"repeating_subfields": [{"field_name": name} for name in SUBFIELDS[field.kind]]}
    row |= KINDS.get(field.kind, {"validators": NEEDED if field.required == "always" else TEXT})
    if field.kind == "choice":
        row |= {"vocabulary": field.vocabulary, "choices_helper": CHOICES}
    if field.written_by == "workflow":
        row["form_snippet"] = None
    return row


def _words(words: Any) -> dict[str, str]:
    return {{"zh": "zh_Hans_CN"}.get(language, language): text for language, text in words.items()}
