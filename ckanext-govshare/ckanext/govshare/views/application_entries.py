"""The choice of data in the form: the conditional entries of one department with their items, and what was ticked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ckanext.govshare.helpers.entry_page import govshare_entry_items
from ckanext.govshare.views import officer

MOST_OTHERS = 50


def offers(chosen: Iterable[Mapping[str, Any]], first: str, organization: str) -> list[dict[str, Any]]:
    """Return the department's entries, ``first`` and the chosen before the others; only the chosen show their items."""
    asked = {row["id"]: row["columns"] for row in chosen}
    found = officer.call(
        "package_search",
        {
            "fq_list": ["+dataset_type:dataset", "+openness:conditional", f"+organization:{organization}"],
            "rows": MOST_OTHERS,
            "sort": "title_string asc",
        },
    )["results"]
    rows = [
        {
            "id": entry["id"],
            "title": entry["title"],
            "chosen": entry["id"] in asked,
            "columns": [
                {"name": item["name"], "chosen": item["name"] in asked[entry["id"]]}
                for item in govshare_entry_items(entry)
            ]
            if entry["id"] in asked
            else [],
        }
        for entry in found
    ]
    return sorted(rows, key=lambda row: (row["id"] != first, not row["chosen"]))


def typed(form: Any, before: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return ``[{id, columns}]`` as ticked; an entry that did not show its items keeps those it had before, if any."""
    shown, kept = set(form.getlist("items-of")), {row["id"]: row["columns"] for row in before}
    return [
        {"id": entry, "columns": form.getlist(f"column-{entry}") if entry in shown else kept.get(entry, [])}
        for entry in dict.fromkeys(form.getlist("entry"))
    ]
