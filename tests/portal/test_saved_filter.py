"""Saved filters (已存筛选): each one's own, given anew by the same name, deleted by nobody else."""

from __future__ import annotations

import pytest
from ckan.plugins import toolkit

from tests.portal.officers import Department, act

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")


def test_saved_given_anew_and_deleted():
    """A colleague sees none of it."""
    office = Department()
    given = {"list": "catalog", "name": "水务"}
    first = act(office.clerk, "govshare_filter_create", **given, query="page=2&q=水&state=draft")
    assert first["query"] == "state=draft&q=%E6%B0%B4"
    again = act(office.clerk, "govshare_filter_create", **given, query="kind=change")
    assert (again["id"], again["query"]) == (first["id"], "kind=change")
    assert act(office.clerk, "govshare_filter_list", list="catalog") == [again]
    assert act(office.clerk, "govshare_filter_list", list="application") == []
    assert act(office.head, "govshare_filter_list", list="catalog") == []
    with pytest.raises(toolkit.ObjectNotFound):
        act(office.head, "govshare_filter_delete", id=first["id"])
    act(office.clerk, "govshare_filter_delete", id=first["id"])
    assert act(office.clerk, "govshare_filter_list", list="catalog") == []


def test_refused_with_sentences():
    """A filter without a name, or without filters."""
    with pytest.raises(toolkit.ValidationError) as caught:
        act(Department().clerk, "govshare_filter_create", list="catalog", name=" ", query="page=2")
    assert caught.value.error_dict["codes"] == ["filter.bad_name", "filter.empty"]
