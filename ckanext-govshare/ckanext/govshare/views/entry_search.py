"""Searching the catalog from a page: what the address asks for, what is found, where one can go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import ceil
from types import MappingProxyType
from typing import Any

from ckan.lib.search import SearchError
from ckan.plugins import toolkit

from ckanext.govshare.helpers.entry import govshare_label, govshare_word
from ckanext.govshare.helpers.entry_row import list_rows
from ckanext.govshare.views.question import DEEPEST_ROW, FACETS, PER_PAGE, SORTS, Question

FACET_LIMIT = 200
_OF_READER: Mapping[str, Any] = MappingProxyType({})
OPEN_AT_FIRST = {"openness", "theme", "organization"}


def search(question: Question) -> dict[str, Any]:
    """Return what the list page shows: rows, count, facets, chips, pages, sorts; or ``failed``."""
    try:
        found = _ask(question, question.chosen, rows=PER_PAGE, facets=FACETS)
        if not found["results"] and found["count"] and question.page > 1:
            question = replace(question, page=last_page(found["count"]))
            found = _ask(question, question.chosen, rows=PER_PAGE, facets=FACETS)
        counts = {name: _items(found, name) for name in FACETS}
        for name in question.chosen:
            others = {key: values for key, values in question.chosen.items() if key != name}
            counts[name] = _items(_ask(question, others, rows=0, facets=(name,)), name)
    except (SearchError, toolkit.ValidationError):
        return _answer(question, {"count": 0, "results": []}, {}, failed=True)
    return _answer(question, found, counts, failed=False)


def found_by_anybody(question: Question, rows: int) -> dict[str, Any]:
    """Return the first rows that a stranger finds, whoever asks; raises where the search cannot be carried out."""
    nobody = {"user": "", "auth_user_obj": None}
    return _ask(replace(question, page=1), question.chosen, rows=rows, facets=(), context=nobody)


def _ask(
    question: Question,
    chosen: Mapping[str, Sequence[str]],
    *,
    rows: int,
    facets: Sequence[str],
    context: Mapping[str, Any] = _OF_READER,
) -> dict[str, Any]:
    filters = [_filter(name, values) for name, values in {**chosen, **question.within}.items()]
    asked = {
        "q": question.q,
        "defType": "edismax",
        "fq_list": ["+dataset_type:dataset", *filters],
        "rows": rows,
        "start": (question.page - 1) * PER_PAGE if rows else 0,
        "sort": SORTS[question.sort],
        "facet.field": list(facets),
        "facet.limit": FACET_LIMIT,
    }
    found: dict[str, Any] = toolkit.get_action("package_search")(dict(context), asked)
    return found


def _filter(name: str, values: Sequence[str]) -> str:
    """Return a Solr filter: any of the values; a value is quoted, so it can only be a value."""
    escaped = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return f"+{name}:({' OR '.join(chr(34) + value + chr(34) for value in escaped)})"


def _items(found: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    items = found["search_facets"].get(name, {}).get("items", ())
    return sorted(items, key=lambda item: (-item["count"], item["display_name"]))


def _answer(
    question: Question, found: Mapping[str, Any], counts: Mapping[str, list[Any]], *, failed: bool
) -> dict[str, Any]:
    shown = {
        name: _facet(question, name, items) for name, items in counts.items() if name not in question.within
    }
    return {
        "question": question,
        "failed": failed,
        "count": found["count"],
        "entries": _rows(question, found["results"]),
        "facets": [facet for facet in shown.values() if facet["items"]],
        "chips": _chips(question, shown),
        "clear_url": question.url(chosen={}),
        "kept": [(name, value) for name, values in question.chosen.items() for value in values],
        "pages": pages(question.page, found["count"], lambda number: question.url(page=number)),
        "sorts": [
            {"code": code, "label": _sort_label(code), "url": question.url(sort=code)} for code in SORTS
        ],
    }


def _rows(question: Question, entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the entries' rows, without the department where the page is the department's own."""
    rows = list_rows(entries, question.q)
    return [{**row, "department": ""} for row in rows] if "organization" in question.within else rows


def _facet(question: Question, name: str, items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    chosen = question.chosen.get(name, ())
    return {
        "name": name,
        "label": _facet_label(name),
        "open": name in OPEN_AT_FIRST or bool(chosen),
        "items": [
            {
                "value": item["name"],
                "label": _value_label(name, item),
                "count": item["count"],
                "url": question.toggled(name, item["name"]),
                "active": item["name"] in chosen,
            }
            for item in sorted(items, key=lambda item: item["name"] not in chosen)
        ],
    }


def _chips(question: Question, shown: Mapping[str, Mapping[str, Any]]) -> list[dict[str, str]]:
    chips = []
    for name, values in question.chosen.items():
        labels = {item["value"]: item["label"] for item in shown.get(name, {}).get("items", ())}
        for value in values:
            label = labels.get(value) or _value_label(name, {"name": value, "display_name": value})
            chips.append({"field": _facet_label(name), "label": label, "url": question.toggled(name, value)})
    return chips


def _value_label(name: str, item: Mapping[str, Any]) -> str:
    if name == "openness":
        return govshare_word("openness", item["name"])
    if name in ("organization", "res_format"):
        return str(item["display_name"])
    return govshare_label(name, item["name"])


def _facet_label(name: str) -> str:
    _ = toolkit._
    return str(
        {
            "openness": _("Openness"),
            "theme": _("Theme"),
            "organization": _("Department"),
            "region": _("Region"),
            "industry": _("Industry"),
            "res_format": _("Data format"),
            "update_cycle": _("Update cycle"),
        }[name]
    )


def _sort_label(code: str) -> str:
    _ = toolkit._
    return str(
        {
            "relevance": _("Best match"),
            "updated": _("Latest data"),
            "created": _("Newest entry"),
            "title": _("Title"),
        }[code]
    )


def pages(current: int, count: int, url: Callable[[int], str], per_page: int = PER_PAGE) -> dict[str, Any]:
    """Return what the pagination macro shows: first, last, the neighbours of ``current``, gaps as None."""
    last = last_page(count, per_page)
    near = sorted({1, last, *range(max(1, current - 1), min(last, current + 1) + 1)})
    links: list[dict[str, Any] | None] = []
    for before, number in zip([0, *near], near, strict=False):
        if number - before > 1:
            links.append(None)
        links.append({"number": number, "url": url(number)})
    return {
        "current": current,
        "last": last,
        "count": count,
        "first_row": (current - 1) * per_page + 1,
        "last_row": min(current * per_page, count),
        "previous_url": url(current - 1) if current > 1 else "",
        "next_url": url(current + 1) if current < last else "",
        "links": links,
    }


def last_page(count: int, per_page: int = PER_PAGE) -> int:
    """Return the last page of so many rows, as far as one may page."""
    return max(1, ceil(min(count, DEEPEST_ROW) / per_page))
