"""Overdue (逾期): a reply that does not come is seen by everybody whom it concerns, told once, counted, and then answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import psycopg2
import pytest
from ckanext.govshare import rulebook
from playwright.sync_api import Page, expect

from tests.journeys.acting import CONDITIONAL, Call, apply_for, approval, move, publish, today
from tests.journeys.conftest import PHONE, eventually, fits, follow, press, settled
from tests.journeys.post import letters
from tests.journeys.test_stack import launcher

LATE = 3  # working days
CALENDAR = rulebook.calendar()
SHANGHAI = ZoneInfo("Asia/Shanghai")
KINDS = {"three_left", "one_left", "today", "overdue", "escalated"}


@pytest.fixture
def database(ini) -> Iterator[Any]:
    """The portal's database."""
    connection = psycopg2.connect(ini["sqlalchemy.url"].replace("postgresql+psycopg2", "postgresql"))
    yield connection
    connection.close()


@pytest.fixture
def overdue(call: Call, accounts: dict[str, dict[str, Any]], database: Any) -> dict[str, Any]:
    """An application that the clerk received and nobody answered: its due day was three working days ago."""
    due = CALENDAR.add(today(), -LATE)
    received = CALENDAR.add(due, -rulebook.duty("open_reply").days)
    title, without = f"逾期充电站{uuid4().hex[:6]}", figures(call, received.year)
    entry = publish(call, accounts["clerk"]["organization"], title, **CONDITIONAL)
    sent = apply_for(call, "company", entry)
    with database, database.cursor() as cursor:
        cursor.execute(
            "UPDATE govshare_application SET received_at = %s, due_on = %s WHERE id = %s",
            [datetime.combine(received, datetime.min.time(), SHANGHAI), due, sent["id"]],
        )
    move(call, "clerk", sent["number"], "accept")
    return {**sent, "title": title, "without": without, "due": due, "year": received.year}


def how_late(due: date) -> str:
    """What is said of a day on which an answer was due: the day may change while one looks."""
    return f"逾期 {CALENDAR.count(due, today())} 个工作日"


def tick(root: Path) -> None:
    """Let the portal do what time has made due; the stack's own scheduler does the same beside it."""
    done = launcher(root, "ckan", "govshare", "tick")
    assert done.returncode == 0, done.stdout + done.stderr


def figures(call: Call, year: int) -> dict[str, Any]:
    """The public figures of the year in which the application was received."""
    return call("", "govshare_statistics_applications", year=year)["total"]


def notices(call: Call, who: str, number: str) -> list[str]:
    """What somebody was told of an application by the clock."""
    rows = call(who, "govshare_notice_list")["results"]
    return [row["kind"] for row in rows if number in row["subject"] and "open_reply" in row["kind"]]


def letters_about(root: Path, to: str, words: str) -> list[Any]:
    """The letters to an address that hold these words."""
    return [letter for letter in letters(root) if letter["X-RcptTo"] == to and words in letter.get_content()]


def let_letters_leave(database: Any) -> None:
    """Let the time pass for which an officer's work is gathered into one letter; what the worker holds it has begun."""
    with database, database.cursor() as cursor:
        cursor.execute(
            "UPDATE govshare_outbox SET available_at = now() WHERE id IN (SELECT id FROM govshare_outbox"
            " WHERE kind = 'notice_digest' AND done_at IS NULL FOR UPDATE SKIP LOCKED)"
        )


def row_of(page: Page, number: str) -> Any:
    """The line of an application in an inbox."""
    return page.locator(".gs-inbox-row", has_text=number)


def red(page: Page, overdue: dict[str, Any]) -> None:
    """The line says in words how late it is, and shows it in the colour of what is bad."""
    settled(page)
    row = row_of(page, overdue["number"])
    expect(row).to_contain_text(how_late(overdue["due"]))
    told = "element => [getComputedStyle(element).borderLeftColor, getComputedStyle(document.documentElement).getPropertyValue('--gs-bad')]"
    shown, bad = row.evaluate(told)
    assert shown == "rgb({}, {}, {})".format(*bytes.fromhex(bad.strip().lstrip("#")))


def chief_figure(page: Page, label: str) -> int:
    """One of the large figures on the page of statistics."""
    one = page.locator(".gs-figures-one", has_text=label)
    return int(one.locator("dd").inner_text().split("件")[0].replace(",", ""))


def reminders(database: Any, case: str) -> dict[tuple[str, date], int]:
    """What was recorded of a case, by kind and due day."""
    with database, database.cursor() as cursor:
        cursor.execute(
            "SELECT kind, due_on, count(*) FROM govshare_reminder WHERE case_id = %s GROUP BY kind, due_on",
            [case],
        )
        return {(kind, due_on): count for kind, due_on, count in cursor}


class Story:
    """The people around one overdue application, and what they find."""

    def __init__(self, call: Call, log_in: Callable[..., Page], axe: Callable[[Page], None]) -> None:
        self.call, self.log_in, self.axe = call, log_in, axe

    def the_department_sees_it(self, overdue: dict[str, Any]) -> None:
        """In the list and behind the tab of what is overdue, red and in words; told as what is overdue, no more."""
        number = overdue["number"]
        for who in ("clerk", "head"):
            officer = self.log_in(who)
            officer.goto(f"/workbench/application/?q={number}")
            red(officer, overdue)
            follow(officer.get_by_role("navigation", name="工作事项").get_by_role("link", name="逾期申请"))
            red(officer, overdue)
            self.axe(officer)
        assert notices(self.call, "head", number) == ["application.open_reply_overdue"]
        assert notices(self.call, "clerk", number) == []  # "so many days left" is overtaken

    def the_bureau_finds_it(self, overdue: dict[str, Any]) -> None:
        """In its list: the department, how late, since when and with whom; by keys on to the case and who may decide."""
        number, bureau = overdue["number"], self.log_in("bureau")
        bureau.goto("/workbench/")
        tab = bureau.get_by_role("navigation", name="工作事项").get_by_role("link", name="逾期申请")
        waiting = int(tab.locator(".gs-tab-count").inner_text())
        follow(tab)
        expect(bureau.get_by_role("heading", name="逾期申请", level=1)).to_be_visible()
        expect(bureau.locator(".gs-inbox-row")).to_have_count(waiting)
        red(bureau, overdue)
        due = f"{overdue['due'].day}日"
        for words in (overdue["organization_title"], overdue["title"], "目前在：经办员", due):
            expect(row_of(bureau, number)).to_contain_text(words)
        self.axe(bureau)
        bureau.goto("/workbench/reminders")
        expect(bureau.locator("tr", has_text=number)).to_have_count(len(KINDS))
        bureau.goto(f"/workbench/application/?due=overdue&q={number}")
        press(bureau, "j", "o")
        bureau.wait_for_url(lambda url: f"/{number}" in url)
        expect(bureau.locator("main")).to_contain_text(how_late(overdue["due"]))
        expect(bureau.locator("#decide")).to_contain_text("不由您办理")
        self.axe(bureau)
        small = self.log_in("bureau", viewport=PHONE)
        for place in (f"/workbench/application/?due=overdue&q={number}", f"/workbench/application/{number}"):
            small.goto(place)
            expect(small.locator("main")).to_contain_text(how_late(overdue["due"]))
            fits(small)
            self.axe(small)

    def everybody_reads_it(self, page: Page, overdue: dict[str, Any]) -> None:
        """One more overdue in the public figures; the applicant is told that silence is no refusal."""
        counted, without = figures(self.call, overdue["year"]), overdue["without"]
        assert (counted["received"], counted["overdue"]) == (without["received"] + 1, without["overdue"] + 1)
        page.goto(f"/statistics?year={overdue['year']}")
        assert chief_figure(page, "逾期未答复") == counted["overdue"]

    def the_applicant_is_told(self, number: str) -> None:
        """That the application stays open."""
        applicant = self.log_in("company")
        applicant.goto(f"/application/{number}")
        expect(applicant.locator("main")).to_contain_text("不答复不等于不同意")
        self.axe(applicant)

    def it_is_answered(self, overdue: dict[str, Any]) -> None:
        """The clerk drafts, the bureau sees that it is with the head, the head approves by one key."""
        number = overdue["number"]
        version = self.call("clerk", "govshare_application_show", id=number)["version"]
        reply = {"move": "approve", "version": version, **approval(overdue)}
        self.call("clerk", "govshare_application_propose", id=number, **reply)
        bureau = self.log_in("bureau")
        bureau.goto(f"/workbench/application/?due=overdue&q={number}")
        expect(row_of(bureau, number)).to_contain_text("目前在：部门负责人")
        head = self.log_in("head")
        head.goto(f"/workbench/application/?due=overdue&q={number}")
        press(head, "j", "o")
        head.wait_for_url(lambda url: f"/{number}" in url)
        press(head, "a")
        head.wait_for_url(lambda url: "/workbench/application/?" in url)
        expect(head.locator("main")).to_contain_text("没有符合条件的申请")

    def it_is_over(self, page: Page, overdue: dict[str, Any]) -> None:
        """Gone from the bureau's list and reminders; in the figures it has moved from overdue to late."""
        number, without = overdue["number"], overdue["without"]
        after = figures(self.call, overdue["year"])
        assert (after["overdue"], after["late"]) == (without["overdue"], without["late"] + 1)
        assert after["received"] == without["received"] + 1
        page.goto(f"/statistics?year={overdue['year']}")
        assert chief_figure(page, "逾期未答复") == after["overdue"]
        bureau = self.log_in("bureau")
        bureau.goto("/workbench/reminders")
        expect(bureau.locator("tr", has_text=number)).to_have_count(0)
        bureau.goto("/workbench/application/?due=overdue")
        expect(row_of(bureau, number)).to_have_count(0)


@pytest.fixture
def story(call: Call, log_in: Callable[..., Page], axe: Callable[[Page], None]) -> Story:
    """The people of the story."""
    return Story(call, log_in, axe)


def test_overdue_comes_before_the_bureau_is_counted_and_answered_late(
    root, accounts, database, page, story, overdue
):
    """Seen red with words, told once by notice and by letter, listed with days and hands, counted, answered late; once."""
    number = overdue["number"]
    tick(root)
    story.the_department_sees_it(overdue)
    assert notices(story.call, "bureau", number) == ["application.open_reply_escalated"]
    address = story.call("bureau", "user_show", id=accounts["bureau"]["name"])["email"]

    def has_come() -> bool:
        let_letters_leave(database)
        return bool(letters_about(root, address, number))

    let_letters_leave(database)
    tick(root)
    assert eventually(has_come)
    story.the_bureau_finds_it(overdue)
    story.everybody_reads_it(page, overdue)
    story.the_applicant_is_told(number)
    tick(root)
    let_letters_leave(database)
    tick(root)
    (letter,) = letters_about(root, address, number)
    assert letter.get_content().count(f"逾期上报：申请 {number}") == 1
    assert notices(story.call, "bureau", number) == ["application.open_reply_escalated"]
    assert notices(story.call, "head", number) == ["application.open_reply_overdue"]
    assert reminders(database, overdue["id"]) == {(kind, overdue["due"]): 1 for kind in KINDS}

    story.it_is_answered(overdue)
    tick(root)
    story.it_is_over(page, overdue)
    assert notices(story.call, "bureau", number) == ["application.open_reply_escalated"]
    assert reminders(database, overdue["id"]) == {(kind, overdue["due"]): 1 for kind in KINDS}
