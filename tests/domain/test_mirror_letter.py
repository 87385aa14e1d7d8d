"""Letters to a webhook: what they say, what is signed, and what is no answer."""

from __future__ import annotations

import pytest
from ckanext.govshare.domain.mirror import Found, hash_of
from ckanext.govshare.domain.mirror_letter import (
    found_of,
    letter_of,
    listed_of,
    signed_by_receiver,
    signed_by_sender,
    tombstone_of,
)
from ckanext.govshare.domain.mirror_peer import objections_to_listing

COPY = {"id": "e1", "name": "parking", "card": {"title": "停车场"}, "files": []}


def test_a_letter_says_what_the_feed_says():
    """Change, id, hash and the entry; what is compared is the hash alone."""
    letter = letter_of(COPY, "停车场")
    assert letter.body == {"change": "put", "id": "e1", "hash": hash_of(COPY), "entry": COPY}
    assert (letter.content, letter.title) == ({"hash": hash_of(COPY)}, "停车场")


def test_a_tombstone_names_nothing_but_the_id():
    """What was withdrawn is not told again."""
    assert tombstone_of("e1") == {"change": "tombstone", "id": "e1", "hash": None}


def test_an_echo_is_no_answer():
    """What the sender signs and what the receiver signs differ, even of the same body."""
    body = b'{"id":"e1","hash":"x"}'
    assert signed_by_sender(1, "n", body) == b"1\nn\n" + body
    assert signed_by_receiver(1, "n", body) == b"answer\n1\nn\n" + body


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"id": "e1", "hash": "h"}, Found("e1", "e1", "e1", {"hash": "h"})),
        ({"id": "e1", "hash": None}, None),
    ],
)
def test_what_a_receiver_says_it_holds(row, found):
    """A hash, or nothing."""
    assert found_of(row) == found


@pytest.mark.parametrize("row", [{}, {"id": "e1"}, {"id": 1, "hash": "h"}, {"id": "e1", "hash": 1}, [], "x"])
def test_what_is_no_answer(row):
    """Anything else is not read into."""
    with pytest.raises((KeyError, TypeError)):
        found_of(row)


def test_a_list():
    """Its rows and how many it says they are; the two need not agree, and that is for the doubts to say."""
    row = {"id": "e1", "hash": "h"}
    assert listed_of({"count": 2, "entries": [row]}) == ((found_of(row),), 2)


@pytest.mark.parametrize(
    "answer", [{}, {"entries": []}, {"count": "1", "entries": []}, {"count": 1, "entries": "e1"}, []]
)
def test_what_is_no_list(answer):
    """An error page in JSON is no list."""
    with pytest.raises((KeyError, TypeError)):
        listed_of(answer)


@pytest.mark.parametrize(
    ("listing", "codes"),
    [
        ("", []),
        ("https://portal.example/held", []),
        ("https://other.example/held", ["mirror.foreign_listing"]),
        ("http://portal.example/held", ["mirror.foreign_listing"]),
        ("https://portal.example:8443/held", ["mirror.foreign_listing"]),
        ("https://portal.example/held?all=1", ["mirror.foreign_listing"]),
    ],
)
def test_the_list_is_on_the_receivers_own_site(listing, codes):
    """The address was checked for that site, and the one connection leads nowhere else."""
    found = objections_to_listing("https://portal.example/take", listing)
    assert [reason.code for reason in found] == codes
