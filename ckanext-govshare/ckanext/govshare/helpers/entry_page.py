"""A catalog entry as its own page shows it: facts, items, editions, a preview of its data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ckan.plugins import toolkit

from ckanext.govshare import rulebook
from ckanext.govshare.helpers.entry import govshare_label
from ckanext.govshare.helpers.entry_row import extent, govshare_entry_files
from ckanext.govshare.helpers.words import govshare_date, govshare_instant
from ckanext.govshare.logic.entry.card import card_of
from ckanext.govshare.logic.errors import language

__all__ = (
    "govshare_entry_basis",
    "govshare_entry_checksums",
    "govshare_entry_editions",
    "govshare_entry_facts",
    "govshare_entry_items",
    "govshare_license_url",
)

SHOWN_ELSEWHERE = {"title", "notes", "data_items", "openness", "openness_condition", "openness_basis"}
SHOWN_ELSEWHERE |= {"openness_reason", "contact_name", "contact_phone", "contact_email", "tag_string"}


def govshare_entry_checksums(entry: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the checksum of each file, for who wants to check what arrived."""
    return [
        {"label": _label(file), "value": file["hash"].removeprefix("sha256:")}
        for file in govshare_entry_files(entry)
    ]


def _label(file: Mapping[str, Any]) -> str:
    return f"{file['table_name']} {file['format']}".strip()


def govshare_entry_editions(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the released editions as a timeline, newest first, each with what it holds."""
    try:
        editions = toolkit.get_action("govshare_edition_list")({}, {"id": entry["id"]})
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        return []
    _ = toolkit._
    return [
        {
            "title": _("Edition %(number)s") % {"number": edition["number"]},
            "when": edition["released_at"],
            "when_text": govshare_instant(edition["released_at"]),
            "note": _("Withdrawn") if edition["withdrawn"] else _rows_by_columns(edition),
            "tone": "bad" if edition["withdrawn"] else "ok",
            "files": [_edition_file(file, names) for file in edition["files"] if _is_shown(file, names)],
            "formats": list(dict.fromkeys(file["label"] for file in edition["files"] if file["label"])),
        }
        for edition in editions
        if edition["released_at"]
        for names in [{table["table"]: table["name"] for table in edition["tables"]}]
    ]


def govshare_entry_basis(entry: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the legal basis of the entry's class: title, article, level."""
    return [row for row in card_of(entry).get("openness_basis", ()) if isinstance(row, Mapping)]


def govshare_entry_items(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the data items (信息项) with the name of their type beside its letter."""
    yes, no = toolkit._("Yes"), toolkit._("No")
    return [
        {
            "name": item.get("name", ""),
            "type": " ".join(
                filter(None, (govshare_label("data_type", item.get("type", "")), item.get("type")))
            ),
            "length": item.get("length") or "",
            "meaning": item.get("meaning") or "",
            "opened": no if str(item.get("opened", "")).lower() in ("false", "0", "no", "否") else yes,
        }
        for item in card_of(entry).get("data_items", ())
        if isinstance(item, Mapping)
    ]


def govshare_entry_facts(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the card in the order of the field table, words for codes, without what has its own place."""
    card = card_of(entry)
    rows = [
        {"label": field.label[language()], "value": _words(field, card[field.name], entry)}
        for field in rulebook.entry_fields()
        if field.name in card and field.name not in SHOWN_ELSEWHERE
    ]
    if entry.get("metadata_modified"):
        changed = govshare_instant(entry["metadata_modified"])
        rows.append({"label": toolkit._("Entry last changed"), "value": changed})
    return rows


def govshare_license_url(code: str) -> str:
    """Return where a licence can be read; the city's own stands in the guide."""
    term = rulebook.vocabulary("license").by_code.get(code)
    url = str(term.facts.get("url", "")) if term else ""
    return url or str(toolkit.h.url_for("govshare_guide.guide")) + "#license"


def _words(field: Any, value: Any, entry: Mapping[str, Any]) -> str:
    if field.kind == "organization":
        return str((entry.get("organization") or {}).get("title", ""))
    if field.kind == "license":
        return str(govshare_label("license", str(value)))
    if field.vocabulary and isinstance(value, Sequence):
        codes = [value] if isinstance(value, str) else value
        return "、".join(govshare_label(field.vocabulary, str(code)) for code in codes)
    return govshare_date(str(value)) if field.kind == "date" else _basis(value)


def _basis(value: Any) -> str:
    if not isinstance(value, list):
        return str(value)
    return "；".join(
        f"《{row.get('title', '')}》{row.get('article', '')}" for row in value if isinstance(row, Mapping)
    )


def _is_shown(file: Mapping[str, Any], tables: Mapping[int, str]) -> bool:
    """Tell whether a file has room here: all of one table, of several their rows and what is of all of them."""
    return "url" in file and (len(tables) < 2 or not file["table"] or file["format"] == "csv")  # noqa: PLR2004


def _edition_file(file: Mapping[str, Any], tables: Mapping[int, str]) -> dict[str, Any]:
    """Return a file of an edition under the word people know it by; ``beside`` if it is not one of the formats."""
    _ = toolkit._
    beside = {
        "csv_bom": _("CSV for Excel"),
        "zip": _("All in one (zip)"),
        "dictionary_csv": _("Data dictionary"),
        "dictionary_json": _("Data dictionary (JSON)"),
        "sha256sums": _("Checksums"),
    }
    name = file["format"]
    label = beside.get(name) or file["label"] or name
    table = tables.get(file["table"], "")
    return {"label": f"{table} {label}".strip(), "url": file["url"], "beside": name in beside}


def _rows_by_columns(edition: Mapping[str, Any]) -> str:
    tables = edition["tables"]
    return extent(edition["rows"], len(tables[0]["columns"]) if tables else 0, len(tables))
