"""The calendar in force: the shipped notices and those that the bureau imported."""

from __future__ import annotations

from ckan import model

from ckanext.govshare import rulebook
from ckanext.govshare.domain.workdays import Calendar
from ckanext.govshare.model import calendar as notices


def current() -> Calendar:
    """Return the calendar as it stands now; one small query, the index itself is kept by version."""
    return rulebook.calendar(notices.imported(model.Session()))
