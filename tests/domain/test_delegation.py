"""Delegation (委托代行): the day before, the first, the last and the day after, for every kind, move and person."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta, timezone

import pytest
from ckanext.govshare import rulebook
from ckanext.govshare.domain.application import APPLICATION, HANDLED
from ckanext.govshare.domain.decision import Refused
from ckanext.govshare.domain.delegation import (
    COMING,
    CURRENT,
    ENDED,
    KINDS,
    LONGEST_DAYS,
    OF_CASE,
    REVOKED,
    Delegation,
    acting,
    may_delegate,
    may_revoke,
    status,
)
from ckanext.govshare.domain.edition import EDITION
from ckanext.govshare.domain.grant import REVOKE, Grant
from ckanext.govshare.domain.grant import may_revoke as may_revoke_grant
from ckanext.govshare.domain.publication import CHANGE, PUBLICATION
from ckanext.govshare.domain.workflow import Actor, Case

WORKFLOWS = (PUBLICATION, CHANGE, EDITION, APPLICATION)
FIRST, LAST = date(2026, 11, 23), date(2026, 11, 27)
SHANGHAI = timezone(timedelta(hours=8))
WEEK = Delegation("head", "li", KINDS, FIRST, LAST)
NOON = datetime(2026, 11, 22, 12, tzinfo=SHANGHAI)

# instant in Shanghai, where the delegation stands
INSTANTS = [
    ("2026-11-22T23:59:59", COMING),
    ("2026-11-23T00:00:00", CURRENT),
    ("2026-11-25T12:00:00", CURRENT),
    ("2026-11-27T23:59:59", CURRENT),
    ("2026-11-28T00:00:00", ENDED),
]

# What a head decides, by kind: exactly these moves are delegated, and no clerk's or bureau's own.
DELEGATED = {
    ("publication", "approve"): "publication",
    ("publication", "return"): "publication",
    ("publication", "withdraw"): "publication",
    ("change", "approve"): "publication",
    ("change", "return"): "publication",
    ("edition", "confirm"): "edition",
    ("edition", "reject"): "edition",
    ("edition", "review"): "edition",
    ("edition", "release"): "edition",
    ("edition", "discard"): "edition",
    ("edition", "withdraw"): "edition",
    ("application", "grant_extension"): "extension",
    ("application", "deny_extension"): "extension",
    ("application", "approve"): "reply",
    ("application", "approve_partly"): "reply",
    ("application", "refuse"): "reply",
    ("application", "redirect"): "reply",
}
HEADS_OWN = [
    (workflow, move)
    for workflow in WORKFLOWS
    for move in workflow.moves
    if "head" in move.roles and "clerk" not in move.roles
]


def told(value):
    """A parameter as a test's name shows it."""
    if isinstance(value, tuple):
        return "-".join(map(told, value))
    return str(getattr(value, "noun", getattr(value, "name", value)))


def local(text):
    """An instant on the clock of Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(("instant", "stands"), INSTANTS)
def test_it_stands_from_midnight_to_midnight(instant, stands):
    """In Shanghai, whatever the clock of the machine; a revoked one stands at no instant."""
    assert status(WEEK, local(instant)) == stands
    assert status(WEEK, local(instant).astimezone(timezone.utc)) == stands
    revoked = Delegation("head", "li", KINDS, FIRST, LAST, revoked=True)
    assert status(revoked, local(instant)) == REVOKED


def test_every_move_of_a_head_has_its_kind():
    """The table of moves says which kind; nothing that is not a head's can be delegated."""
    found = {
        (workflow.noun, move.name): move.kind
        for workflow in WORKFLOWS
        for move in workflow.moves
        if move.kind
    }
    assert found == DELEGATED
    assert {
        (workflow.noun, move.name)
        for workflow in WORKFLOWS
        for move in workflow.moves
        if "head" in move.roles
    } == set(DELEGATED)
    assert {kind for kinds in OF_CASE.values() for kind in kinds} == set(KINDS)
    assert set(rulebook.words("delegation_kinds")) == set(KINDS)
    assert set(rulebook.words("delegation_states")) == {COMING, CURRENT, ENDED, REVOKED}


@pytest.mark.parametrize(
    ("pair", "instant", "kind"), list(itertools.product(HEADS_OWN, INSTANTS, KINDS)), ids=told
)
def test_the_matrix_of_days_and_kinds(pair, instant, kind):
    """A clerk takes a head's move while a delegation of its kind stands, and at no other time and for no other kind."""
    (workflow, move), (text, stands) = pair, instant
    given = Delegation("head", "li", (kind,), FIRST, LAST)
    actor = Actor("li", frozenset({"clerk"}), acting([given], local(text)))
    persons = {"submitted": "wang", "applied": "wang", "declared": "wang", "planned": "wang"}
    decision = workflow.step(Case(move.sources[0], persons, {}), move.name, actor)
    assert bool(decision) is (stands == CURRENT and move.kind == kind)
    assert actor.acts_for(move) == ("head" if decision else "")


DELEGATE = Actor("li", frozenset({"clerk"}), dict.fromkeys(KINDS, "head"))
SEPARATED = [
    (workflow, move.name, step)
    for workflow, move in HEADS_OWN
    for step in dict.fromkeys((*move.not_by, *move.not_for_head))
]
LAUNDERED = [(workflow, move.name, step) for workflow, move in HEADS_OWN for step in move.not_by]


@pytest.mark.parametrize(("workflow", "move", "step"), SEPARATED, ids=told)
def test_a_delegate_decides_nothing_of_their_own(workflow, move, step):
    """Who submitted, masked, asked, applied, received or drafted does not decide, in nobody's place."""
    case = Case(workflow.move(move).sources[0], {step: "li"}, {})
    decision = workflow.step(case, move, DELEGATE)
    assert isinstance(decision, Refused)
    assert [reason.code for reason in decision.reasons] == ["workflow.same_person"]


@pytest.mark.parametrize(("workflow", "move", "step"), LAUNDERED, ids=told)
def test_nobody_decides_in_anothers_place_what_that_one_may_not(workflow, move, step):
    """The head's own application, request or submission is not cleared through the delegate."""
    case = Case(workflow.move(move).sources[0], {step: "head"}, {})
    decision = workflow.step(case, move, DELEGATE)
    assert isinstance(decision, Refused)
    assert [reason.code for reason in decision.reasons] == ["workflow.same_head"]


def test_who_handled_an_application_does_not_answer_it():
    """All four steps of a clerk; a head in their own right is bound by the old separations only."""
    assert set(HANDLED) == {"supplement_asked", "accepted", "extension_asked", "proposed"}
    for move in ("approve", "refuse", "redirect", "approve_partly"):
        case = Case("accepted", dict.fromkeys(HANDLED, "li"), {})
        assert not APPLICATION.step(case, move, DELEGATE)
        assert APPLICATION.step(case, move, Actor("li", frozenset({"head"})))


def test_ones_own_right_comes_first():
    """What a clerk may do anyway they do as clerk; a head who is also a delegate acts as head."""
    assert DELEGATE.acts_for(EDITION.move("confirm")) == ""
    both = Actor("li", frozenset({"head"}), {"reply": "head"})
    assert both.acts_for(APPLICATION.move("refuse")) == ""


def test_a_grant_is_revoked_by_whoever_may_reply():
    """With kind reply, not with another one; and never for a head who holds the grant."""
    grant = Grant("wang", "e", ("a",), FIRST, LAST)
    for kind in KINDS:
        actor = Actor("li", frozenset({"clerk"}), {kind: "head"})
        assert bool(may_revoke_grant(grant, FIRST, actor, "理由")) is (kind == REVOKE.kind)
    own = Grant("head", "e", ("a",), FIRST, LAST)
    refused = may_revoke_grant(own, FIRST, DELEGATE, "理由")
    assert [reason.code for reason in refused.reasons] == ["workflow.same_head"]


def wanted(**changes):
    """A delegation of today's week, changed."""
    made = {
        "delegator": "head", "delegate": "li", "kinds": KINDS, "from_on": NOON.date(), "to_on": LAST, **changes
    }  # fmt: skip
    return Delegation(**made)


HEAD, CLERK = {"head"}, {"clerk"}
DAY = timedelta(1)
YEAR = NOON.date() + (LONGEST_DAYS - 1) * DAY

# what is wanted, roles of who delegates, roles of the delegate, codes
WANTED = [
    (wanted(), HEAD, CLERK, []),
    (wanted(to_on=NOON.date()), HEAD, CLERK, []),
    (wanted(to_on=YEAR), HEAD, CLERK, []),
    (wanted(), HEAD, {"clerk", "bureau"}, []),
    (wanted(), CLERK, CLERK, ["delegation.not_head"]),
    (wanted(), {"bureau"}, CLERK, ["delegation.not_head"]),
    (wanted(delegate="head"), HEAD, HEAD, ["delegation.to_oneself"]),
    (wanted(), HEAD, HEAD, ["delegation.to_head"]),
    (wanted(), HEAD, set(), ["delegation.not_an_officer"]),
    (wanted(kinds=()), HEAD, CLERK, ["delegation.no_kind"]),
    (wanted(kinds=("all",)), HEAD, CLERK, ["delegation.no_kind"]),
    (wanted(from_on=NOON.date() - DAY), HEAD, CLERK, ["delegation.past"]),
    (wanted(from_on=LAST, to_on=FIRST), HEAD, CLERK, ["delegation.ends_before"]),
    (wanted(to_on=YEAR + DAY), HEAD, CLERK, ["delegation.too_long"]),
    (wanted(from_on=None, to_on=None), HEAD, CLERK, ["delegation.no_day", "delegation.no_day"]),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "mine", "theirs", "codes"), WANTED)
def test_what_may_be_delegated(asked, mine, theirs, codes):
    """By a head, to a clerk of the department, from today on, for a year at most."""
    decision = may_delegate(asked, mine, theirs, [], NOON)
    found = decision.reasons if isinstance(decision, Refused) else ()
    assert [reason.code for reason in found] == codes


# another delegation to the same person: kinds, days around 23 to 27 November, whether it stands in the way
OTHERS = [
    (("reply",), FIRST, LAST, True),
    (("reply",), LAST, LAST + DAY, True),
    (("reply",), FIRST - DAY, FIRST, True),
    (("reply",), LAST + DAY, LAST + DAY, False),
    (("reply",), FIRST - DAY, FIRST - DAY, False),
    (("edition",), FIRST, LAST, False),
]


@pytest.mark.parametrize(("kinds", "first", "last", "clash"), OTHERS)
@pytest.mark.parametrize("revoked", [False, True])
def test_one_kind_once_at_a_time(kinds, first, last, clash, revoked):
    """Otherwise it were unclear for whom the delegate decides; what is revoked is out of the way."""
    other = Delegation("zhao", "li", kinds, first, last, revoked)
    asked = wanted(kinds=("reply", "publication"), from_on=FIRST)
    decision = may_delegate(asked, HEAD, CLERK, [other], NOON)
    assert bool(decision) is not (clash and not revoked)


@pytest.mark.parametrize(
    ("roles", "instant", "codes"),
    [
        ({"head"}, "2026-11-22T12:00:00", []),
        ({"head"}, "2026-11-27T23:59:59", []),
        ({"head"}, "2026-11-28T00:00:00", ["delegation.over"]),
        ({"clerk"}, "2026-11-25T12:00:00", ["delegation.not_head"]),
        ({"bureau"}, "2026-11-25T12:00:00", ["delegation.not_head"]),
    ],
)
def test_who_revokes_when(roles, instant, codes):
    """Any head of the department, until it is over; the delegate does not."""
    decision = may_revoke(WEEK, roles, local(instant))
    found = decision.reasons if isinstance(decision, Refused) else ()
    assert [reason.code for reason in found] == codes
