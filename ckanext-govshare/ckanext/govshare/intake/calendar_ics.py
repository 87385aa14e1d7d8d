"""Holidays from a calendar file (RFC 5545): events of whole days, titled 春节（休） or 春节（班）, or with 假期 or 补班."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from ckanext.govshare.domain.errors import RuleError

LONGEST = timedelta(31)
WORKED = re.compile("班")
NOISE = re.compile(
    r"[（(【\[]?\s*(?:休|班|假期|补班|调休上班|上班|放假|调休)\s*[）)】\]]?|第\s*\d+\s*天.*|\d+/\d+"
)


def ics_days(text: str) -> Iterator[tuple[date, bool, str]]:
    """Yield (day, rest, name) of every event; raises RuleError for an event without day or name."""
    for number, event in enumerate(_events(text), start=1):
        title = event.get("SUMMARY", "").replace("\\,", ",").strip()
        name = NOISE.sub("", title).strip(" 　·-")
        first = _day(event.get("DTSTART"))
        if first is None or not name:
            raise RuleError("calendar.ics_event", "upload", number=number, title=title)
        end = _day(event.get("DTEND")) or first + timedelta(1)
        if not first <= end <= first + LONGEST:
            raise RuleError("calendar.ics_event", "upload", number=number, title=title)
        for offset in range(max(1, (end - first).days)):
            yield first + timedelta(offset), not WORKED.search(title), name


def _events(text: str) -> Iterator[dict[str, str]]:
    event: dict[str, str] | None = None
    for line in re.sub(r"\r?\n[ \t]", "", text).splitlines():
        key, _colon, value = line.partition(":")
        name = key.partition(";")[0].upper()
        if (name, value.upper()) == ("BEGIN", "VEVENT"):
            event = {}
        elif (name, value.upper()) == ("END", "VEVENT") and event is not None:
            yield event
            event = None
        elif event is not None:
            event.setdefault(name, value)


def _day(value: str | None) -> date | None:
    found = re.match(r"(\d{4})(\d{2})(\d{2})", value or "")
    if not found:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None
