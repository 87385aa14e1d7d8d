"""The form on which a person says what the columns of a catalog file are."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ckan import model
from werkzeug.datastructures import MultiDict

from ckanext.govshare import rulebook
from ckanext.govshare.domain.catalog_mapping import writable
from ckanext.govshare.logic.catalog import report as catalog_report
from ckanext.govshare.logic.catalog import show as catalog_show
from ckanext.govshare.logic.errors import field_label, language
from ckanext.govshare.model import CatalogImport

LONG = 100  # terms; a longer vocabulary is no select box
SAME = ("openness", "share_type", "format_class", "update_cycle", "theme", "license_id", "share_method")


def mapping_of_form(form: MultiDict[str, str], job: Mapping[str, Any]) -> dict[str, Any]:
    """Return the mapping that the form says: columns, the same value for all rows, words, what to leave out."""
    columns = job["sheet"]["columns"]
    chosen = {column: form.get(f"column-{place}", "") for place, column in enumerate(columns)}
    words: dict[str, dict[str, str]] = {}
    for number in range(int(form.get("words", "0") or 0)):
        name, text = form.get(f"word-{number}-field", ""), form.get(f"word-{number}-text", "")
        if code := form.get(f"word-{number}-code", ""):
            words.setdefault(name, {})[text] = code
    header = form.get("header_row", "")
    return {
        "columns": {column: name for column, name in chosen.items() if name},
        "constants": {name: form[f"same-{name}"] for name in SAME if form.get(f"same-{name}")},
        "values": words,
        "leave_out": form.getlist("leave_out"),
        "header_row": int(header) if header.isdigit() else None,
        "sheet": form.get("sheet", ""),
    }


def choices(job: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form offers: fields, lists for values that are the same in every row, unknown words."""
    fields = writable(rulebook.entry_fields())
    mapped = set(job["mapping"]["columns"].values())
    return {
        "fields": [{"value": field.name, "label": field_label(field.name)} for field in fields],
        "same": [
            {
                "name": name,
                "label": field_label(name),
                "options": _options(rulebook.entry_field(name).vocabulary),
            }
            for name in SAME
        ],
        "words": _words(job),
        "leave_out": [
            {"value": field.name, "label": field_label(field.name)}
            for field in fields
            if field.name in mapped and field.required != "always"
        ],
    }


def report(import_id: str) -> bytes:
    """Return the report of an import as a workbook."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.xlsx"
        catalog_report.write(model.Session.get(CatalogImport, import_id), path)
        return path.read_bytes()


def _words(job: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the words of the file that name no term, with the list to choose from; those named before, too."""
    known = {
        (name, text): code for name, texts in job["mapping"]["values"].items() for text, code in texts.items()
    }
    found = dict.fromkeys([*known, *catalog_show.unknown_words(job["id"])])
    return [
        {
            "field": name,
            "label": field_label(name),
            "text": text,
            "code": _code(name, known.get((name, text), "")),
            "options": options,
        }
        for name, text in found
        if (options := _options(rulebook.entry_field(name).vocabulary))
    ]


def _code(name: str, word: str) -> str:
    return rulebook.vocabulary(rulebook.entry_field(name).vocabulary).find(word) or "" if word else ""


def _options(vocabulary: str) -> list[dict[str, str]]:
    words = rulebook.vocabulary(vocabulary) if vocabulary else None
    if words is None or len(words.terms) > LONG:
        return []
    return [{"value": term.code, "label": words.label(term.code, language())} for term in words.terms]
