"""Late data: counted on the Shanghai date; list, reminders and public mark say the same of the same editions."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from ckan import model
from ckanext.govshare import jobs
from ckanext.govshare.helpers.entry_row import govshare_entry_due, list_rows
from ckanext.govshare.logic.edition import clocks, lateness

from tests.portal.officers import Department, act
from tests.portal.test_conditional import CONDITIONAL
from tests.portal.test_edition import SMALL, released, step

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")

MONTH = 31  # days of the cycle "monthly"


def test_late_from_the_first_minute_after_the_due_day_in_shanghai(monkeypatch):
    """23:59:59 of the due day is in time, 00:00 is late; in UTC both are the same day."""
    office, other = Department(), Department()
    made = office.published(update_cycle="monthly")
    released(office, made, SMALL)
    entry = act(None, "package_show", id=made["id"])
    due = datetime.fromisoformat(f"{entry['data_updated']}T00:00:00+08:00") + timedelta(days=MONTH)
    for instant, late in (
        (due + timedelta(hours=23, minutes=59, seconds=59), 0),
        (due + timedelta(days=1), 1),
    ):
        monkeypatch.setattr(lateness, "now", lambda instant=instant: instant)
        for person in (office.clerk, office.head, office.bureau):
            names = [row["name"] for row in act(person, "govshare_edition_late_list")]
            assert names.count(entry["name"]) == late
        assert act(other.clerk, "govshare_edition_late_list") == []
        assert bool(govshare_entry_due(entry)) is bool(late)
        assert list_rows([entry])[0]["late"] is bool(late)
        assert {clock.due_on for clock in open_clocks(entry)} == {due.date()}
    (row,) = (row for row in act(office.clerk, "govshare_edition_late_list") if row["name"] == entry["name"])
    assert (row["due"], row["days_late"]) == (due.date().isoformat(), 1)


def open_clocks(entry):
    """The clocks that run for one entry, as the reminders find them."""
    return [clock for clock in clocks.open_clocks(model.Session(), None) if clock.case_id == entry["id"]]


@pytest.mark.parametrize("openness", [{}, CONDITIONAL], ids=["unconditional", "conditional"])
def test_a_withdrawn_edition_is_no_delivery(monkeypatch, openness):
    """The one before counts again; with the last of them gone nothing is promised to anybody, and nothing is late."""
    office = Department()
    made = office.published(update_cycle="daily", **openness)
    first = released(office, made, SMALL)
    second = released(office, made, SMALL + "丙,011,3,2.00,2024-02-01\n".encode())
    for edition, left in ((second, first), (first, None)):
        step(office.head, edition, "withdraw", note="数据有误")
        jobs.drain()
        entry = act(None, "package_show", id=made["id"])
        monkeypatch.setattr(lateness, "now", lambda: datetime.fromisoformat("2099-01-01T00:00:00+08:00"))
        listed = [row["name"] for row in act(office.head, "govshare_edition_late_list")]
        said = (
            listed,
            list_rows([entry])[0]["late"],
            bool(govshare_entry_due(entry)),
            len(open_clocks(entry)),
        )
        assert said == (([entry["name"]], True, True, 1) if left else ([], False, False, 0))


def test_no_promise_is_never_late(monkeypatch):
    office = Department()
    made = office.published(update_cycle="irregular")
    released(office, made, SMALL)
    monkeypatch.setattr(lateness, "now", lambda: datetime.fromisoformat("2099-01-01T00:00:00+08:00"))
    assert act(office.clerk, "govshare_edition_late_list") == []
