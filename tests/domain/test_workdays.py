"""Working days: the decreed calendar against golden dates and two independent libraries, and years without a decree."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest
from ckanext.govshare import rulebook
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.domain.holidays import Holiday, Notice, notice_as_dict, notice_of

DECREED = range(2007, 2027)

# Day received, then the 5th, 10th, 20th, 15th and 25th working day after it.
GOLDEN = [
    ("2025-01-22", "2025-02-05", "2025-02-11", "2025-02-25", "2025-02-18", "2025-03-04"),
    ("2025-09-26", "2025-10-10", "2025-10-16", "2025-10-30", "2025-10-23", "2025-11-06"),
    ("2026-02-11", "2026-02-25", "2026-03-03", "2026-03-17", "2026-03-10", "2026-03-24"),
    ("2026-02-14", "2026-02-28", "2026-03-06", "2026-03-20", "2026-03-13", "2026-03-27"),
    ("2026-02-16", "2026-02-28", "2026-03-06", "2026-03-20", "2026-03-13", "2026-03-27"),
    ("2026-04-30", "2026-05-11", "2026-05-18", "2026-06-01", "2026-05-25", "2026-06-08"),
    ("2026-09-17", "2026-09-23", "2026-10-08", "2026-10-21", "2026-10-14", "2026-10-28"),
    ("2026-09-30", "2026-10-13", "2026-10-20", "2026-11-03", "2026-10-27", "2026-11-10"),
    ("2026-11-22", "2026-11-27", "2026-12-04", "2026-12-18", "2026-12-11", "2026-12-25"),
]


def day(text: str) -> date:
    return date.fromisoformat(text)


def every_day(first: int, last: int):
    start = date(first, 1, 1)
    return (start + timedelta(n) for n in range((date(last, 12, 31) - start).days + 1))


@pytest.fixture(scope="module")
def calendar():
    return rulebook.calendar()


@pytest.mark.parametrize(("received", "five", "ten", "twenty", "fifteen", "twentyfive"), GOLDEN)
def test_the_golden_dates(calendar, received, five, ten, twenty, fifteen, twentyfive):
    """The day of receipt is not counted, make-up weekends are, decreed days of rest are not."""
    found = [calendar.add(day(received), days).isoformat() for days in (5, 10, 20, 15, 25)]
    assert found == [five, ten, twenty, fifteen, twentyfive]


def test_every_decreed_day_agrees_with_chinesecalendar(calendar):
    """Not one of the 7,305 days from 2007 to 2026 differs."""
    assert [
        d for d in every_day(2007, 2026) if chinese_calendar.is_workday(d) != calendar.is_working(d)
    ] == []


def test_every_decreed_day_agrees_with_holidays(calendar):
    """Nor against a second library."""
    theirs = holidays.China(years=range(2006, 2028))
    assert [d for d in every_day(2007, 2026) if theirs.is_working_day(d) != calendar.is_working(d)] == []


def test_computed_years_agree_with_holidays(calendar):
    """Statutory days and their make-up by art. 6, to 2099; where both differ the reason is named.

    In these years 中秋节 falls on a day of 国庆节 that is a weekend: the library makes up one day twice, the measure
    makes up a day of rest that falls on a weekend, and it is one day.
    """
    theirs = holidays.China(years=range(2026, 2101))
    differences = [d for d in every_day(2027, 2099) if theirs.is_working_day(d) != calendar.is_working(d)]
    assert [d.isoformat() for d in differences] == ["2039-10-06", "2066-10-06"]


def test_the_festivals_agree_with_a_second_computation():
    """正月初一, 清明, 端午, 中秋 of 150 years."""
    theirs = holidays.calendars.chinese._ChineseLunisolar()
    for line in rulebook.read_statute("festivals")["table"].splitlines():
        year, *days = line.split()
        names = ("lunar_new_year", "qingming", "dragon_boat", "mid_autumn")
        found = [getattr(theirs, f"{name}_date")(int(year))[0].strftime("%m-%d") for name in names]
        assert days == found, year


@pytest.mark.parametrize(
    ("on", "kind", "name", "notice"),
    [
        ("2026-02-14", "make_up", "春节", "国办发明电〔2025〕7号"),
        ("2026-02-17", "holiday", "春节", "国办发明电〔2025〕7号"),
        ("2026-02-21", "holiday", "春节", "国办发明电〔2025〕7号"),
        ("2026-11-21", "weekend", "", ""),
        ("2026-11-23", "workday", "", ""),
        ("2018-12-29", "make_up", "元旦", "国办发明电〔2018〕15号"),
        ("2022-12-31", "holiday", "元旦", "国办发明电〔2022〕16号"),
        ("2015-09-03", "holiday", "抗战胜利70周年纪念日", "国发明电〔2015〕1号"),
        ("2006-12-30", "make_up", "元旦", "国办发明电〔2006〕49号"),
    ],
)
def test_a_day_says_what_it_is_and_who_decreed_it(calendar, on, kind, name, notice):
    """Late December may be arranged by the next year's notice."""
    found = calendar.day(day(on))
    assert (found.kind, found.name, found.notice, found.provisional) == (kind, name, notice, False)


@pytest.mark.parametrize(
    ("known_on", "on", "working"),
    [
        ("2019-03-21", "2019-05-02", True),
        ("2019-03-22", "2019-05-02", False),
        ("2019-03-21", "2019-04-28", False),
        ("2019-03-22", "2019-04-28", True),
        ("2020-01-26", "2020-02-01", True),
        ("2020-01-27", "2020-02-01", False),
        ("2015-05-12", "2015-09-03", True),
        ("2015-05-13", "2015-09-03", False),
    ],
)
def test_a_later_notice_changes_the_year_from_its_day_on(known_on, on, working):
    """Two notices in one year are two versions (2015, 2019, 2020)."""
    assert rulebook.calendar(as_of=day(known_on)).is_working(day(on)) is working


@pytest.mark.parametrize(
    ("on", "working", "why"),
    [
        ("2027-01-01", False, "元旦"),
        ("2027-02-05", False, "除夕 is statutory since 2025"),
        ("2027-02-08", False, "正月初二"),
        ("2027-02-09", False, "made up for Saturday 02-06"),
        ("2027-02-10", False, "made up for Sunday 02-07"),
        ("2027-02-11", True, "after that work begins"),
        ("2027-02-20", False, "a weekend is never guessed to be worked"),
        ("2006-02-02", True, "初五 was no statutory day, 初四 made up for a Sunday"),
        ("1998-10-01", False, "国庆节 by the text of 1949"),
        ("1998-10-05", True, "国庆节 had two days then"),
        ("2099-12-31", True, "the last day that can be computed"),
    ],
)
def test_a_year_without_decree_is_computed_and_marked(calendar, on, working, why):
    """Weekends and the statutory days of that year's text; every such day is provisional (暂定)."""
    found = calendar.day(day(on))
    assert (found.working, found.provisional) == (working, True), why


def test_a_statutory_day_is_rest_though_a_notice_does_not_name_it():
    """A notice on 春节 alone takes no 国庆节 away."""
    imported = rulebook.calendar((NOTICE_2027,))
    assert not imported.is_working(day("2027-10-01"))
    assert imported.is_working(day("2027-02-20"))


@pytest.mark.parametrize("on", ["1949-12-31", "2100-01-01", "9999-12-31", "0001-01-01"])
def test_beyond_the_table_is_refused_by_name(calendar, on):
    """Where festivals are unknown nothing is guessed: a code with the years that can be computed."""
    with pytest.raises(RuleError) as error:
        calendar.add(day(on), 10)
    assert error.value.code == "workdays.out_of_range"
    assert (error.value.facts["first"], error.value.facts["last"]) == (1950, 2099)


def test_the_end_of_the_table_is_refused_and_no_crash(calendar):
    """Counting out of the last known year is out of range as well."""
    with pytest.raises(RuleError):
        calendar.add(day("2099-12-25"), 10)


@pytest.mark.parametrize("year", DECREED)
def test_each_notice_is_plausible(year):
    """Make-up days are weekends, no day is both rest and work, every day lies within a month of its year."""
    notices = [notice for notice in rulebook.shipped_notices() if notice.year == year]
    assert notices
    for notice in notices:
        rest = {d for holiday in notice.holidays for d in holiday.rest()}
        make_up = [d for holiday in notice.holidays for d in holiday.make_up]
        assert all(d.weekday() >= 5 for d in make_up)
        assert not rest & set(make_up)
        assert all(date(year - 1, 12, 1) <= d <= date(year, 12, 31) for d in [*rest, *make_up])
        assert notice.number.endswith("号")
        assert str(notice.issued.year) in (notice.number[-8:-4], notice.number.split("〔")[1][:4])


def test_the_version_changes_with_every_notice():
    """The version names the newest notice's day and differs when any day could."""
    now = rulebook.calendar()
    before = rulebook.calendar(as_of=day("2025-11-03"))
    more = rulebook.calendar((NOTICE_2027,))
    assert now.version.startswith("2025-11-04-")
    assert before.version.startswith("2024-11-12-")
    assert len({now.version, before.version, more.version}) == 3
    assert not more.day(day("2027-03-01")).provisional


NOTICE_2027 = Notice(
    "国办发明电〔2026〕9号",
    2027,
    day("2026-11-05"),
    "https://www.gov.cn/",
    (Holiday("春节", day("2027-02-05"), day("2027-02-11"), (day("2027-01-31"), day("2027-02-20"))),),
)


def test_a_notice_survives_being_written_and_read():
    """The form of the files is the form of an import."""
    assert notice_of(notice_as_dict(NOTICE_2027), 2027) == NOTICE_2027


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"number": "1号", "issued": "2026-13-01", "holidays": []},
        {"number": "1号", "issued": "2026-01-01", "holidays": [{"name": "春节"}]},
        {"number": "1号", "issued": "2026-01-01", "holidays": None},
    ],
)
def test_a_malformed_notice_is_refused(row):
    """A missing or unreadable part is an error with a code, not a crash."""
    with pytest.raises(RuleError) as error:
        notice_of(row, 2026)
    assert error.value.code == "calendar.malformed"


@pytest.mark.parametrize(
    ("on", "days", "result"),
    [
        ("2026-03-06", 0, "2026-03-06"),
        ("2026-03-07", 0, "2026-03-06"),
        ("2026-03-06", -3, "2026-03-03"),
        ("2026-03-01", -1, "2026-02-27"),
    ],
)
def test_counting_back(calendar, on, days, result):
    """Zero is the last working day up to the day; reminders count back from the due day."""
    assert calendar.add(day(on), days).isoformat() == result


def test_counting_between(calendar):
    """After the first day and up to the last; never below zero."""
    assert calendar.count(day("2026-02-14"), day("2026-03-06")) == 10
    assert calendar.count(day("2026-03-06"), day("2026-02-14")) == 0
