"""A head is away: a clerk decides in their place until it is revoked; a head goes through drafted replies by one key."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from ckanext.govshare import rulebook
from playwright.sync_api import expect

from tests.journeys.acting import CONDITIONAL, apply_for, approval, in_days, move, publish
from tests.journeys.conftest import PHONE, fits, follow, press


@pytest.fixture
def published(call, accounts):
    """Take an entry of the clerk's department to the public: `published(title)` returns its id."""
    department = accounts["clerk"]["organization"]
    return lambda title, **changes: publish(call, department, title, **changes)


@pytest.fixture
def nothing_delegated(call):
    """No delegation stands before the journey and none after it."""

    def revoke_all():
        for row in call("head", "govshare_delegation_list"):
            if row["revocable"]:
                call("head", "govshare_delegation_revoke", id=row["id"])

    revoke_all()
    yield
    revoke_all()


def test_a_head_delegates_the_delegate_decides_and_it_is_revoked(
    log_in, published, accounts, nothing_delegated, axe
):
    """By the form; both see it in the workbench, the bureau too; the journal names both; revoked, the page says why not."""
    first, second = (published(f"委托代行{uuid4().hex[:6]}") for _ in range(2))
    head, clerk = log_in("head"), log_in("clerk")
    clerk.goto(f"/workbench/publication/{first}")
    expect(clerk.get_by_role("link", name="撤回…")).to_have_count(0)

    head.goto("/workbench/")
    follow(head.get_by_role("link", name="委托代行"))
    axe(head)
    head.locator("#delegate").select_option(index=1)
    head.get_by_role("button", name="确认委托").click()
    expect(head.locator(".gs-error-summary")).to_contain_text("请填写日期")
    head.locator("#to_on").fill(in_days(3))
    head.get_by_role("button", name="确认委托").click()
    expect(head.get_by_role("status").first).to_contain_text("代您行使职权")
    axe(head)
    head.goto("/workbench/")
    expect(head.locator("main")).to_contain_text("您已委托")

    clerk.goto("/workbench/")
    expect(clerk.locator("main")).to_contain_text("您正代")
    axe(clerk)
    clerk.goto(f"/workbench/publication/{first}")
    expect(clerk.locator("#decide")).to_contain_text("行使负责人职权")
    follow(clerk.get_by_role("link", name="撤回…"))
    clerk.locator("[name=note]").fill("数据有误")
    clerk.get_by_role("button", name="撤回").click()
    expect(clerk.get_by_role("status").first).to_contain_text("已撤回")
    expect(clerk.locator(".gs-timeline li").first).to_contain_text("行使职权")
    axe(clerk)

    clerk.goto(f"/workbench/publication/{second}?ask=withdraw")
    clerk.locator("[name=note]").fill("同样有误")
    bureau = log_in("bureau")
    bureau.goto("/workbench/delegation")
    expect(bureau.locator("#main, main").first).to_contain_text("生效中")
    expect(bureau.get_by_role("button", name="立即撤销")).to_have_count(0)
    head.goto("/workbench/delegation")
    head.get_by_role("button", name="立即撤销").click()
    expect(head.get_by_role("status").first).to_contain_text("即时生效")

    with clerk.expect_response(lambda answer: answer.request.method == "POST") as answered:
        clerk.get_by_role("button", name="撤回").click()
    assert answered.value.status == 403
    expect(clerk.locator(".gs-error-summary")).to_contain_text("部门负责人")
    clerk.goto("/workbench/")
    expect(clerk.locator("main")).not_to_contain_text("您正代")


@pytest.fixture
def drafted(call, published):
    """An application for a new entry, with a reply that the clerk has drafted: `drafted(title, who, move)`."""

    def make(title, who, name, **more):
        sent = apply_for(call, who, published(title, **CONDITIONAL))
        number = sent["number"]
        version = move(call, "clerk", number, "accept")["version"]
        reply = {**approval(sent), **more}
        call("clerk", "govshare_application_propose", **reply, id=number, move=name, version=version)
        return number

    return make


def test_one_key_approves_the_draft_and_goes_on(log_in, call, drafted, axe):
    """In the inbox's order and with its filters; what ends against the applicant is asked about first."""
    word = f"充电{uuid4().hex[:6]}"
    refusal = {"refusal_reason": rulebook.application_terms("refusal_reasons")[0].code, "note": "用途不符"}
    granted = drafted(f"{word}一", "citizen", "approve")
    refused = drafted(f"{word}二", "company", "refuse", **refusal)
    last = drafted(f"{word}三", "citizen", "approve")
    head = log_in("head")
    head.goto(f"/workbench/application/?drafted=1&q={word}")
    axe(head)
    press(head, "j", "o")
    head.wait_for_url(lambda url: granted in url)
    expect(head.get_by_role("button", name="同意拟答复并处理下一件")).to_be_visible()
    axe(head)
    press(head, "a")
    head.wait_for_url(lambda url: refused in url and "drafted=1" in url)
    expect(head.get_by_role("status").first).to_contain_text(granted)
    press(head, "a")
    head.wait_for_url(lambda url: "ask=adopt" in url)
    expect(head.locator("#decide")).to_contain_text("立即答复申请人")
    assert call("head", "govshare_application_show", id=refused)["state"] == "accepted"
    axe(head)
    head.keyboard.press("a")
    head.get_by_role("button", name="确定").click()
    head.wait_for_url(lambda url: last in url)
    head.get_by_role("button", name="同意拟答复并处理下一件").click()
    head.wait_for_url(lambda url: "/workbench/application/?" in url)
    states = [
        call("head", "govshare_application_show", id=number)["state"] for number in (granted, refused, last)
    ]
    assert states == ["approved", "refused", "approved"]
    expect(head.locator("main")).to_contain_text("没有符合条件的申请")


def test_a_drafted_reply_is_approved_without_a_script(new_page, log_in, drafted, accounts):
    """The same button and the same way on; a draft that was replaced meanwhile is not approved unseen."""
    word = f"充电{uuid4().hex[:6]}"
    number = drafted(word, "company", "approve")
    page = log_in("head", java_script_enabled=False)
    page.goto(f"/workbench/application/{number}?q={word}")
    page.get_by_role("button", name="同意拟答复并处理下一件").click()
    expect(page.get_by_role("status").first).to_contain_text("同意")


def test_filters_are_saved_under_a_name_used_again_and_deleted(log_in, axe):
    """In both lists; a name too many or too long is told, and stays typed."""
    clerk = log_in("clerk")
    name = f"逾期{uuid4().hex[:6]}"
    clerk.goto("/workbench/application/?due=overdue&page=1")
    clerk.get_by_text("保存此筛选").click()
    clerk.get_by_label("筛选名称").fill(name)
    clerk.get_by_role("button", name="保存", exact=True).click()
    expect(clerk.get_by_role("status").first).to_contain_text(name)
    axe(clerk)
    clerk.goto("/workbench/application/")
    clerk.get_by_role("link", name=name).click()
    expect(clerk).to_have_url(re.compile("due=overdue"))
    clerk.goto("/workbench/")
    expect(clerk.get_by_role("link", name=name)).to_have_count(0)
    clerk.goto("/workbench/application/")
    clerk.get_by_role("button", name=f"删除筛选“{name}”").click()
    expect(clerk.get_by_role("link", name=name)).to_have_count(0)


@pytest.mark.parametrize("address", ["/workbench/delegation", "/workbench/application/?due=overdue"])
def test_on_a_phone_nothing_runs_off_the_page(log_in, address):
    """No page is wider than the phone."""
    head = log_in("head", viewport=PHONE)
    head.goto(address)
    fits(head)
