"""Saved filter (已存筛选): a name that an officer gives to the filters of one of their lists."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import parse_qsl, urlencode

from ckanext.govshare.domain.decision import Decision, Reason, decide

# What each list can be asked, in the order of its address; the page that one stands on is not remembered.
LISTS: Mapping[str, tuple[str, ...]] = {
    "catalog": ("state", "organization", "kind", "q"),
    "edition": ("duty", "whose", "organization", "q"),
    "application": ("state", "duty", "due", "extension", "drafted", "q"),
}
MOST = 20
LONGEST_NAME = 30
LONGEST_VALUE = 200


def canonical(list_name: str, query: str) -> str:
    """Return the query string with what the list knows, in its order; the rest, and what is empty, is dropped."""
    said = dict(parse_qsl(query.removeprefix("?"), max_num_fields=50))
    known = [(name, said[name][:LONGEST_VALUE]) for name in LISTS.get(list_name, ()) if said.get(name)]
    return urlencode(known)


def may_save(list_name: str, name: str, query: str, held: Collection[str]) -> Decision:
    """Decide whether filters may be saved under a name; a name that is ``held`` already is given anew."""
    found = []
    if list_name not in LISTS:
        found.append(Reason("filter.unknown_list", field="list"))
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        found.append(Reason("filter.bad_name", {"limit": LONGEST_NAME}, "name"))
    if not canonical(list_name, query):
        found.append(Reason("filter.empty", field="query"))
    if name not in held and len(held) >= MOST:
        found.append(Reason("filter.too_many", {"limit": MOST}, "name"))
    return decide(found)
