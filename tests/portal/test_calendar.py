"""A notice on holidays: what it moves is shown, moved once in one transaction, and nothing promised is shortened."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.cli.cli import ckan
from ckan.plugins import toolkit
from ckanext.govshare import jobs, notices, rulebook, runtime
from ckanext.govshare.domain.deadline import SHANGHAI, Facts, due
from ckanext.govshare.logic.application import clocks as applications
from ckanext.govshare.logic.calendar import recounting
from ckanext.govshare.logic.clocks import reminding
from ckanext.govshare.logic.clocks.clock import Clocks, OpenClock
from ckanext.govshare.logic.deadline import calendars
from ckanext.govshare.model import Application, CalendarNotice, JournalRow, Notice, OutboxRow
from werkzeug.datastructures import FileStorage

from tests.portal.applicants import applied, take
from tests.portal.officers import Department, act, person

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")

YEAR = 2031  # no other test looks at it


@pytest.fixture(autouse=True)
def _no_notice_stays():
    """The other tests count by the shipped calendar."""
    yield
    model.Session.rollback()
    model.Session.execute(sa.delete(CalendarNotice))
    model.Session.commit()


@pytest.fixture(scope="module")
def office() -> Department:
    return Department()


def notice(number: str, *holidays: dict[str, object]) -> dict[str, object]:
    """A notice in the form of the files."""
    row = {"number": number, "issued": "2025-11-03", "source": "https://example.org", "holidays": holidays}
    return {"year": YEAR, "notices": [row]}


def new_year(number: str = "") -> dict[str, object]:
    """元旦 of four days with a Saturday worked; 2 and 3 January 2031 are a Thursday and a Friday."""
    line = {"name": "元旦", "from": "2031-01-01", "to": "2031-01-04", "work": ["2031-01-11"]}
    return notice(number or f"测{uuid4().hex[:6]}号", line)


class Noun:
    """Open cases with promised dates, counted by the shipped calendar."""

    def __init__(self, monkeypatch, received: dict[str, str]) -> None:
        self.kind, self.moved = f"noun-{uuid4().hex[:8]}", []
        self.facts = {
            case: Facts(datetime.fromisoformat(day).replace(tzinfo=SHANGHAI))
            for case, day in received.items()
        }
        reply = rulebook.duty("open_reply")
        self.promised = {
            case: due(reply, facts, rulebook.calendar()).due_on for case, facts in self.facts.items()
        }
        source = Clocks(self.kind, self.open, lambda *_: None, self.move)
        monkeypatch.setattr(recounting, "SOURCES", (source,))
        monkeypatch.setattr(reminding, "SOURCES", ())

    def open(self, _session, _until):
        for case, facts in self.facts.items():
            yield OpenClock(self.kind, case, case, "dept", "open_reply", self.promised[case], facts)

    def move(self, _session, moved):
        for one in moved:
            self.promised[one.clock.case_id] = one.due_on
            self.moved.append((one.clock.case_id, one.deadline.calendar_version))

    def journal(self):
        query = sa.select(JournalRow).filter_by(case_kind=self.kind).order_by(JournalRow.id)
        return list(model.Session.scalars(query))


RECEIVED = {
    "before": "2030-12-10",
    "across": "2030-12-20",
    "make_up": "2031-01-06",
    "after": "2031-02-10",
}


def test_the_preview_lists_exactly_what_moves_and_changes_nothing(monkeypatch, office):
    """Counted through the new days of rest: later. Through the Saturday worked: would be earlier, is kept."""
    noun = Noun(monkeypatch, RECEIVED)
    before = dict(noun.promised)
    shown = act(office.bureau, "govshare_calendar_import", content=new_year(), preview=True)
    told = {clock["case_id"]: clock for clock in shown["clocks"]}
    assert set(told) == {"across", "make_up"}
    assert (told["across"]["due_on_before"], told["across"]["due_on"]) == ("2031-01-06", "2031-01-08")
    assert told["make_up"]["kept"] is True
    assert told["make_up"]["due_on"] == told["make_up"]["due_on_before"]
    assert (shown["moved"], shown["kept"], shown["imported"]) == (1, 1, False)
    assert [day["date"] for day in shown["days"]][:3] == ["2031-01-02", "2031-01-03", "2031-01-11"]
    assert noun.promised == before
    assert calendars.current().version == rulebook.calendar().version


def test_taking_it_moves_once_and_journals_old_and_new(monkeypatch, office):
    """One row for each case that moved, one for the calendar; a second time it is known."""
    noun = Noun(monkeypatch, RECEIVED)
    content = new_year()
    shown = act(office.bureau, "govshare_calendar_import", content=content)
    assert noun.promised["across"] == date(2031, 1, 8)
    assert noun.moved == [("across", shown["version"])]
    (row,) = noun.journal()
    assert (row.facts["due_on_before"], row.facts["due_on"]) == ("2031-01-06", "2031-01-08")
    assert row.actor == model.User.get(office.bureau).id
    assert calendars.current().version == shown["version"]
    with pytest.raises(toolkit.ValidationError) as caught:
        act(office.bureau, "govshare_calendar_import", content=content)
    assert caught.value.error_dict["codes"] == ["calendar.known"]
    jobs.all_due()
    assert len(noun.journal()) == 1


def test_a_failure_leaves_neither_notice_nor_date(monkeypatch, office):
    """Notice, dates and journal are one transaction."""
    noun = Noun(monkeypatch, RECEIVED)

    def fail(*_):
        raise RuntimeError

    monkeypatch.setattr(noun, "move", fail)
    source = Clocks(noun.kind, noun.open, fail, fail)
    monkeypatch.setattr(recounting, "SOURCES", (source,))
    with pytest.raises(RuntimeError):
        act(office.bureau, "govshare_calendar_import", content=new_year())
    model.Session.rollback()
    assert calendars.current().version == rulebook.calendar().version
    assert noun.journal() == []


def test_a_calendar_that_came_with_the_software_is_followed_at_the_next_tick(monkeypatch):
    """Whatever brought the new version: the open clocks are counted by it once."""
    noun = Noun(monkeypatch, RECEIVED)
    content = new_year()
    model.Session.add(
        CalendarNotice(
            number=content["notices"][0]["number"],
            year=YEAR,
            issued=date(2025, 11, 3),
            content=content["notices"][0],
            imported_by="x",
            imported_at=runtime.now(),
        )
    )
    model.Session.commit()
    jobs.all_due()
    jobs.all_due()
    assert [case for case, _version in noun.moved] == ["across"]
    assert [row.actor for row in noun.journal()] == ["system"]


def test_an_application_is_moved_and_says_so(office):
    """The real noun: due date and calendar version change together, the history tells it."""
    _who, shown = applied(office)
    row = model.Session.scalar(sa.select(Application).filter_by(number=shown["number"]))
    row.received_at = datetime(2030, 12, 20, 9, tzinfo=SHANGHAI)
    row.due_on = date(2031, 1, 6)
    model.Session.commit()
    done = act(office.bureau, "govshare_calendar_import", content=new_year())
    model.Session.expire_all()
    assert (row.due_on, row.calendar_version) == (date(2031, 1, 8), done["version"])
    moves = [line.move for line in model.Session.scalars(sa.select(JournalRow).filter_by(case_id=row.id))]
    assert "recount" in moves


def moving(office: Department) -> tuple[str, Application, str]:
    """An application that the notice moves from 6 to 8 January 2031: its applicant, its row, its number."""
    who, shown = applied(office)
    row = model.Session.scalar(sa.select(Application).filter_by(number=shown["number"]))
    row.received_at = datetime(2030, 12, 20, 9, tzinfo=SHANGHAI)
    row.due_on = date(2031, 1, 6)
    model.Session.commit()
    return who, row, shown["number"]


def told(who: str, number: str) -> list[tuple[str, str]]:
    """What somebody was told of a moved day: kinds and sentences."""
    rows = act(who, "govshare_notice_list")["results"]
    return [(one["kind"], one["body"]) for one in rows if "recount" in one["kind"] and number in one["body"]]


def test_applicant_and_department_are_told_once_old_and_new_and_why(office):
    """By notice, and by mail that leaves with the same commit; an import of what is known and two ticks double nothing."""
    who, row, number = moving(office)
    case = row.id
    _other, unmoved = applied(office)
    content = new_year("测告知1号")
    act(office.bureau, "govshare_calendar_import", content=content, preview=True)
    assert told(who, number) == []
    act(office.bureau, "govshare_calendar_import", content=content)
    with pytest.raises(toolkit.ValidationError):
        act(office.bureau, "govshare_calendar_import", content=content)
    jobs.all_due()
    jobs.all_due()
    for person_told, kind in ((who, "application.open_reply_recount"), (office.clerk, "application.recount")):
        ((found, sentence),) = told(person_told, number)
        assert found == kind
        assert all(part in sentence for part in (number, "2031-01-06", "2031-01-08", "测告知1号"))
    assert told(office.head, number) == []
    notice_ids = sa.select(Notice.id).filter_by(case_id=case, kind="application.open_reply_recount")
    mailed = sa.select(sa.func.count()).where(OutboxRow.kind == notices.MAIL, OutboxRow.key.in_(notice_ids))
    assert model.Session.scalar(mailed) == 1
    of_others = sa.select(Notice.id).where(Notice.case_id == unmoved["id"], Notice.kind.like("%recount%"))
    assert list(model.Session.scalars(of_others)) == []
    lines = act(who, "govshare_application_show", id=number)["history"]
    assert [line["note"] for line in lines if line["move"] == "recount"] == ["2031-01-06 → 2031-01-08"]


def test_who_is_to_complete_is_told_of_the_later_day(office):
    """Of their own period, in its own words."""
    who, shown = applied(office)
    take(office.clerk, shown["number"], "ask_supplement", missing=["证明"], days=5)
    row = model.Session.scalar(sa.select(Application).filter_by(number=shown["number"]))
    row.received_at = row.supplement_asked_at = datetime(2030, 12, 26, 9, tzinfo=SHANGHAI)
    row.supplement_due_on = date(2031, 1, 3)
    model.Session.commit()
    act(office.bureau, "govshare_calendar_import", content=new_year())
    ((kind, sentence),) = told(who, shown["number"])
    assert kind == "application.supplement_answer_recount"
    assert "2031-01-03" in sentence
    assert "2031-01-07" in sentence


def test_when_it_fails_nobody_is_told(office, monkeypatch):
    """Dates, journal and notices are one transaction."""
    who, row, number = moving(office)

    def fail(*_args, **_more):
        raise RuntimeError

    monkeypatch.setattr(recounting.journal, "record", fail)  # the last step
    with pytest.raises(RuntimeError):
        act(office.bureau, "govshare_calendar_import", content=new_year())
    model.Session.rollback()
    monkeypatch.undo()
    model.Session.expire_all()
    assert (row.due_on, told(who, number), told(office.clerk, number)) == (date(2031, 1, 6), [], [])


def test_what_was_closed_meanwhile_is_left_alone(office, monkeypatch):
    """Between the look at all clocks and the lock on one the applicant withdraws: its day, its journal and its people stay."""
    who, row, number = moving(office)
    before = [
        found for found in applications.open_applications(model.Session(), None) if found.case_id == row.id
    ]
    take(who, row.number, "withdraw")
    late = replace(applications.APPLICATIONS, open=lambda *_: before)
    monkeypatch.setattr(recounting, "SOURCES", (late,))
    shown = act(office.bureau, "govshare_calendar_import", content=new_year())
    model.Session.expire_all()
    assert (shown["moved"], row.due_on, told(who, number)) == (0, date(2031, 1, 6), [])


def test_what_was_on_its_way_while_the_calendar_changed_is_counted_a_little_later(office):
    """It had counted by the old calendar and came after the count; the second count finds it, a third is not made."""
    act(office.bureau, "govshare_calendar_import", content=new_year())
    who, row, number = moving(office)
    days = []
    for minutes in (1, 6, 7):
        recounting.follow(model.Session(), runtime.now() + timedelta(minutes=minutes))
        model.Session.expire_all()
        days.append(row.due_on)
    assert days == [date(2031, 1, 6), date(2031, 1, 8), date(2031, 1, 8)]
    assert len(told(who, number)) == 1
    counts = sa.select(sa.func.count()).where(
        JournalRow.case_kind == "calendar", JournalRow.case_id == calendars.current().version
    )
    assert model.Session.scalar(counts) == 2


def test_two_who_import_at_once_are_one(office, app):
    """The second waits, and is told that the notice is known; everybody concerned is told once."""
    who, _row, number = moving(office)
    content, bureau = new_year(), office.bureau

    def take_it(_number: int) -> str:
        with app.flask_app.test_request_context():
            try:
                act(bureau, "govshare_calendar_import", content=content)
            except toolkit.ValidationError as error:
                return str(error.error_dict["codes"])
            finally:
                model.Session.remove()
        return "taken"

    with ThreadPoolExecutor(2) as both:
        answers = sorted(both.map(take_it, range(2)))
    assert answers == ["['calendar.known']", "taken"]
    assert len(told(who, number)) == 1


@pytest.mark.parametrize(
    ("asked", "promised", "holds", "kept"),
    [
        ("2030-12-26", "2031-01-03", "2031-01-07", False),
        ("2031-01-06", "2031-01-13", "2031-01-13", True),
        ("2031-02-10", "2031-02-17", "2031-02-17", None),
    ],
)
def test_the_period_of_a_supplement_follows_a_notice_and_is_never_shortened(
    office, asked, promised, holds, kept
):
    """Previewed with the others, counted by the days that the clerk gave, moved later or kept."""
    who, shown = applied(office)
    take(office.clerk, shown["number"], "ask_supplement", missing=["证明"], days=5)
    row = model.Session.scalar(sa.select(Application).filter_by(number=shown["number"]))
    row.received_at = row.supplement_asked_at = datetime.fromisoformat(f"{asked}T09:00:00+08:00")
    row.supplement_due_on = rulebook.calendar().add(date.fromisoformat(asked), 5)
    assert row.supplement_due_on.isoformat() == promised
    model.Session.commit()
    content = new_year()
    preview = act(office.bureau, "govshare_calendar_import", content=content, preview=True)
    (told,) = [c for c in preview["clocks"] if c["case_id"] == row.id] if kept is not None else ({},)
    if told:
        assert (told["duty"], told["due_on_before"], told["due_on"]) == ("supplement_answer", promised, holds)
        assert told["kept"] is kept
    act(office.bureau, "govshare_calendar_import", content=content)
    model.Session.expire_all()
    assert (row.supplement_due_on.isoformat(), row.due_on) == (holds, None)
    moves = [line.move for line in model.Session.scalars(sa.select(JournalRow).filter_by(case_id=row.id))]
    assert ("recount" in moves) is (kept is False)
    take(who, shown["number"], "withdraw")


def test_what_was_missing_and_did_not_come_lapses_by_the_clock(office):
    """视为撤回: by the system, journalled, once; the reply itself never lapses."""
    _who, shown = applied(office)
    take(office.clerk, shown["number"], "ask_supplement", missing=["证明"], days=5)
    row = model.Session.scalar(sa.select(Application).filter_by(number=shown["number"]))
    row.received_at -= timedelta(31)
    row.supplement_asked_at -= timedelta(30)
    row.supplement_due_on = (runtime.in_shanghai(runtime.now()) - timedelta(1)).date()
    model.Session.commit()
    jobs.all_due()
    jobs.all_due()
    row = model.Session.scalar(sa.select(Application).filter_by(number=shown["number"]))
    assert row.state == "lapsed"
    query = sa.select(JournalRow).filter_by(case_id=row.id, move="lapse")
    assert [line.actor for line in model.Session.scalars(query)] == ["system"]


@pytest.mark.parametrize("who", ["clerk", "head", "citizen", None])
def test_the_bureau_alone_imports(office, who):
    """Everybody may read which notices are in force."""
    name = {"clerk": office.clerk, "head": office.head, "citizen": person("citizen"), None: None}[who]
    with pytest.raises(toolkit.NotAuthorized):
        act(name, "govshare_calendar_import", content=new_year(), preview=True)
    shown = act(name, "govshare_calendar_show")
    assert shown["decreed"][-1] >= 2026
    assert any(found["number"] == "国办发明电〔2025〕7号" for found in shown["notices"])


@pytest.mark.parametrize(
    ("data", "field", "code"),
    [
        ({}, "upload", "calendar.upload_missing"),
        ({"content": "{"}, "upload", "calendar.malformed"),
        ({"content": "日期,类型,名称\n2031-01-01,休,元旦\n"}, "number", "calendar.number_missing"),
        (
            {
                "content": notice(
                    "9号", {"name": "元旦", "from": "2031-01-01", "to": "2031-01-03", "work": ["2031-01-06"]}
                )
            },
            "upload",
            "calendar.make_up_weekday",
        ),
    ],
)
def test_what_is_no_notice_is_refused_with_its_field(office, data, field, code):
    """Stable codes and a sentence; nothing is kept."""
    with pytest.raises(toolkit.ValidationError) as caught:
        act(office.bureau, "govshare_calendar_import", **data)
    assert code in caught.value.error_dict["codes"]
    assert caught.value.error_dict[field]


def test_a_file_is_read_like_its_text(office):
    """As the page sends it."""
    upload = FileStorage(
        BytesIO("日期,类型,名称\n2031-01-01,休,元旦\n".encode("gb18030")), filename="放假.csv"
    )
    shown = act(
        office.bureau,
        "govshare_calendar_import",
        upload=upload,
        number="9号",
        issued="2025-11-03",
        preview="true",
    )
    assert shown["notices"][0]["holidays"] == [
        {"name": "元旦", "from": "2031-01-01", "to": "2031-01-01", "work": []}
    ]


def test_the_command_line(cli, tmp_path):
    """--preview changes nothing; without it the notice is in force; a wrong file is one line."""
    file = tmp_path / "notice.json"
    file.write_text(json.dumps(new_year()), encoding="utf-8")
    command = ["govshare", "calendar", "import", str(file)]
    told = cli.invoke(ckan, [*command, "--preview"])
    assert told.exit_code == 0, told.output
    assert "2031-01-02" in told.output
    assert calendars.current().version == rulebook.calendar().version
    assert cli.invoke(ckan, command).exit_code == 0
    assert calendars.current().version != rulebook.calendar().version
    file.write_text("{", encoding="utf-8")
    assert cli.invoke(ckan, command).exit_code == 1
