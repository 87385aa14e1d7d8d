"""Application (申请): the whole table of states, moves and roles, persons distinct, and every need of every move."""

from __future__ import annotations

import itertools
from datetime import date

import pytest
from ckanext.govshare import rulebook
from ckanext.govshare.domain.application import (
    APPLICATION,
    CLOSED,
    OPEN,
    STATES,
    is_with,
    waits_for,
)
from ckanext.govshare.domain.application_needs import (
    EntryApplied,
    Facts,
    Given,
    Limits,
    may_apply,
    unmet,
    unmet_by_case,
)
from ckanext.govshare.domain.decision import Refused
from ckanext.govshare.domain.workflow import Actor, Case
from ckanext.govshare.logic.messages import MESSAGES

ROLES = ("applicant", "clerk", "head", "bureau", "system", "citizen", "operator")

# product.md § 3.4: exactly these (state, move, role) are permitted.
PERMITTED = {
    ("draft", "submit", "applicant"),
    ("submitted", "ask_supplement", "clerk"),
    ("supplementing", "supplement", "applicant"),
    ("supplementing", "lapse", "system"),
    ("submitted", "accept", "clerk"),
    ("submitted", "not_accept", "clerk"),
    ("submitted", "return", "clerk"),
    ("accepted", "ask_extension", "clerk"),
    ("accepted", "grant_extension", "head"),
    ("accepted", "deny_extension", "head"),
    ("accepted", "approve", "head"),
    ("accepted", "approve_partly", "head"),
    ("accepted", "refuse", "head"),
    ("accepted", "redirect", "head"),
    ("submitted", "withdraw", "applicant"),
    ("supplementing", "withdraw", "applicant"),
    ("accepted", "withdraw", "applicant"),
}

CLOCK = {
    "submit": "start", "ask_supplement": "stop", "supplement": "restart", "lapse": "", "accept": "",
    "not_accept": "stop", "return": "stop", "ask_extension": "", "grant_extension": "extend",
    "deny_extension": "", "approve": "stop", "approve_partly": "stop", "refuse": "stop", "redirect": "stop",
    "withdraw": "stop",
}  # fmt: skip

TODAY = date(2026, 11, 20)
COLUMNS = ("名称", "地址")
LIMITS = Limits(10, 10, 20, ("purpose_unfit",), ("not_held",), "2026-01")
OTHERS = {"applied": "wang", "extension_asked": "zhao"}


@pytest.mark.parametrize(
    ("state", "move", "role"),
    list(itertools.product(APPLICATION.states, [move.name for move in APPLICATION.moves], ROLES)),
)
def test_the_matrix_of_states_moves_and_roles(state, move, role):
    """A move is possible in its states for its roles, and nowhere else for nobody else."""
    persons = {**OTHERS, "applied": "li"} if role == "applicant" else OTHERS
    decision = APPLICATION.step(Case(state, persons, {}), move, Actor("li", frozenset({role})))
    assert bool(decision) is ((state, move, role) in PERMITTED)


def test_every_move_says_what_it_does_to_the_clock():
    """Start at the receipt, stop for a supplement and at the reply, restart at what completes, extend once."""
    assert {move.name: move.clock for move in APPLICATION.moves} == CLOCK


def test_the_words_of_states_and_moves_are_there():
    """Nobody is ever shown a bare code."""
    assert set(rulebook.words("application_states")) == {"draft", *STATES}
    assert {move.name for move in APPLICATION.moves} <= set(rulebook.words("application_moves"))
    assert set(OPEN).isdisjoint(CLOSED)


HANDLED = [move.name for move in APPLICATION.moves if set(move.roles) & {"clerk", "head"}]


@pytest.mark.parametrize("move", HANDLED)
def test_nobody_handles_their_own_application(move):
    """Whoever applied may take no officer's move, whatever office they hold."""
    row = APPLICATION.move(move)
    persons = {"applied": "li", "extension_asked": "zhao"}
    decision = APPLICATION.step(Case(row.sources[0], persons, {}), move, Actor("li", frozenset(ROLES)))
    assert isinstance(decision, Refused)
    assert [reason.code for reason in decision.reasons] == ["workflow.same_person"]


@pytest.mark.parametrize("move", ["grant_extension", "deny_extension"])
def test_the_asker_of_an_extension_never_decides_on_it(move):
    """佳木斯 art. 26: the head grants; whoever asked is another person."""
    persons = {"applied": "wang", "extension_asked": "li"}
    decision = APPLICATION.step(Case("accepted", persons, {}), move, Actor("li", frozenset(ROLES)))
    assert [reason.facts["step"] for reason in decision.reasons] == ["extension_asked"]


def test_only_the_applicant_withdraws_and_completes():
    """Another person with the same role does not."""
    for move, state in (("withdraw", "accepted"), ("supplement", "supplementing")):
        case = Case(state, {"applied": "wang"}, {})
        decision = APPLICATION.step(case, move, Actor("li", frozenset({"applicant"})))
        assert [reason.code for reason in decision.reasons] == ["workflow.only_same_person"]


@pytest.mark.parametrize("state", STATES)
def test_what_waits_for_the_head(state):
    """While it is accepted only: the extension first, for its last day is sooner; then the drafted reply."""
    told = [
        waits_for(state, extension_pending=pending, drafted=drafted)
        for pending, drafted in ((False, False), (False, True), (True, False), (True, True))
    ]
    assert told == (["", "reply", "extension", "extension"] if state == "accepted" else [""] * 4)


# state: with whom an application is while nothing, an extension, a draft, or both wait for the head
HANDS = {
    "submitted": ["clerk"] * 4,
    "supplementing": ["applicant"] * 4,
    "accepted": ["clerk", "head", "head", "head"],
}


@pytest.mark.parametrize("state", STATES)
def test_in_whose_hands_it_is(state):
    """Open: somebody's. Over: nobody's."""
    told = [
        is_with(state, extension_pending=pending, drafted=drafted)
        for pending, drafted in ((False, False), (True, False), (False, True), (True, True))
    ]
    assert told == HANDS.get(state, [""] * 4)


OPENED = Facts(TODAY, due_on=date(2026, 11, 27), asked={"e": COLUMNS})
FULL = {"e": COLUMNS}

# need, facts, given, codes
NEEDS = [
    ("first_supplement", OPENED, Given(), []),
    ("first_supplement", Facts(TODAY, supplement_asked=True), Given(), ["application.supplement_once"]),
    ("time_to_ask", Facts(TODAY, ask_supplement_by=TODAY), Given(), []),
    ("time_to_ask", Facts(TODAY, ask_supplement_by=date(2026, 11, 19)), Given(), ["application.supplement_too_late"]),
    ("missing", OPENED, Given(missing=("身份证复印件",)), []),
    ("missing", OPENED, Given(), ["application.missing_not_named"]),
    ("supplement_period", OPENED, Given(days=10), []),
    ("supplement_period", OPENED, Given(days=11), ["application.supplement_period"]),
    ("supplement_period", OPENED, Given(days=0), ["application.supplement_period"]),
    ("period_passed", Facts(TODAY, supplement_due_on=date(2026, 11, 19)), Given(), []),
    ("period_passed", Facts(TODAY, supplement_due_on=TODAY), Given(), ["application.period_still_runs"]),
    ("period_passed", OPENED, Given(), ["application.period_still_runs"]),
    ("note", OPENED, Given(note="理由"), []),
    ("note", OPENED, Given(note="  "), ["application.reason_missing"]),
    ("elsewhere", OPENED, Given(), ["application.elsewhere_missing"]),
    ("first_extension", Facts(TODAY, extension_asked=True), Given(), ["application.extension_once"]),
    ("before_due", Facts(TODAY, due_on=TODAY), Given(), []),
    ("before_due", Facts(TODAY, due_on=date(2026, 11, 19)), Given(), ["application.after_due"]),
    ("extension_days", OPENED, Given(days=1), []),
    ("extension_days", OPENED, Given(days=11), ["application.extension_days"]),
    ("extension_asked", OPENED, Given(), ["application.no_extension_asked"]),
    ("extension_asked", Facts(TODAY, extension_pending=True), Given(), []),
    ("scope", OPENED, Given(scope=FULL), []),
    ("scope", OPENED, Given(scope={"e": ()}), ["application.scope_missing"]),
    ("scope", OPENED, Given(scope={"e": ("电话",)}), ["application.scope_wider_than_asked"]),
    ("scope", OPENED, Given(scope={"f": COLUMNS}), ["application.scope_wider_than_asked"]),
    ("whole_scope", OPENED, Given(scope=FULL), []),
    ("whole_scope", OPENED, Given(scope={"e": ("名称",)}), ["application.scope_is_partial"]),
    ("part_of_scope", OPENED, Given(scope={"e": ("名称",)}), []),
    ("part_of_scope", OPENED, Given(scope=FULL), ["application.scope_is_whole"]),
    ("purpose", OPENED, Given(), ["application.purpose_missing"]),
    ("end_date", OPENED, Given(ends_on=date(2026, 11, 21)), []),
    ("end_date", OPENED, Given(ends_on=TODAY), ["application.end_date_past"]),
    ("end_date", OPENED, Given(), ["application.end_date_missing"]),
    ("terms", OPENED, Given(terms_version="2026-01"), []),
    ("terms", OPENED, Given(terms_version="2020-01"), ["application.terms_not_current"]),
    ("refusal_reason", OPENED, Given(refusal_reason="purpose_unfit"), []),
    ("refusal_reason", OPENED, Given(refusal_reason="weather"), ["application.refusal_reason_missing"]),
    ("redirect_kind", OPENED, Given(redirect_kind="not_held"), []),
    ("redirect_kind", OPENED, Given(), ["application.redirect_kind_missing"]),
]  # fmt: skip


@pytest.mark.parametrize(("need", "facts", "given", "codes"), NEEDS)
def test_each_need_says_when_it_is_not_met(need, facts, given, codes):
    """The reasons come from the facts of the case and from what comes with the move."""
    found = unmet(facts, given, LIMITS)[need]
    assert [reason.code for reason in found] == codes
    assert all(reason.code in MESSAGES for reason in found)


def test_every_need_of_the_table_is_judged():
    """No row of the table demands what nobody looks at; form, entries and open cases are judged where they are known."""
    named = {need for move in APPLICATION.moves for need in move.needs}
    assert named - set(unmet(OPENED, Given(), LIMITS)) == {"complete", "eligible", "none_open"}


def test_buttons_are_greyed_by_the_case_alone():
    """What a form can still meet does not close a move; what the case forbids does."""
    assert not any(unmet_by_case(Facts(TODAY, extension_pending=True), LIMITS)["extension_asked"])
    assert "scope" not in unmet_by_case(OPENED, LIMITS)


def entry(openness="conditional", state="published", organization="d1"):
    return EntryApplied("停车场", state, openness, organization)


APPLIED = [
    ((entry(),), []),
    ((entry(), entry()), []),
    ((), ["application.no_entry"]),
    ((entry("unconditional"),), ["application.not_conditional"]),
    ((entry("closed"),), ["application.not_conditional"]),
    ((entry(state="withdrawn"),), ["application.not_conditional"]),
    ((entry(), entry(organization="d2")), ["application.several_providers"]),
    ((entry(),) * 21, ["application.too_many_entries"]),
]


@pytest.mark.parametrize(("entries", "codes"), APPLIED)
def test_only_published_conditional_entries_of_one_provider(entries, codes):
    """佳木斯 art. 24: what is open is taken, what is closed is not applied for."""
    decision = may_apply(entries, LIMITS)
    assert [reason.code for reason in getattr(decision, "reasons", ())] == codes
