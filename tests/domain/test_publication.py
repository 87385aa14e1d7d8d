"""Publication (发布): the whole table, every role in every state, persons distinct."""

from __future__ import annotations

import itertools

import pytest
from ckanext.govshare import rulebook
from ckanext.govshare.domain.decision import Allowed, Reason, Refused
from ckanext.govshare.domain.publication import CHANGE, PUBLICATION
from ckanext.govshare.domain.workflow import Actor, Case

ROLES = ("clerk", "head", "bureau", "operator", "citizen")

# Exactly these (state, move, role) are permitted, by the table of the product's rules.
PERMITTED = {
    ("draft", "submit", "clerk"),
    ("department_review", "recall", "clerk"),
    ("department_review", "approve", "head"),
    ("department_review", "return", "head"),
    ("department_review", "return", "bureau"),
    ("bureau_review", "return", "head"),
    ("bureau_review", "return", "bureau"),
    ("bureau_review", "publish", "bureau"),
    ("published", "withdraw", "head"),
    ("published", "withdraw", "bureau"),
    ("withdrawn", "reopen", "clerk"),
}

MATRIX = list(itertools.product(PUBLICATION.states, [move.name for move in PUBLICATION.moves], ROLES))


def case(state, persons=None, unmet=None):
    """A case in ``state`` whose earlier steps were taken by ``persons``."""
    return Case(state, persons or {}, unmet or {})


@pytest.mark.parametrize(("state", "move", "role"), MATRIX)
def test_the_matrix_of_states_moves_and_roles(state, move, role):
    """A move is possible in its states for its roles, and nowhere else for nobody else."""
    actor = Actor("li", frozenset({role}))
    persons = {"submitted": "li"} if move == "recall" else {"submitted": "wang", "approved": "zhao"}
    decision = PUBLICATION.step(case(state, persons), move, actor)
    assert bool(decision) is ((state, move, role) in PERMITTED)


@pytest.mark.parametrize(
    ("state", "move", "persons", "code"),
    [
        ("department_review", "approve", {"submitted": "li"}, "workflow.same_person"),
        ("bureau_review", "publish", {"submitted": "li", "approved": "zhao"}, "workflow.same_person"),
        ("bureau_review", "publish", {"submitted": "wang", "approved": "li"}, "workflow.same_person"),
        ("department_review", "recall", {"submitted": "wang"}, "workflow.only_same_person"),
    ],
)
def test_one_person_never_takes_two_steps(state, move, persons, code):
    """Whoever holds every role still may not approve or publish their own (不相容职责分离)."""
    decision = PUBLICATION.step(case(state, persons), move, Actor("li", frozenset(ROLES)))
    assert isinstance(decision, Refused)
    assert [reason.code for reason in decision.reasons] == [code]


@pytest.mark.parametrize(
    ("state", "move", "need"),
    [
        ("draft", "submit", "complete"),
        ("department_review", "approve", "secrecy_review"),
        ("department_review", "return", "note"),
        ("bureau_review", "return", "note"),
        ("bureau_review", "publish", "gate"),
        ("published", "withdraw", "note"),
    ],
)
def test_each_need_blocks_its_move(state, move, need):
    """A move whose need is not met is refused with the need's own reasons."""
    reason = Reason("some.code")
    actor = Actor("li", frozenset(ROLES))
    assert isinstance(PUBLICATION.step(case(state), move, actor), Allowed)
    assert PUBLICATION.step(case(state, unmet={need: (reason,)}), move, actor) == Refused((reason,))


def test_all_reasons_come_at_once():
    """A wrong state, a wrong role, a wrong person and two unmet needs are said together."""
    unmet = {"secrecy_review": (Reason("a.a"), Reason("b.b"))}
    decision = PUBLICATION.step(
        case("draft", {"submitted": "li"}, unmet), "approve", Actor("li", frozenset())
    )
    assert isinstance(decision, Refused)
    assert [reason.code for reason in decision.reasons] == [
        "workflow.wrong_state", "workflow.wrong_role", "workflow.same_person", "a.a", "b.b",
    ]  # fmt: skip


def test_an_unknown_move_is_named():
    """What the table does not hold is refused by name."""
    decision = PUBLICATION.step(case("draft"), "fly", Actor("li", frozenset(ROLES)))
    assert isinstance(decision, Refused)
    assert decision.reasons[0].facts == {"move": "fly"}


def test_a_change_goes_the_same_way_and_can_be_cancelled():
    """A change (变更申请) has the steps of a publication; only its author cancels it."""
    assert [move for move in CHANGE.moves if move.name != "cancel"] == [
        move for move in PUBLICATION.moves if move.name not in ("withdraw", "reopen")
    ]
    author, other = Actor("li", frozenset({"clerk"})), Actor("wang", frozenset({"clerk"}))
    assert CHANGE.step(case("draft", {"created": "li"}), "cancel", author)
    assert not CHANGE.step(case("draft", {"created": "li"}), "cancel", other)


def test_every_state_move_and_role_has_its_words():
    """Nobody reads a bare code: states, moves, steps and roles are in the word lists, in both languages."""
    for workflow in (PUBLICATION, CHANGE):
        assert set(workflow.states) <= set(rulebook.words("states"))
        assert {move.name for move in workflow.moves} <= set(rulebook.words("moves"))
        steps = {step for move in workflow.moves for step in (*move.not_by, move.only_by) if step}
        assert steps <= set(rulebook.words("steps"))
        assert {role for move in workflow.moves for role in move.roles} <= set(rulebook.words("roles"))
