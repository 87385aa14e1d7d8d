"""Link of one use: one download, in time, in its session; what broke off may be finished."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ckanext.govshare.domain.grant_link import Link, Use, may_use

MADE = datetime(2026, 11, 22, 9, 0, tzinfo=timezone.utc)
EXPIRES = MADE + timedelta(minutes=10)
USED = MADE + timedelta(minutes=2)
RESUME = timedelta(minutes=120)
FRESH, BEGUN = Link(EXPIRES), Link(EXPIRES, USED, "abc")


def use(minutes: float, first_byte: int = 0, digest: str = "abc", *, same: bool = True) -> Use:
    return Use(MADE + timedelta(minutes=minutes), same, first_byte, digest)


CASES = [
    ("at once", FRESH, use(0), []),
    ("in its last second", FRESH, use(9.99), []),
    ("a part first", FRESH, use(1, 500), []),
    ("one moment late", FRESH, use(10), ["grant.link_expired"]),
    ("in another session", FRESH, use(1, same=False), ["grant.link_of_other_session"]),
    ("again", BEGUN, use(3), ["grant.link_used"]),
    ("the rest of it", BEGUN, use(3, 1), []),
    ("the rest of it after the link's own minutes", BEGUN, use(60, 1), []),
    ("the rest of it after two hours", BEGUN, use(122, 1), ["grant.link_used"]),
    ("the rest of another file", BEGUN, use(3, 1, "def"), ["grant.link_used"]),
    (
        "the rest of it in another session",
        BEGUN,
        use(3, 1, same=False),
        ["grant.link_of_other_session"],
    ),
]


@pytest.mark.parametrize(("link", "asked", "codes"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_what_a_link_serves(link, asked, codes):
    """Everything that speaks against it at once."""
    decision = may_use(link, asked, RESUME)
    assert [reason.code for reason in getattr(decision, "reasons", ())] == codes
