"""Days, instants, sizes and states as people write them."""

from __future__ import annotations

from datetime import date, datetime

from babel.dates import format_date

from ckanext.govshare import rulebook
from ckanext.govshare.helpers.entry import govshare_word
from ckanext.govshare.logic.errors import language
from ckanext.govshare.runtime import in_shanghai

__all__ = (
    "govshare_date",
    "govshare_instant",
    "govshare_size",
    "govshare_state_word",
)

STATE_LISTS = ("states", "desensitization")
UNITS = ("B", "KB", "MB", "GB", "TB")


def govshare_state_word(code: str) -> str:
    """Return the word for the state of a publication or of an edition."""
    for words in STATE_LISTS:
        if code in rulebook.words(words):
            return str(govshare_word(words, code))
    return code


def govshare_date(value: date | str | None, weekday: bool = False) -> str:
    """Return a day in full (2026年11月20日 星期五); an instant counts by the clock of Shanghai.

    Text that is no date comes back as it is, so that a page never breaks on what a department once wrote.
    """
    if not value:
        return ""
    try:
        day = _day(value)
    except ValueError:
        return str(value)
    if language() == "en":
        return format_date(day, "EEEE, d MMMM y" if weekday else "d MMMM y", locale="en")
    return format_date(day, "y年M月d日 EEEE" if weekday else "y年M月d日", locale="zh_Hans_CN")


def govshare_instant(value: datetime | str | None) -> str:
    """Return an instant as day and minute on the clock of Shanghai."""
    if not value:
        return ""
    instant = in_shanghai(
        datetime.fromisoformat(value.replace("Z", "+00:00")) if isinstance(value, str) else value
    )
    return f"{govshare_date(instant.date())} {instant:%H:%M}"


def govshare_size(size: int | str | None) -> str:
    """Return a number of bytes as people read it (1.2 MB); empty when unknown."""
    if size in (None, ""):
        return ""
    amount = float(size)
    for unit in UNITS:
        if amount < 1000 or unit == UNITS[-1]:  # noqa: PLR2004
            break
        amount /= 1024
    return f"{amount:.0f} {unit}" if unit == "B" or amount >= 100 else f"{amount:.1f} {unit}"  # noqa: PLR2004


def _day(value: date | str) -> date:
    if isinstance(value, datetime):
        return in_shanghai(value).date()
    if isinstance(value, date):
        return value
    instant = datetime.fromisoformat(value.replace("Z", "+00:00"))
    return instant.date() if len(value) == len("2026-01-01") else in_shanghai(instant).date()
