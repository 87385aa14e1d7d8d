"""Late data: counted on the Shanghai date, listed to those who answer for it, marked on the public page."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from ckanext.govshare.helpers.entry_row import govshare_entry_due, govshare_entry_row
from ckanext.govshare.logic.edition import lateness

from tests.portal.officers import Department, act
from tests.portal.test_edition import SMALL, released

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
        assert govshare_entry_row(entry)["late"] is bool(late)
    (row,) = (row for row in act(office.clerk, "govshare_edition_late_list") if row["name"] == entry["name"])
    assert (row["due"], row["days_late"]) == (due.date().isoformat(), 1)


def test_no_promise_is_never_late(monkeypatch):
    office = Department()
    made = office.published(update_cycle="irregular")
    released(office, made, SMALL)
    monkeypatch.setattr(lateness, "now", lambda: datetime.fromisoformat("2099-01-01T00:00:00+08:00"))
    assert act(office.clerk, "govshare_edition_late_list") == []
