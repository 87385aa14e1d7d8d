"""Permanent addresses of released files, and the names under which readers save them."""

from __future__ import annotations

import re

from ckan.plugins import toolkit

from ckanext.govshare.domain.edition_table import FIRST, told_apart
from ckanext.govshare.exports import CHECKSUMS, WHOLE
from ckanext.govshare.exports.formats import TABLE_FORMATS

ENDINGS = {form.name: form.ending for form in TABLE_FORMATS} | {
    "dictionary_csv": "-dictionary.csv",
    "dictionary_json": "-dictionary.json",
    "zip": ".zip",
}
LATEST = "latest"
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\s]+')
_PLACED = re.compile(r"(?:-(?P<place>[2-9]|[1-9][0-9]))?[.-]")
_MAX = 60  # characters of a title in a file name; systems stop at 255 bytes


def stem(title: str, number: int) -> str:
    """Return the file name without its ending: the title as systems allow it, and the edition's number."""
    return f"{_fit(title)}-{number}"


def table_stem(stem: str, place: int, table: str) -> str:
    """Return the file name of a table without its ending: of several their place and name as well."""
    return f"{stem}-{place}-{_fit(table)}" if table else stem


def file_of(name: str, format_name: str, place: int = FIRST) -> str:
    """Return the last part of a file's address: the entry's own name and the table's place, so that it never changes."""
    if format_name == CHECKSUMS:
        return CHECKSUMS.upper()
    return told_apart(name, place) + ENDINGS[format_name]


def asked_for(name: str, file: str) -> tuple[int, str] | None:
    """Return place and format that an address asks for, None when it names none; what is of all tables has place 0."""
    for form in WHOLE:
        if file_of(name, form) == file:
            return 0, form
    found = _PLACED.match(file, len(name)) if file.startswith(name) else None
    place = int(found["place"] or FIRST) if found else FIRST
    form = next((form for form in ENDINGS if form not in WHOLE and file_of(name, form, place) == file), None)
    return (place, form) if form else None


def path(name: str, edition: int | str, format_name: str, place: int = FIRST) -> str:
    """Return the path of a file of one edition, or of the current one."""
    return f"/dataset/{name}/edition/{edition}/{file_of(name, format_name, place)}"


def latest(name: str, format_name: str, place: int = FIRST) -> str:
    """Return the address of the current file, absolute."""
    return str(toolkit.config["ckan.site_url"]).rstrip("/") + path(name, LATEST, format_name, place)


def _fit(text: str) -> str:
    """Return a text as systems allow it in a file name."""
    return _FORBIDDEN.sub(" ", text).strip(" .")[:_MAX].strip()
