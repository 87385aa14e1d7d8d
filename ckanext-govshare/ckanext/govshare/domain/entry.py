"""Entry (目录条目): the fields of the card and what each may hold.

政务信息资源目录编制指南(试行) 发改高技〔2017〕1272号; the field table is ``config/statutes/entry.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.domain.openness import check_openness, warn_openness
from ckanext.govshare.domain.vocabulary import Vocabulary

LIST_KINDS = ("items", "basis")
ITEM_NAME_LENGTH = 200

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"[0-9+（）()\-—–转轉分机機#,，、;；/ 　extEXT.~～]{5,}")


@dataclass(frozen=True)
class Field:
    """One row of the field table; see ``config/statutes/entry.yaml`` for the meaning of each column."""

    name: str
    label: Mapping[str, str]
    help: Mapping[str, str]
    kind: str
    group: str
    required: str = "never"
    vocabulary: str = ""
    max_length: int = 0
    pattern: str = ""
    written_by: str = "clerk"
    header_1272: str = ""
    synonyms: tuple[str, ...] = ()


def check_entry(
    values: Mapping[str, object],
    fields: Iterable[Field],
    vocabularies: Mapping[str, Vocabulary],
    *,
    complete: bool,
) -> list[Reason]:
    """Name everything wrong with ``values``; ``complete`` also demands what review needs.

    ``values`` maps field names to text, or to a list of mappings for the kinds ``items`` and ``basis``.
    """
    found = []
    for field in fields:
        value = values.get(field.name)
        if value is None or value in ("", []):
            if field.required == "always" or (complete and field.required == "submit"):
                found.append(Reason("entry.missing", {"field": field.name}, field.name))
            continue
        found += _check_value(field, value, vocabularies)
    if complete:
        found += check_openness(values)
    return found


def warn_entry(values: Mapping[str, object]) -> list[Reason]:
    """Name what is lawful but doubtful in ``values``."""
    return warn_openness(values)


def _check_value(field: Field, value: object, vocabularies: Mapping[str, Vocabulary]) -> list[Reason]:
    if field.kind in LIST_KINDS:
        if not isinstance(value, list):
            return [Reason("entry.not_a_list", {"field": field.name}, field.name)]
        return _check_items(field, value, vocabularies) if field.kind == "items" else []
    text = str(value)
    if field.max_length and len(text) > field.max_length:
        facts = {"field": field.name, "length": len(text), "limit": field.max_length}
        return [Reason("entry.too_long", facts, field.name)]
    if "\x00" in text:
        return [Reason("entry.control_character", {"field": field.name}, field.name)]
    fits = _KINDS.get(field.kind)
    if fits is None or fits(field, text, vocabularies):
        return []
    return [Reason(f"entry.bad_{field.kind}", {"field": field.name, "value": text[:80]}, field.name)]


def _check_items(field: Field, items: list[object], vocabularies: Mapping[str, Vocabulary]) -> list[Reason]:
    found: list[Reason] = []
    seen: dict[str, int] = {}
    for number, item in enumerate(items, start=1):
        name = str(item.get("name") or "").strip() if isinstance(item, Mapping) else ""
        if not name:
            found.append(Reason("items.name_missing", {"number": number}, field.name))
            continue
        if len(name) > ITEM_NAME_LENGTH:
            found.append(
                Reason("items.name_too_long", {"number": number, "limit": ITEM_NAME_LENGTH}, field.name)
            )
        if name in seen:
            facts = {"number": number, "name": name[:80], "first": seen[name]}
            found.append(Reason("items.duplicate", facts, field.name))
        seen.setdefault(name, number)
        kind = str(item.get("type") or "") if isinstance(item, Mapping) else ""
        if kind and kind not in vocabularies[field.vocabulary]:
            found.append(
                Reason("items.bad_type", {"number": number, "name": name[:80], "type": kind}, field.name)
            )
    return found


def _is_term(field: Field, text: str, vocabularies: Mapping[str, Vocabulary]) -> bool:
    return text in vocabularies[field.vocabulary]


def _is_date(_field: Field, text: str, _vocabularies: Mapping[str, Vocabulary]) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _matches(pattern: re.Pattern[str]) -> Callable[[Field, str, Mapping[str, Vocabulary]], bool]:
    return lambda _field, text, _vocabularies: pattern.fullmatch(text) is not None


def _is_code(field: Field, text: str, _vocabularies: Mapping[str, Vocabulary]) -> bool:
    return re.fullmatch(field.pattern, text, re.ASCII) is not None


_KINDS: Mapping[str, Callable[[Field, str, Mapping[str, Vocabulary]], bool]] = {
    "choice": _is_term,
    "license": _is_term,
    "date": _is_date,
    "email": _matches(_EMAIL),
    "phone": _matches(_PHONE),
    "code": _is_code,
}
