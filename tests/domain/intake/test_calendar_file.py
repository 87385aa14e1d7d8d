"""Files of holidays: four forms of one notice give the same notice; what cannot be one is refused by place."""

from __future__ import annotations

import json
from datetime import date

import pytest
from ckanext.govshare import rulebook
from ckanext.govshare.domain.calendar_change import changed_days, objections
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.domain.holidays import Holiday, Notice, notice_as_dict
from ckanext.govshare.intake.calendar_file import Given, read_calendar

GIVEN = Given("国办发明电〔2026〕9号", "2026-11-05", "https://www.gov.cn/n")
NOTICE = Notice(
    GIVEN.number,
    2027,
    date(2026, 11, 5),
    GIVEN.source,
    (
        Holiday("元旦", date(2027, 1, 1), date(2027, 1, 3)),
        Holiday("春节", date(2027, 2, 5), date(2027, 2, 6), (date(2027, 1, 31),)),
    ),
)
OWN = json.dumps({"year": 2027, "notices": [notice_as_dict(NOTICE)]})
DAYS = json.dumps(
    {
        "year": 2027,
        "papers": [GIVEN.source],
        "days": [{"name": "元旦", "date": f"2027-01-0{day}", "isOffDay": True} for day in (1, 2, 3)]
        + [
            {"name": "春节", "date": "2027-01-31", "isOffDay": False},
            {"name": "春节", "date": "2027-02-05", "isOffDay": True},
            {"name": "春节", "date": "2027-02-06", "isOffDay": True},
        ],
    }
)
CSV = """日期,类型,名称
2027-01-01,休,元旦
2027-01-02,休,元旦
2027-01-03,休,元旦
2027-01-31,班,春节
2027-02-05,休,春节
2027-02-06,休,春节
"""
ICS = """BEGIN:VCALENDAR
BEGIN:VEVENT
DTSTART;VALUE=DATE:20270101
DTEND;VALUE=DATE:20270104
SUMMARY:元旦（休）
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20270131
SUMMARY:春节 补班
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20270205
DTEND;VALUE=DATE:20270207
SUMMARY:春节
  假期 第1天/共2天
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize(
    "raw",
    [
        OWN.encode(),
        DAYS.encode(),
        CSV.encode(),
        CSV.encode("utf-8-sig"),
        CSV.encode("gb18030"),
        CSV.replace("日期,类型,名称", "date,kind,name").encode(),
        ICS.encode(),
        ICS.replace("\n", "\r\n").encode(),
    ],
)
def test_every_form_gives_the_same_notice(raw):
    """Number, day of issue and source come from the file, or from a person."""
    assert read_calendar(raw, GIVEN) == (NOTICE,)


def test_a_csv_may_say_number_and_issue_itself():
    """In columns of their own."""
    lines = CSV.strip().splitlines()
    more = [f"{line},{GIVEN.number},{GIVEN.issued},{GIVEN.source}" for line in lines[1:]]
    raw = "\n".join([f"{lines[0]},文号,发布日期,来源", *more]).encode()
    assert read_calendar(raw) == (NOTICE,)


def test_the_real_lists_of_days_give_the_shipped_calendar(shared):
    """Twenty files of another project, read as a bureau would import them, mark the same days."""
    shipped = rulebook.calendar()
    for year in range(2007, 2027):
        raw = (shared / f"calendar/{year}.json").read_bytes()
        (notice,) = read_calendar(raw, Given(f"{year}号", f"{year}-12-31"))
        assert notice.year == year
        others = tuple(found for found in rulebook.shipped_notices() if found.year != year)
        imported = type(shipped)((*others, notice), rulebook._statutes(), rulebook._festivals())
        assert list(changed_days(shipped, imported, (notice,))) == [], year


@pytest.mark.parametrize(
    ("raw", "given", "code"),
    [
        (b"", GIVEN, "calendar.csv_columns"),
        (b"\xff\xfe\x00\x81", GIVEN, "calendar.unreadable"),
        (b"{", GIVEN, "calendar.malformed"),
        (b'{"notices": 3}', GIVEN, "calendar.malformed"),
        (b'{"days": []}', GIVEN, "calendar.empty"),
        (b'{"days": [{"date": "2027-13-01", "isOffDay": true, "name": "a"}]}', GIVEN, "calendar.malformed"),
        (b'{"days": [7]}', GIVEN, "calendar.malformed"),
        (DAYS.encode(), Given("", "2026-11-05"), "calendar.number_missing"),
        (DAYS.encode(), Given("1号", "x"), "calendar.issued_missing"),
        ("日期,类型,名称\n2027-01-01,？,元旦\n".encode(), GIVEN, "calendar.csv_row"),
        ("日期,类型,名称\n昨天,休,元旦\n".encode(), GIVEN, "calendar.csv_row"),
        ("日期,类型,名称\n2027-01-03,班,元旦\n".encode(), GIVEN, "calendar.no_rest"),
        ("日期,名称\n2027-01-01,元旦\n".encode(), GIVEN, "calendar.csv_columns"),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT\nEND:VCALENDAR", GIVEN, "calendar.ics_event"),
        (b"BEGIN:VCALENDAR\nEND:VCALENDAR", GIVEN, "calendar.empty"),
        (b"x" * ((1 << 20) + 1), GIVEN, "calendar.too_large"),
    ],
)
def test_what_is_no_notice_is_refused(raw, given, code):
    """A code with its place; never a crash."""
    with pytest.raises(RuleError) as error:
        read_calendar(raw, given)
    assert error.value.code == code


def changed(**holiday):
    """Return the objections to the notice with its first holiday changed."""
    values = {"name": "元旦", "first": date(2027, 1, 1), "last": date(2027, 1, 3), "make_up": (), **holiday}
    notice = Notice("9号", 2027, date(2026, 11, 5), "", (Holiday(**values), NOTICE.holidays[1]))
    return [reason.code for reason in objections(notice, rulebook.shipped_notices())]


@pytest.mark.parametrize(
    ("holiday", "codes"),
    [
        ({}, []),
        ({"make_up": (date(2027, 1, 5),)}, ["calendar.make_up_weekday"]),
        ({"make_up": (date(2027, 1, 2),)}, ["calendar.rest_and_work"]),
        ({"first": date(2027, 1, 4)}, ["calendar.bad_span"]),
        ({"last": date(2027, 1, 20)}, ["calendar.bad_span"]),
        ({"first": date(2026, 11, 28), "last": date(2026, 11, 29)}, ["calendar.other_year"]),
        ({"first": date(2026, 12, 31)}, []),
    ],
)
def test_no_holiday_could_be_like_that(holiday, codes):
    """Weekends only are worked in exchange; no day is both; days lie in the year or the December before."""
    assert changed(**holiday) == codes


def test_a_known_number_is_refused():
    """A notice is taken once."""
    known = rulebook.shipped_notices()
    assert [reason.code for reason in objections(known[0], known)] == ["calendar.known"]
