"""What of applications waits for a head: the table of moves says whose it is, until when, and who may not."""

from __future__ import annotations

from datetime import date

import pytest
from ckanext.govshare import rulebook
from ckanext.govshare.domain.application import APPLICATION
from ckanext.govshare.domain.application_duty import DUTIES, EXTENDING, extension_waits
from ckanext.govshare.domain.delegation import KINDS

# duty: states, roles, needs of all its moves, steps whose person may not, kinds by which it is delegated
TABLE = {
    "extension": (
        {"accepted"},
        {"head"},
        {"extension_asked", "before_due"},
        {"applied", "extension_asked"},
        {"extension"},
    ),
}


def test_the_duties_are_those_of_the_table():
    found = {
        duty.name: (set(duty.states), set(duty.roles), set(duty.needs), set(duty.not_by), set(duty.kinds))
        for duty in DUTIES
    }
    assert found == TABLE
    assert set(rulebook.words("application_duties")) == set(TABLE)
    assert all(duty.kinds <= set(KINDS) for duty in DUTIES)


def test_the_moves_are_rows_of_the_table():
    """A duty that named a move of its own would let the inbox and the decision page say different things."""
    assert all(APPLICATION.move(move.name) is move for duty in DUTIES for move in duty.moves)


def test_who_handled_the_case_does_not_decide_in_a_heads_place():
    """回避: nobody decides for the head what they prepared."""
    assert set(EXTENDING.not_for_head) == {
        "applied",
        "extension_asked",
        "supplement_asked",
        "accepted",
        "proposed",
    }


DUE = date(2026, 3, 6)

# asked, decided, due day, today, waits
WAITS = [
    (True, False, DUE, date(2026, 3, 5), True),
    (True, False, DUE, DUE, True),
    (True, False, DUE, date(2026, 3, 7), False),
    (True, True, DUE, DUE, False),
    (False, False, DUE, DUE, False),
    (True, False, None, DUE, False),
]


@pytest.mark.parametrize(("asked", "decided", "due_on", "today", "waits"), WAITS)
def test_an_extension_waits_until_its_due_day_ends(asked, decided, due_on, today, waits):
    assert extension_waits(asked=asked, decided=decided, due_on=due_on, today=today) is waits
