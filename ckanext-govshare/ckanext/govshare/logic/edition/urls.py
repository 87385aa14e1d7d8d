"""Permanent addresses of released files, and the names under which readers save them."""

from __future__ import annotations

import re

from ckan.plugins import toolkit

from ckanext.govshare.exports import CHECKSUMS
from ckanext.govshare.exports.formats import TABLE_FORMATS

ENDINGS = {form.name: form.ending for form in TABLE_FORMATS} | {
    "dictionary_csv": "-dictionary.csv",
    "dictionary_json": "-dictionary.json",
    "zip": ".zip",
}
LATEST = "latest"
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\s]+')
_MAX = 60  # characters of a title in a file name; systems stop at 255 bytes


def stem(title: str, number: int) -> str:
    """Return the file name without its ending: the title as systems allow it, and the edition's number."""
    return f"{_FORBIDDEN.sub(' ', title).strip(' .')[:_MAX].strip()}-{number}"


def file_of(name: str, format_name: str) -> str:
    """Return the last part of a file's address: the entry's own name, so that it never changes."""
    return CHECKSUMS.upper() if format_name == CHECKSUMS else name + ENDINGS[format_name]


def format_of(name: str, file: str) -> str | None:
    """Return which format an address asks for, None when it names none."""
    return next((form for form in (*ENDINGS, CHECKSUMS) if file_of(name, form) == file), None)


def path(name: str, edition: int | str, format_name: str) -> str:
    """Return the path of a file of one edition, or of the current one."""
    return f"/dataset/{name}/edition/{edition}/{file_of(name, format_name)}"


def latest(name: str, format_name: str) -> str:
    """Return the address of the current file, absolute."""
    return str(toolkit.config["ckan.site_url"]).rstrip("/") + path(name, LATEST, format_name)
