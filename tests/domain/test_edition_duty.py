"""What an edition waits for: every edition on its way waits for exactly one thing, and the table of moves says whom."""

from __future__ import annotations

import pytest
from ckanext.govshare import rulebook
from ckanext.govshare.domain.edition import EDITION, STATUSES, VOID
from ckanext.govshare.domain.edition_duty import DUTIES

# duty: statuses, roles, steps whose person may not
TABLE = {
    "mask": ({"pending", "rejected", "in_progress"}, {"clerk"}, set()),
    "check": ({"awaiting_check"}, {"clerk", "head"}, {"declared", "planned"}),
    "review": ({"done", "not_required"}, {"head"}, {"declared", "planned"}),
    "release": ({"done", "not_required"}, {"clerk", "head"}, set()),
}


def test_the_duties_are_those_of_the_way():
    assert {duty.name: (set(duty.states), set(duty.roles), set(duty.not_by)) for duty in DUTIES} == TABLE
    assert set(rulebook.words("edition_duties")) == set(TABLE)


@pytest.mark.parametrize("reviewed", [False, True])
@pytest.mark.parametrize("status", [status for status in STATUSES if status != VOID])
def test_an_edition_on_its_way_waits_for_one_thing(status, reviewed):
    waiting = [duty for duty in DUTIES if status in duty.states and duty.reviewed in (None, reviewed)]
    assert len(waiting) == 1


def test_what_has_ended_waits_for_nothing():
    assert not any(VOID in duty.states for duty in DUTIES)


def test_the_moves_are_rows_of_the_table():
    """A duty that named a move of its own would let the inbox and the decision page say different things."""
    moves = [move for duty in DUTIES for move in duty.moves]
    assert all(EDITION.move(move.name) is move for move in moves)
    assert len({move.name for move in moves}) == len(moves)
