"""Nobody types twice what they wrote for an entry's data before; what must be judged anew is never filled in."""

from __future__ import annotations

import pytest

from tests import persons
from tests.portal.officers import REVIEW, Department, act
from tests.portal.test_edition import SMALL, deliver, released, step

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")


def shown(office, edition):
    return act(office.clerk, "govshare_edition_show", id=edition["id"])


def test_reason_and_basis_of_the_last_edition_are_offered_its_answers_are_not():
    office = Department()
    entry = office.published()
    first = deliver(office, entry, SMALL)
    assert (shown(office, first)["suggested_reason"], shown(office, first)["suggested_basis"]) == ("", "")
    step(office.clerk, first, "discard")
    released(office, entry, SMALL)
    following = shown(office, deliver(office, entry, SMALL + "丙,011,3,2.00,2024-02-01\n".encode()))
    assert following["suggested_reason"] == "均为公开统计数据，不含个人信息"
    assert following["suggested_basis"] == REVIEW["basis"]
    assert (following["reason"], following["review"]) == ("", None)


@pytest.mark.parametrize("back", ["undo", "reread"])
def test_a_plan_that_was_given_up_is_offered_again(back):
    """It holds nothing any more: the table is as it was read, and has to be planned and checked anew."""
    office = Department()
    edition = deliver(office, office.published(), persons.table(300))
    saved = step(office.clerk, edition, "plan", plan=persons.PLAN)["tables"][0]["plan"]
    step(office.clerk, edition, "mask")
    if back == "undo":
        step(office.clerk, edition, "undo")
    else:
        version = shown(office, edition)["version"]
        act(office.clerk, "govshare_edition_reread", id=edition["id"], version=version, encoding="utf-8")
    found = shown(office, edition)
    table = found["tables"][0]
    assert (found["status"], table["plan"], table["masked"]) == ("pending", None, None)
    offered = table["suggested"]["columns"]
    assert {name: offered[name]["method"] for name in saved["columns"]} == {
        name: step["method"] for name, step in saved["columns"].items()
    }
    assert table["suggested"]["quasi_identifiers"] == saved["quasi_identifiers"]
