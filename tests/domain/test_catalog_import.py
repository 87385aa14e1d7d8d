"""The plan: what each row would do, whatever is already there and whatever the file repeats."""

from __future__ import annotations

import pytest
from ckanext.govshare.domain.catalog_import import Existing, Planner, RowPlan, difference
from ckanext.govshare.domain.catalog_rows import RowValues
from ckanext.govshare.domain.decision import Reason


def planner(policy: str = "ask", *existing: Existing) -> Planner:
    made = Planner("d1", {"d1": "d1", "民政局": "d1", "d2": "d2", "公安局": "d2"}, frozenset(["d1"]), policy)
    made.know(existing)
    return made


def entry(
    title: str, *, code: str = "", state: str = "draft", imported: bool = True, **values: object
) -> Existing:
    card = {"title": title, "resource_code": code, **values}
    return Existing(f"id-{title}", "d1", title, code, state, imported, card)


def plan(made: Planner, *rows: dict[str, object]) -> list[RowPlan]:
    return [made.plan(RowValues(number, values)) for number, values in enumerate(rows, 2)]


@pytest.mark.parametrize(
    ("existing", "row", "outcome", "codes"),
    [
        (None, {"title": "甲"}, "new", []),
        (entry("甲", notes="旧"), {"title": "甲", "notes": "旧"}, "unchanged", []),
        (entry("甲", notes="旧"), {"title": "甲", "notes": "新"}, "changed", []),
        (entry("甲", notes="旧"), {"title": "甲", "notes": ""}, "unchanged", []),
        (
            entry("甲", notes="旧", imported=False),
            {"title": "甲", "notes": "新"},
            "doubtful",
            ["catalog.title_exists"],
        ),
        (entry("甲", notes="旧", imported=False), {"title": "甲", "notes": "旧"}, "unchanged", []),
        (
            entry("甲", code="301001/1", imported=False),
            {"title": "乙", "resource_code": "301001/1"},
            "changed",
            [],
        ),
        (entry("甲", state="published", notes="旧"), {"title": "甲", "notes": "新"}, "change_request", []),
        (entry("甲", state="published", notes="旧"), {"title": "甲", "notes": "旧"}, "unchanged", []),
        (
            entry("甲", state="bureau_review"),
            {"title": "甲", "notes": "新"},
            "refused",
            ["catalog.in_review"],
        ),
        (entry("甲", state="withdrawn"), {"title": "甲", "notes": "新"}, "new", []),
        (
            entry("甲", state="withdrawn", code="301001/1"),
            {"title": "甲", "resource_code": "301001/1", "notes": "新"},
            "refused",
            ["catalog.withdrawn"],
        ),
        (None, {"title": "甲", "owner_org": "民政局"}, "new", []),
        (None, {"title": "甲", "owner_org": "没有的局"}, "refused", ["catalog.department_unknown"]),
        (None, {"title": "甲", "owner_org": "公安局"}, "refused", ["catalog.department_other"]),
    ],
)
def test_one_row(existing: Existing | None, row: dict[str, object], outcome: str, codes: list[str]) -> None:
    """Known by code, or by title when an import made it; a state that forbids it refuses."""
    (found,) = plan(planner("ask", *([existing] if existing else [])), row)
    assert (found.outcome, [r.code for r in found.reasons]) == (outcome, codes)


@pytest.mark.parametrize(
    ("policy", "outcomes", "titles"),
    [
        ("ask", ["new", "doubtful", "doubtful"], ["甲", "甲", "甲"]),
        ("update", ["new", "doubtful", "doubtful"], ["甲", "甲", "甲"]),
        ("rename", ["new", "new", "new"], ["甲", "甲（2）", "甲（3）"]),
    ],
)
def test_a_title_twice_in_a_file(policy: str, outcomes: list[str], titles: list[str]) -> None:
    """Two rows of one title are never merged: a person decides, or the later ones are numbered."""
    found = plan(planner(policy), {"title": "甲"}, {"title": "甲"}, {"title": "甲"})
    assert [row.outcome for row in found] == outcomes
    assert [row.title for row in found] == titles


def test_the_same_file_again_changes_nothing() -> None:
    """Also when the first import gave numbers to repeated titles and to one that was there before."""
    rows = [{"title": "甲", "notes": "1"}, {"title": "甲", "notes": "2"}, {"title": "手工", "notes": "3"}]
    byhand = entry("手工", imported=False, notes="0")
    first = plan(planner("rename", byhand), *rows)
    assert [row.title for row in first] == ["甲", "甲（2）", "手工（2）"]
    made = [entry(row.title, notes=str(row.values["notes"])) for row in first]
    second = plan(planner("rename", byhand, *made), *rows)
    assert [row.outcome for row in second] == ["unchanged"] * 3


def test_a_code_twice_or_of_another_department_is_refused() -> None:
    """A resource code (信息资源代码) names one entry of the portal."""
    foreign = Existing("x", "d2", "乙", "302001/1", "draft", True, {})
    found = plan(
        planner("ask", foreign),
        {"title": "甲", "resource_code": "301001/1"},
        {"title": "丙", "resource_code": "301001/1"},
        {"title": "丁", "resource_code": "302001/1"},
    )
    assert [[r.code for r in row.reasons] for row in found] == [
        [],
        ["catalog.code_twice"],
        ["catalog.code_taken"],
    ]
    assert found[1].reasons[0].facts == {"code": "301001/1", "first": 2}


def test_a_row_that_cannot_be_read_is_refused_with_all_its_reasons() -> None:
    """Reading and planning both speak; nothing hides behind the first error."""
    row = RowValues(9, {"title": "甲", "owner_org": "没有"}, (Reason("entry.too_long", {}, "notes"),))
    found = planner().plan(row)
    assert (found.outcome, [r.code for r in found.reasons]) == (
        "refused",
        ["entry.too_long", "catalog.department_unknown"],
    )


def test_a_new_title_may_not_be_that_of_another_entry() -> None:
    """The code says which entry is meant, so the title cannot be taken from its neighbour."""
    (found,) = plan(
        planner("ask", entry("甲", code="301001/1"), entry("乙", code="301001/2")),
        {"title": "乙", "resource_code": "301001/1"},
    )
    assert (found.outcome, [r.code for r in found.reasons]) == ("refused", ["catalog.title_taken"])


def test_the_difference_names_field_before_and_after() -> None:
    """Empty cells and identity are no difference."""
    before = {"title": "甲", "notes": "旧", "resource_code": "301001/1"}
    after = {"title": "甲", "notes": "新", "resource_code": "x", "theme": "", "industry": "A"}
    assert difference(before, after) == (("notes", "旧", "新"), ("industry", None, "A"))
