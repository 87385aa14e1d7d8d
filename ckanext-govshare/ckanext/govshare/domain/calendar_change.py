"""A new notice (节假日安排通知): whether it can be one, what it changes, and which promised dates it moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ckanext.govshare.domain.deadline import Deadline, Duty, Facts, due, keep_promise
from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.domain.holidays import Holiday, Notice, is_weekend
from ckanext.govshare.domain.workdays import Calendar, Day

LONGEST_HOLIDAY = 15
EARLIEST_MONTH = 12  # of the year before: a notice may arrange late December


@dataclass(frozen=True)
class ChangedDay:
    """A day that the new calendar sees otherwise."""

    before: Day
    after: Day


@dataclass(frozen=True)
class Recount:
    """An open deadline under the new calendar: ``holds`` is the later of what was promised and what is derived."""

    promised: date
    deadline: Deadline

    @property
    def holds(self) -> date:
        """The date that is in force from now on."""
        return keep_promise(self.promised, self.deadline.due_on)

    @property
    def moves(self) -> bool:
        """Whether the case gets more time."""
        return self.holds != self.promised

    @property
    def kept(self) -> bool:
        """Whether the calendar alone would have brought the date forward."""
        return self.deadline.due_on < self.promised


def recount(duty: Duty, facts: Facts, promised: date, calendar: Calendar) -> Recount:
    """Derive an open deadline anew; a date that was promised is never brought forward (不得缩短)."""
    return Recount(promised, due(duty, facts, calendar))


def arranged_by(calendar: Calendar, first: date, last: date) -> tuple[str, ...]:
    """Return the numbers of the notices that arrange a day of a period, both ends included: why it ends when it does."""
    span = (calendar.day(first + timedelta(n)) for n in range((last - first).days + 1))
    return tuple(dict.fromkeys(day.notice for day in span if day.notice))


def objections(notice: Notice, known: tuple[Notice, ...]) -> list[Reason]:
    """Return why ``notice`` cannot be taken: it is known, or no holiday could be like that."""
    found = []
    if not notice.number:
        found.append(Reason("calendar.number_missing", field="number"))
    if any(other.number == notice.number for other in known):
        found.append(Reason("calendar.known", {"number": notice.number}, "number"))
    if not notice.holidays:
        found.append(Reason("calendar.empty", field="upload"))
    for holiday in notice.holidays:
        found += _objections(holiday, notice)
    return found


def changed_days(before: Calendar, after: Calendar, notices: tuple[Notice, ...]) -> Iterator[ChangedDay]:
    """Yield the days of the notices' years, late December before them included, that become something else."""
    for year in sorted({notice.year for notice in notices}):
        day = date(year - 1, EARLIEST_MONTH, 1)
        while day <= date(year, 12, 31):
            old, new = before.day(day), after.day(day)
            if old.working != new.working:
                yield ChangedDay(old, new)
            day += timedelta(1)


def _objections(holiday: Holiday, notice: Notice) -> Iterator[Reason]:
    name = {"name": holiday.name}
    if not 0 <= (holiday.last - holiday.first).days < LONGEST_HOLIDAY:
        yield Reason("calendar.bad_span", {**name, "limit": LONGEST_HOLIDAY}, "upload")
        return
    first, last = date(notice.year - 1, EARLIEST_MONTH, 1), date(notice.year, 12, 31)
    outside = [day for day in (*holiday.rest(), *holiday.make_up) if not first <= day <= last]
    if outside:
        yield Reason(
            "calendar.other_year", {**name, "day": outside[0].isoformat(), "year": notice.year}, "upload"
        )
    for day in holiday.make_up:
        if not is_weekend(day):
            yield Reason("calendar.make_up_weekday", {**name, "day": day.isoformat()}, "upload")
        if any(day in other.rest() for other in notice.holidays):
            yield Reason("calendar.rest_and_work", {**name, "day": day.isoformat()}, "upload")
