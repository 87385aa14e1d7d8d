"""Ghosts: what is asked for by its id, whose they are, and which of them show what is not public any more."""

from __future__ import annotations

import pytest
from ckanext.govshare.domain.mirror import UNLISTED, Found, Plan, Put, Wanted, plan
from ckanext.govshare.domain.mirror_ghost import Ghost, cleared, doubts_about_ghosts, ghosts_of, uncertain

FILES = [{"url": "https://data.example/a.csv"}]


def listed(remote_id, origin="e1", files=()):
    return Found(remote_id, "parking", origin, {"title": "公共停车场", "resources": list(files)})


def wanted(files=()):
    return {"e1": Wanted("e1", "parking", {"title": "公共停车场", "resources": list(files)})}


def test_what_was_acknowledged_is_not_asked_for():
    """Of a list as it is every night nothing is asked for again."""
    rows = [listed("r1"), listed("r2"), listed("r3", "e3")]
    assert [row.remote_id for row in uncertain(rows, {"r1", "r3"})] == ["r2"]


def test_what_the_register_does_not_have_is_asked_for():
    """A list that agrees proves nothing where the register has no such name; without a register the list is believed."""
    rows = [listed("r1")]
    assert uncertain(rows, {"r1"}, {"parking", "others"}) == uncertain(rows, {"r1"}, None) == []
    assert uncertain(rows, {"r1"}, {"others"}) == rows


def test_an_entry_is_free_when_its_last_ghost_is_gone():
    """Of two that were stopped, one is shown still."""
    assert cleared(["e1", "e2"], [Ghost("e1", "g1", "parking", exposed=True)]) == ["e2"]


@pytest.mark.parametrize(
    ("ghost", "public", "exposed"),
    [
        (listed("g"), wanted(), False),
        (listed("g", files=FILES), wanted(FILES), False),
        (listed("g", files=FILES), wanted([{"url": "https://data.example/b.csv"}]), False),
        (listed("g", files=FILES), wanted(), True),
        (listed("g"), {}, True),
        (listed("g", "e9"), wanted(), True),
    ],
)
def test_a_ghost_exposes_what_is_not_public(ghost, public, exposed):
    """An entry that is not public, or files of one that gives them only on request; an old title or file does not."""
    [made] = ghosts_of([ghost], public, {})
    assert made.exposed is exposed
    assert made.finding == ("ghost_exposed" if exposed else "ghost")


def test_a_ghost_without_a_mark_belongs_to_whom_it_was_acknowledged_for():
    """The ledger knows whose it was."""
    assert ghosts_of([listed("g", "")], wanted(), {"e1": "g"}) == (Ghost("e1", "g", "parking"),)


def test_only_what_exposes_is_a_doubt():
    """The others are named and change no word about the target."""
    harmless, exposed = Ghost("e1", "g1", "a"), Ghost("e2", "g2", "b", exposed=True)
    assert doubts_about_ghosts([harmless]) == ()
    [doubt] = doubts_about_ghosts([harmless, exposed])
    assert (doubt.code, doubt.facts) == ("mirror.ghosts_exposed", {"count": 1})


def test_what_stands_there_and_is_not_listed_is_put_again():
    """It agrees in every field, but nobody finds it; what differs as well is named by its fields."""
    [entry] = wanted().values()
    assert plan([entry], [listed("r1")], {"e1": "r1"}) == Plan((), (), (), ("e1",))
    assert plan([entry], [listed("r1")], {"e1": "r1"}, {"r1"}) == Plan(
        (Put("e1", "r1", (UNLISTED,)),), (), (), ()
    )
    [put] = plan([entry], [listed("r1", files=FILES)], {"e1": "r1"}, {"r1"}).puts
    assert [difference.field for difference in put.differences] == ["resources"]
