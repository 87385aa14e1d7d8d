"""A card as people read it: groups of facts with words for codes, and what changed between two cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from ckan.plugins import toolkit
from markupsafe import Markup, escape

from ckanext.govshare import rulebook
from ckanext.govshare.domain.entry import LIST_KINDS, Field
from ckanext.govshare.logic.errors import language

LONGEST_MARKED = 2000
TICKS = ("sensitive", "opened")
UNTICKED = ("false", "0", "no", "否")
# Classifications of this many terms are known by number, and by what stands above them.
OFFICIAL = 60


def group_titles() -> dict[str, str]:
    """Return the heading of each group of fields, in the order of the form."""
    _ = toolkit._
    return {
        "identity": _("Basic facts"),
        "content": _("Content"),
        "classification": _("Classification"),
        "openness": _("Opening to the public"),
        "sharing": _("Sharing between departments"),
        "contact": _("Contact for the public"),
    }


def groups(content: Mapping[str, Any], organization: str) -> list[dict[str, Any]]:
    """Return the groups of a card that hold something: title, rows of facts, lists."""
    found = []
    for name, title in group_titles().items():
        fields = [
            field for field in rulebook.entry_fields() if field.group == name and content.get(field.name)
        ]
        rows = [
            {"label": field.label[language()], "value": words(field, content[field.name], organization)}
            for field in fields
            if field.kind not in LIST_KINDS
        ]
        lists = {
            f"{field.kind}_rows": _list(field, content[field.name])
            for field in fields
            if field.kind in LIST_KINDS
        }
        if rows or lists:
            found.append({"name": name, "title": title, "rows": rows, **lists})
    return found


def words(field: Field, value: Any, organization: str = "") -> str:
    """Return a value in words; codes of official classifications keep their number beside the word."""
    if field.kind == "organization":
        return organization or str(value)
    if not field.vocabulary or not isinstance(value, str):
        return str(value)
    vocabulary = rulebook.vocabulary(field.vocabulary)
    if len(vocabulary.terms) < OFFICIAL or value not in vocabulary:
        return vocabulary.label(value, language())
    return f"{path(field.vocabulary, value)}（{value}）"


def path(vocabulary: str, code: str) -> str:
    """Return a term's label with those above it, the widest first (黑龙江省 哈尔滨市)."""
    terms, labels = rulebook.vocabulary(vocabulary), []
    term = terms.by_code.get(code)
    while term is not None:
        label = terms.label(term.code, language())
        # Where a class has one division of the same name, the name is said once.
        labels += [label] if label not in labels[-1:] else []
        term = terms.by_code.get(term.parent)
    return " ".join(reversed(labels)) or code


def changes(differences: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the differences with the changed runs of text marked, and lists compared row by row."""
    return [{**row, **_compared(row["before"], row["after"])} for row in differences]


def _compared(before: Any, after: Any) -> dict[str, Any]:
    if isinstance(before, list) or isinstance(after, list):
        return {"rows": _row_changes(before or [], after or [])}
    removed, added = _marked(str(before), str(after))
    return {"before": removed, "after": added, "rows": None}


def _marked(before: str, after: str) -> tuple[Markup, Markup]:
    if not before or not after or len(before) + len(after) > LONGEST_MARKED:
        return escape(before), escape(after)
    removed, added = Markup(), Markup()
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        old, new = escape(before[i1:i2]), escape(after[j1:j2])
        removed += old if tag == "equal" or not old else Markup("<del>{}</del>").format(old)
        added += new if tag == "equal" or not new else Markup("<ins>{}</ins>").format(new)
    return removed, added


def _row_changes(before: Sequence[Any], after: Sequence[Any]) -> list[dict[str, str]]:
    _ = toolkit._
    old = {_key(row): row for row in before}
    new = {_key(row): row for row in after}
    rows = [{"tone": "ok", "word": _("added"), "text": _row_text(new[key])} for key in new if key not in old]
    rows += [
        {"tone": "bad", "word": _("removed"), "text": _row_text(old[key])} for key in old if key not in new
    ]
    for key, row in new.items():
        if key in old and old[key] != row:
            text = f"{_row_text(old[key])} → {_row_text(row)}"
            rows.append({"tone": "warn", "word": _("changed"), "text": text})
    return rows


def _key(row: Any) -> str:
    return str(row.get("name") or row.get("title") or row) if isinstance(row, Mapping) else str(row)


def _row_text(row: Any) -> str:
    if not isinstance(row, Mapping):
        return str(row)
    yes, no = toolkit._("Yes"), toolkit._("No")
    labels = column_labels()
    said = {key: (yes if value else no) if isinstance(value, bool) else value for key, value in row.items()}
    return "，".join(
        f"{labels.get(key, key)} {value}" for key, value in said.items() if value not in ("", None)
    )


def column_labels() -> dict[str, str]:
    """Return the headings of the columns of list fields."""
    _ = toolkit._
    return {
        "name": _("Item name"),
        "type": _("Type"),
        "length": _("Length"),
        "meaning": _("Meaning"),
        "sensitive": _("Sensitive"),
        "opened": _("Opened"),
        "title": _("Title of the text"),
        "article": _("Article"),
        "level": _("Rank"),
    }


def _list(field: Field, value: Any) -> list[dict[str, Any]]:
    yes, no = toolkit._("Yes"), toolkit._("No")
    rows = []
    for row in value if isinstance(value, list) else []:
        said = dict(row) if isinstance(row, Mapping) else {"name": str(row)}
        for key in TICKS if field.kind == "items" else ():
            said[key] = yes if is_ticked(said.get(key), key) else no
        for key in ("type", "level"):
            if said.get(key) and field.vocabulary:
                said[key] = rulebook.vocabulary(field.vocabulary).label(str(said[key]), language())
        rows.append(said)
    return rows


def is_ticked(value: Any, name: str) -> bool:
    """Tell whether a tick stands; a data item of which nothing is said is opened and not sensitive."""
    if value in (None, ""):
        return name == "opened"
    return str(value).lower() not in UNTICKED
