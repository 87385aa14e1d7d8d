"""What somebody asks the calculator: texts become facts, or a reason that names the field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from dateutil.parser import isoparse

from ckanext.govshare import rulebook
from ckanext.govshare.domain.deadline import SHANGHAI, Duty, Facts
from ckanext.govshare.domain.errors import RuleError

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MOST_DIGITS = 4


def question(data: Mapping[str, Any]) -> tuple[Duty, Facts]:
    """Return duty and facts of ``{duty, received, extension_days, supplement_received}``; raises RuleError."""
    duty = rulebook.duty(str(data.get("duty") or ""))
    return duty, Facts(
        received=_instant(data, "received"),
        supplement_received=_instant(data, "supplement_received"),
        extension_days=_days(data, "extension_days"),
    )


def _instant(data: Mapping[str, Any], name: str) -> datetime | None:
    """Read an instant with its offset; a day alone is that day in Shanghai."""
    text = str(data.get(name) or "").strip()
    if not text:
        return None
    try:
        if DAY.fullmatch(text):
            return datetime.combine(date.fromisoformat(text), time(0, tzinfo=SHANGHAI))
        instant = isoparse(text)
    except ValueError as error:
        raise RuleError("deadline.bad_instant", name, value=text) from error
    if instant.tzinfo is None:
        raise RuleError("deadline.naive_instant", name, value=text)
    return instant


def _days(data: Mapping[str, Any], name: str) -> int:
    text = str(data.get(name) or "0").strip()
    if not text.isascii() or not text.lstrip("-").isdigit() or len(text) > MOST_DIGITS:
        raise RuleError("deadline.bad_number", name, value=text)
    return int(text)
