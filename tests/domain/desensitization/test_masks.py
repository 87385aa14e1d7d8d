"""Every method, value by value: what goes in, what may come out, and as which type."""

from __future__ import annotations

import hmac
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256

import pytest
from ckanext.govshare.domain.desensitization.generalising import address_to, number_to_band
from ckanext.govshare.domain.desensitization.masks import (
    METHODS,
    Drop,
    Generalise,
    Hide,
    Keep,
    Pseudonym,
    Round,
    Suppress,
    TopBottom,
)
from ckanext.govshare.domain.table import COLUMN_TYPES, Column


def keyed(text: bytes) -> bytes:
    return hmac.digest(b"key of one entry", text, sha256)


ID = "110105199003071234"

CASES = [
    (Keep(), 7, 7),
    (Drop(), "张三", None),
    (Hide(1, 0), "张三丰", "张**"),
    (Hide(1, 0), "张三", "张*"),
    (Hide(1, 1), "张三丰", "***"),
    (Hide(3, 4), "13800138000", "138****8000"),
    (Hide(6, 4), ID, "110105********1234"),
    (Hide(0, 0), ID, "*" * 18),
    (Hide(6, 4), "1234567", "*******"),
    (Hide(1, 0), "１３８００１３８０００", "1**********"),
    (Hide(3, 4), 13800138000, "138****8000"),
    (Generalise("year"), date(1990, 3, 7), 1990),
    (Generalise("month"), datetime.fromisoformat("1990-03-07T08:30:00"), "1990-03"),
    (Generalise("year"), "1990年3月7日", "1990"),
    (Generalise("year"), "19900307", "1990"),
    (Generalise("month"), "1990/3/7", "1990-03"),
    (Generalise("year"), "不详", None),
    (Generalise("band", 10), 37, "30-39"),
    (Generalise("band", 10), Decimal("37.5"), "30-40"),
    (Generalise("band", 10), -3, "-10~-1"),
    (Generalise("district"), "黑龙江省佳木斯市前进区中山街12号", "黑龙江省佳木斯市前进区"),
    (Generalise("district"), "佳木斯市桦南县驼腰子镇3组", "佳木斯市桦南县"),
    (Generalise("city"), "江西省萍乡市安源区八一街8号", "江西省萍乡市"),
    (Generalise("province"), "江西省萍乡市安源区八一街8号", "江西省"),
    (Generalise("district"), "中山街12号", None),
    (Round(0), Decimal("37.5"), Decimal(38)),
    (Round(2), Decimal("130.361234"), Decimal("130.36")),
    (Round(-2), 1250, 1200),
    (Round(-2), 1251, 1300),
    (TopBottom(None, 90), 97, 90),
    (TopBottom(18, None), 3, 18),
    (TopBottom(18, 90), 45, 45),
    (TopBottom(0, 100), Decimal("100.5"), Decimal(100)),
    (Suppress(5, frozenset({"汉"})), "汉", "汉"),
    (Suppress(5, frozenset({"汉"})), "塔塔尔", None),
]


@pytest.mark.parametrize(("method", "given", "expected"), CASES, ids=lambda value: repr(value)[:40])
def test_what_comes_out(method, given, expected):
    """Same kind of value as the column promises, and nothing more than is meant to be seen."""
    out = method.apply(given)
    assert (out, type(out)) == (expected, type(expected))


def test_a_pseudonym_is_equal_for_equal_persons_and_says_nothing_elsewhere():
    """Width and blanks do not make two persons of one; another entry's key makes other letters."""
    here = Pseudonym(16, keyed)
    code = here.apply(ID)
    assert code == here.apply("１１０１０５ 19900307 1234")
    assert len(code) == 16
    assert code.isalpha()
    elsewhere = Pseudonym(16, lambda text: hmac.digest(b"another key", text, sha256))
    assert elsewhere.apply(ID) != code


def test_a_pseudonym_without_a_key_is_never_made():
    """There is no fallback to a bare hash."""
    with pytest.raises(RuntimeError):
        Pseudonym().apply(ID)


RESULTS = [
    (Keep(), "date", None, ("date", None)),
    (Hide(), "integer", None, ("text", None)),
    (Pseudonym(), "integer", None, ("text", None)),
    (Generalise("year"), "date", None, ("integer", None)),
    (Generalise("month"), "date", None, ("text", None)),
    (Generalise("year"), "text", None, ("text", None)),
    (Generalise("band"), "number", 2, ("text", None)),
    (Round(1), "number", 3, ("number", 1)),
    (Round(-1), "number", 3, ("number", 0)),
    (Round(2), "number", None, ("number", None)),
    (Round(-1), "integer", None, ("integer", None)),
    (TopBottom(1, 2), "number", 3, ("number", 3)),
    (Suppress(), "text", None, ("text", None)),
]


@pytest.mark.parametrize(("method", "type_", "decimals", "expected"), RESULTS)
def test_as_which_type_a_column_comes_out(method, type_, decimals, expected):
    """What is no number any more is text; decimals are never made up."""
    out = method.result(Column("列", type_, decimals))
    assert (out.type, out.decimals) == expected


def test_a_dropped_column_is_gone():
    assert Drop().result(Column("列", "text")) is None


def test_the_registry_names_every_method_of_the_product():
    """The codes of a plan, and types that exist."""
    codes = ["keep", "drop", "mask", "pseudonym", "generalise", "round", "top_bottom", "suppress"]
    assert list(METHODS) == codes
    assert all(set(method.types) <= set(COLUMN_TYPES) for method in METHODS.values())


@pytest.mark.parametrize("number", [-25, -20, -1, 0, 9, 10, 99])
def test_bands_hold_their_number(number):
    """Every number lies in the band it is given, and bands do not overlap."""
    first, last = (
        (int(part) for part in number_to_band(number, 10).replace("~", " ").replace("-", " -").split())
        if number < 0
        else (int(part) for part in number_to_band(number, 10).split("-"))
    )
    assert first <= number <= last
    assert last - first == 9


def test_levels_of_an_address_that_names_none():
    assert address_to("city", "前进区中山街") is None
