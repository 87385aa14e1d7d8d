"""The way of an edition, role by role and status by status, and the words for everything that intake says."""

import pytest
from ckanext.govshare.domain.decision import Allowed, Reason, Refused
from ckanext.govshare.domain.edition import EDITION, STATUSES, target_of
from ckanext.govshare.domain.release import may_deliver_data
from ckanext.govshare.domain.workflow import Actor, Case
from ckanext.govshare.intake.findings import LEVELS
from ckanext.govshare.logic.edition.messages import FOUND
from ckanext.govshare.logic.places import letter_of, told

# move: status after it, the statuses it starts from, the roles that may
MATRIX = {
    "declare": ("awaiting_check", {"pending", "rejected"}, {"clerk"}),
    "scan": ("pending", {"pending", "rejected"}, {"clerk"}),
    "plan": ("in_progress", {"pending", "in_progress", "rejected", "done", "not_required"}, {"clerk"}),
    "mask": ("in_progress", {"in_progress"}, {"clerk"}),
    "undo": ("pending", {"in_progress", "rejected"}, {"clerk"}),
    "submit": ("awaiting_check", {"in_progress"}, {"clerk"}),
    "recall": ("pending", {"awaiting_check"}, {"clerk"}),
    "confirm": ("not_required", {"awaiting_check"}, {"clerk", "head"}),
    "reject": ("rejected", {"awaiting_check"}, {"clerk", "head"}),
    "review": ("not_required", {"not_required", "done"}, {"head"}),
    "release": ("not_required", {"not_required", "done"}, {"clerk", "head"}),
    "discard": (
        "void",
        {"pending", "in_progress", "awaiting_check", "not_required", "done", "rejected"},
        {"clerk", "head"},
    ),
    "withdraw": ("void", {"not_required", "done"}, {"head", "bureau"}),
}


def step(move, status, role, person="me", declared="other", planned=None, unmet=None):
    case = Case(status, {"declared": declared, "planned": planned, "checked": None}, unmet or {})
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


@pytest.mark.parametrize("persons", [{"declared": "me"}, {"planned": "me"}])
@pytest.mark.parametrize("move", ["confirm", "reject", "review"])
def test_nobody_judges_their_own_declaration_or_plan(move, persons):
    decision = step(move, MATRIX[move][1].copy().pop(), "head", **persons)
    assert isinstance(decision, Refused)
    assert [reason.code for reason in decision.reasons] == ["workflow.same_person"]


@pytest.mark.parametrize(
    ("move", "as_read", "masked"),
    [
        ("recall", "pending", "in_progress"),
        ("confirm", "not_required", "done"),
        ("review", "not_required", "done"),
        ("release", "not_required", "done"),
        ("submit", "awaiting_check", "awaiting_check"),
        ("discard", "void", "void"),
    ],
)
def test_a_plan_decides_where_a_move_leads(move, as_read, masked):
    """已脱敏 is what was masked, 无需脱敏 what was not."""
    assert target_of(EDITION.move(move), planned=False) == as_read
    assert target_of(EDITION.move(move), planned=True) == masked


def test_all_reasons_come_at_once():
    unmet = {"unreleased": (Reason("edition.released"),), "gate": (Reason("release.closed"),)}
    decision = step("release", "pending", "bureau", unmet=unmet)
    codes = [reason.code for reason in decision.reasons]
    assert codes == ["workflow.wrong_state", "workflow.wrong_role", "edition.released", "release.closed"]


@pytest.mark.parametrize(
    ("openness", "code"),
    [
        ("unconditional", None),
        ("conditional", None),
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
