"""延期审批 in a real browser: asked by the clerk, found behind its tab, granted by one key; a delegate has the tab while it is theirs."""

from __future__ import annotations

from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.acting import CONDITIONAL, Call, apply_for, in_days, move, publish
from tests.journeys.conftest import PHONE, fits, follow, press

TAB = "延期审批"


@pytest.fixture
def asked(call: Call, accounts) -> dict[str, str]:
    """Two applications whose extension waits for the head, with a word that both titles share."""
    word = f"延期桩{uuid4().hex[:6]}"
    numbers = []
    for title, who in ((f"{word}一", "citizen"), (f"{word}二", "company")):
        sent = apply_for(call, who, publish(call, accounts["clerk"]["organization"], title, **CONDITIONAL))
        move(call, "clerk", sent["number"], "accept")
        move(call, "clerk", sent["number"], "ask_extension", days=3, note="需要会同数据局核实")
        numbers.append(sent["number"])
    return {"word": word, "first": numbers[0], "second": numbers[1]}


def tab(page: Page):
    """The tab among the duties of the workbench."""
    return page.get_by_role("navigation", name="工作事项").get_by_role("link", name=TAB)


def test_a_head_finds_it_behind_its_tab_and_grants_it_by_one_key(log_in, call, accounts, asked, axe):
    """Counted; j, o and a; on to the next; a second head's inbox has it too; the clerk who asked has no such tab."""
    head = log_in("head")
    head.goto("/workbench/")
    counted = int(tab(head).locator(".gs-tab-count").inner_text())
    follow(tab(head))
    expect(head.get_by_role("heading", name=TAB, level=1)).to_be_visible()
    expect(head.locator(".gs-inbox-row")).to_have_count(counted)
    axe(head)
    head.get_by_label("编号，或数据名称中的词").fill(asked["word"])
    follow(head.get_by_role("button", name="筛选"))
    expect(head.locator(".gs-inbox-row")).to_have_count(2)
    press(head, "j", "o")
    head.wait_for_url(lambda url: asked["first"] in url)
    expect(head.locator("#decide")).to_contain_text("提请延期 3 个工作日")
    axe(head)
    press(head, "a")
    head.wait_for_url(lambda url: asked["second"] in url and "duty=extension" in url)
    shown = call("head", "govshare_application_show", id=asked["first"])
    assert (shown["extension"]["granted"], shown["extension"]["days"]) == (True, 3)
    clerk = log_in("clerk")
    clerk.goto("/workbench/application/")
    expect(tab(clerk)).to_have_count(0)


def test_who_decides_for_the_head_has_the_tab_while_it_is_theirs(log_in, call, accounts, asked, axe):
    """Delegated to the clerk: the tab is there, what they asked for themselves is not behind it; revoked, it is gone."""
    department, clerk = accounts["clerk"]["organization"], log_in("clerk", viewport=PHONE)
    given = {"from_on": in_days(0), "to_on": in_days(2)}
    made = call(
        "head",
        "govshare_delegation_create",
        organization=department,
        delegate=accounts["clerk"]["name"],
        kinds=["extension"],
        **given,
    )
    try:
        clerk.goto("/workbench/application/")
        tab(clerk).click()
        expect(clerk.locator("main")).to_contain_text("您正代")
        expect(clerk.locator(".gs-inbox-row", has_text=asked["second"])).to_have_count(0)
        fits(clerk)
        axe(clerk)
    finally:
        call("head", "govshare_delegation_revoke", id=made["id"])
    clerk.goto("/workbench/application/")
    expect(tab(clerk)).to_have_count(0)
    bureau = log_in("bureau")
    bureau.goto("/workbench/application/?duty=extension")
    expect(bureau.locator(".gs-inbox-row", has_text=asked["second"])).to_be_visible()
