"""What officers see of editions: the inbox by keys, the check beside its facts, late data, the way back until submission."""

from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg2
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE, fits, follow, press, settled

INBOX = "/workbench/edition/"
TO_CHECK = "老年人免费乘车卡办理情况"  # masked by a plan; waits for the head of the clerk's department
TO_MASK = "道路运输从业人员安全培训"
BUS_STOPS = "公共汽电车站点信息"
METRO = "轨道交通站点日客流量"


def address(page: Page, title: str) -> str:
    """The address of an entry by its title."""
    asked = {"q": f'title:"{title}"', "rows": 50}
    found = page.request.get("/api/3/action/package_search", params=asked).json()["result"]["results"]
    return "/dataset/" + next(entry["name"] for entry in found if entry["title"] == title)


def first_edition(page: Page, title: str) -> str:
    """The address of an entry's first edition."""
    return f"{address(page, title)}/edition/1/"


@pytest.fixture
def late_entry(ini) -> Iterator[str]:
    """An entry whose last delivery lies two years back; put right afterwards."""
    moved = (
        "UPDATE govshare_edition SET released_at = released_at + %s * interval '1 year'"
        " WHERE entry_id = (SELECT id FROM package WHERE title = %s AND state = 'active')"
    )
    database = psycopg2.connect(ini["sqlalchemy.url"].replace("postgresql+psycopg2", "postgresql"))
    for years in (-2, 2):
        with database, database.cursor() as cursor:
            cursor.execute(moved, [years, METRO])
        if years < 0:
            yield METRO
    database.close()


def test_the_inbox_of_editions_goes_by_keys(log_in, axe):
    """By role, with counts; j, k, o and the sheet; the filter is the address; what waits for others is one step away."""
    head = log_in("head")
    head.goto("/workbench/")
    tabs = head.get_by_role("navigation", name="工作事项")
    follow(tabs.get_by_role("link", name="数据脱敏"))
    axe(head)
    expect(head.locator(".gs-inbox-title a", has_text=TO_CHECK)).to_be_visible()
    expect(head.locator(".gs-inbox-title a", has_text=TO_MASK)).to_have_count(0)
    counted = tabs.get_by_role("link", name="数据脱敏").locator(".gs-tab-count").inner_text()
    expect(head.locator(".gs-inbox-row")).to_have_count(int(counted))
    press(head, "?")
    expect(head.locator("dialog.gs-keys")).to_be_visible()
    press(head, "Escape")
    expect(head.locator("dialog.gs-keys")).to_be_hidden()
    head.get_by_label("名称中的词").fill("免费乘车")
    follow(head.get_by_role("button", name="筛选"))
    expect(head).to_have_url(re.compile("q="))
    press(head, "j", "o")
    head.wait_for_url("**/check")
    expect(head.locator(".gs-lead")).to_contain_text(TO_CHECK)
    press(head, "u")
    head.wait_for_url(f"**{INBOX}")

    clerk = log_in("clerk")
    clerk.goto(INBOX)
    expect(clerk.locator(".gs-inbox-title a", has_text=TO_MASK)).to_be_visible()
    expect(clerk.locator(".gs-inbox-title a", has_text=TO_CHECK)).to_have_count(0)
    clerk.get_by_label("等谁办理").select_option("everybody")
    clerk.get_by_role("button", name="筛选").click()
    expect(clerk.locator(".gs-inbox-title a", has_text=TO_CHECK)).to_be_visible()
    small = log_in("bureau", viewport=PHONE)
    for place in (INBOX, f"{INBOX}?whose=everybody", "/workbench/mirror"):
        small.goto(place)
        fits(small)
        axe(small)


def test_the_check_goes_by_keys_and_nothing_is_decided_by_one(log_in, axe):
    """To the decision, to one of its steps; the note that was typed is there when the answer is no."""
    head = log_in("head", viewport=PHONE)
    check = first_edition(head, TO_CHECK) + "check"
    head.goto(check)
    fits(head)
    axe(head)
    press(head, "j")
    expect(head.locator(".gs-section").first).to_be_focused()
    press(head, "d")
    expect(head.get_by_role("button", name="复核通过")).to_be_focused()
    press(head, "2")
    expect(head.locator("#note-reject")).to_be_focused()
    head.locator("#note-reject").fill("请说明为什么保留区县")
    head.evaluate("document.querySelector('form:has(input[value=reject]) input[name=version]').value = '1'")
    head.locator("form:has(input[value=reject])").get_by_role("button").click()
    expect(head.locator(".gs-error-summary")).to_be_visible()
    expect(head.locator("#note-reject")).to_have_value("请说明为什么保留区县")
    axe(head)


def test_what_was_planned_can_be_taken_back_and_is_not_typed_again(log_in, axe):
    """Until the submission the plan is given up and offered again; after it the clerk recalls it."""
    clerk = log_in("clerk")
    edition = first_edition(clerk, TO_MASK)
    clerk.goto(f"{edition}scan")
    axe(clerk)
    reason = clerk.get_by_label("没有准标识符的理由")
    reason.fill("姓名、号码都不公开")
    for name, method in (
        ("姓名", "mask"),
        ("公民身份号码", "pseudonym"),
        ("出生日期", "generalise"),
        ("手机号码", "drop"),
    ):
        column = clerk.locator(".gs-plan-column", has=clerk.get_by_role("heading", name=name, exact=True))
        column.get_by_label("脱敏方法").select_option(method)
    clerk.get_by_role("button", name="保存方案并执行脱敏").click()
    clerk.wait_for_url("**/check")
    settled(clerk)
    for move in ("submit", "recall", "undo"):
        follow(clerk.locator(f"form:has(input[value={move}])").get_by_role("button"))
    clerk.goto(f"{edition}scan")
    expect(reason).to_have_value("姓名、号码都不公开")
    number = clerk.locator(
        ".gs-plan-column", has=clerk.get_by_role("heading", name="公民身份号码", exact=True)
    )
    expect(number.get_by_label("脱敏方法")).to_have_value("pseudonym")
    clerk.goto(edition)
    expect(clerk.locator(".gs-decision")).to_contain_text("待脱敏")


def test_what_stands_in_the_way_leads_to_where_it_is_mended(log_in, axe):
    """On the first page of an edition that was checked, the missing review is one press away."""
    clerk = log_in("clerk")
    clerk.goto(first_edition(clerk, "道路运输企业安全检查结果"))
    closed = clerk.locator(".gs-move-closed", has_text="发布")
    expect(closed).to_contain_text("保密审查")
    closed.get_by_role("link").first.click()
    expect(clerk).to_have_url(re.compile("#secrecy$"))
    expect(clerk.locator("#secrecy")).to_be_visible()
    axe(clerk)


def test_late_data_are_listed_counted_and_marked(log_in, late_entry, page, axe):
    """The same entry in the clerk's list, in the tab's count and on the public page."""
    clerk = log_in("clerk")
    clerk.goto("/workbench/")
    tab = clerk.get_by_role("navigation", name="工作事项").get_by_role("link", name="逾期未更新")
    counted = int(tab.locator(".gs-tab-count").inner_text())
    follow(tab)
    expect(clerk.locator("main")).to_contain_text(late_entry)
    expect(clerk.locator("main tbody tr")).to_have_count(counted)
    axe(clerk)
    small = log_in("bureau", viewport=PHONE)
    small.goto("/workbench/late")
    expect(small.locator("main")).to_contain_text(late_entry)
    fits(small)
    axe(small)
    page.goto(address(page, late_entry))
    expect(page.locator("main")).to_contain_text("应于")


@pytest.mark.parametrize(
    ("title", "asked"),
    [
        (METRO, "chart=line&y=进站客流&x=日期"),
        (BUS_STOPS, "chart=map"),
    ],
)
def test_rows_and_pictures_of_the_data(page, phone, axe, title, asked):
    """Filters above the columns and a picture of what fits them, at a desk and on a phone."""
    for reader in (page, phone):
        where = address(reader, title)
        reader.goto(f"{where}?{asked}#preview")
        fits(reader)
        axe(reader)
        expect(reader.locator("#preview svg").filter(visible=True)).to_be_visible()
        before = reader.locator("#preview-title + span").inner_text()
        reader.locator("#preview .gs-look-filters input").nth(1).fill("火车站" if title == METRO else "云台")
        reader.get_by_role("button", name="显示", exact=True).click()
        expect(reader.locator("#preview-title + span")).not_to_have_text(before)
        fits(reader)
        axe(reader)
