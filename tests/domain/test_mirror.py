"""Mirror: what travels, which change leads where, and a plan that makes a target agree and touches no stranger."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ckanext.govshare.domain.decision import Allowed, Refused
from ckanext.govshare.domain.mirror import (
    Conflict,
    Found,
    Plan,
    Put,
    Tombstone,
    Wanted,
    change_between,
    copy_of,
    differences,
    hash_of,
    may_delete,
    plan,
)
from hypothesis import given
from hypothesis import strategies as st

FILE = {"format": "CSV", "url": "https://data.example/a.csv", "sha256": "0" * 64}


def entry(openness="unconditional", state="published", **changes):
    return {
        "id": "e1",
        "name": "parking",
        "state": state,
        "openness": openness,
        "organization": {"name": "jiaotong", "title": "市交通运输局"},
        "card": {"title": "公共停车场", "openness": openness},
        "page": "https://data.example/dataset/parking",
        "apply": "https://data.example/dataset/parking/apply",
        "files": [FILE],
        **changes,
    }


@pytest.mark.parametrize(
    ("openness", "state", "travels", "files", "apply"),
    [
        ("unconditional", "published", True, 1, False),
        ("conditional", "published", True, 0, True),
        ("closed", "published", False, 0, False),
        ("unconditional", "draft", False, 0, False),
        ("unconditional", "bureau_review", False, 0, False),
        ("conditional", "withdrawn", False, 0, False),
    ],
)
def test_what_travels(openness, state, travels, files, apply):
    """Unconditional: card and files; conditional: card and the way to apply, no file; all else nothing at all."""
    copy = copy_of(entry(openness, state))
    assert (copy is not None) is travels
    if copy is not None:
        assert (len(copy["files"]), bool(copy["apply"])) == (files, apply)


def test_the_hash_is_of_the_content_alone():
    """The order of keys says nothing; any value does."""
    one, other = copy_of(entry()), copy_of(entry())
    assert hash_of(one) == hash_of(dict(reversed(list(other.items()))))
    assert hash_of(one) != hash_of({**other, "name": "parking-2"})


OPEN, CONDITIONAL = copy_of(entry()), copy_of(entry("conditional"))


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (None, None, None),
        (None, OPEN, "put"),
        (OPEN, OPEN, None),
        (OPEN, {**OPEN, "name": "parking-2"}, "put"),
        (OPEN, CONDITIONAL, "narrow"),
        (OPEN, {**OPEN, "files": []}, "narrow"),
        (CONDITIONAL, OPEN, "put"),
        (OPEN, None, "tombstone"),
    ],
)
def test_changes(before, after, change):
    """What was never public leaves no trace; what takes something away is known as such."""
    assert change_between(before, after) == change


def wanted(id_, name="", content=None):
    return Wanted(id_, name or f"n-{id_}", content or {"title": id_})


def found(remote_id, origin="", name="", content=None):
    return Found(remote_id, name or f"n-{origin or remote_id}", origin, content or {"title": origin})


@pytest.mark.parametrize(
    ("ours", "theirs", "known", "expected"),
    [
        ([], [], {}, Plan((), (), (), ())),
        ([wanted("a")], [], {}, Plan((Put("a"),), (), (), ())),
        ([wanted("a")], [found("r1", "a")], {}, Plan((), (), (), ("a",))),
        # The mark was taken off by hand, the ledger still knows whose it is.
        ([wanted("a")], [found("r1", "", "n-a", {"title": "a"})], {"a": "r1"}, Plan((), (), (), ("a",))),
        ([], [found("r1", "a")], {}, Plan((), (Tombstone("a", "r1", "n-a"),), (), ())),
        ([], [found("r1")], {}, Plan((), (), (), ())),
        ([wanted("a")], [found("r1", "", "n-a")], {}, Plan((), (), (Conflict("a", "n-a", "r1"),), ())),
        # A remote id that equals a local id means nothing (udata#3904).
        ([wanted("a")], [found("a", "", "other")], {}, Plan((Put("a"),), (), (), ())),
        # The same entry twice: the one that was acknowledged stays (GSA/data.gov#2981).
        (
            [wanted("a")],
            [found("r1", "a"), found("r2", "a", "n-a-1")],
            {"a": "r2"},
            Plan((), (Tombstone("a", "r1", "n-a"),), (), ("a",)),
        ),
    ],
)
def test_plans(ours, theirs, known, expected):
    """Missing, standing, extra, stranger's, duplicate."""
    assert plan(ours, theirs, known) == expected


def test_a_difference_names_field_and_both_values():
    """Only fields that we answer for count; what the target adds is its own."""
    [difference] = differences({"title": "甲", "notes": "一"}, {"title": "乙", "notes": "一", "stars": 5})
    assert (difference.field, difference.ours, difference.theirs) == ("title", "甲", "乙")


def test_fields_within_a_field_are_compared_one_by_one():
    """Changed, missing there, and there only: three differences, each under its own name."""
    ours = {"extras": {"甲": "1", "乙": "2", "丙": "3"}}
    theirs = {"extras": {"甲": "1", "乙": "9", "丁": "4"}}
    assert {(d.field, d.ours, d.theirs) for d in differences(ours, theirs)} == {
        ("extras/乙", "2", "9"),
        ("extras/丙", "3", None),
        ("extras/丁", None, "4"),
    }


@pytest.mark.parametrize(
    ("deletions", "standing", "confirmed", "answer"),
    [
        (0, 0, 0, Allowed),
        (3, 3, 0, Allowed),
        (4, 4, 0, Refused),
        (4, 39, 0, Refused),
        (4, 40, 0, Allowed),
        (101, 1000, 0, Refused),
        (101, 1000, 100, Refused),
        (101, 1000, 101, Allowed),
    ],
)
def test_many_deletions_wait_for_a_person(deletions, standing, confirmed, answer):
    """More than max(3, 10 %) wait until a person confirms the number; small sources count too."""
    assert isinstance(may_delete(deletions, standing, confirmed), answer)


names = st.sampled_from("abcdef")
contents = st.fixed_dictionaries({"title": st.sampled_from(["甲", "乙", "丙"])})


@st.composite
def worlds(draw):
    """Entries of ours and a target that holds some of them, edited, doubled, renamed, beside strangers."""
    ids = draw(st.lists(st.sampled_from(["e1", "e2", "e3", "e4"]), unique=True))
    taken = draw(st.permutations(list("abcdefgh")))
    ours = [Wanted(id_, taken[n], draw(contents)) for n, id_ in enumerate(ids)]
    at_target = draw(st.lists(st.sampled_from("abcdefghij"), unique=True, max_size=8))
    theirs, known = [], {}
    for number, name in enumerate(at_target):
        origin = draw(st.sampled_from(["", "e1", "e2", "e3", "e4", "e9"]))
        theirs.append(Found(f"r{number}", name, origin, draw(contents)))
        if origin and origin not in known and draw(st.booleans()):
            known[origin] = f"r{number}"
    return ours, theirs, known


def applied(
    ours: list[Wanted], theirs: list[Found], made: Plan, known: dict[str, str]
) -> tuple[list[Found], dict[str, str]]:
    """The target after the plan was carried out there, and the ledger after its answers."""
    entries, ledger = {entry.id: entry for entry in ours}, dict(known)
    gone = {stone.remote_id for stone in made.tombstones}
    rows = {row.remote_id: row for row in theirs if row.remote_id not in gone}
    numbers: Iterator[int] = iter(range(1000, 2000))
    for put in made.puts:
        mine = entries[put.id]
        remote_id = put.remote_id or f"r{next(numbers)}"
        rows[remote_id] = Found(remote_id, mine.name, mine.id, mine.content)
        ledger[put.id] = remote_id
    return list(rows.values()), ledger


@given(worlds())
def test_after_the_plan_the_target_agrees(world):
    """Everything wanted stands there with its content, but for what a stranger's name stops; nothing else of ours."""
    ours, theirs, known = world
    made = plan(ours, theirs, known)
    after, ledger = applied(ours, theirs, made, known)
    blocked = {conflict.id for conflict in made.conflicts}
    standing = {row.origin or {v: k for k, v in ledger.items()}.get(row.remote_id): row for row in after}
    for entry_ in ours:
        if entry_.id not in blocked:
            assert standing[entry_.id].content == entry_.content


@given(worlds())
def test_a_plan_never_touches_a_stranger(world):
    """No tombstone and no put names what carries neither our mark nor stands in the ledger."""
    ours, theirs, known = world
    made = plan(ours, theirs, known)
    strangers = {row.remote_id for row in theirs if not row.origin and row.remote_id not in known.values()}
    assert not strangers & {stone.remote_id for stone in made.tombstones}
    assert not strangers & {put.remote_id for put in made.puts}


@given(worlds())
def test_a_plan_carried_out_leaves_nothing_to_do(world):
    """Once agreed, the second plan is empty and names the same conflicts."""
    ours, theirs, known = world
    made = plan(ours, theirs, known)
    after, ledger = applied(ours, theirs, made, known)
    again = plan(ours, after, ledger)
    assert not again
    assert {c.id for c in again.conflicts} == {c.id for c in made.conflicts}
