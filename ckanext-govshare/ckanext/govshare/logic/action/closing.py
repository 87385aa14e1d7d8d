"""CKAN's own actions that would show or write more than this portal allows, each chained to a narrower one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ckan.plugins import toolkit

Context = dict[str, Any]
DataDict = dict[str, Any]
Original = Callable[[Context, DataDict], Any]

EVERY = -1
JOB = re.compile(r"[A-Za-z0-9_-]{1,100}")


@toolkit.chained_action
@toolkit.side_effect_free
def tag_list(original: Original, context: Context, data_dict: DataDict) -> Any:
    """List the keywords of entries that the caller may see; CKAN lists those of hidden ones too."""
    toolkit.check_access("tag_list", context, data_dict)
    words = _visible(context, "tags")
    query = str(data_dict.get("query") or data_dict.get("q") or "").casefold()
    return sorted(word for word in words if query in word.casefold())


@toolkit.chained_action
@toolkit.side_effect_free
def tag_search(original: Original, context: Context, data_dict: DataDict) -> Any:
    """Search the keywords of entries that the caller may see."""
    toolkit.check_access("tag_search", context, data_dict)
    query = data_dict.get("query") or data_dict.get("q") or ""
    wanted = [str(word).casefold() for word in (query if isinstance(query, list) else [query]) if word]
    words = sorted(
        word
        for word in _visible(context, "tags")
        if wanted and any(part in word.casefold() for part in wanted)
    )
    start, limit = int(data_dict.get("offset") or 0), int(data_dict.get("limit") or 100)
    page = words[start : start + limit]
    return {"count": len(words), "results": [{"name": word, "display_name": word} for word in page]}


@toolkit.chained_action
@toolkit.side_effect_free
def tag_autocomplete(original: Original, context: Context, data_dict: DataDict) -> Any:
    """Complete keywords from entries that the caller may see."""
    toolkit.check_access("tag_autocomplete", context, data_dict)
    return [row["name"] for row in tag_search(original, context, data_dict)["results"]]


@toolkit.chained_action
@toolkit.side_effect_free
def tag_show(original: Original, context: Context, data_dict: DataDict) -> Any:
    """Show a keyword only if an entry that the caller may see carries it."""
    shown = original(context, data_dict)
    if shown["name"] not in _visible(context, "tags"):
        raise toolkit.ObjectNotFound
    return shown


@toolkit.chained_action
@toolkit.side_effect_free
def format_autocomplete(original: Original, context: Context, data_dict: DataDict) -> Any:
    """Complete formats from entries that the caller may see."""
    toolkit.check_access("format_autocomplete", context, data_dict)
    query = str(data_dict.get("q") or "").casefold()
    found = sorted(word.lower() for word in _visible(context, "res_format") if query in word.casefold())
    return found[: int(data_dict.get("limit") or 5)]


@toolkit.chained_action
@toolkit.side_effect_free
def group_autocomplete(original: Original, context: Context, data_dict: DataDict) -> Any:
    """Complete nothing when nothing is asked for; CKAN breaks without ``q``."""
    return original(context, {"q": "", **data_dict})


@toolkit.chained_action
@toolkit.side_effect_free
def organization_autocomplete(original: Original, context: Context, data_dict: DataDict) -> Any:
    """As :func:`group_autocomplete`."""
    return original(context, {"q": "", **data_dict})


@toolkit.chained_action
@toolkit.side_effect_free
def job_show(original: Original, context: Context, data_dict: DataDict) -> Any:
    """Know no job by an id that the queue cannot even look up."""
    toolkit.check_access("job_show", context, data_dict)
    if not JOB.fullmatch(str(data_dict.get("id") or "")):
        raise toolkit.ObjectNotFound
    return original(context, data_dict)


@toolkit.chained_action
@toolkit.side_effect_free
def user_show(original: Original, context: Context, data_dict: DataDict) -> Any:
    """Show a user without the hash of their address, which is guessed in seconds."""
    shown = original(context, data_dict)
    shown.pop("email_hash", None)
    return shown


def _visible(context: Context, facet: str) -> set[str]:
    found = toolkit.get_action("package_search")(
        {"user": context.get("user"), "auth_user_obj": context.get("auth_user_obj")},
        {"rows": 0, "facet.field": [facet], "facet.limit": EVERY, "include_private": True},
    )
    return {item["name"] for item in found["search_facets"][facet]["items"]}


__all__ = [
    "format_autocomplete",
    "group_autocomplete",
    "job_show",
    "organization_autocomplete",
    "tag_autocomplete",
    "tag_list",
    "tag_search",
    "tag_show",
    "user_show",
]
