"""Figures of applications: the database counts what the rules would count one by one, and tells nothing of a person."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare import rulebook, runtime
from ckanext.govshare.domain.application import CLOSED
from ckanext.govshare.domain.application_figures import BUCKETS, OUTCOMES, bucket, days_taken, on_time_share
from ckanext.govshare.domain.deadline import SHANGHAI
from ckanext.govshare.logic.application import clock, figures, sealed
from ckanext.govshare.model import Application, journal

from tests.portal.applicants import applied, form, take
from tests.portal.officers import Department, act

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")

CALENDAR = rulebook.calendar()
RECEIVED, DUE = datetime(2026, 2, 14, 9, tzinfo=SHANGHAI), date(2026, 3, 6)
EDGES = tuple(
    datetime.combine(DUE + timedelta(offset), at, SHANGHAI)
    for offset in (-1, 0, 1)
    for at in (datetime.min.time(), datetime.max.time().replace(microsecond=0))
)
LATER = datetime(2026, 5, 1, tzinfo=SHANGHAI)
PERSONAL = (
    "applicant_name", "id_number", "contact_phone", "contact_email", "incident_contact", "purpose",
    "storage_place", "security_measures",
)  # fmt: skip


def row(office: str, state: str, **facts: Any) -> Application:
    """One application with these facts, its due day kept as the moves keep it; whoever lists all meets it too."""
    number = uuid4().hex
    values = {
        "received_at": RECEIVED,
        "calendar_version": CALENDAR.version,
        "closed_at": facts.get("decided_at") if state in CLOSED else None,
        **facts,
    }
    made = Application(
        id=number, number=number, organization_id=office, applicant_id=f"a-{number}", applicant_kind="person",
        idempotency_key=number, state=state, form=sealed.seal({}, row=number), identity=b"-", **values,
    )  # fmt: skip
    if state != "supplementing" and "due_on" not in facts:
        made.due_on = clock.deadline(made, CALENDAR).due_on
    return made


def keep(rows: list[Application]) -> None:
    """Keep them with a journal row, as whatever changes an application does."""
    model.Session.add_all(rows)
    journal.record(
        model.Session, actor="t", case_kind="test", case_id="t", move="test", from_state="", to_state=""
    )
    model.Session.commit()


def one_by_one(rows: list[Application], at: datetime, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the rules say of each application, counted."""
    monkeypatch.setattr(runtime, "now", lambda: at)
    found = Counter(bucket(one.state, clock.stands(one, CALENDAR)) for one in rows)
    taken = sorted(days_taken(clock.deadline(one, CALENDAR)) for one in rows if one.decided_at)
    counts = {name: found[name] for name in BUCKETS}
    return {
        **counts,
        "received": len(rows),
        "answered": counts["on_time"] + counts["late"],
        "extended": sum(bool(one.extension_granted) for one in rows),
        "on_time_share": on_time_share(counts["on_time"], counts["late"], counts["overdue"]),
        "median_days": taken[(len(taken) - 1) // 2] if taken else None,
        "outcomes": {name: sum(one.state == name for one in rows) for name in OUTCOMES},
    }


def counted(office: str, at: datetime, month: int | None = None) -> dict[str, Any]:
    """What the database says of a department."""
    found = figures.of_year(2026, at, CALENDAR, organization_id=office, breakdown=True)
    return next(row for of, department, row in found if of == month and department is None)


@pytest.mark.parametrize("at", EDGES, ids=str)
def test_what_is_open_counts_as_the_clock_says_at_each_edge(at, monkeypatch):
    """The day before, the due day, the day after, at 00:00:00 and 23:59:59."""
    office = uuid4().hex
    rows = [row(office, "submitted"), row(office, "accepted"), row(office, "supplementing")]
    rows[2].supplement_asked_at = RECEIVED + timedelta(1)
    rows.append(row(office, "accepted", due_on=DUE + timedelta(3)))  # promised, and not shortened since
    keep(rows)
    found = counted(office, at)
    assert {name: found[name] for name in ("received", *BUCKETS)} == {
        name: one_by_one(rows, at, monkeypatch)[name] for name in ("received", *BUCKETS)
    }
    assert found["overdue"] == (2 if at.date() > DUE else 0)


@pytest.mark.parametrize("at", EDGES, ids=str)
@pytest.mark.parametrize("state", OUTCOMES)
def test_what_is_answered_counts_as_the_clock_says_at_each_edge(at, state, monkeypatch):
    """On time until the last second of the due day, whatever the answer is."""
    office = uuid4().hex
    rows = [row(office, state, decided_at=at, reply={"refusal_reason": "misuse"})]
    keep(rows)
    found = counted(office, LATER)
    expected = one_by_one(rows, LATER, monkeypatch)
    assert {name: found[name] for name in expected} == expected
    assert (found["on_time"], found["late"]) == ((1, 0) if at.date() <= DUE else (0, 1))


def history(office: str, chance: random.Random) -> Application:
    """An application as it may have gone, each fact after the one before."""
    received = datetime(2025, 12, 28, tzinfo=SHANGHAI) + timedelta(seconds=chance.randrange(90 * 86400))
    facts: dict[str, Any] = {"received_at": received}
    last, state = received, chance.choice(("submitted", "accepted", "withdrawn", "lapsed", *OUTCOMES))
    if state == "lapsed" or chance.random() < 0.3:
        facts["supplement_asked_at"] = last = last + timedelta(hours=chance.randrange(200))
        if state in ("submitted", "withdrawn") and chance.random() < 0.5:
            state = "supplementing" if state == "submitted" else state
        elif state != "lapsed":
            facts["supplement_received_at"] = last = last + timedelta(hours=chance.randrange(200))
    if state in ("accepted", *OUTCOMES) and chance.random() < 0.3:
        facts |= {"extension_days": chance.randint(1, 10), "extension_granted": chance.random() < 0.7}
    if state in OUTCOMES:
        facts["decided_at"] = last + timedelta(seconds=chance.randrange(30 * 86400))
    if state in ("withdrawn", "lapsed"):
        facts["closed_at"] = last + timedelta(hours=chance.randrange(300))
    return row(office, state, **facts)


def test_four_hundred_histories_count_as_the_rules_count_them(monkeypatch):
    """Any order of supplement, extension and answer; by the year and by the month on the clock of Shanghai."""
    office, chance = uuid4().hex, random.Random(5)  # noqa: S311 - the same every time
    rows = [history(office, chance) for _ in range(400)]
    for second in (-1, 0):  # the last second of January and the first of February
        edge = datetime(2026, 2, 1, tzinfo=SHANGHAI) + timedelta(seconds=second)
        rows.append(row(office, "accepted", received_at=edge))
    keep(rows)
    at = datetime(2026, 6, 1, tzinfo=SHANGHAI)
    this_year = [one for one in rows if one.received_at.astimezone(SHANGHAI).year == 2026]
    assert 0 < len(this_year) < len(rows)
    for month in (None, 1, 2, 3):
        those = [one for one in this_year if month in (None, one.received_at.astimezone(SHANGHAI).month)]
        expected, found = one_by_one(those, at, monkeypatch), counted(office, at, month)
        assert {name: found[name] for name in expected} == expected
        assert sum(found[name] for name in BUCKETS) == found["received"]
    assert min(counted(office, at)[name] for name in BUCKETS if name != "in_hand") > 0


def test_reasons_are_counted_by_year_only(monkeypatch):
    """Why one application was refused in one month would say too much of whoever applied then."""
    office = uuid4().hex
    reasons = ("misuse", "misuse", "secrecy")
    keep([row(office, "refused", decided_at=EDGES[0], reply={"refusal_reason": one}) for one in reasons])
    found = figures.of_year(2026, LATER, CALENDAR, organization_id=office, breakdown=True)
    told = {month: line.get("refusals") for month, of, line in found if of is None}
    assert {code: number for code, number in told[None].items() if number} == {"misuse": 2, "secrecy": 1}
    assert told[2] is None


def test_everybody_is_told_the_same_and_nobody_s_name(app):
    """The action and both addresses; no word of the form, no number, no entry, no kind of applicant."""
    office = Department()
    who, shown = applied(office)
    take(office.clerk, shown["number"], "accept")
    take(office.head, shown["number"], "refuse", refusal_reason="purpose_unfit", note="用途不明确")
    answers = [
        act(one, "govshare_statistics_applications", organization=office.name, breakdown=True)
        for one in (None, who, office.head, office.bureau)
    ]
    figures_of = answers[0]["total"]
    assert (figures_of["received"], figures_of["on_time"], figures_of["outcomes"]["refused"]) == (1, 1, 1)
    assert figures_of["refusals"]["purpose_unfit"] == 1
    assert [{**answer, "at": ""} for answer in answers[1:]] == [{**answers[0], "at": ""}] * 3
    page = app.get(f"/statistics?organization={office.name}").get_data(as_text=True)
    table = app.get(f"/statistics.csv?organization={office.name}")
    text = page + table.get_data(as_text=True) + str(answers[0])
    secrets = [form()[name] for name in PERSONAL]
    secrets += [shown["number"], shown["entries"][0]["title"], who]
    assert [value for value in secrets if value in text] == []
    assert table.headers["Content-Disposition"].endswith(f'-{office.name}.csv"')


def test_the_file_holds_what_the_page_shows(app):
    """Year, months, departments, and each month of each department; every line has every column."""
    office = Department()
    applied(office)
    raw = app.get("/statistics.csv").data
    assert raw.startswith(b"\xef\xbb\xbf")
    header, *lines = csv.reader(io.StringIO(raw.decode("utf-8-sig")))
    assert {len(line) for line in lines} == {len(header)}
    title = model.Group.get(office.name).title
    mine = [line for line in lines if line[2] == title]
    this_month = runtime.in_shanghai(runtime.now()).month
    assert [line[1] for line in lines[: this_month + 1]] == ["全年", *map(str, range(1, this_month + 1))]
    assert len(mine) == 2
    received = header.index("收到申请")
    assert [line[received] for line in mine] == ["1", "1"]
    total = act(None, "govshare_statistics_applications")["total"]
    assert lines[0][received] == str(total["received"])


def test_the_home_page_leads_to_them(app):
    """The chief figures, each to its meaning on the page of them all."""
    keep([row(uuid4().hex, "accepted", received_at=runtime.now())])
    home = app.get("/").get_data(as_text=True)
    page = app.get("/statistics").get_data(as_text=True)
    for code in ("received", "on_time_share", "median_days", "overdue"):
        assert f'href="/statistics#{code}"' in home
        assert f'id="{code}"' in page
        assert f'href="#{code}"' in page


def test_a_year_without_applications_and_what_makes_no_sense(app):
    """A page that says so; 404 for what cannot be, never an error page."""
    assert "2020年还没有收到申请" in app.get("/statistics?year=2020").get_data(as_text=True)
    assert act(None, "govshare_statistics_applications", year=2020)["total"]["received"] == 0
    for query in ("year=1900", "year=9999", "year=x", "organization=no-such-office"):
        app.get(f"/statistics?{query}", status=404)
        app.get(f"/statistics.csv?{query}", status=404)
    with pytest.raises(toolkit.ValidationError):
        act(None, "govshare_statistics_applications", year="２０２６")


def asked_of(work: Any) -> list[str]:
    """The statements that ``work`` sends to the table of applications."""
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "govshare_application" in statement:
            seen.append(statement)

    sa.event.listen(model.meta.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        sa.event.remove(model.meta.engine, "before_cursor_execute", note)
    return seen


def test_they_are_counted_once_until_something_happens_or_the_day_ends(clock, app):
    """Asked again, by whomever: from memory, with the instant at which they were counted; after a move, or a day: anew."""
    office = Department()
    question = {"organization": office.name, "breakdown": True}

    def figures_now() -> dict[str, Any]:
        return act(None, "govshare_statistics_applications", **question)

    who, sent = applied(office)
    first = figures_now()
    clock.forward(seconds=1)
    assert asked_of(lambda: app.get(f"/statistics?organization={office.name}")) == []
    again = figures_now()
    assert (again["at"], again["total"]) == (first["at"], first["total"])
    assert first["total"]["in_hand"] == 1
    take(who, sent["number"], "withdraw")
    after = figures_now()
    assert after["at"] > first["at"]
    assert (after["total"]["in_hand"], after["total"]["withdrawn"]) == (0, 1)
    clock.forward(days=1)
    assert figures_now()["at"] > after["at"]


def test_what_becomes_overdue_is_counted_when_its_day_ends(clock):
    """Nothing was journalled: the day itself is what has changed."""
    office = Department()
    due, received = runtime.in_shanghai(runtime.now()).date(), runtime.now() - timedelta(1)
    keep([row(office.id, "accepted", received_at=received, due_on=due)])
    found, year = [], runtime.in_shanghai(received).year
    for _ in range(2):
        total = act(None, "govshare_statistics_applications", organization=office.name, year=year)["total"]
        found.append((total["in_hand"], total["overdue"]))
        clock.forward(days=1)
    assert found == [(1, 0), (0, 1)]


def test_a_move_that_is_not_committed_changes_no_figure_and_one_that_is_does_for_everybody():
    """The head of the journal moves with the commit; whoever asks before keeps nothing of it."""
    office = Department()
    _who, sent = applied(office)
    asked = {"organization": office.name}
    other = model.meta.create_local_session()
    try:
        other.execute(sa.update(Application).filter_by(number=sent["number"]).values(extension_granted=True))
        journal.record(
            other, actor="t", case_kind="test", case_id="t", move="test", from_state="", to_state=""
        )
        assert act(None, "govshare_statistics_applications", **asked)["total"]["extended"] == 0
        other.commit()
    finally:
        other.close()
    model.Session.remove()
    assert act(None, "govshare_statistics_applications", **asked)["total"]["extended"] == 1


def test_an_unchanged_file_is_not_sent_again(app):
    """304 by the content's own tag; with other figures it is another file."""
    office = Department()
    address = f"/statistics.csv?organization={office.name}"
    first = app.get(address)
    assert first.headers["Cache-Control"].startswith("public, no-cache")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert app.get(address, headers=tag, status=304).get_data() == b""
    applied(office)
    changed = app.get(address, headers=tag)
    assert (changed.status_code, changed.headers["ETag"] != first.headers["ETag"]) == (200, True)


def test_figures_ask_a_fixed_number_of_queries():
    """However many applications there are."""
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    office = Department()
    counts = []
    for number in (1, 20):
        keep([row(office.id, "accepted", received_at=runtime.now()) for _ in range(number)])
        seen.clear()
        sa.event.listen(model.meta.engine, "before_cursor_execute", note)
        act(None, "govshare_statistics_applications", organization=office.name, breakdown=True)
        sa.event.remove(model.meta.engine, "before_cursor_execute", note)
        counts.append(len(seen))
    assert counts[0] == counts[1]
