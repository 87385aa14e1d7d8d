"""Saved filter (已存筛选): what an address keeps of itself, and which names it may bear."""

from __future__ import annotations

import pytest
from ckanext.govshare.domain.decision import Refused
from ckanext.govshare.domain.saved_filter import LONGEST_NAME, MOST, canonical, may_save

# list, query as it came, what is kept
QUERIES = [
    ("catalog", "state=draft&q=%E6%B0%B4&page=3", "state=draft&q=%E6%B0%B4"),
    ("catalog", "?kind=change&state=draft", "state=draft&kind=change"),
    ("catalog", "due=overdue&organization=", ""),
    ("application", "extension=1&due=overdue&x=%3Cscript%3E", "due=overdue&extension=1"),
    ("unknown", "q=1", ""),
    ("catalog", "q=" + "a" * 300, "q=" + "a" * 200),
]


@pytest.mark.parametrize(("list_name", "query", "kept"), QUERIES)
def test_only_what_the_list_knows_is_kept(list_name, query, kept):
    """In one order, without the page, without what is empty or foreign."""
    assert canonical(list_name, query) == kept
    assert canonical(list_name, kept) == kept


FULL = {f"筛选{number}" for number in range(MOST)}

# list, name, query, names held, codes
SAVED = [
    ("catalog", "水务", "q=1", set(), []),
    ("catalog", "筛" * LONGEST_NAME, "q=1", set(), []),
    ("catalog", "筛选1", "q=1", FULL, []),
    ("catalog", "另一个", "q=1", FULL, ["filter.too_many"]),
    ("catalog", "", "q=1", set(), ["filter.bad_name"]),
    ("catalog", "筛" * (LONGEST_NAME + 1), "q=1", set(), ["filter.bad_name"]),
    ("catalog", "两\n行", "q=1", set(), ["filter.bad_name"]),
    ("catalog", "水务", "page=2", set(), ["filter.empty"]),
    ("offices", "水务", "q=1", set(), ["filter.unknown_list", "filter.empty"]),
]


@pytest.mark.parametrize(("list_name", "name", "query", "held", "codes"), SAVED)
def test_what_may_be_saved(list_name, name, query, held, codes):
    """A name that is short and one's own, filters that say something, twenty in a list; a known name is given anew."""
    decision = may_save(list_name, name, query, held)
    found = decision.reasons if isinstance(decision, Refused) else ()
    assert [reason.code for reason in found] == codes
