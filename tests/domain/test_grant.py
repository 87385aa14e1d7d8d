"""Grant (授权): what may be taken, on which day, by whom, and how a grant begins and ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from ckanext.govshare.domain.grant import Agreement, Grant, Standing, may_agree, may_revoke, may_take, status
from ckanext.govshare.domain.workflow import Actor

GRANT = Grant("li", "e", ("名称", "地址"), date(2026, 11, 20), date(2026, 12, 31))
REVOKED = replace(GRANT, revoked_on=date(2026, 12, 1))

OPEN = Standing("published", "conditional")

TAKEN = [
    (GRANT, date(2026, 11, 20), "li", OPEN, []),
    (GRANT, date(2026, 12, 31), "li", OPEN, []),
    (GRANT, date(2026, 11, 19), "li", OPEN, ["grant.not_yet"]),
    (GRANT, date(2027, 1, 1), "li", OPEN, ["grant.ended"]),
    (REVOKED, date(2026, 11, 30), "li", OPEN, []),
    (REVOKED, date(2026, 12, 1), "li", OPEN, ["grant.revoked"]),
    (GRANT, date(2026, 11, 20), "wang", OPEN, ["grant.not_yours"]),
    (GRANT, date(2026, 11, 20), "li", Standing("withdrawn", "conditional"), ["grant.entry_withdrawn"]),
    (GRANT, date(2026, 11, 20), "li", Standing("published", "closed"), ["grant.entry_withdrawn"]),
    (GRANT, date(2026, 11, 20), "li", Standing("published", "unconditional"), []),
]


@pytest.mark.parametrize(("grant", "today", "person", "entry", "codes"), TAKEN)
def test_what_may_be_taken(grant, today, person, entry, codes):
    """The holder, from the first day to the end of the last, until revoked, while the entry is open."""
    decision = may_take(grant, today, entry, person=person)
    assert [reason.code for reason in getattr(decision, "reasons", ())] == codes


@pytest.mark.parametrize(
    ("grant", "today", "stands"),
    [
        (GRANT, date(2026, 11, 19), "waiting"),
        (GRANT, date(2026, 11, 20), "current"),
        (GRANT, date(2027, 1, 1), "ended"),
        (REVOKED, date(2027, 1, 1), "revoked"),
    ],
)
def test_one_function_says_where_a_grant_stands(grant, today, stands):
    """A revoked grant stays revoked after its last day."""
    assert status(grant, today) == stands


AGREEMENT = Agreement(
    "li", "li", "approved", "2026-01", "2026-01", "测试甲", "测试甲", False, date(2026, 12, 31)
)
AGREED = [
    ({}, []),
    ({"application_state": "partly_approved"}, []),
    ({"application_state": "refused"}, ["grant.not_granted"]),
    ({"person": "wang"}, ["workflow.only_same_person"]),
    ({"already_agreed": True}, ["grant.already_agreed"]),
    ({"terms_version": "2020-01"}, ["grant.other_terms"]),
    ({"name": "别人"}, ["grant.name_differs"]),
    ({"name": "", "expected_name": ""}, ["grant.name_differs"]),
    ({"ends_on": date(2026, 11, 19)}, ["grant.ended"]),
]


@pytest.mark.parametrize(("changes", "codes"), AGREED)
def test_an_agreement_is_made_once_by_name_on_the_current_terms(changes, codes):
    """佳木斯 art. 36: what is agreed on is known to both."""
    decision = may_agree(replace(AGREEMENT, **changes), date(2026, 11, 20))
    assert [reason.code for reason in getattr(decision, "reasons", ())] == codes


HEAD = Actor("zhao", frozenset({"head"}))
REVOCATIONS = [
    (GRANT, HEAD, "违反协议", []),
    (GRANT, Actor("zhao", frozenset({"bureau"})), "违反协议", []),
    (GRANT, Actor("qian", frozenset({"clerk"})), "违反协议", ["workflow.wrong_role"]),
    (GRANT, Actor("li", frozenset({"head"})), "违反协议", ["workflow.same_person"]),
    (GRANT, HEAD, " ", ["application.reason_missing"]),
    (REVOKED, HEAD, "违反协议", ["grant.over"]),
]


@pytest.mark.parametrize(("grant", "actor", "note", "codes"), REVOCATIONS)
def test_a_revocation_needs_a_head_a_standing_grant_and_a_reason(grant, actor, note, codes):
    """What is over cannot be revoked; what stands is not revoked in silence, nor by its holder."""
    decision = may_revoke(grant, date(2026, 12, 15), actor, note)
    assert [reason.code for reason in getattr(decision, "reasons", ())] == codes
