"""A catalog entry as a list shows it: one row, its files, the words of the question marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ckan.plugins import toolkit
from markupsafe import Markup, escape

from ckanext.govshare import rulebook
from ckanext.govshare.domain.edition_table import FIRST
from ckanext.govshare.helpers.entry import govshare_label
from ckanext.govshare.helpers.words import govshare_date, govshare_size
from ckanext.govshare.logic.edition import lateness
from ckanext.govshare.logic.entry.card import read_list

__all__ = ("govshare_entry_due", "govshare_entry_files")

ABSTRACT = 180
_MARKDOWN = re.compile(r"[*_`#<>\[\]|~&\\]|^\s*[-+\d]+[.)]?\s", re.MULTILINE)


def list_rows(entries: Iterable[Mapping[str, Any]], query: str = "") -> list[dict[str, Any]]:
    """Return what a list shows of these entries; the words of ``query`` are marked in the titles."""
    listed = list(entries)
    late = {one.entry_id for one in lateness.late(entries=[entry["id"] for entry in listed])}
    return [{**_row(entry, query), "late": entry["id"] in late} for entry in listed]


def _row(entry: Mapping[str, Any], query: str) -> dict[str, Any]:
    organization = entry.get("organization") or {}
    updated = str(entry.get("data_updated") or "")[:10]
    cycle, theme = str(entry.get("update_cycle") or ""), str(entry.get("theme") or "")
    return {
        "title": entry["title"] or entry["name"],
        "title_html": mark(entry["title"] or entry["name"], query),
        "url": toolkit.h.url_for("dataset.read", id=entry["name"]),
        "openness": entry.get("openness", ""),
        "department": organization.get("title", ""),
        "department_url": toolkit.h.url_for("organization.read", id=organization.get("name") or "-"),
        "theme": govshare_label("theme", theme) if theme else "",
        "theme_code": theme if theme in rulebook.vocabulary("theme") else "",
        "notes": abstract(entry.get("notes") or ""),
        "updated": updated,
        "updated_text": govshare_date(updated),
        "cycle": govshare_label("update_cycle", cycle) if cycle else "",
        "files": govshare_entry_files(entry),
        "rows_text": _extent(entry),
    }


def govshare_entry_due(entry: Mapping[str, Any]) -> str:
    """Return the day by which the data had to be updated, once it has passed; nothing while they are in time."""
    return next((one.due.isoformat() for one in lateness.late(entries=[entry["id"]])), "")


def govshare_entry_files(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the files of an entry's data by table and format: address, size, checksum, DataStore table."""
    return [
        {
            "format": resource.get("format") or toolkit._("File"),
            "name": resource.get("name") or "",
            "place": resource.get("table") or FIRST,
            "table_name": resource.get("table_name") or "",
            "url": resource["url"],
            "size_text": govshare_size(resource.get("size")),
            "hash": resource.get("hash") or "",
            "table": resource["id"] if resource.get("datastore_active") else "",
        }
        for resource in entry.get("resources", ())
    ]


def mark(text: str, query: str) -> Markup:
    """Return ``text`` as HTML, every run of two characters or more that stands in ``query`` marked."""
    wanted, low = query.casefold(), text.casefold()
    shortest = min(2, len(wanted.strip()))
    if not shortest or len(low) != len(text):
        return escape(text)
    out, at = Markup(), 0
    while at < len(text):
        end = at
        while end < len(text) and low[at : end + 1] in wanted:
            end += 1
        if end - at >= shortest and low[at:end].strip():
            out += Markup("<mark>{}</mark>").format(text[at:end])
            at = end
        else:
            out += escape(text[at])
            at += 1
    return out


def abstract(notes: str) -> str:
    """Return the first two lines' worth of a description as plain text.

    Reading Markdown is the dearest part of a list page, and most descriptions hold none.
    """
    plain = toolkit.h.markdown_extract(notes, 0) if _MARKDOWN.search(notes) else notes
    text = " ".join(str(plain).split())
    return text if len(text) <= ABSTRACT else text[: ABSTRACT - 1] + "…"


def _extent(entry: Mapping[str, Any]) -> str:
    rows = {r.get("table") or FIRST: r["rows"] for r in entry.get("resources", ()) if r.get("rows")}
    columns = len(read_list(entry.get("data_items")))
    if not rows or not columns:
        return ""
    return extent(sum(map(int, rows.values())), columns, len(rows))


def extent(rows: int, columns: int, tables: int = 1) -> str:
    """Return how much there is, of several tables without the columns: each has its own."""
    if tables > 1:
        return str(toolkit._("%(tables)s tables, %(rows)s rows") % {"tables": tables, "rows": f"{rows:,}"})
    return str(toolkit._("%(rows)s rows × %(columns)s columns") % {"rows": f"{rows:,}", "columns": columns})
