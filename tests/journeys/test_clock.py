"""When is it due, and why: anybody asks the calculator; the bureau takes a notice after seeing what it moves."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import DESK, PHONE, fits, follow

WIDTHS = {"desk": DESK, "phone": PHONE}
YEAR = 2041  # no other journey looks at it
NOTICE = f"日期,类型,名称\n{YEAR}-01-01,休,元旦\n{YEAR}-01-02,休,元旦\n{YEAR}-01-05,班,元旦\n"


@pytest.mark.parametrize("width", WIDTHS)
def test_the_calculator_counts_without_a_script(new_page, width):
    """Duty, day and extension → the date, a strip of days, and an address to share."""
    page = new_page(viewport=WIDTHS[width], java_script_enabled=False)
    page.goto("/deadline")
    page.locator("#duty").select_option("open_reply")
    page.locator("#received").fill("2026-09-17")
    page.locator("#extension_days").fill("10")
    follow(page.locator(".gs-due-form button[type=submit]"))
    expect(page.locator(".gs-due-date time")).to_have_attribute("datetime", "2026-10-21")
    made_up = page.locator(".gs-day:has(time[datetime='2026-09-20'])")
    expect(made_up).to_contain_text("调休上班")
    expect(made_up.locator(".gs-day-number")).to_contain_text("2")
    expect(page.locator(".gs-day:has(time[datetime='2026-10-01'])")).to_contain_text("国庆节")
    expect(page.locator(".gs-due")).to_contain_text("国办发明电〔2025〕7号")
    assert "received=2026-09-17" in page.url
    with page.expect_download() as caught:
        page.get_by_role("link", name="加入日历").click()
    assert caught.value.suggested_filename == "deadline-open_reply-2026-10-21.ics"


@pytest.mark.parametrize("width", WIDTHS)
def test_what_cannot_be_counted_is_said_at_its_field(new_page, axe, width):
    """What was typed stays; the summary leads to the field."""
    page = new_page(viewport=WIDTHS[width])
    page.goto("/deadline?duty=open_reply&received=2026-09-17&extension_days=11")
    expect(page.locator("#error-summary a")).to_have_attribute("href", "#extension_days")
    expect(page.locator("#extension_days")).to_have_value("11")
    axe(page)
    fits(page)


def test_the_bureau_sees_what_a_notice_moves_and_then_takes_it(log_in, axe):
    """Refused with the field that lacks, previewed, taken; the calculator follows at once."""
    bureau = log_in("bureau")
    bureau.goto("/workbench/")
    follow(bureau.get_by_role("link", name="工作日历"))
    file = {"name": "放假.csv", "mimeType": "text/csv", "buffer": NOTICE.encode("gb18030")}
    bureau.locator("#upload").set_input_files(file)
    bureau.locator("#issued").fill("2025-11-01")
    follow(bureau.get_by_role("button", name="预览变化"))
    expect(bureau.locator("#error-summary a")).to_have_attribute("href", "#number")
    expect(bureau.locator("#issued")).to_have_value("2025-11-01")
    bureau.locator("#upload").set_input_files(file)
    bureau.locator("#number").fill("测试发〔2040〕1号")
    axe(bureau)
    follow(bureau.get_by_role("button", name="预览变化"))
    expect(bureau.locator("#preview-title")).to_be_visible()
    axe(bureau)
    bureau.set_viewport_size(PHONE)
    fits(bureau)
    bureau.get_by_role("button", name="导入此通知").click()
    expect(bureau.locator("table")).to_contain_text("测试发〔2040〕1号")
    bureau.goto(f"/deadline?duty=open_reply&received={YEAR - 1}-12-31")
    expect(bureau.locator(f".gs-day:has(time[datetime='{YEAR}-01-05'])")).to_contain_text("调休上班")


def test_reminders_are_the_officers_own_page(log_in, axe):
    """A clerk reads those of the department; the calendar is the bureau's alone."""
    clerk = log_in("clerk")
    clerk.goto("/workbench/reminders")
    expect(clerk.locator("h1")).to_have_text("到期提醒与逾期")
    axe(clerk)
    clerk.set_viewport_size(PHONE)
    fits(clerk)
    assert clerk.goto("/workbench/calendar").status == 403
