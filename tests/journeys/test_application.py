"""Applying for conditional data, by three people in a real browser: each sees what the other has done."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.journeys.acting import in_days
from tests.journeys.conftest import DESK, PHONE, fits, follow

ENTRY = "排污单位自动监测小时数据"
ENTRY_WITH_DATA = "网络预约出租汽车订单统计"
NUMBER = re.compile(r"SQ\d{8}-[2-9A-HJ-NP-Z]{8}")


def entry_name(page, title):
    """The address of an entry, as the API tells everybody."""
    found = page.request.get(f"/api/3/action/package_search?fq=title:{title}").json()["result"]["results"]
    return next(row["name"] for row in found if row["title"] == title)


def go_on(page):
    """Save this step; what comes is the next one, or this one with what it lacks."""
    follow(page.get_by_role("button", name="保存并继续"))


def fill_in(page, name, purpose):
    """Answer what the profile does not know yet, step by step, from the entry's page to the check."""
    next_year = in_days(365)
    page.goto(f"/dataset/{name}")
    follow(page.get_by_role("link", name="申请使用", exact=True))
    page.goto(f"/dataset/{name}/apply/applicant")
    go_on(page)
    page.locator("input[name=supply_form][value=file]").check()
    page.locator("input[name=frequency][value=once]").check()
    go_on(page)
    page.locator("input[name=purpose_kind][value=research]").check()
    page.locator("[name=use_until]").fill(next_year)
    # Nothing typed is lost when something is missing, nor by a reload.
    go_on(page)
    expect(page.locator(".gs-error-summary")).to_contain_text("具体用途")
    page.reload()
    expect(page.locator("[name=use_until]")).to_have_value(next_year)
    page.locator("[name=purpose]").fill(purpose)
    go_on(page)
    page.locator("[name=storage_place]").fill("本市机房")
    page.locator("input[name=protection_level][value=level3]").check()
    page.locator("[name=security_measures]").fill("加密保存，专人管理")
    page.locator("[name=incident_contact]").fill("罗样例")
    page.locator("[name=incident_phone]").fill("0450-0000002")
    go_on(page)
    page.locator("input[name=commitment]").check()
    go_on(page)


def send(page):
    """Press the button on the check page; return the number on the receipt."""
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("heading", name="您的申请已收到")).to_be_visible()
    return NUMBER.search(page.locator(".gs-receipt-number").inner_text()).group()


def give_up(page, title):
    """Withdraw what this applicant still has open for an entry, so that they may apply anew."""
    found = page.request.get("/api/3/action/govshare_application_list").json()["result"]["results"]
    for row in found:
        if title in row["title"] and row["state"] in ("submitted", "supplementing", "accepted"):
            page.goto(f"/application/{row['number']}?ask=withdraw")
            page.locator("form:has(input[name=move][value=withdraw])").get_by_role("button").click()
            expect(page.locator("main")).to_contain_text("已撤回")


def decide(page, number, move, **fields):
    """Open an application as an officer and take a move, with what it asks for."""
    page.goto(f"/workbench/application/{number}")
    form = page.locator(f"form:has(input[name=move][value={move}]):not(:has(input[name=as]))")
    closed = page.locator("details", has=form).locator("summary")
    if closed.count() and not form.is_visible():  # the page is there whole
        closed.click()
    for name, value in fields.items():
        control = form.locator(f"[name={name}]")
        if control.evaluate("e => e.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
    form.get_by_role("button").click()
    expect(page.get_by_role("status").first).to_contain_text(number)


def test_a_person_applies_completes_waits_longer_and_agrees(log_in, axe):
    """Received → asked to complete → completed → accepted → extended → drafted → granted → agreed, each told the other."""
    citizen, clerk, head = (log_in(name) for name in ("citizen", "clerk2", "head2"))
    mark = uuid4().hex[:8]
    fill_in(citizen, entry_name(citizen, ENTRY), f"研究排放与空气质量的关系{mark}")
    expect(citizen.locator("main")).to_contain_text(mark)
    axe(citizen)
    number = send(citizen)
    axe(citizen)
    expect(citizen.get_by_role("link", name="为什么是这一天")).to_be_visible()
    # The button again, from a page that was kept: the same receipt.
    citizen.go_back()
    if citizen.get_by_role("button", name="提交申请").count():
        assert send(citizen) == number

    decide(clerk, number, "ask_supplement", missing="请说明成果的发布方式", days="10")
    citizen.goto(f"/application/{number}")
    expect(citizen.locator("main")).to_contain_text("请说明成果的发布方式")
    axe(citizen)
    follow(citizen.get_by_role("link", name="补正申请"))
    citizen.locator("[name=scenario]").fill("成果以论文形式发表，只用汇总数")
    citizen.get_by_role("button", name="提交补正").click()
    expect(citizen.locator(".gs-receipt")).to_contain_text("补正时间")

    decide(clerk, number, "accept")
    decide(clerk, number, "ask_extension", days="5", note="需要征求专家意见")
    head.goto("/workbench/application/?extension=1")
    follow(head.get_by_role("link", name=ENTRY).first)
    axe(head)
    decide(head, number, "grant_extension")
    citizen.goto(f"/application/{number}")
    expect(citizen.locator("main")).to_contain_text("延长5个工作日")
    expect(citizen.locator("main")).to_contain_text("需要征求专家意见")
    citizen.get_by_role("link", name="延期告知书", exact=True).click()
    expect(citizen.locator(".gs-document")).to_contain_text("何演示")

    clerk.goto(f"/workbench/application/{number}")
    draft = clerk.locator("form:has(input[name=as]):has(input[name=move][value=approve])")
    clerk.locator("details", has=draft).locator("summary").click()
    draft.get_by_role("button").click()
    expect(clerk.get_by_role("status").first).to_contain_text("拟答复")
    decide(head, number, "approve")

    citizen.goto(f"/application/{number}")
    axe(citizen)
    citizen.locator("[name=name]").fill("别人")
    citizen.get_by_role("button", name="我接受协议").click()
    expect(citizen.locator(".gs-error-summary")).to_contain_text("完全一致")
    citizen.locator("[name=name]").fill("何演示")
    citizen.get_by_role("button", name="我接受协议").click()
    expect(citizen.locator("main")).to_contain_text("有效")
    expect(citizen.locator("main")).to_contain_text("QX")


def test_granted_files_are_taken_until_the_grant_is_revoked(log_in, axe):
    """Approved → agreement → download of the granted items → revoked by the head with a reason → refused at once."""
    citizen, clerk, head = (log_in(name) for name in ("citizen", "clerk", "head"))
    give_up(citizen, ENTRY_WITH_DATA)
    fill_in(citizen, entry_name(citizen, ENTRY_WITH_DATA), f"研究出行需求{uuid4().hex[:8]}")
    number = send(citizen)
    decide(clerk, number, "accept")
    decide(head, number, "approve")
    citizen.goto(f"/application/{number}")
    citizen.locator("[name=name]").fill("何演示")
    follow(citizen.get_by_role("button", name="我接受协议"))
    follow(citizen.get_by_role("link", name="获取数据"))
    button = citizen.get_by_role("button", name="CSV", exact=True)
    with citizen.expect_download() as begun:
        button.click()
    rows = begun.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert "订单量" in rows[0]
    assert len(rows) > 1000
    rest = {"Range": "bytes=100-"}  # a link serves one download, and what is left of it
    assert citizen.request.get(begun.value.url).status == 410
    assert citizen.request.get(begun.value.url, headers=rest).status == 206

    head.goto(f"/workbench/application/{number}")
    head.get_by_text("撤回授权…").click()
    revoking = head.locator("form:has(input[name=move][value=revoke])")
    revoking.get_by_role("button", name="撤回授权").click()
    expect(head.locator(".gs-error-summary")).to_be_visible()
    axe(head)
    revoking.locator("[name=note]").fill("超出约定用途")
    revoking.get_by_role("button", name="撤回授权").click()
    expect(head.get_by_role("status").first).to_contain_text("已撤回")
    assert citizen.request.get(begun.value.url, headers=rest).status == 403
    citizen.reload()
    expect(citizen.locator("main")).to_contain_text("超出约定用途")
    expect(button).to_have_count(0)


def test_a_company_is_refused_with_reasons_and_told_how_to_object(log_in, axe):
    """The reasons of clerk and head, the way to object, the printable reply."""
    company, clerk, head = (log_in(name) for name in ("company", "clerk", "head"))
    fill_in(company, entry_name(company, "公交IC卡刷卡明细"), "开发商业广告投放模型")
    number = send(company)
    decide(clerk, number, "accept")
    decide(head, number, "refuse", refusal_reason="purpose_unfit", note="商业广告投放不属于公共交通规划研究")
    company.goto(f"/application/{number}")
    main = company.locator("main")
    expect(main).to_contain_text("商业广告投放不属于公共交通规划研究")
    expect(main).to_contain_text("行政复议")
    axe(company)
    company.get_by_role("link", name="答复书", exact=True).click()
    expect(company.locator(".gs-document")).to_contain_text(f"{number}-复")


PATHS = (
    ("citizen", "/application/"),
    ("clerk", "/workbench/application/"),
    ("clerk", "/workbench/application/?state=submitted&due=soon"),
    ("bureau", "/workbench/application/?due=overdue"),
)


@pytest.mark.parametrize(("who", "path"), PATHS)
@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_the_lists_are_accessible_and_fit(log_in, axe, who, path, width):
    """At a desk and on a phone nothing runs over the edge."""
    page = log_in(who, viewport=width)
    page.goto(path)
    axe(page)
    fits(page)


def test_strangers_log_in_first_and_see_nothing_of_others(page, log_in):
    """The address of somebody else's application is no address."""
    page.goto(f"/dataset/{entry_name(page, ENTRY)}/apply")
    expect(page).to_have_url(re.compile("/user/login"))
    citizen, company = log_in("citizen"), log_in("company")
    citizen.goto("/application/")
    path = citizen.locator(".gs-inbox-title a").first.get_attribute("href")
    assert citizen.goto(path).status == 200
    assert company.goto(path).status == 404
    assert company.goto(f"/workbench{path}").status == 403
