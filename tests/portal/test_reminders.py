"""Time's duties on the real database: each exactly once, whoever runs, however late."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare.domain.deadline import SHANGHAI
from ckanext.govshare.domain.reminders import KINDS
from ckanext.govshare.logic.action import reminder
from ckanext.govshare.logic.application import clocks as applications
from ckanext.govshare.logic.clocks import reminding
from ckanext.govshare.logic.clocks.clock import Clocks, OpenClock
from ckanext.govshare.logic.edition import clocks as editions
from ckanext.govshare.model import Application, Edition, Grant, JournalRow, Notice, Reminder

from tests.portal.applicants import applied, approval, take
from tests.portal.officers import Department, act

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")

DUE = date(2026, 3, 6)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


class Noun:
    """A noun with open cases, which remembers what happened to them."""

    def __init__(self, monkeypatch, *cases: str, due_on: date = DUE) -> None:
        self.kind, self.cases, self.due_on = f"noun-{uuid4().hex[:8]}", list(cases), due_on
        self.happened: Counter[tuple[str, str]] = Counter()
        self.broken: set[str] = set()
        source = Clocks(self.kind, self.open, self.note)
        monkeypatch.setattr(reminding, "SOURCES", (source,))

    def open(self, _session, until):
        for case in self.cases:
            if self.due_on <= until:
                yield OpenClock(self.kind, case, case, "dept", "open_reply", self.due_on)

    def note(self, _session, clock, due) -> None:
        if clock.case_id in self.broken:
            raise ValueError(clock.case_id)
        self.happened[(clock.case_id, due.kind)] += 1

    def run(self, moment: str) -> int:
        session = model.meta.create_local_session()
        try:
            return reminding.record_due(session, at(moment))
        finally:
            session.close()
            model.Session.remove()

    def rows(self) -> list[Reminder]:
        query = sa.select(Reminder).filter_by(case_kind=self.kind).order_by(Reminder.due_at)
        return list(model.Session.scalars(query))


def test_each_is_recorded_on_its_day_and_never_again(monkeypatch):
    """Day by day, twice a day."""
    noun = Noun(monkeypatch, "a")
    new = [noun.run(f"2026-03-{day:02d}T{hour}:00") for day in range(2, 12) for hour in ("01", "13")]
    assert sum(new) == len(KINDS)
    assert [row.kind for row in noun.rows()] == list(KINDS)
    assert set(noun.happened.values()) == {1}


def test_three_days_of_outage_and_then_two_runs_at_once(monkeypatch):
    """Each exactly once, with the true due time, and what follows from it once (peers.md, regression 5)."""
    noun = Noun(monkeypatch, *(f"case-{number:03d}" for number in range(40)))
    assert noun.run("2026-03-04T08:00") == 40
    with ThreadPoolExecutor(2) as both:
        new = list(both.map(noun.run, ["2026-03-07T08:00"] * 2))
    assert sum(new) == 40 * 3
    assert set(noun.happened.values()) == {1}
    assert len(noun.happened) == 40 * 4
    due_at = {row.kind: row.due_at for row in noun.rows()}
    assert due_at["one_left"] == at("2026-03-05T00:00")
    assert due_at["today"] == at("2026-03-06T00:00")
    assert due_at["overdue"] == at("2026-03-07T00:00")


def run_real(moment: str) -> int:
    """What the clock of the real nouns does at a moment, in this thread's session, as the job does."""
    try:
        return reminding.record_due(model.Session(), at(moment))
    finally:
        model.Session.remove()


def waiting(office: Department, number: int) -> list[str]:
    """Applications whose supplement is awaited until the due day."""
    ids = []
    for _ in range(number):
        _who, shown = applied(office)
        take(office.clerk, shown["number"], "ask_supplement", missing="授权书", days=5)
        ids.append(shown["id"])
    facts = {
        "received_at": at("2026-02-14T09:00"),
        "supplement_asked_at": at("2026-02-14T10:00"),
        "supplement_due_on": DUE,
    }
    model.Session.execute(sa.update(Application).where(Application.id.in_(ids)).values(**facts))
    model.Session.commit()
    return ids


def granted(office: Department, number: int) -> list[str]:
    """Grants in force that end on the due day."""
    ids = []
    for _ in range(number):
        who, shown = applied(office)
        take(office.clerk, shown["number"], "accept")
        take(office.head, shown["number"], "approve", **approval(shown))
        agreed = {"terms_version": approval(shown)["terms_version"], "name": "测试甲"}
        made = act(who, "govshare_grant_create", id=shown["number"], **agreed)
        ids += [grant["id"] for grant in made["grants"]]
    model.Session.execute(
        sa.update(Grant).where(Grant.id.in_(ids)).values(starts_on=date(2026, 2, 1), ends_on=DUE)
    )
    model.Session.commit()
    return ids


def test_the_outage_covers_lapse_and_the_end_of_a_grant(monkeypatch):
    """The real nouns: three days nobody looked, then two runs at once; lapsed once, told once, recorded once each."""
    monkeypatch.setattr(reminding, "SOURCES", (applications.APPLICATIONS, applications.GRANTS))
    office = Department()
    asked, grants = waiting(office, 3), granted(office, 3)
    assert run_real("2026-03-03T08:00") >= 6
    with ThreadPoolExecutor(2) as both:
        list(both.map(run_real, ["2026-03-07T08:00"] * 2))
    rows = list(model.Session.scalars(sa.select(Reminder).where(Reminder.case_id.in_([*asked, *grants]))))
    kinds = ("three_left", "one_left", "today", "overdue")
    assert Counter((row.case_id, row.kind) for row in rows) == Counter(
        (case, kind) for case in (*asked, *grants) for kind in kinds
    )
    assert {row.due_at for row in rows if row.kind == "overdue"} == {at("2026-03-07T00:00")}
    states = set(model.Session.scalars(sa.select(Application.state).where(Application.id.in_(asked))))
    assert states == {"lapsed"}
    lapses = sa.select(JournalRow.case_id).where(JournalRow.case_id.in_(asked), JournalRow.move == "lapse")
    assert sorted(model.Session.scalars(lapses)) == sorted(asked)
    told = sa.select(Notice.case_id).where(Notice.case_id.in_(asked), Notice.kind == "application.lapse")
    assert sorted(model.Session.scalars(told)) == sorted(asked)
    over = sa.select(Notice.kind).where(Notice.case_id.in_(grants), Notice.kind.like("%grant_end%"))
    assert set(model.Session.scalars(over)) == {
        "application.grant_end_three_left",
        "application.grant_end_overdue",
    }
    assert run_real("2026-03-07T09:00") == 0


def listed(office: Department, case: str) -> list[str]:
    """The reminders of a case that its clerk is shown."""
    rows = act(office.clerk, "govshare_reminder_list")
    return [row["kind"] for row in rows if row["case_id"] == case]


def test_what_is_over_reminds_nobody_any_more(monkeypatch):
    """Answered, moved to another day, revoked: the rows stay in the table and leave the list."""
    monkeypatch.setattr(reminding, "SOURCES", (applications.APPLICATIONS, applications.GRANTS))
    office = Department()
    _who, shown = applied(office)
    case, number = shown["id"], shown["number"]
    take(office.clerk, number, "accept")
    (grant,) = granted(office, 1)
    model.Session.execute(sa.update(Application).filter_by(id=case).values(due_on=DUE))
    model.Session.commit()
    run_real("2026-03-05T08:00")
    assert listed(office, case) == ["one_left", "three_left"]
    assert listed(office, grant) == ["one_left", "three_left"]
    model.Session.execute(sa.update(Application).filter_by(id=case).values(due_on=date(2026, 3, 20)))
    model.Session.commit()
    assert listed(office, case) == []
    model.Session.execute(sa.update(Application).filter_by(id=case).values(due_on=DUE))
    model.Session.commit()
    assert len(listed(office, case)) == 2
    take(office.head, number, "refuse", refusal_reason="purpose_unfit", note="用途不明确")
    over = {"revoked_at": at("2026-03-05T09:00"), "revoked_by": office.head, "revoked_reason": "违反协议"}
    model.Session.execute(sa.update(Grant).filter_by(id=grant).values(**over))
    model.Session.commit()
    assert (listed(office, case), listed(office, grant)) == ([], [])
    kept = sa.select(sa.func.count()).select_from(Reminder).where(Reminder.case_id.in_([case, grant]))
    assert model.Session.scalar(kept) == 4


def test_a_case_that_fails_is_left_for_the_next_run_and_holds_nobody_up(monkeypatch):
    """Neither lost nor recorded without what must follow."""
    noun = Noun(monkeypatch, "a", "b", "c")
    noun.broken = {"b"}
    assert noun.run("2026-03-03T08:00") == 2
    assert {row.case_id for row in noun.rows()} == {"a", "c"}
    noun.broken = set()
    assert noun.run("2026-03-03T08:01") == 1


def test_a_moved_date_is_reminded_of_anew(monkeypatch):
    """The due date is part of the row's name: reminders follow a new calendar or an extension."""
    noun = Noun(monkeypatch, "a")
    assert noun.run("2026-03-05T08:00") == 2
    noun.due_on = date(2026, 3, 20)
    assert noun.run("2026-03-06T08:00") == 0
    assert noun.run("2026-03-17T08:00") == 1
    assert [row.due_on for row in noun.rows()] == [DUE, DUE, date(2026, 3, 20)]


def test_late_data_are_recorded_for_department_and_bureau(monkeypatch):
    """A monthly table not updated for 31 days is late on the 32nd (更新周期)."""
    with_data = Department()
    entry = with_data.published(update_cycle="monthly")
    released = at("2026-03-01T10:00")
    model.Session.add(
        Edition(
            entry_id=entry["id"],
            organization_id=with_data.id,
            number=1,
            filename="表.csv",
            raw_sha256="0" * 64,
            raw_size=1,
            content_hash="h",
            checked_by="b",
            checked_hash="h",
            created_by="a",
            created_at=released,
            released_at=released,
        )
    )
    model.Session.commit()
    found = [clock for clock in editions.open_clocks(model.Session(), None) if clock.case_id == entry["id"]]
    assert [(clock.due_on, clock.kinds) for clock in found] == [
        (date(2026, 4, 1), ("overdue", "escalated")),
    ]
    reminding.record_due(model.Session(), at("2026-04-02T00:00"))
    rows = list(model.Session.scalars(sa.select(Reminder).filter_by(case_id=entry["id"])))
    assert [(row.kind, row.due_at) for row in rows] == [("overdue", at("2026-04-02T00:00"))]
    assert rows[0].due_at - released > timedelta(31)
    told_of = sa.select(Notice.kind, Notice.facts).filter_by(case_id=entry["id"])
    clerk = model.User.get(with_data.clerk).id
    (notice,) = model.Session.execute(
        told_of.filter_by(recipient_id=clerk, kind="publication.update_cycle_overdue")
    )
    assert notice.facts == {"title": entry["title"], "due_on": "2026-04-01"}
    other = Department()
    monkeypatch.setattr(reminder, "LIMIT", 1_000_000)  # the bureau sees what other tests have left as well
    for who, sees in ((with_data.clerk, True), (with_data.bureau, True), (other.clerk, False)):
        listed = act(who, "govshare_reminder_list")
        assert any(row["case_id"] == entry["id"] for row in listed) is sees
    (told,) = [row for row in act(with_data.head, "govshare_reminder_list") if row["case_id"] == entry["id"]]
    assert (told["title"], told["kind"], told["due_on"]) == (entry["title"], "overdue", "2026-04-01")
    with pytest.raises(toolkit.NotAuthorized):
        act(None, "govshare_reminder_list")
