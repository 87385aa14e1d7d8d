"""Check digits: the laws they promise, and the same answers as a well-kept library."""

from __future__ import annotations

from ckanext.govshare.domain.desensitization.checksums import id_check, luhn, real_date, uscc
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn as other_luhn
from stdnum.cn import uscc as other_uscc

digits = st.text("0123456789", min_size=17, max_size=17)


def test_known_numbers():
    """The examples of the standards hold."""
    assert id_check("11010519491231002") == "X"
    assert luhn("79927398713")
    assert uscc("91110000600037341L")


@given(digits, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_of_an_id_number_shows(body, place, step):
    """ISO 7064 MOD 11-2 finds every single wrong digit."""
    wrong = body[:place] + str((int(body[place]) + step) % 10) + body[place + 1 :]
    assert id_check(wrong) != id_check(body)


@given(st.text("0123456789", min_size=1, max_size=24))
def test_luhn_agrees_with_the_library(number):
    """Cards are checked as python-stdnum checks them."""
    assert luhn(number) == other_luhn.is_valid(number)


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9))
def test_credit_codes_agree_with_the_library(tail):
    """Of all last signs exactly the library's is right (GB 32100)."""
    body = "92230803" + tail
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    assert [sign for sign in signs if uscc(body + sign)] == [other_uscc.calc_check_digit(body)]


def test_days_of_the_calendar():
    """A leap day is one only in leap years."""
    assert [real_date(day) for day in ("20000229", "19000229", "20230229", "20230431", "20231231", "20231301")] == [
        True, False, False, False, True, False,
    ]  # fmt: skip
