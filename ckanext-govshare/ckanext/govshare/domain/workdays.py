"""Working days (工作日): decreed days of rest and make-up weekends, counted by an index made once per version.

全国年节及纪念日放假办法; the yearly notices of the State Council's office. A year without a notice is computed from
weekends and statutory days and is provisional (暂定).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import NoReturn

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.domain.holidays import (
    FIVE_DAY_WEEK,
    Festivals,
    Notice,
    Statute,
    in_force,
    is_weekend,
    statutory_days,
    statutory_rest,
)

WORKDAY, MAKE_UP, WEEKEND, HOLIDAY = "workday", "make_up", "weekend", "holiday"
KINDS = (WORKDAY, MAKE_UP, WEEKEND, HOLIDAY)


@dataclass(frozen=True)
class Day:
    """One day: worked or not and why, with the holiday's name and the number of the notice that says so."""

    date: date
    kind: str
    name: str = ""
    notice: str = ""
    provisional: bool = False

    @property
    def working(self) -> bool:
        """Whether offices work."""
        return self.kind in (WORKDAY, MAKE_UP)


class Calendar:
    """One version of the calendar: the notices known to it, over every year that festivals are known for."""

    def __init__(
        self, notices: tuple[Notice, ...], statutes: tuple[Statute, ...], festivals: Festivals
    ) -> None:
        self.notices = notices
        self.first, self.last = date(min(festivals), 1, 1), date(max(festivals), 12, 31)
        self._low, self._high = self.first.toordinal(), self.last.toordinal()
        self.decreed = frozenset(notice.year for notice in notices)
        self.version = _version(notices, statutes, festivals)
        self._marks = _marks(notices, statutes, festivals)
        self._working = _working_ordinals(self.first, self.last, self._marks)
        self._dates = [date.fromordinal(ordinal) for ordinal in self._working]

    def day(self, day: date) -> Day:
        """Say what kind of day ``day`` is."""
        self._check(day)
        provisional = day.year not in self.decreed
        if day in self._marks:
            kind, name, notice = self._marks[day]
            return Day(day, kind, name, notice, provisional and not notice)
        return Day(day, WEEKEND if is_weekend(day) else WORKDAY, provisional=provisional)

    def is_working(self, day: date) -> bool:
        """Tell whether offices work on ``day``."""
        return self.day(day).working

    def add(self, day: date, days: int) -> date:
        """Return the ``days``-th working day after ``day``, which is itself not counted (民法典 201).

        Zero is the last working day up to ``day``, less than zero goes back from there.
        """
        ordinal = day.toordinal()
        if not self._low <= ordinal <= self._high:
            self._refuse(day.year)
        index = bisect_right(self._working, ordinal) + days - 1
        if not 0 <= index < len(self._dates):
            self._refuse(day.year)
        return self._dates[index]

    def count(self, after: date, until: date) -> int:
        """Return how many working days lie after ``after`` and up to ``until``; 0 when there is none."""
        first, last = after.toordinal(), until.toordinal()
        return max(0, bisect_right(self._working, last) - bisect_right(self._working, first))

    def on_or_after(self, day: date) -> date:
        """Return ``day``, or the next working day when it is a day of rest (民法典 203)."""
        return self.add(day - timedelta(1), 1)

    def is_provisional(self, first: date, last: date) -> bool:
        """Tell whether any year from ``first`` to ``last`` has no notice yet (暂定)."""
        if first.year == last.year:
            return first.year not in self.decreed
        return any(year not in self.decreed for year in range(first.year, last.year + 1))

    def _check(self, day: date) -> None:
        if not self.first <= day <= self.last:
            self._refuse(day.year)

    def _refuse(self, year: int) -> NoReturn:
        raise RuleError("workdays.out_of_range", year=year, first=self.first.year, last=self.last.year)


_Mark = tuple[str, str, str]


def _marks(
    notices: tuple[Notice, ...], statutes: tuple[Statute, ...], festivals: Festivals
) -> dict[date, _Mark]:
    """Return kind, name and notice of every day that is not simply a weekday or a weekend."""
    marks: dict[date, _Mark] = {}
    decreed = in_force(notices)
    for year in festivals:
        if year not in decreed:
            rest = statutory_rest(year, statutes, festivals)
            marks.update({day: (HOLIDAY, name, "") for day, name in rest.items()})
        else:
            # A day that the law gives stays a day of rest even if a notice does not name it.
            days = statutory_days(year, statutes, festivals)
            marks.update({day: (HOLIDAY, name, "") for day, name in days.items()})
    for holidays in decreed.values():
        for holiday, notice in holidays:
            marks.update(dict.fromkeys(holiday.rest(), (HOLIDAY, holiday.name, notice.number)))
            marks.update(dict.fromkeys(holiday.make_up, (MAKE_UP, holiday.name, notice.number)))
    return marks


def _working_ordinals(first: date, last: date, marks: dict[date, _Mark]) -> list[int]:
    rest = {day.toordinal() for day, mark in marks.items() if mark[0] == HOLIDAY}
    make_up = {day.toordinal() for day, mark in marks.items() if mark[0] == MAKE_UP}
    # Ordinal 1 was a Monday, so (ordinal - 1) % 7 is the weekday.
    weekdays = (n for n in range(first.toordinal(), last.toordinal() + 1) if (n - 1) % 7 < FIVE_DAY_WEEK)
    return sorted({*weekdays} - rest | make_up)


def _version(notices: tuple[Notice, ...], statutes: tuple[Statute, ...], festivals: Festivals) -> str:
    """Return the date of the newest notice and eight hex digits that change whenever any day could."""
    newest = max((notice.issued for notice in notices), default=date.min)
    content = repr((sorted(notices, key=repr), statutes, sorted(map(repr, festivals.items()))))
    return f"{newest.isoformat()}-{sha256(content.encode()).hexdigest()[:8]}"
