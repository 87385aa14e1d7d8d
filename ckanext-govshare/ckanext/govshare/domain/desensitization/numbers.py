"""Numbers that belong to a person: identity (身份证), telephone, bank card; and codes that only look like them."""

from __future__ import annotations

import re

from ckanext.govshare.domain.desensitization.checksums import id_check, luhn, real_date, uscc
from ckanext.govshare.domain.desensitization.knowledge import Knowledge
from ckanext.govshare.domain.desensitization.plain_text import END
from ckanext.govshare.domain.desensitization.tally import Grade

# A pattern begins with the sign it looks for, so that the engine skips the others; what must not stand before
# that sign is asked right after it.
FREE = r"(?<![0-9A-Za-z_].)(?<![0-9][.,].)"
ENDS = r"(?:\.0)?(?![0-9A-Za-z])(?!\.[0-9a-z])"
_MOBILE_START = r"1(?:(?<![0-9A-Za-z_]1)|(?<=[^0-9]861)|(?<=[^0-9]00861)|(?<=[^0-9]01))(?<![0-9][.,]1)"

ID_NUMBERS = (
    re.compile(rf"[1-9]{FREE}[0-9]{{14}}(?:[0-9]{{2}}[0-9Xx])?{ENDS}"),
    re.compile(rf"[1-9]{FREE}(?:[ -]?[0-9]){{14}}(?:(?:[ -]?[0-9]){{2}}[ -]?[0-9Xx])?{ENDS}"),
)
LOST_DIGITS = re.compile(rf"{END}([1-9](?:\.[0-9]{{2,}}[Ee]\+?1[0-9]|[0-9]{{14}}0{{3,4}}))(?={END})")
USCC = re.compile(rf"9{FREE}2[0-9]{{6}}[0-9A-HJ-NP-RTUW-Y]{{10}}(?![0-9A-Za-z])")
MOBILES = (
    re.compile(rf"{_MOBILE_START}[3-9][0-9]{{9}}{ENDS}"),
    re.compile(
        rf"{_MOBILE_START}[3-9](?:[0-9][ .-]{{1,3}}[0-9]{{4}}[ .-]{{0,3}}[0-9]{{4}}|[0-9]{{5}}[ -]{{1,3}}[0-9]{{4}}|[0-9][ -]{{1,3}}[0-9]{{8}}"
        rf"|[0-9][ -][0-9]{{3}}[ -][0-9]{{5}}|[0-9][0-9][ -][0-9]{{3}}[ -][0-9]{{4}}|[0-9][0-9][ -][0-9]{{4}}[ -][0-9]{{3}}){ENDS}"
    ),
    re.compile(rf"{END}([+(0-9][0-9() -]{{9,24}}(?:\.0)?)(?={END})"),
)
LANDLINES = (
    re.compile(
        rf"0(?<!-0){FREE}[1-9][0-9]{{1,2}}\)?[ -]{{0,3}}[1-9][0-9]{{2,3}}[ -]?[0-9]{{4}}"
        r"(?:[ -]{0,2}(?:转|分机|#|-)[ -]?[0-9]{1,6})?(?![0-9A-Za-z])(?!\.[0-9])"
    ),
    re.compile(
        r"86(?:(?<=[+]86)|(?<=[^0-9]0086))[ -]?[1-9][0-9]{1,2}[ -]{0,3}[1-9][0-9]{2,3}[ -]?[0-9]{4}(?![0-9A-Za-z])(?!\.[0-9])"
    ),
)
BANK_CARD = re.compile(rf"[3-9]{FREE}(?:[ -]?[0-9]){{12,18}}{ENDS}")
BANK_ACCOUNT = re.compile(rf"{END}([0-9](?:[ -]?[0-9]){{11,29}})(?={END})")

_NO_DIGIT = re.compile(r"[^0-9Xx]")
_LONGER = re.compile(r"[0-9][ -]$")
_GAPS = re.compile(r"[ -]+")
_ID_LENGTH, _OLD_ID_LENGTH, _MOBILE_LENGTH = 18, 15, 11
_CARD_LENGTHS = range(13, 20)
_CARD_GROUP = 4


def digits_of(value: str) -> str:
    """Return a number without spaces, dashes and the decimals that a spreadsheet program put there."""
    return _NO_DIGIT.sub("", value.removesuffix(".0"))


def _is_a_tail(match: re.Match[str]) -> bool:
    """Tell whether a number written in groups is the end of a longer one."""
    start = match.start()
    if not _GAPS.search(match[0]) or match.string.startswith("86", max(start - 3, 0)):
        return False
    return bool(_LONGER.search(match.string, max(start - 2, 0), start))


class IdNumber:
    """居民身份证: a province, a real date, 18 digits with a check sign or 15 without (GB 11643)."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._provinces = frozenset(knowledge.words["id_provinces"])

    def __call__(self, match: re.Match[str], _whole: bool) -> Grade | None:
        """Judge by province, date and check sign; the column decides about what fails only the last."""
        number = digits_of(match[0])
        if _is_a_tail(match):
            return None
        if len(number) == _OLD_ID_LENGTH:
            known = number[:2] in self._provinces and real_date("19" + number[6:12])
            return Grade.HOLDS if known else Grade.ALIKE
        if len(number) != _ID_LENGTH or not number[:-1].isdigit() or not self._plausible(number):
            return None
        return Grade.HOLDS if id_check(number) == number[17].upper() else Grade.ALIKE

    def certain(self, cell: str) -> bool:
        """Tell whether a cell is an ID number, without looking around it."""
        return (
            len(cell) == _ID_LENGTH
            and cell.isascii()
            and cell[:17].isdigit()
            and self._plausible(cell)
            and id_check(cell) == cell[17].upper()
        )

    def _plausible(self, number: str) -> bool:
        place = number[1:3] if number[0] == "9" and number[:2] not in self._provinces else number[:2]
        return number[6:8] in ("19", "20") and place in self._provinces and real_date(number[6:14])


def judge_lost_digits(match: re.Match[str], _whole: bool) -> Grade | None:
    """Judge a number of which a spreadsheet program kept fifteen digits: 2.30803E+17, or zeros at the end."""
    number = match[1]
    spoilt = not number.isdigit() or len(number) != _ID_LENGTH or id_check(number) != number[17]
    return Grade.HOLDS if spoilt else None


def judge_uscc(match: re.Match[str], _whole: bool) -> Grade | None:
    """Judge a unified social credit code of a sole trader (个体工商户, 92…), the only one that leads to a person."""
    return Grade.HOLDS if uscc(match[0]) else None


def judge_mobile(match: re.Match[str], _whole: bool) -> Grade | None:
    """Judge a mobile number: 1, 3 to 9, nine digits; a cell of its own may be written in any groups."""
    if match.lastindex is None:
        return None if _is_a_tail(match) else Grade.HOLDS
    number = digits_of(match[1])
    last = number[-_MOBILE_LENGTH:]
    if len(number) < _MOBILE_LENGTH or number[:-_MOBILE_LENGTH] not in ("", "0", "86", "0086"):
        return None
    if last[0] == "1" and last[1] not in "012":
        return Grade.HOLDS
    return Grade.ALIKE if match[1].removesuffix(".0").isdigit() and number[0] != "0" else None


_PLAIN_MOBILE = re.compile(r"1[3-9][0-9]{9}")


def certain_mobile(cell: str) -> bool:
    """Tell whether a cell is a mobile number, without looking around it."""
    return _PLAIN_MOBILE.fullmatch(cell) is not None


class Landline:
    """固定电话: an area code and seven or eight digits."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._areas = frozenset(knowledge.words["area_codes"])

    def __call__(self, match: re.Match[str], _whole: bool) -> Grade | None:
        """Judge by the area code; two digits after the zero go with eight, three with seven or eight."""
        number = digits_of(match[0])
        if number.startswith("86"):
            number = "0" + number[2:]
        area = number[:3] if number[:2] in ("01", "02") else number[:4]
        return Grade.HOLDS if area in self._areas else Grade.ALIKE


class BankCard:
    """银行卡: an issuer's prefix, its length, and the Luhn check (ISO/IEC 7812)."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._prefixes = knowledge.words["card_prefixes"]

    def __call__(self, match: re.Match[str], whole: bool) -> Grade | None:
        """Judge by prefix, length and check digit; without a known prefix only the column's name can say more."""
        number = digits_of(match[match.lastindex or 0])
        if len(number) in _CARD_LENGTHS and number.startswith(self._prefixes):
            if not whole and any(len(part) != _CARD_GROUP for part in _GAPS.split(match[0])[:-1]):
                return Grade.SHAPE
            return Grade.HOLDS if luhn(number) else Grade.ALIKE
        return Grade.SHAPE

    def certain(self, cell: str) -> bool:
        """Tell whether a cell is a card number, without looking around it."""
        return (
            len(cell) in _CARD_LENGTHS
            and len(cell) != _ID_LENGTH
            and cell.isascii()
            and cell.isdigit()
            and cell.startswith(self._prefixes)
            and luhn(cell)
        )
