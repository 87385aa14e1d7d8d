"""Coarser values (泛化): a date becomes its year, a number its band, an address its district.

GB/T 37964-2019. What cannot be made coarser becomes missing: half an address would be worse than none.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

YEAR, MONTH, BAND, DISTRICT, CITY, PROVINCE = "year", "month", "band", "district", "city", "province"

_PROVINCE = r"(?:[^省市县区]{2,8}?(?:省|自治区|特别行政区))"
_CITY = r"(?:[^省市县区]{2,10}?(?:市|自治州|地区|盟))"
_DISTRICT = r"(?:(?!市辖)[^省市]{1,9}?(?:自治县|县|区|旗|林区|市))"
_ADDRESS = re.compile(f"^(?P<province>{_PROVINCE})?(?P<city>{_CITY})?(?P<district>{_DISTRICT})?")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?=\D|\d{4}(?!\d)|$)")
_MONTH = re.compile(r"(?<!\d)((?:19|20)\d{2})\D?(0[1-9]|1[0-2]|[1-9](?!\d))")


def moment_to_year(value: date) -> int:
    """Return the year of a date."""
    return value.year


def moment_to_month(value: date) -> str:
    """Return year and month of a date as 1990-03."""
    return f"{value:%Y-%m}"


def text_to_year(text: str) -> str | None:
    """Return the year that a text such as 1990年3月 or 19900307 begins with, None when it names none."""
    found = _YEAR.search(text)
    return found.group()[:4] if found else None


def text_to_month(text: str) -> str | None:
    """Return year and month of a text such as 1990年3月7日 as 1990-03, None when it names none."""
    found = _MONTH.search(text)
    return f"{found.group(1)}-{int(found.group(2)):02d}" if found else None


def number_to_band(value: int | Decimal, width: int) -> str:
    """Return the band of ``width`` that holds the number: 37 in bands of ten is 30-39, 37.5 is 30-40."""
    start = int(value // width) * width
    if value < 0 and Decimal(start) > value:
        start -= width
    last = start + width - (1 if isinstance(value, int) else 0)
    return f"{start}~{last}" if start < 0 else f"{start}-{last}"


def address_to(level: str, text: str) -> str | None:
    """Return the address down to its province, city or district (省、市、区县), None when it names none."""
    found = _ADDRESS.match(text.strip())
    if found is None:
        return None
    parts = found.groupdict()
    wanted = {PROVINCE: ("province",), CITY: ("province", "city"), DISTRICT: ("province", "city", "district")}
    if not parts[wanted[level][-1]]:
        return None
    return "".join(parts[name] or "" for name in wanted[level])
