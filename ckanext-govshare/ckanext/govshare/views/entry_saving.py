"""Saving what the clerk's form holds, each of its four ways by the action made for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ckan.plugins import toolkit

from ckanext.govshare import runtime
from ckanext.govshare.domain.publication import DRAFT
from ckanext.govshare.logic.entry.card import card_of
from ckanext.govshare.views import entry_fields, officer

Content = Mapping[str, Any]


@dataclass(frozen=True)
class Draft:
    """What the form is about: its way, the case's id, what it looked like when opened, its content."""

    way: str
    id: str
    seen: str
    content: dict[str, Any]
    shown: dict[str, Any] | None = None
    departments: Sequence[dict[str, Any]] = ()


def adopt(shown: Mapping[str, Any]) -> str:
    """Return what a draft looked like when the form was opened."""
    return runtime.content_hash(shown["content"])


def save(draft: Draft, content: Content, seen: str) -> dict[str, Any]:
    """Save and return the case; raises the actions' errors."""
    case: dict[str, Any] = SAVERS[draft.way](draft, content, seen)
    return case


def _create(draft: Draft, content: Content, seen: str) -> dict[str, Any]:
    del draft, seen
    try:
        entry = officer.call("package_create", _package(content))
    except toolkit.ValidationError:
        again = _same_already(content)
        if again is None:
            raise
        return again
    return _case(entry["id"])


def _update(draft: Draft, content: Content, seen: str) -> dict[str, Any]:
    if seen != draft.seen:
        raise toolkit.ValidationError({"__all__": [_overtaken()]})
    officer.call(
        "package_patch", {**_package(content), "id": draft.id, "owner_org": draft.content["owner_org"]}
    )
    return _case(draft.id)


def _propose(draft: Draft, content: Content, seen: str) -> dict[str, Any]:
    del seen
    if card_of(content) == card_of(draft.content):
        raise toolkit.ValidationError(entry_fields.nothing_changed())
    case: dict[str, Any] = officer.call("govshare_change_create", {"id": draft.id, "content": dict(content)})
    return case


def _edit_change(draft: Draft, content: Content, seen: str) -> dict[str, Any]:
    if seen != draft.seen:
        raise toolkit.ValidationError({"__all__": [_overtaken()]})
    told = {"id": draft.id, "version": seen, "content": dict(content)}
    case: dict[str, Any] = officer.call("govshare_change_update", told)
    return case


SAVERS: dict[str, Callable[[Draft, Content, str], dict[str, Any]]] = {
    "new": _create,
    "edit": _update,
    "propose": _propose,
    "change": _edit_change,
}


def _package(content: Content) -> dict[str, Any]:
    # Keywords are written as a whole: the list that CKAN holds is replaced by the string of the form.
    return {**content, "tags": [], "type": "dataset"}


def _case(entry_id: str) -> dict[str, Any]:
    case: dict[str, Any] = officer.call("govshare_publication_show", {"id": entry_id})
    return case


def _same_already(content: Content) -> dict[str, Any] | None:
    """Return my department's draft that holds just this, so that a double click makes one entry, not an error."""
    mine = {"state": DRAFT, "kind": "publication", "organization": content.get("owner_org")}
    for row in officer.call("govshare_publication_list", {**mine, "q": content.get("title")})["results"]:
        case = _case(row["id"])
        if _essence(case["content"]) == _essence(content):
            return case
    return None


def _essence(content: Content) -> dict[str, Any]:
    card = card_of(content)
    words = str(card.get("tag_string", "")).replace("，", ",").replace("、", ",").split(",")
    return {**card, "tag_string": sorted(filter(None, map(str.strip, words))), "resource_code": ""}


def _overtaken() -> str:
    return str(
        toolkit._(
            "Somebody else has saved this draft since you opened it. What you typed is still below; "
            "save again to write it over theirs, or open the draft in another window to compare."
        )
    )
