"""The number of an identity card (公民身份号码, GB 11643): province, birth date, check sign."""

from __future__ import annotations

from datetime import date

from ckanext.govshare.domain.desensitization.checksums import id_check

LENGTH = 18
OLDEST = date(1900, 1, 1)

# GB/T 2260: provinces; 71, 81 to 83 as well on residence permits of 港澳台, 91 on those of foreigners.
PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
        "91",
    ]
)


def is_id_number(text: str, today: date) -> bool:
    """Tell whether ``text`` can be the number of a living person's card on ``today``."""
    if len(text) != LENGTH or not (text.isascii() and text[:-1].isdecimal()):
        return False
    if text[:2] not in PROVINCES or id_check(text) != text[-1].upper():
        return False
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    return OLDEST <= born <= today
