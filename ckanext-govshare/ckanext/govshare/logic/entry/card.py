"""The entry's card between CKAN's package dict and the rules: reading, normalizing, storing lists."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ckanext.govshare import rulebook
from ckanext.govshare.domain.entry import LIST_KINDS, Field

CORE_FIELDS = ("title", "notes", "owner_org", "license_id", "tag_string")


def extra_fields() -> tuple[Field, ...]:
    """Return the fields that CKAN itself does not know; they are kept as extras."""
    return tuple(field for field in rulebook.entry_fields() if field.name not in CORE_FIELDS)


def workflow_fields() -> tuple[str, ...]:
    """Return the names of the fields that only the workflows write."""
    return tuple(field.name for field in rulebook.entry_fields() if field.written_by == "workflow")


def list_fields() -> tuple[str, ...]:
    """Return the names of the fields that hold a list."""
    return tuple(field.name for field in rulebook.entry_fields() if field.kind in LIST_KINDS)


def card_of(package: Mapping[str, Any]) -> dict[str, Any]:
    """Return the card of a package dict by field name: text stripped, lists as lists, tags joined.

    The organization appears by id; fields without a value are left out.
    """
    card: dict[str, Any] = {}
    for field in rulebook.entry_fields():
        value = package.get(field.name)
        if field.name == "tag_string":
            value = _tag_string(package)
        elif field.kind in LIST_KINDS:
            value = read_list(value)
        elif isinstance(value, str):
            value = value.strip()
        if value not in (None, "", []):
            card[field.name] = value
    return card


def read_list(value: Any) -> Any:
    """Return a list field's value as a list; text that is no JSON list comes back as it is."""
    if isinstance(value, str) and value.strip():
        try:
            parsed = json.loads(value)
        except ValueError:
            return value
        return [_clean(row) for row in parsed if _filled(row)] if isinstance(parsed, list) else value
    if isinstance(value, list):
        return [_clean(row) for row in value if _filled(row)]
    return value or []


def write_list(value: Any) -> Any:
    """Return a list as the JSON text that the extras hold; anything else unchanged."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value


def lifted(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a package dict with our fields at its top, lists as lists; a field among the extras is no way round."""
    data = dict(given)
    own = {field.name for field in extra_fields()}
    extras = data.get("extras")
    if isinstance(extras, list):
        for extra in extras:
            if isinstance(extra, Mapping) and extra.get("key") in own:
                data.setdefault(extra["key"], extra.get("value"))
        data["extras"] = [e for e in extras if not (isinstance(e, Mapping) and e.get("key") in own)]
    return {name: read_list(value) if name in list_fields() else value for name, value in data.items()}


def normalize(data: dict[str, Any]) -> None:
    """Strip texts and turn lists into JSON text, in place, before CKAN's validators flatten the dict."""
    for field in rulebook.entry_fields():
        value = data.get(field.name)
        if field.kind in LIST_KINDS and field.name in data:
            rows = read_list(value)
            data[field.name] = write_list(rows) if rows else ""
        elif isinstance(value, str):
            data[field.name] = value.strip()


def _tag_string(package: Mapping[str, Any]) -> str:
    if package.get("tags"):
        return ",".join(sorted(tag["name"] for tag in package["tags"] if tag.get("name")))
    return str(package.get("tag_string") or "")


def _filled(row: Any) -> bool:
    if not isinstance(row, Mapping):
        return row not in (None, "")
    return any(str(row.get(key) or "").strip() for key in row if key not in ("opened", "sensitive"))


def _clean(row: Any) -> Any:
    if not isinstance(row, Mapping):
        return row
    return {key: value.strip() if isinstance(value, str) else value for key, value in row.items()}
