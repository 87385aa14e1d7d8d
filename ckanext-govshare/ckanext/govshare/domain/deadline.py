"""Deadlines (时限): a due date is a pure function of facts, duty and calendar; nothing here remembers one.

佳木斯 arts 11, 21, 22, 26, 38; 民法典 arts 201–203: the opening day does not count, the period ends with its last day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.domain.workdays import Calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
LAST_SECOND = time(23, 59, 59, tzinfo=SHANGHAI)
MIDNIGHT = time(0, tzinfo=SHANGHAI)
ONE_DAY = timedelta(1)


@dataclass(frozen=True)
class Duty:
    """What must be done in how many working days, by which article; the rows of ``deadline.yaml``.

    ``supplement``: whether handing in what was missing (补正) restarts the period, pauses it or does nothing.
    ``third_party``: whether the time in which a third party is heard (征求第三方意见) is counted.
    ``extension_mode``: ``extra`` days after the period, or a ``total`` that the whole period may reach.
    ``yearly``: month and day instead of a period. ``binding`` is false where only 及时 is written.
    """

    code: str
    label: Mapping[str, str]
    start: Mapping[str, str]
    article: str
    days: int = 0
    extension: int = 0
    extension_mode: Literal["extra", "total"] = "extra"
    supplement: Literal["restart", "pause", "none"] = "restart"
    third_party: Literal["counted", "excluded"] = "counted"
    count_receipt_day: bool = False
    yearly: tuple[int, int] | None = None
    binding: bool = True
    warn: tuple[int, ...] = (3, 1, 0)

    @property
    def longest_extension(self) -> int:
        """The most working days that one extension may add."""
        return self.extension if self.extension_mode == "extra" else max(0, self.extension - self.days)


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened, as aware instants; a correction changes a fact and thereby the date.

    Suspension (``supplement_*``, ``third_party_*``) and prolongation (``extension_days``, once granted) are
    different facts. ``done`` is when the duty was fulfilled, ``closed`` when it fell away (撤回, 退件).
    """

    received: datetime | None
    supplement_asked: datetime | None = None
    supplement_received: datetime | None = None
    third_party_asked: datetime | None = None
    third_party_answered: datetime | None = None
    extension_days: int = 0
    done: datetime | None = None
    closed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """A derived due date with what it was derived from; ``base_due_on`` is without the extension."""

    duty: Duty
    facts: Facts
    started_on: date
    base_due_on: date
    due_on: date
    provisional: bool
    calendar: Calendar = field(repr=False, compare=False)

    @property
    def calendar_version(self) -> str:
        """The version of the calendar that gave this date."""
        return self.calendar.version

    @property
    def due_at(self) -> datetime:
        """The last second that is in time: the end of the due day in Shanghai (民法典 203)."""
        return datetime.combine(self.due_on, LAST_SECOND)

    @property
    def overdue_at(self) -> datetime:
        """The first instant that is late."""
        return datetime.combine(self.due_on + ONE_DAY, MIDNIGHT)


def due(duty: Duty, facts: Facts, calendar: Calendar) -> Deadline:
    """Derive the due date (到期日) of ``duty`` from ``facts``; raises RuleError for facts that no rule accepts."""
    _check(duty, facts)
    started = _started_on(duty, facts)
    if duty.yearly:
        base = _yearly(duty.yearly, started, calendar)
        return Deadline(duty, facts, started, base, base, calendar.is_provisional(base, base), calendar)
    first = started - ONE_DAY if duty.count_receipt_day else started
    spans = pauses(duty, facts)
    base = ends = _count_on(first, duty.days, spans, calendar)
    if facts.extension_days:
        # Counted from the start with all its days, never from a date that was already moved.
        ends = _count_on(first, duty.days + facts.extension_days, spans, calendar)
    return Deadline(
        duty, facts, started, base, ends, calendar.is_provisional(first + ONE_DAY, ends), calendar
    )


def shanghai_date(instant: datetime, name: str = "") -> date:
    """Return the date on which ``instant`` falls in Shanghai; an instant without offset is refused."""
    if instant.tzinfo is None:
        raise RuleError("deadline.naive_instant", name or None, value=instant.isoformat())
    try:
        return instant.astimezone(SHANGHAI).date()
    except OverflowError as error:  # the first and the last day of all
        raise RuleError("deadline.bad_instant", name or None, value=instant.isoformat()) from error


def pauses(duty: Duty, facts: Facts) -> tuple[tuple[date, date], ...]:
    """Return the spans of days, both ends included, that do not count (期限中止), in order and apart."""
    if not (facts.supplement_asked or facts.third_party_asked):
        return ()
    found = []
    if duty.supplement == "pause" and facts.supplement_asked and facts.supplement_received:
        found.append((shanghai_date(facts.supplement_asked), shanghai_date(facts.supplement_received)))
    if duty.third_party == "excluded" and facts.third_party_asked and facts.third_party_answered:
        found.append((shanghai_date(facts.third_party_asked), shanghai_date(facts.third_party_answered)))
    return _apart(found) if found else ()


def keep_promise(promised: date | None, derived: date) -> date:
    """Return the date that holds: one that was told is never brought forward by a new calendar."""
    return derived if promised is None else max(promised, derived)


def as_told(deadline: Deadline, told: date | None) -> Deadline:
    """Return ``deadline`` with the day that was told, which is the one that holds; as derived while none was told."""
    return replace(deadline, due_on=told) if told else deadline


def _started_on(duty: Duty, facts: Facts) -> date:
    if facts.received is None:
        raise RuleError("deadline.not_started", "received")
    if duty.supplement == "restart" and facts.supplement_received:
        return shanghai_date(facts.supplement_received, "supplement_received")
    return shanghai_date(facts.received, "received")


def _count_on(first: date, days: int, spans: tuple[tuple[date, date], ...], calendar: Calendar) -> date:
    """Count ``days`` working days after ``first``, stepping over ``spans``."""
    ends = calendar.add(first, days)
    for begin, end in spans:
        if end > first and begin <= ends:
            ends = calendar.add(ends, calendar.count(max(begin - ONE_DAY, first), end))
    return ends


def _yearly(month_day: tuple[int, int], start: date, calendar: Calendar) -> date:
    """Return the first yearly date that is not yet past on ``start``, moved to a working day."""
    this_year = calendar.on_or_after(date(start.year, *month_day))
    return this_year if start <= this_year else calendar.on_or_after(date(start.year + 1, *month_day))


def _apart(spans: list[tuple[date, date]]) -> tuple[tuple[date, date], ...]:
    joined: list[tuple[date, date]] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1] + ONE_DAY:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return tuple(joined)


_ORDER = (
    ("received", "supplement_asked"),
    ("received", "supplement_received"),
    ("supplement_asked", "supplement_received"),
    ("received", "third_party_asked"),
    ("third_party_asked", "third_party_answered"),
)


def _check(duty: Duty, facts: Facts) -> None:
    if facts.supplement_asked or facts.supplement_received or facts.third_party_asked:
        _check_order(facts)
    if not facts.extension_days:
        return
    limit = duty.longest_extension
    if not 0 <= facts.extension_days <= limit:
        code = "deadline.extension_too_long" if limit else "deadline.no_extension"
        raise RuleError(code, "extension_days", days=facts.extension_days, limit=limit)


def _check_order(facts: Facts) -> None:
    for earlier, later in _ORDER:
        first, second = getattr(facts, earlier), getattr(facts, later)
        if first is None or second is None:
            continue
        for name, instant in ((earlier, first), (later, second)):
            if instant.tzinfo is None:
                shanghai_date(instant, name)
        if second < first and shanghai_date(second) < shanghai_date(first):
            raise RuleError("deadline.wrong_order", later, earlier=earlier)
