"""The word for how one entry stands at one target."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ckanext.govshare.domain.mirror_place import LedgerFacts, place_of

FACTS = LedgerFacts(
    newest=7, newest_restricts=False, wanted=7, shown=7, restricts=False, is_dead=False, is_gone=False
)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({}, "agrees"),
        ({"newest": 8}, "waiting"),
        ({"newest": 8, "newest_restricts": True}, "unproven"),
        ({"newest": 8, "shown": 6, "restricts": True}, "unproven"),
        ({"shown": 6}, "waiting"),
        ({"shown": 6, "restricts": True}, "unproven"),
        ({"shown": 6, "restricts": True, "is_dead": True}, "given_up"),
        ({"shown": 0, "is_dead": True}, "given_up"),
        ({"restricts": True}, "narrowed"),
        ({"restricts": True, "is_gone": True}, "gone"),
        ({"is_gone": True}, "gone"),
    ],
)
def test_where_an_entry_stands(changes, place):
    """A withdrawal is not proven before the target was looked at after it, however it stood before."""
    assert place_of(replace(FACTS, **changes)) == place


def test_an_entry_that_was_never_public_stands_nowhere():
    """Nothing in the ledger, nothing to prove."""
    assert place_of(None) == "not_sent"
