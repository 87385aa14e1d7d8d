"""What nobody means by a request: CKAN answers 500 to it, we answer 400 and say what is wrong.

NUL bytes, lists or numbers where a name belongs, numbers that no list is long enough for. Checked once,
in front of all doors; what a value means is the matter of the action.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ckan.plugins import toolkit
from flask import Request

# Parameters of the Action API that are one word: an id, a name, a kind.
TEXT = frozenset(
    {
        "id", "name", "title", "notes", "owner_org", "organization_id", "group_id", "package_id",
        "dataset_id", "resource_id", "entity_id", "entity_type", "task_type", "key", "user", "user_id",
        "username", "email", "role", "capacity", "object", "object_type", "subject", "type", "state",
        "license_id", "q", "query", "vocabulary_id", "ref", "term", "lang_code", "fq", "url", "format",
        "jti", "resource_view_id",
    }
)  # fmt: skip
# Where such a word may also be given as a list of words, or, in the DataStore, as words by column.
LISTS = {("resource_search", "query"), ("tag_search", "query")}
BY_COLUMN = {("datastore_search", "q")}
# Parameters that are a whole number; facet.limit may be -1.
NUMBERS = frozenset({"offset", "limit", "rows", "start", "facet.limit", "facet.mincount"})
LARGEST = 2**31 - 1
NUL = "\x00"


def objection(request: Request) -> str | None:
    """Return what is wrong with a request, in the reader's language; None when nothing is."""
    if NUL in request.path or any(NUL in text for text in _texts(request)):
        return toolkit._("The request contains a NUL character; remove it.")
    action = action_of(request.path)
    if action is None:
        return None
    data = _body(request)
    if data is None:
        return None
    if _has_nul(data):
        return toolkit._("The request contains a NUL character; remove it.")
    return next(_misplaced(action, data), None) if isinstance(data, Mapping) else None


def action_of(path: str) -> str | None:
    """Return the name of the action that a path of the API asks for."""
    parts = path.strip("/").split("/")
    return parts[-1] if "api" in parts[:2] and len(parts) > 1 and parts[-2] == "action" else None


def _texts(request: Request) -> Iterator[str]:
    yield from request.args.keys()
    for values in request.args.listvalues():
        yield from values
    if request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data"):
        yield from request.form.keys()
        for values in request.form.listvalues():
            yield from values
        for file in request.files.values():
            yield file.filename or ""


def _body(request: Request) -> Any:
    """Return what the action will be given; None when CKAN itself will say that it cannot be read."""
    if request.method in ("GET", "HEAD") or not (request.data or request.form):
        return _mixed(request.args)
    try:
        if not request.form:
            return json.loads(request.get_data(cache=True))
        if len(request.form) == 1 and next(iter(request.form.values())) in ("", "1"):
            # what curl -d sends without a content type: CKAN reads the one key as JSON
            return json.loads(next(iter(request.form)))
        return _mixed(request.form)
    except (ValueError, RecursionError):
        return None


def _mixed(values: Any) -> dict[str, Any]:
    pairs = values.to_dict(flat=False).items()
    return {name: given[0] if len(given) == 1 else given for name, given in pairs}


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return NUL in value
    if isinstance(value, Mapping):
        return any(_has_nul(key) or _has_nul(item) for key, item in value.items())
    return isinstance(value, list) and any(_has_nul(item) for item in value)


def _misplaced(action: str, data: Mapping[str, Any]) -> Iterator[str]:
    for name, value in data.items():
        if value is None:
            continue
        if name in TEXT and not isinstance(value, str) and not _may_be_list(action, name, value):
            yield toolkit._("“%(name)s” must be one text.") % {"name": name}
        if name in NUMBERS and not is_number(value):
            yield toolkit._("“%(name)s” must be a whole number of at most %(largest)s.") % {
                "name": name,
                "largest": LARGEST,
            }


def _may_be_list(action: str, name: str, value: Any) -> bool:
    if (action, name) in BY_COLUMN and isinstance(value, Mapping):
        return True
    listed = (action, name) in LISTS and isinstance(value, list)
    return listed and all(isinstance(item, str) for item in value)


def is_number(value: Any) -> bool:
    """Tell whether a value is a whole number that a database can count to."""
    if isinstance(value, str):
        sign, digits = value[:1] == "-", value.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 11):  # noqa: PLR2004
            return False
        value = -int(digits) if sign else int(digits)
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST
