"""Notices and statutory days (节假日): the facts that a calendar of working days is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ckanext.govshare.domain.errors import RuleError

FIVE_DAY_WEEK = 5  # Saturday and Sunday are rest: 国务院关于职工工作时间的规定 art. 7


@dataclass(frozen=True)
class Holiday:
    """One line of a notice: the days of rest from ``first`` to ``last`` and the weekends worked for them (调休)."""

    name: str
    first: date
    last: date
    make_up: tuple[date, ...] = ()

    def rest(self) -> Iterator[date]:
        """Every day of rest, weekends within included."""
        yield from (self.first + timedelta(days) for days in range((self.last - self.first).days + 1))


@dataclass(frozen=True)
class Notice:
    """A decree on one year's holidays (国务院办公厅关于部分节假日安排的通知), in force from ``issued``."""

    number: str
    year: int
    issued: date
    source: str
    holidays: tuple[Holiday, ...]


@dataclass(frozen=True)
class StatutoryDay:
    """A day of the year (``month``, ``day``), or one so many days from a ``festival``."""

    name: str
    month: int = 0
    day: int = 0
    festival: str = ""
    offset: int = 0


@dataclass(frozen=True)
class Statute:
    """One version of the measure on holidays (全国年节及纪念日放假办法 art. 2)."""

    source: str
    effective_from: date
    days: tuple[StatutoryDay, ...]


Festivals = Mapping[int, Mapping[str, date]]


def notice_of(row: Mapping[str, Any], year: int) -> Notice:
    """Read a notice in the form of ``config/statutes/workdays``; raises RuleError for what is no notice."""
    try:
        holidays = tuple(_holiday_of(line) for line in row["holidays"])
        return Notice(
            str(row["number"]), int(year), _day_of(row["issued"]), str(row.get("source") or ""), holidays
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RuleError("calendar.malformed", detail=str(error)) from error


def notice_as_dict(notice: Notice) -> dict[str, Any]:
    """Write a notice in that form, dates as text; the inverse of ``notice_of``."""
    return {
        "number": notice.number,
        "issued": notice.issued.isoformat(),
        "source": notice.source,
        "holidays": [
            {
                "name": holiday.name,
                "from": holiday.first.isoformat(),
                "to": holiday.last.isoformat(),
                "work": [day.isoformat() for day in holiday.make_up],
            }
            for holiday in notice.holidays
        ],
    }


def in_force(notices: tuple[Notice, ...]) -> dict[int, list[tuple[Holiday, Notice]]]:
    """Return each year's holidays with their notice; a later notice replaces the holidays that it names."""
    years: dict[int, list[tuple[Holiday, Notice]]] = {}
    for notice in sorted(notices, key=lambda notice: (notice.issued, notice.number)):
        named = {holiday.name for holiday in notice.holidays}
        kept = [pair for pair in years.get(notice.year, ()) if pair[0].name not in named]
        years[notice.year] = kept + [(holiday, notice) for holiday in notice.holidays]
    return years


def statutory_rest(year: int, statutes: tuple[Statute, ...], festivals: Festivals) -> dict[date, str]:
    """Return the statutory days of rest of ``year``, made up for when on a weekend (补假).

    全国年节及纪念日放假办法 art. 6.
    """
    rest = statutory_days(year, statutes, festivals)
    return rest | _made_up(rest)


def statutory_days(year: int, statutes: tuple[Statute, ...], festivals: Festivals) -> dict[date, str]:
    """Return the statutory days themselves, each by the text in force on it (art. 2)."""
    rest: dict[date, str] = {}
    for number, statute in enumerate(statutes):
        until = statutes[number + 1].effective_from if number + 1 < len(statutes) else date.max
        for rule in statute.days:
            day = _date_of(rule, year, festivals)
            if statute.effective_from <= day < until:
                rest[day] = rule.name
    return rest


def is_weekend(day: date) -> bool:
    """Tell whether ``day`` is a Saturday or a Sunday."""
    return day.weekday() >= FIVE_DAY_WEEK


def _holiday_of(line: Mapping[str, Any]) -> Holiday:
    make_up = tuple(_day_of(day) for day in line.get("work") or ())
    return Holiday(str(line["name"]), _day_of(line["from"]), _day_of(line["to"]), make_up)


def _day_of(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _date_of(rule: StatutoryDay, year: int, festivals: Festivals) -> date:
    if rule.festival:
        return festivals[year][rule.festival] + timedelta(rule.offset)
    return date(year, rule.month, rule.day)


def _made_up(rest: Mapping[date, str]) -> dict[date, str]:
    found: dict[date, str] = {}
    for day in sorted(rest):
        if is_weekend(day):
            instead = day
            while is_weekend(instead) or instead in rest or instead in found:
                instead += timedelta(1)
            found[instead] = rest[day]
    return found
