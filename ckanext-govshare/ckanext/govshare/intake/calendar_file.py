"""A file of holidays as notices: JSON in the form of config/statutes/workdays, a list of days as JSON, CSV or ICS.

What is no complete notice (a list of days) takes number and date of issue from ``Given``.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.domain.holidays import Holiday, Notice, notice_of
from ckanext.govshare.intake.calendar_ics import ics_days

MAX_BYTES = 1 << 20
REST_WORDS = ("休", "rest", "放假", "true")
WORK_WORDS = ("班", "work", "上班", "调休上班", "false")
COLUMNS = {
    "日期": "date",
    "类型": "kind",
    "名称": "name",
    "文号": "number",
    "发布日期": "issued",
    "来源": "source",
}


@dataclass(frozen=True)
class Given:
    """What a person says about a file that does not say it itself."""

    number: str = ""
    issued: str = ""
    source: str = ""


@dataclass(frozen=True)
class MarkedDay:
    """One line of a list: a day of rest or a make-up working day, and of which holiday."""

    day: date
    rest: bool
    name: str


def read_calendar(raw: bytes, given: Given = Given()) -> tuple[Notice, ...]:
    """Return the notices of a file; the kind of file is told by its content, not by its name.

    :raises RuleError: ``calendar.*``, with the place where there is one
    """
    if len(raw) > MAX_BYTES:
        raise RuleError("calendar.too_large", "upload", limit_kb=MAX_BYTES >> 10)
    text = _decoded(raw).strip()
    if text.startswith("{"):
        return _from_json(text, given)
    if text.upper().startswith("BEGIN:VCALENDAR"):
        days = [MarkedDay(*found) for found in ics_days(text)]
        return (_notice(days, given),)
    return _from_csv(text, given)


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass  # what a spreadsheet program in China saves
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError as error:
        raise RuleError("calendar.unreadable", "upload") from error


def _from_json(text: str, given: Given) -> tuple[Notice, ...]:
    try:
        content = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise RuleError("calendar.malformed", "upload", detail=str(error)) from error
    if isinstance(content.get("notices"), list):
        return tuple(notice_of(row, content.get("year", 0)) for row in content["notices"])
    if isinstance(content.get("days"), list):
        papers = content.get("papers") or [""]
        source = given.source or str(papers[-1])
        days = [_json_day(row) for row in content["days"]]
        return (_notice(days, Given(given.number, given.issued, source), year=content.get("year")),)
    raise RuleError("calendar.malformed", "upload", detail="notices / days")


def _json_day(row: Mapping[str, Any]) -> MarkedDay:
    try:
        return MarkedDay(date.fromisoformat(row["date"]), bool(row["isOffDay"]), str(row["name"]))
    except (KeyError, TypeError, ValueError) as error:
        raise RuleError("calendar.malformed", "upload", detail=str(row)) from error


def _from_csv(text: str, given: Given) -> tuple[Notice, ...]:
    rows = list(csv.DictReader(io.StringIO(text)))
    if not rows or not {"date", "kind", "name"} <= {_column(name) for name in rows[0]}:
        raise RuleError("calendar.csv_columns", "upload")
    named = [{_column(key): (value or "").strip() for key, value in row.items() if key} for row in rows]
    said = Given(*(getattr(given, key) or named[0].get(key, "") for key in ("number", "issued", "source")))
    return (_notice([_csv_day(row, number) for number, row in enumerate(named, start=2)], said),)


def _column(name: str | None) -> str:
    return COLUMNS.get((name or "").strip(), (name or "").strip().lower())


def _csv_day(row: Mapping[str, str], number: int) -> MarkedDay:
    kind = row["kind"].lower()
    if kind not in (*REST_WORDS, *WORK_WORDS) or not row["name"]:
        raise RuleError("calendar.csv_row", "upload", row=number)
    try:
        return MarkedDay(date.fromisoformat(row["date"]), kind in REST_WORDS, row["name"])
    except ValueError as error:
        raise RuleError("calendar.csv_row", "upload", row=number) from error


def _notice(days: Iterable[MarkedDay], given: Given, year: Any = None) -> Notice:
    """Put marked days together: successive days of rest of one name are one holiday."""
    listed = sorted(set(days), key=lambda marked: marked.day)
    if not listed:
        raise RuleError("calendar.empty", "upload")
    if not given.number:
        raise RuleError("calendar.number_missing", "number")
    try:
        issued = date.fromisoformat(given.issued)
    except ValueError as error:
        raise RuleError("calendar.issued_missing", "issued") from error
    # Late December may be arranged by the next year's notice, so most days decide.
    of_year = int(year) if year else sorted(marked.day.year for marked in listed)[len(listed) // 2]
    names = dict.fromkeys(marked.name for marked in listed)
    holidays = tuple(holiday for name in names for holiday in _holidays(name, listed))
    return Notice(given.number, of_year, issued, given.source, holidays)


def _holidays(name: str, listed: list[MarkedDay]) -> list[Holiday]:
    rest = [marked.day for marked in listed if marked.name == name and marked.rest]
    make_up = tuple(marked.day for marked in listed if marked.name == name and not marked.rest)
    if not rest:
        raise RuleError("calendar.no_rest", "upload", name=name)
    spans: list[tuple[date, date]] = []
    for day in rest:
        if spans and day <= spans[-1][1] + timedelta(1):
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    return [Holiday(name, *span, make_up if span is spans[0] else ()) for span in spans]
