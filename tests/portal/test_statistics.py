"""The figures of what is open count what everybody may see, whoever asks."""

from __future__ import annotations

from datetime import datetime

import pytest
from ckanext.govshare.runtime import in_shanghai

from tests.portal.officers import Department, act

LAW = [{"title": "中华人民共和国数据安全法", "article": "第二十一条", "level": "law"}]
pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")


def day_of(entry):
    return in_shanghai(datetime.fromisoformat(entry["metadata_modified"])).date().isoformat()


def test_figures_count_public_entries_only():
    department = Department()
    published = department.published(theme="weather")
    department.published(
        openness="conditional", openness_condition="限科研", openness_basis=LAW, theme="weather"
    )
    department.published(
        openness="closed", openness_reason="涉及公共安全", openness_basis=LAW, theme="weather"
    )
    department.draft(theme="weather")
    for who in (None, department.clerk, department.bureau):
        figures = act(who, "govshare_statistics_show")
        row = next(row for row in figures["departments"] if row["name"] == department.name)
        assert row["entries"] == 2
        assert row["updated"] >= day_of(published)
        assert "closed" not in figures["openness"]
        assert sum(figures["openness"].values()) == figures["entries"] == sum(figures["themes"].values())


def test_newest_come_first_and_none_is_hidden():
    department = Department()
    entry = department.published()
    hidden = department.draft()
    newest = [row["name"] for row in act(None, "govshare_statistics_show")["newest"]]
    assert newest[0] == entry["name"]
    assert hidden["name"] not in newest


def test_department_without_public_entries_is_listed_with_none():
    department = Department()
    row = next(
        row for row in act(None, "govshare_statistics_show")["departments"] if row["name"] == department.name
    )
    assert (row["entries"], row["updated"]) == (0, None)
