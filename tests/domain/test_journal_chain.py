"""The journal's chain: whatever is done to rows, the first place that does not hold is named."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from ckanext.govshare.domain.journal_chain import (
    ALGORITHMS,
    COLUMNS,
    START,
    Broken,
    Head,
    Link,
    first_broken,
    follow,
)

AT = datetime(2026, 11, 22, 1, 2, 3, 456789, tzinfo=timezone.utc)
ROWS = [
    {
        "id": 10 + number,
        "at": AT,
        "actor": f"person-{number}",
        "case_kind": "publication",
        "case_id": "e",
        "organization_id": None if number == 2 else "o",
        "move": "submit",
        "from_state": "draft",
        "to_state": "department_review",
        "note": "说明",
        "facts": {"b": 1, "a": [number]},
        "rule_version": "v",
    }
    for number in range(1, 6)
]


def chained(rows=ROWS, algorithm="sha256") -> tuple[list[Link], Head]:
    head, links = START, []
    for row in rows:
        head = follow(head, algorithm, row)
        links.append(Link(head.number, algorithm, head.hash, row))
    return links, head


LINKS, HEAD = chained()


def test_what_was_written_holds():
    """An empty journal too; under either hash; with every anchor that was ever taken."""
    assert first_broken([], START, []) is None
    for algorithm in ALGORITHMS:
        links, head = chained(algorithm=algorithm)
        assert first_broken(links, head, [Head(link.number, link.hash) for link in links]) is None


def test_the_form_of_the_hashed_text_never_changes():
    """Or every journal that exists would break: written by hand, in UTC, keys sorted."""
    text = (
        '[1,"sha256","",11,"2026-11-22T01:02:03.456789Z","person-1","publication","e","o","submit","draft",'
        '"department_review","说明",{"a":[1],"b":1},"v"]'
    )
    assert LINKS[0].hash == hashlib.sha256(text.encode()).hexdigest()
    elsewhere = {**ROWS[0], "at": AT.astimezone(timezone(timedelta(hours=8)))}
    assert follow(START, "sha256", elsewhere) == follow(START, "sha256", ROWS[0])


def test_the_hash_may_be_changed_at_any_time():
    """Each link says which one made it."""
    head = follow(follow(START, "sha256", ROWS[0]), "sm3", ROWS[1])
    first = follow(START, "sha256", ROWS[0])
    links = [Link(1, "sha256", first.hash, ROWS[0]), Link(2, "sm3", head.hash, ROWS[1])]
    assert first_broken(links, head, []) is None
    assert first_broken([links[0], replace(links[1], algorithm="sha256")], head, []) == Broken(
        "altered", 2, 12
    )
    assert first_broken([links[0], replace(links[1], algorithm="md5")], head, []) == Broken("altered", 2, 12)


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_is_bound(column):
    """Whatever is changed in the third row."""
    other = {"id": 99, "at": AT + timedelta(microseconds=1), "facts": {"b": 2, "a": [3]}}.get(column, "别的")
    links = [*LINKS[:2], replace(LINKS[2], row={**ROWS[2], column: other}), *LINKS[3:]]
    broken = first_broken(links, HEAD, [])
    assert (broken.kind, broken.number) == ("altered", 3)


def rewritten(links: list[Link]) -> list[Link]:
    """Somebody changes the third row and computes every hash after it anew."""
    rows = [link.row for link in links]
    return chained([*rows[:2], {**rows[2], "note": "改"}, *rows[3:]])[0]


def swapped(links: list[Link]) -> list[Link]:
    """Two rows exchange what they hold but their ids."""
    second, fourth = ({**ROWS[b], "id": ROWS[a]["id"]} for a, b in ((1, 3), (3, 1)))
    return [links[0], replace(links[1], row=second), links[2], replace(links[3], row=fourth), links[4]]


DONE: dict[str, tuple[Callable[[list[Link]], list[Link]], Broken]] = {
    "a row removed": (
        lambda links: [*links[:2], replace(links[2], row=None), *links[3:]],
        Broken("removed", 3),
    ),
    "row and link removed": (lambda links: [*links[:2], *links[3:]], Broken("missing", 3)),
    "the first removed": (lambda links: links[1:], Broken("missing", 1)),
    "the newest removed": (lambda links: links[:3], Broken("cut", 4)),
    "all removed": (lambda _links: [], Broken("cut", 1)),
    "a row inserted": (
        lambda links: [*links, Link(None, "", "", {**ROWS[0], "id": 99})],
        Broken("unchained", 6, 99),
    ),
    "two rows exchanged": (swapped, Broken("altered", 2, 12)),
    "links exchanged": (
        lambda links: [links[0], replace(links[1], row=ROWS[2]), replace(links[2], row=ROWS[1]), *links[3:]],
        Broken("altered", 2, 13),
    ),
    "a link's hash changed": (
        lambda links: [*links[:2], replace(links[2], hash="0" * 64), *links[3:]],
        Broken("altered", 3, 13),
    ),
    "everything computed anew": (rewritten, Broken("rewritten", 5)),
}


@pytest.mark.parametrize("case", DONE)
def test_the_first_bad_place_is_named(case):
    """Tampering, and what is said of it."""
    tamper, expected = DONE[case]
    assert first_broken(tamper(LINKS), HEAD, []) == expected


def test_an_anchor_convicts_who_computes_all_hashes_and_the_head_anew():
    """Which a database's superuser can; the anchor in the log they cannot change."""
    links = rewritten(LINKS)
    head = Head(5, links[-1].hash)
    assert first_broken(links, head, []) is None
    assert first_broken(links, head, [Head(4, LINKS[3].hash)]) == Broken("anchor", 4, 14)
    assert first_broken(LINKS[:3], Head(3, LINKS[2].hash), [Head(4, LINKS[3].hash)]) == Broken("cut", 4)
