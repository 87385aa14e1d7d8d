"""The way of an edition, role by role and status by status, and the words for everything that intake says."""

import pytest
from ckanext.govshare.domain.decision import Allowed, Reason, Refused
from ckanext.govshare.domain.edition import EDITION, STATUSES
from ckanext.govshare.domain.release import may_deliver_data
from ckanext.govshare.domain.workflow import Actor, Case
from ckanext.govshare.intake.findings import LEVELS
from ckanext.govshare.logic.edition.messages import FOUND
from ckanext.govshare.logic.places import letter_of, told

# move: status after it, the statuses it starts from, the roles that may
MATRIX = {
    "declare": ("awaiting_check", {"pending", "rejected"}, {"clerk"}),
    "recall": ("pending", {"awaiting_check"}, {"clerk"}),
    "confirm": ("not_required", {"awaiting_check"}, {"clerk", "head"}),
    "reject": ("rejected", {"awaiting_check"}, {"clerk", "head"}),
    "review": ("not_required", {"not_required"}, {"head"}),
    "release": ("not_required", {"not_required"}, {"clerk", "head"}),
    "discard": ("void", {"pending", "awaiting_check", "not_required", "rejected"}, {"clerk", "head"}),
    "withdraw": ("void", {"not_required"}, {"head", "bureau"}),
}


def step(move, status, role, person="me", declared="other", unmet=None):
    case = Case(status, {"declared": declared, "checked": None}, unmet or {})
    return EDITION.step(case, move, Actor(person, frozenset([role])))


@pytest.mark.parametrize("move", MATRIX)
def test_who_may_do_what_where(move):
    """Every status and role that the table does not name is refused."""
    target, sources, roles = MATRIX[move]
    assert EDITION.move(move).target == target
    for status in STATUSES:
        for role in ("clerk", "head", "bureau", "operator"):
            # Only who declared may recall; for every other move it is another person who acts.
            declared = "me" if move == "recall" else "other"
            allowed = isinstance(step(move, status, role, declared=declared), Allowed)
            assert allowed is (status in sources and role in roles), (move, status, role)


@pytest.mark.parametrize("move", ["confirm", "reject", "review"])
def test_nobody_judges_their_own_declaration(move):
    decision = step(move, MATRIX[move][1].copy().pop(), "head", declared="me")
    assert isinstance(decision, Refused)
    assert [reason.code for reason in decision.reasons] == ["workflow.same_person"]


def test_all_reasons_come_at_once():
    unmet = {"unreleased": (Reason("edition.released"),), "gate": (Reason("release.closed"),)}
    decision = step("release", "pending", "bureau", unmet=unmet)
    codes = [reason.code for reason in decision.reasons]
    assert codes == ["workflow.wrong_state", "workflow.wrong_role", "edition.released", "release.closed"]


@pytest.mark.parametrize(
    ("openness", "code"),
    [
        ("unconditional", None),
        ("conditional", "release.conditional_needs_vault"),
        ("closed", "release.closed"),
    ],
)
def test_only_open_entries_take_data(openness, code):
    decision = may_deliver_data(openness)
    assert [reason.code for reason in getattr(decision, "reasons", ())] == ([code] if code else [])


def test_every_finding_has_its_sentence():
    assert set(FOUND) == set(LEVELS)


@pytest.mark.parametrize(("column", "letter"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA")])
def test_columns_are_called_as_spreadsheets_call_them(column, letter):
    assert letter_of(column) == letter
    assert told({"column": column, "sheets": ["一", "二"]}) == {
        "column": column,
        "letter": letter,
        "sheets": "一、二",
    }
