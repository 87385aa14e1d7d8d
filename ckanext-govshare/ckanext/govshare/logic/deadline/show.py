"""A deadline as the API and the pages tell it: the date, its marks, and every day with the reason."""

from __future__ import annotations

from typing import Any

from ckanext.govshare import rulebook
from ckanext.govshare.domain.deadline import Deadline
from ckanext.govshare.domain.deadline_days import CountedDay, explain
from ckanext.govshare.domain.workdays import Calendar
from ckanext.govshare.logic.errors import language


def shown(deadline: Deadline) -> dict[str, Any]:
    """Return the due date and why it is that date; words in the reader's language, codes beside them."""
    duty, days = deadline.duty, explain(deadline)
    return {
        "duty": duty.code,
        "label": duty.label[language()],
        "article": duty.article,
        "binding": duty.binding,
        "started_on": deadline.started_on.isoformat(),
        "base_due_on": deadline.base_due_on.isoformat(),
        "due_on": deadline.due_on.isoformat(),
        "due_at": deadline.due_at.isoformat(),
        "overdue_at": deadline.overdue_at.isoformat(),
        "period_days": duty.days or None,
        "extension_days": deadline.facts.extension_days,
        "provisional": deadline.provisional,
        "calendar_version": deadline.calendar_version,
        "days": [day_shown(day) for day in days],
        "notices": _notices(deadline.calendar, {day.day.notice for day in days}),
    }


def day_shown(counted: CountedDay) -> dict[str, Any]:
    """Return one day: ``kind`` is a stable code, ``reason`` what a person is told."""
    return {
        "date": counted.date.isoformat(),
        "counted": counted.counted,
        "number": counted.number,
        "kind": counted.kind,
        "name": counted.day.name,
        "reason": _reason(counted),
        "notice": counted.day.notice or None,
        "extended": counted.extended,
        "provisional": counted.day.provisional,
    }


def _reason(counted: CountedDay) -> str:
    words = rulebook.words("day_kinds")[counted.kind]
    reason = words[language()] % {"name": counted.day.name}
    return (
        f"{reason}{rulebook.words('marks')['provisional'][language()]}" if counted.day.provisional else reason
    )


def _notices(calendar: Calendar, numbers: set[str]) -> list[dict[str, Any]]:
    """Return the notices that decided about any of the days, oldest first."""
    return [
        {"number": notice.number, "issued": notice.issued.isoformat(), "source": notice.source}
        for notice in sorted(calendar.notices, key=lambda notice: notice.issued)
        if notice.number in numbers
    ]
