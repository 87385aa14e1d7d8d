"""The number of an identity card: what is one and what only looks like it."""

from __future__ import annotations

from datetime import date

import pytest
from ckanext.govshare.domain.identity import is_id_number

TODAY = date(2026, 11, 20)

CASES = [
    ("11010519491231002X", True),
    ("11010519491231002x", True),
    ("440524188001010014", False),  # born before 1900
    ("110105194912310021", False),  # another check sign
    ("11010519490229002X", False),  # there was no 29 February
    ("99010519491231002X", False),  # no such province
    ("1101051949123100", False),
    ("11010549123100", False),
    ("１１０１０５１９４９１２３１００２Ｘ", False),
    ("", False),
]


@pytest.mark.parametrize(("text", "holds"), CASES)
def test_province_date_and_check_sign(text, holds):
    """All three must be right."""
    assert is_id_number(text, TODAY) is holds


def test_nobody_is_born_tomorrow():
    """The day on which it is asked counts."""
    newborn = "110101202611217712"
    signs = "0123456789X"
    number = next(
        newborn[:-1] + sign for sign in signs if is_id_number(newborn[:-1] + sign, date(2026, 11, 21))
    )
    assert not is_id_number(number, TODAY)
