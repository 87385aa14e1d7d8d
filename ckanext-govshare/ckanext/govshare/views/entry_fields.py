"""An entry's card between the clerk's form and its content: made from the field table, nothing typed lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ckan.plugins import toolkit

from ckanext.govshare import rulebook
from ckanext.govshare.domain.entry import LIST_KINDS, Field
from ckanext.govshare.domain.openness import NEEDS_BASIS, REQUIRED_TEXT
from ckanext.govshare.helpers.entry import govshare_terms
from ckanext.govshare.logic.errors import language
from ckanext.govshare.views import card_table, terms

COLUMNS: dict[str, tuple[str, ...]] = {
    "items": ("name", "type", "length", "meaning", "sensitive", "opened"),
    "basis": ("title", "article", "level"),
}
BLANK_ROW: dict[str, dict[str, Any]] = {"items": {"opened": True}, "basis": {}}
SPARE_ROWS = {"items": 3, "basis": 1}
MORE_ROWS = {"items": 5, "basis": 2}
MOST_ROWS = 2000
# Fields that take the whole width of the form; the others stand two in a row.
WIDE = (*LIST_KINDS, "long_text", "tags")
# Long lists are typed, not scrolled through.
LONGEST_SELECT = 60
SHORTEST_SELECT = 4
FIXED_IN_CHANGE = ("owner_org", "resource_code")


def writable() -> list[Field]:
    """Return the fields that a clerk writes."""
    return [field for field in rulebook.entry_fields() if field.written_by == "clerk"]


def read(form: Mapping[str, str]) -> dict[str, Any]:
    """Return the content that a form holds: text stripped, codes for words, lists without blank rows."""
    content: dict[str, Any] = {}
    for field in writable():
        if field.kind in LIST_KINDS:
            content[field.name] = [row for row in _rows(form, field) if _filled(row)]
        elif is_typed(field):
            content[field.name] = terms.code_of(field.vocabulary, form.get(field.name, ""))
        elif field.name in form:
            content[field.name] = form[field.name].strip()
    return content


def settled(content: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``content`` with every row of a list that says the same as in ``base`` written as it is there.

    So a form that was opened and sent changes nothing, however an import or the API once wrote the rows.
    """
    kept = dict(content)
    for field in writable():
        if field.kind in LIST_KINDS and isinstance(base.get(field.name), list):
            held = [row for row in base[field.name] if isinstance(row, Mapping)]
            same = {repr(_canonical(row, field.kind)): row for row in held}
            rows = content.get(field.name) or []
            kept[field.name] = [same.get(repr(_canonical(row, field.kind)), row) for row in rows]
    return kept


def with_more_rows(form: Mapping[str, str], action: str) -> dict[str, Any] | None:
    """Return the content with the rows that ``action`` asks for, None when it asks for none."""
    verb, _, name = action.partition(":")
    field = next((field for field in writable() if field.name == name and field.kind in LIST_KINDS), None)
    if field is None or verb not in ("add", "paste"):
        return None
    content = read(form)
    if verb == "paste":
        content[name] += pasted(form.get(f"{name}-paste", ""))
    else:
        blank = [dict(BLANK_ROW[field.kind]) for _row in range(MORE_ROWS[field.kind])]
        content[name] += blank
    return content


def pasted(text: str) -> list[dict[str, Any]]:
    """Return data items from lines of a spreadsheet: name, type, length, meaning, tab between them."""
    rows = []
    for line in text.splitlines()[:MOST_ROWS]:
        name, kind, length, meaning = [*(cell.strip() for cell in line.split("\t")), "", "", "", ""][:4]
        if name:
            code = rulebook.vocabulary("data_type").find(kind) or kind
            rows.append({"name": name, "type": code, "length": length, "meaning": meaning, "opened": True})
    return rows


def groups(
    content: Mapping[str, Any],
    errors: Mapping[str, Sequence[str]],
    *,
    fixed: Mapping[str, str],
    departments: Iterable[Any],
) -> list[dict[str, Any]]:
    """Return the form's groups of fields, each field with value, options and errors.

    ``fixed`` maps the fields that cannot be changed here to the words shown instead.
    """
    offices = [{"value": row["organization_id"], "label": row["title"]} for row in departments]
    found = []
    for name, title in card_table.group_titles().items():
        fields = [
            _shown(field, content.get(field.name), list(errors.get(field.name, ())), fixed, offices)
            for field in writable()
            if field.group == name
        ]
        found.append(
            {"name": name, "title": title, "fields": fields, "bad": any(row["errors"] for row in fields)}
        )
    return found


def is_typed(field: Field) -> bool:
    """Tell whether the field's list is so long that its words are typed and suggested."""
    return field.kind == "choice" and len(rulebook.vocabulary(field.vocabulary).terms) > LONGEST_SELECT


def defaults(office: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a new entry starts with: the portal's licence, the department's public phone."""
    license_terms = rulebook.vocabulary("license").terms
    usual = next((term.code for term in license_terms if term.facts.get("default")), "")
    return {
        "license_id": usual,
        "contact_phone": office.get("phone", ""),
        "contact_name": office.get("unit", ""),
    }


def _shown(
    field: Field, value: Any, errors: list[str], fixed: Mapping[str, str], offices: list[dict[str, str]]
) -> dict[str, Any]:
    shown = {
        "name": field.name,
        "kind": _control(field),
        "label": field.label[language()],
        "help": field.help.get(language(), ""),
        "required": {"always": True, "submit": "submit"}.get(field.required, False),
        "max_length": field.max_length,
        "value": "" if value is None else value,
        "errors": errors,
        "fixed": fixed.get(field.name),
        "when": [] if value or errors else _classes_of(field.name),
        "options": offices if field.kind == "organization" else [],
        "near": [],
        "wide": field.kind in WIDE or field.name == "title" or _control(field) == "radio",
    }
    if field.kind in LIST_KINDS:
        return shown | _listed(field, value)
    if field.vocabulary and not is_typed(field):
        shown["options"] = [
            {"value": row["value"], "label": row["text"]} for row in govshare_terms(field.vocabulary)
        ]
    if is_typed(field):
        shown["value"] = terms.shown(field.vocabulary, str(value or ""))
        shown["near"] = terms.near(field.vocabulary, str(value)) if errors and value else []
        shown["vocabulary"] = field.vocabulary
        shown["help"] += toolkit._("Type a code or a name.")
    return shown


def _control(field: Field) -> str:
    if is_typed(field):
        return "typed"
    if field.kind in ("choice", "license"):
        few = len(rulebook.vocabulary(field.vocabulary).terms) < SHORTEST_SELECT
        return "radio" if few else "select"
    plain = {"organization": "select", "tags": "text", "code": "text", "phone": "tel"}
    return plain.get(field.kind, field.kind)


def _listed(field: Field, value: Any) -> dict[str, Any]:
    rows = [_with_ticks(row, field.kind) for row in value or () if isinstance(row, Mapping)]
    spare = max(1, SPARE_ROWS[field.kind] - len(rows)) if all(map(_filled, rows)) else 0
    rows += [dict(BLANK_ROW[field.kind]) for _row in range(spare)]
    labels = card_table.column_labels()
    choices = [{"value": row["value"], "label": row["text"]} for row in govshare_terms(field.vocabulary)]
    return {
        "rows": rows,
        "columns": [{"name": c, "label": labels[c]} for c in COLUMNS[field.kind]],
        "options": choices,
    }


def _with_ticks(row: Mapping[str, Any], kind: str) -> dict[str, Any]:
    ticks = {
        name: card_table.is_ticked(row.get(name), name) for name in card_table.TICKS if name in COLUMNS[kind]
    }
    return {**row, **ticks}


def _classes_of(name: str) -> list[str]:
    """Return the classes of openness in which a field is asked for; empty when it always is."""
    if name == "openness_basis":
        return list(NEEDS_BASIS)
    return [openness for openness in NEEDS_BASIS if name in REQUIRED_TEXT[openness]]


def _rows(form: Mapping[str, str], field: Field) -> list[dict[str, Any]]:
    pattern = re.compile(rf"{field.name}-(\d+)-(\w+)")
    found = (pattern.fullmatch(key) for key in form)
    numbers = sorted({int(match[1]) for match in found if match})[:MOST_ROWS]
    return [_row(form, f"{field.name}-{number}-", COLUMNS[field.kind]) for number in numbers]


def _canonical(row: Mapping[str, Any], kind: str) -> list[tuple[str, str]]:
    """Return what a row says: all columns as text, ticks by their meaning when they were never set."""
    said = _with_ticks(row, kind)
    return [(name, str(said.get(name) or "")) for name in COLUMNS[kind]]


def _row(form: Mapping[str, str], prefix: str, columns: Iterable[str]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column in columns:
        text = form.get(prefix + column, "").strip()
        if column in card_table.TICKS:
            row[column] = bool(text)
        elif text:
            row[column] = text
    return row


def _filled(row: Mapping[str, Any]) -> bool:
    return any(value for key, value in row.items() if key not in card_table.TICKS)


def errors_of(error_dict: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return an action's errors by field of the form: sentences only, keywords under their own field."""
    found: dict[str, list[str]] = {}
    for name, texts in error_dict.items():
        if name != "codes":
            field = "tag_string" if name == "tags" else name
            found.setdefault(field, []).extend(_sentences(texts))
    return found


def _sentences(texts: Any) -> list[str]:
    if isinstance(texts, Mapping):
        return [text for value in texts.values() for text in _sentences(value)]
    if isinstance(texts, (list, tuple)):
        return list(dict.fromkeys(text for value in texts for text in _sentences(value)))
    return [str(texts)]


def summary(errors: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """Return the lines of the error summary, in the order of the form, each linked to its field."""
    labels = {field.name: field.label[language()] for field in writable()}
    order = list(labels)
    names = sorted(errors, key=lambda name: order.index(name) if name in labels else -1)
    return [
        {"field": name if name in labels else "", "label": "", "text": text}
        for name in names
        for text in errors[name]
    ]


def nothing_changed() -> dict[str, list[str]]:
    """Return the error of a change that changes nothing."""
    return {"__all__": [toolkit._("You have not changed anything yet.")]}
