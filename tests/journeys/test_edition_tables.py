"""A workbook of several sheets, from the office to the citizen: one decision, a name and addresses for each table."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.domain.intake.offices import xlsx
from tests.journeys import acting
from tests.journeys.conftest import PHONE, fits, follow

STATIONS = [("名称", "桩数"), *((f"充电站{number:03}", number % 9 + 2) for number in range(1, 121))]
PRICES = [("时段", "单价"), ("峰", 1.25), ("平", 0.95), ("谷", 0.45)]
PEOPLE = [
    ("值班人", "手机号"),
    *((f"{name}小明", f"1390454{number:04}") for number, name in enumerate("王李赵", 1001)),
]
SHEETS = {"站点": STATIONS, "电价": PRICES, "值班表": PEOPLE}
BROKEN = {"站点": STATIONS, "草稿": [("名称", "桩数"), ("合计", "=SUM(B1:B9)")]}


def workbook(sheets: dict[str, list[tuple[Any, ...]]]) -> bytes:
    """A workbook with these rows in each sheet."""

    def fill(book: Any) -> None:
        for name, rows in sheets.items():
            for row in rows:
                book[name].append(list(row))

    return xlsx(fill, *sheets)


def upload(page: Page, name: str, content: bytes) -> None:
    """Hand in a file by the form."""
    page.goto(f"/dataset/{name}/edition/new")
    page.locator("input[name=upload]").set_input_files(
        {"name": "充电设施.xlsx", "mimeType": "x/x", "buffer": content}
    )
    page.get_by_role("button", name="上传并解析").click()
    page.wait_for_url(lambda url: not url.endswith("/new"))


@pytest.fixture
def entry(call, accounts) -> str:
    """The name of a new public entry of the clerk's department."""
    identity = acting.publish(call, accounts["clerk"]["organization"], f"公共充电设施{uuid4().hex[:6]}")
    return str(call("clerk", "package_show", id=identity)["name"])


def test_a_workbook_of_three_sheets_goes_to_the_public(log_in, call, entry, page, phone, axe):
    """The list of persons stops all three until it is masked; the citizen finds each table under its name."""
    clerk = log_in("clerk")
    upload(clerk, entry, workbook(SHEETS))
    expect(clerk.get_by_role("heading", name="值班表：共 3 行，显示前 3 行")).to_be_visible()
    expect(clerk.locator("main")).to_contain_text("站点、电价、值班表")
    axe(clerk)
    follow(clerk.get_by_role("link", name="查看扫描结果并制定方案"))
    tabs = clerk.get_by_role("navigation", name="各表及其中发现个人信息的列数")
    expect(tabs.get_by_role("link", name="值班表")).to_have_attribute("aria-current", "page")
    expect(tabs.get_by_role("link", name="站点")).to_contain_text("0")
    axe(clerk)
    for name, method in (("值班人", "drop"), ("手机号", "mask")):
        part = clerk.locator(".gs-plan-column", has=clerk.get_by_role("heading", name=name, exact=True))
        part.get_by_label("脱敏方法").select_option(method)
    clerk.get_by_label("没有准标识符的理由").fill("只剩号码的首位")
    clerk.get_by_role("button", name="保存方案并执行脱敏").click()
    clerk.wait_for_url("**/check")
    clerk.get_by_role("button", name="提交审核").click()
    expect(clerk.locator(".gs-decision")).to_contain_text("待复核")

    head = log_in("head", viewport=PHONE)
    head.goto(clerk.url)
    for name in SHEETS:
        expect(head.get_by_role("heading", name=name)).to_be_visible()
    expect(head.locator("#table-1")).to_contain_text("120 行 × 2 列")
    fits(head)
    axe(head)
    follow(head.get_by_role("button", name="复核通过"))
    identity = next(row["id"] for row in call("clerk", "govshare_edition_list", id=entry))
    for move, more in (("review", {"review": acting.REVIEW}), ("release", {})):
        version = call("head", "govshare_edition_show", id=identity)["version"]
        call("head", "govshare_edition_move", id=identity, move=move, version=version, **more)
    acting.until(call, "clerk", identity, lambda edition: edition["released_at"])

    page.goto(f"/dataset/{entry}")
    for name in SHEETS:
        expect(page.locator("#take").get_by_role("heading", name=name)).to_be_visible()
    expect(page.locator("#take").get_by_role("link", name="CSV · 电价")).to_be_visible()
    axe(page)
    page.get_by_role("navigation", name="数据表").get_by_role("link", name="电价").click()
    expect(page.locator("#preview .gs-table-data tbody tr")).to_have_count(3)
    expect(page.locator("#preview")).to_contain_text("0.45")
    answer = page.request.get(f"/dataset/{entry}/edition/latest/{entry}-2.csv")
    assert answer.text().splitlines() == ["时段,单价", "峰,1.25", "平,0.95", "谷,0.45"]
    assert "1390454" not in page.request.get(f"/dataset/{entry}/edition/latest/{entry}-3.csv").text()
    phone.goto(f"/dataset/{entry}?table=3#preview")
    fits(phone)
    axe(phone)


def test_a_sheet_that_cannot_be_read_is_left_out_by_ticking_the_others(log_in, entry, axe):
    """The sentence names the sheet; nothing has to be uploaded again."""
    clerk = log_in("clerk", viewport=PHONE)
    upload(clerk, entry, workbook(BROKEN))
    expect(clerk.locator("main")).to_contain_text("草稿：")
    clerk.get_by_label("站点").check()
    fits(clerk)
    axe(clerk)
    clerk.get_by_role("button", name="重新解析").click()
    expect(clerk.get_by_role("heading", name="前 50 行")).to_be_visible()
