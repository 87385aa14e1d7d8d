"""Use report and renewal: who may, when, and until when a report is awaited."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from ckanext.govshare import rulebook
from ckanext.govshare.domain.deadline import Facts, due
from ckanext.govshare.domain.grant import Grant, Standing
from ckanext.govshare.domain.use_report import (
    DUTY,
    may_follow,
    may_renew,
    may_report,
    over_since,
    owes_report,
)

GRANT = Grant("li", "e", ("名称",), date(2026, 3, 2), date(2026, 3, 31))
REVOKED = replace(GRANT, revoked_on=date(2026, 3, 10))
OPEN = Standing("published", "conditional")
BEFORE, DURING, AFTER = date(2026, 3, 1), date(2026, 3, 20), date(2026, 4, 1)


def codes(decision) -> list[str]:
    return [reason.code for reason in getattr(decision, "reasons", ())]


@pytest.mark.parametrize(
    ("grant", "today", "person", "reported", "expected"),
    [
        (GRANT, BEFORE, "li", False, ["grant.not_yet"]),
        (GRANT, DURING, "li", False, []),
        (GRANT, AFTER, "li", False, []),
        (REVOKED, DURING, "li", False, []),
        (GRANT, AFTER, "li", True, ["grant.reported"]),
        (GRANT, AFTER, "wang", False, ["grant.not_yours"]),
    ],
)
def test_the_holder_reports_once(grant, today, person, reported, expected):
    """From the first day on; after a revocation as well."""
    assert codes(may_report(grant, today, person=person, reported=reported)) == expected


@pytest.mark.parametrize(
    ("grant", "today", "taken", "reported", "owed"),
    [
        (GRANT, DURING, True, False, False),
        (GRANT, AFTER, True, False, True),
        (GRANT, AFTER, False, False, False),
        (GRANT, AFTER, True, True, False),
        (REVOKED, DURING, True, False, True),
    ],
)
def test_who_took_something_owes_a_report_at_the_end(grant, today, taken, reported, owed):
    """Who took nothing owes none."""
    assert owes_report(grant, today, taken=taken, reported=reported) is owed


@pytest.mark.parametrize(
    ("grant", "day"), [(GRANT, date(2026, 4, 15)), (REVOKED, date(2026, 3, 24))], ids=["ended", "revoked"]
)
def test_the_period_is_ten_working_days_from_the_end(grant, day):
    """31 March ends it: 清明 (4–6 April) is not counted. Soft: a promise of the undertaking."""
    duty = rulebook.duty(DUTY)
    assert not duty.binding
    assert due(duty, Facts(received=over_since(grant)), rulebook.calendar()).due_on == day


@pytest.mark.parametrize(
    ("grant", "person", "entry", "expected"),
    [
        (GRANT, "li", OPEN, []),
        (REVOKED, "li", OPEN, ["grant.revoked_not_renewed"]),
        (GRANT, "wang", OPEN, ["grant.not_yours"]),
        (GRANT, "li", Standing("withdrawn", "conditional"), ["grant.entry_not_renewed"]),
        (GRANT, "li", Standing("published", "unconditional"), ["grant.entry_not_renewed"]),
    ],
)
@pytest.mark.parametrize("today", [DURING, AFTER])
def test_a_grant_is_renewed_by_its_holder_unless_revoked(grant, person, entry, expected, today):
    """Before its end and after it; what is open to everybody needs none."""
    assert codes(may_renew(grant, today, entry, person=person)) == expected


@pytest.mark.parametrize(
    ("applicant", "entries", "expected"),
    [
        ("li", {"e", "f"}, []),
        ("wang", {"e"}, ["grant.renews_other"]),
        ("li", {"f"}, ["grant.renews_other"]),
    ],
)
def test_a_renewal_points_to_a_grant_of_the_same_person_and_data(applicant, entries, expected):
    assert codes(may_follow(GRANT, applicant=applicant, entries=frozenset(entries))) == expected
