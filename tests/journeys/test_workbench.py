"""The officers' way: a clerk registers, a head approves, the bureau publishes, a citizen sees it; and what goes wrong."""

from __future__ import annotations

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.journeys import acting
from tests.journeys.conftest import PHONE, fits, follow, press, settled


@pytest.fixture
def title():
    """A title that no other entry of the department has."""
    return f"公共充电站信息{uuid4().hex[:6]}"


@pytest.fixture
def api(base_url, accounts, new_page):
    """Call an action as one of the accounts: `api("clerk", "package_create", {...})`."""
    request = new_page().request

    def call(who, action, data):
        answer = request.post(
            f"{base_url}/api/3/action/{action}", data=data, headers={"Authorization": accounts[who]["token"]}
        )
        assert answer.ok, answer.text()
        return answer.json()["result"]

    return call


@pytest.fixture
def submitted(api, accounts):
    """Make a submitted entry and return its id: `submitted(title)`."""

    def make(title, **changes):
        entry = api(
            "clerk", "package_create", acting.card(accounts["clerk"]["organization"], title, **changes)
        )
        version = api("clerk", "govshare_publication_show", {"id": entry["id"]})["version"]
        api("clerk", "govshare_publication_move", {"id": entry["id"], "move": "submit", "version": version})
        return entry["id"]

    return make


def fill_review(page):
    """Answer the secrecy review: nothing stands against opening."""
    expect(page.get_by_label("审查依据")).to_be_visible()
    settled(page)
    for answer in page.locator(".gs-answer input[value=yes]").all():
        answer.check()
    page.get_by_label("审查依据").fill("《中华人民共和国保守国家秘密法》，逐项核对信息项")
    page.locator("input[name=conclusion][value=may_open]").check()


def test_from_the_clerks_form_to_the_public(log_in, page, title, axe):
    """The clerk saves half a card and is told what is missing, completes it; head and bureau decide."""
    clerk = log_in("clerk")
    clerk.goto("/workbench/")
    axe(clerk)
    follow(clerk.get_by_role("link", name="新建目录").first)
    axe(clerk)
    clerk.locator("#title").fill(title)
    clerk.get_by_role("button", name="保存并提交审核").click()
    expect(clerk.get_by_text("草稿已保存，但还不能提交审核")).to_be_visible()
    expect(clerk.locator(".gs-error-summary")).to_contain_text("信息资源摘要")
    axe(clerk)
    clerk.locator("#notes").fill("全市公共充电站的名称、位置和桩数，每月更新。")
    clerk.locator("#tag_string").fill("电，充电桩、新能源")
    clerk.locator("#format_class").select_option("spreadsheet")
    clerk.locator("#update_cycle").select_option("monthly")
    clerk.locator("#theme").select_option("transport")
    clerk.locator("#region").fill("230100")
    clerk.locator("[name=openness][value=unconditional]").check()
    clerk.locator("[name=share_type][value=unconditional]").check()
    clerk.locator("#contact_phone").fill("0450-5550100")
    clerk.locator("#data_items-1-name").fill("名称")
    clerk.locator("#data_items-1-type").select_option("C")
    clerk.get_by_role("button", name="增加行").first.click()
    clerk.locator("#data_items-4-name").fill("桩数")
    clerk.get_by_role("button", name="保存并提交审核").click()
    expect(clerk.get_by_text(f"“{title}”已提交审核")).to_be_visible()
    expect(clerk.locator("main")).to_contain_text("黑龙江省 哈尔滨市（230100）")
    axe(clerk)

    head = log_in("head")
    head.goto(f"/workbench/?q={title}")
    follow(head.get_by_role("link", name=title))
    axe(head)
    head.get_by_role("button", name="审核通过").click()
    expect(head.locator(".gs-error-summary")).to_contain_text("保密审查")
    fill_review(head)
    head.get_by_role("button", name="审核通过").click()
    expect(head.get_by_role("status")).to_contain_text("待主管部门审核")

    bureau = log_in("bureau")
    bureau.goto(f"/workbench/?q={title}")
    bureau.get_by_role("link", name=title).click()
    expect(bureau.locator("main")).to_contain_text("保守国家秘密法")
    axe(bureau)
    bureau.get_by_role("button", name="发布").click()
    expect(bureau.get_by_role("status")).to_contain_text("已发布")

    page.goto(f"/dataset/?q={title}")
    page.get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    expect(page.locator(".gs-duty")).to_have_count(0)


def test_a_change_is_proposed_compared_and_published(log_in, api, accounts, submitted, title, page):
    """The public copy stays until the change is published; the reviewers see what differs."""
    entry = submitted(title)
    review = {"basis": "保密法", "conclusion": "may_open", "answers": {}}
    for question in ("state_secret", "security", "trade_secret", "privacy"):
        review["answers"][question] = True
    for who, move in (("head", "approve"), ("bureau", "publish")):
        version = api(who, "govshare_publication_show", {"id": entry})["version"]
        told = {"id": entry, "move": move, "version": version, "review": review}
        api(who, "govshare_publication_move", told)

    clerk = log_in("clerk")
    clerk.goto(f"/dataset/edit/{entry}")
    expect(clerk.get_by_role("heading", name="申请变更")).to_be_visible()
    clerk.get_by_role("button", name="保存并提交审核").click()
    expect(clerk.locator(".gs-error-summary")).to_contain_text("您还没有改动任何内容")
    clerk.locator("#notes").fill("全市公共充电站和换电站的名称、位置和桩数。")
    clerk.locator("#data_items-2-name").fill("枪数")
    clerk.get_by_role("button", name="保存并提交审核").click()
    expect(clerk.locator(".gs-diff-new").first).to_contain_text("充电站和换电站")
    expect(clerk.locator(".gs-diff ins").first).to_be_visible()
    expect(clerk.locator(".gs-diff")).to_contain_text("枪数")
    page.goto(f"/dataset/{entry}")
    expect(page.locator("main")).not_to_contain_text("换电站")


def test_nothing_typed_is_lost_and_a_stale_decision_is_refused(log_in, submitted, title):
    """Two reviewers have the same case open: the second is told, with the note still there."""
    entry = submitted(title)
    first, second = log_in("head"), log_in("bureau")
    for reviewer in (first, second):
        reviewer.goto(f"/workbench/publication/{entry}")
        more = reviewer.locator("details:has(textarea[name=note]) > summary")
        if more.count():
            more.click()
        reviewer.locator("textarea[name=note]").fill("摘要请写明起始年份")
    first.get_by_role("button", name="退回修改").click()
    expect(first.get_by_role("status")).to_contain_text("退回修改")
    second.get_by_role("button", name="退回修改").click()
    expect(second.get_by_role("status")).to_contain_text("已由他人办理")
    expect(second.get_by_role("status")).to_contain_text("摘要请写明起始年份")


def test_a_stale_decision_keeps_what_was_typed(log_in, api, submitted, title):
    """The clerk took the case back and sent it again: the head looks at it anew, the review still filled in."""
    entry = submitted(title)
    head = log_in("head")
    head.goto(f"/workbench/publication/{entry}")
    for move in ("recall", "submit"):
        version = api("clerk", "govshare_publication_show", {"id": entry})["version"]
        api("clerk", "govshare_publication_move", {"id": entry, "move": move, "version": version})
    fill_review(head)
    head.get_by_role("button", name="审核通过").click()
    expect(head.locator(".gs-error-summary")).to_contain_text("他人")
    expect(head.get_by_label("审查依据")).to_have_value("《中华人民共和国保守国家秘密法》，逐项核对信息项")
    head.get_by_role("button", name="审核通过").click()
    expect(head.get_by_role("status")).to_contain_text("待主管部门审核")


def test_a_double_click_is_one_decision(log_in, submitted, title):
    """The same decision sent twice by the same person is answered as done, and done once."""
    entry = submitted(title)
    head = log_in("head")
    head.goto(f"/workbench/publication/{entry}")
    token = head.locator("form input[name^=_csrf], form input[name*=csrf]").first
    name, value = token.get_attribute("name"), token.input_value()
    version = head.locator("input[name=version]").first.input_value()
    form = {name: value, "move": "return", "version": version, "note": "请补充"}
    headers = {"Referer": head.url}
    answers = [head.request.post(head.url, form=form, headers=headers, max_redirects=0) for _ in range(2)]
    assert [answer.status for answer in answers] == [302, 302]
    head.goto(f"/workbench/publication/{entry}")
    expect(head.locator(".gs-timeline li").filter(has_text="退回修改")).to_have_count(1)


def test_a_decision_without_the_pages_token_is_refused(log_in, submitted, api, title):
    """Another site cannot decide in an officer's name."""
    entry = submitted(title)
    head = log_in("head")
    head.goto(f"/workbench/publication/{entry}")
    version = head.locator("input[name=version]").first.input_value()
    form = {"move": "return", "version": version, "note": "x"}
    answer = head.request.post(head.url, form=form, headers={"Referer": head.url})
    assert answer.status in (400, 403)
    assert api("head", "govshare_publication_show", {"id": entry})["state"] == "department_review"


def test_many_at_once_each_judged_alone(log_in, submitted, api, accounts, axe):
    """Of three chosen cases two go on; the one that was moved meanwhile stays, and says why."""
    word = uuid4().hex[:6]
    entries = [submitted(f"批量办理{word}之{number}") for number in (1, 2, 3)]
    head = log_in("head")
    head.goto(f"/workbench/?q={word}")
    head.get_by_label("选择本页全部").check()
    follow(head.get_by_role("button", name="批量审核通过"))
    axe(head)
    version = api("clerk", "govshare_publication_show", {"id": entries[1]})["version"]
    api("clerk", "govshare_publication_move", {"id": entries[1], "move": "recall", "version": version})
    head.get_by_role("button", name="审核通过：已勾选的各项").click()
    expect(head.locator(".gs-error-summary")).to_be_visible()
    fill_review(head)  # the page is there whole
    for box in head.locator("[name=pick]").all():
        box.check()
    head.get_by_role("button", name="审核通过：已勾选的各项").click()
    expect(head.get_by_role("heading", level=1)).to_contain_text("共 3 项，办成 2 项")
    refused = head.locator(".gs-inbox-late")
    expect(refused).to_have_count(1)
    expect(refused).to_contain_text("之2")
    axe(head)


def test_the_inbox_goes_by_keys(log_in, submitted):
    """j, k, x, o and the sheet."""
    word = uuid4().hex[:6]
    for number in (1, 2):
        submitted(f"快捷键{word}之{number}")
    head = log_in("head")
    head.goto(f"/workbench/?q={word}")
    press(head, "j", "j", "x")
    expect(head.locator("[name=pick]").nth(1)).to_be_checked()
    press(head, "?")
    expect(head.locator("dialog.gs-keys")).to_be_visible()
    press(head, "Escape", "k", "o")
    expect(head.get_by_role("heading", level=1)).to_contain_text("之1")


def test_withdrawal_is_asked_about_in_words_of_its_effect(log_in, submitted, api, title, page):
    """One press asks, the next withdraws; the public no longer sees the entry."""
    entry = submitted(title)
    review = {"basis": "保密法", "conclusion": "may_open", "answers": {}}
    for question in ("state_secret", "security", "trade_secret", "privacy"):
        review["answers"][question] = True
    for who, move in (("head", "approve"), ("bureau", "publish")):
        version = api(who, "govshare_publication_show", {"id": entry})["version"]
        api(
            who,
            "govshare_publication_move",
            {"id": entry, "move": move, "version": version, "review": review},
        )
    head = log_in("head")
    head.goto(f"/dataset/{entry}")
    head.locator(".gs-duty").get_by_role("link", name="撤回").click()
    expect(head.locator(".gs-decision")).to_contain_text("公众立即看不到")
    head.locator("textarea[name=note]").fill("桩数有误")
    head.get_by_role("button", name="撤回").click()
    expect(head.get_by_role("status")).to_contain_text("已撤回")
    assert page.goto(f"/dataset/{entry}").status in (403, 404)


def test_the_form_without_a_script(new_page, accounts, title):
    """Rows are added and a region is chosen by name without a script; what was typed stays."""
    page = new_page(java_script_enabled=False)
    page.goto("/user/login")
    form = page.locator("form:has(input[name=password])")
    form.locator("input[name=login]").fill(accounts["clerk"]["name"])
    form.locator("input[name=password]").fill(accounts["clerk"]["password"])
    follow(form.locator("[type=submit]"))
    page.goto("/workbench/entry/new")
    page.locator("#title").fill(title)
    page.locator("#region").fill("新华区")
    page.locator("#data_items-1-name").fill("名称")
    follow(page.locator("button[value='add:data_items']"))
    assert page.locator("#data_items-1-name").input_value() == "名称"
    assert page.locator("[data-row]").count() >= 6
    page.locator("#data_items details summary").click()
    page.locator("#data_items-paste").fill("经度\t数值型\t\tWGS84\n纬度\tN\t\tWGS84")
    follow(page.locator("button[value='paste:data_items']"))
    assert page.locator("#data_items-3-name").input_value() == "纬度"
    assert page.locator("#data_items-2-type").input_value() == "N"
    follow(page.get_by_role("button", name="保存草稿").last)
    expect(page.locator(".gs-near")).to_contain_text("新华区")
    page.locator("#region").fill("河北省 石家庄市 新华区")
    page.get_by_role("button", name="保存草稿").last.click()
    expect(page.get_by_text(f"“{title}”已保存")).to_be_visible()
    expect(page.locator("main")).to_contain_text("石家庄市 新华区")


def test_two_clerks_do_not_overwrite_each_other(log_in, api, accounts, title):
    """Who saves second is told, with everything typed still there, and may then save."""
    entry = api("clerk", "package_create", acting.card(accounts["clerk"]["organization"], title))
    clerk = log_in("clerk")
    clerk.goto(f"/workbench/entry/{entry['id']}/edit")
    api("clerk", "package_patch", {"id": entry["id"], "notes": "另一个人写的摘要"})
    clerk.locator("#notes").fill("我写的摘要")
    follow(clerk.get_by_role("button", name="保存草稿").last)
    expect(clerk.locator(".gs-error-summary")).to_contain_text("已被他人保存")
    expect(clerk.locator("#notes")).to_have_value("我写的摘要")
    clerk.get_by_role("button", name="保存草稿").last.click()
    expect(clerk.get_by_text(f"“{title}”已保存")).to_be_visible()


def test_a_draft_is_deleted_and_gives_its_title_back(log_in, api, accounts, title):
    """Asked once; then the draft is gone from the inbox and its title is free."""
    entry = api("clerk", "package_create", acting.card(accounts["clerk"]["organization"], title))
    clerk = log_in("clerk")
    clerk.goto(f"/dataset/delete/{entry['id']}")
    expect(clerk.locator(".gs-decision")).to_contain_text("不能恢复")
    clerk.get_by_role("button", name="删除").click()
    expect(clerk.get_by_role("status")).to_contain_text("已删除")
    clerk.goto(f"/workbench/?state=draft&q={title}")
    expect(clerk.locator(".gs-empty")).to_be_visible()
    api("clerk", "package_create", acting.card(accounts["clerk"]["organization"], title))


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/dataset/new", "/workbench/entry/new"),
        ("/dashboard", "/workbench/"),
        ("/dashboard/datasets", "/workbench/"),
        ("/organization/bulk_process/jiaotongju", "/workbench/"),
    ],
)
def test_pages_of_ckan_lead_to_ours(log_in, address, leads_to):
    """No address of CKAN's own forms is a dead end."""
    clerk = log_in("clerk")
    assert clerk.goto(address).status == 200
    assert leads_to in clerk.url


def test_files_cannot_be_added_by_ckans_own_form(log_in, api, accounts, title):
    """CKAN's form of a resource leads to the entry's editions, by either method."""
    entry = api("clerk", "package_create", acting.card(accounts["clerk"]["organization"], title))
    clerk = log_in("clerk")
    clerk.goto(f"/dataset/{entry['name']}/resource/new")
    assert f"/dataset/{entry['name']}/edition" in clerk.url
    clerk.goto(f"/dataset/{entry['name']}")
    expect(clerk.locator(".gs-duty")).to_contain_text("编辑")


def test_all_that_the_filters_find_lot_by_lot(log_in, api, accounts):
    """More cases than one request takes: progress between the lots, and at the end how many went on."""
    word, many = uuid4().hex[:6], 28
    for number in range(many - 1):
        api(
            "clerk", "package_create", acting.card(accounts["clerk"]["organization"], f"整批{word}之{number}")
        )
    api(
        "clerk", "package_create", acting.card(accounts["clerk"]["organization"], f"整批{word}缺项", notes="")
    )
    clerk = log_in("clerk")
    clerk.goto(f"/workbench/bulk?all=1&move=submit&state=draft&q={word}")
    expect(clerk.locator("main")).to_contain_text(f"全部 {many} 项")
    clerk.get_by_role("button", name="提交审核：全部").click()
    expect(clerk.get_by_role("heading", level=1)).to_contain_text(f"共 {many} 项，办成 {many - 1} 项")
    expect(clerk.locator(".gs-inbox-note")).to_contain_text("信息资源摘要")


def test_whom_the_workbench_is_not_for(log_in, new_page):
    """A stranger is asked to log in and comes back; a citizen is told that it is not theirs."""
    page = new_page()
    page.goto("/workbench/?state=published")
    assert "/user/login" in page.url
    citizen = log_in("citizen")
    assert citizen.goto("/workbench/").status == 403
    expect(citizen.locator("main")).to_contain_text("工作台供部门和主管部门的工作人员使用")


def test_the_bureau_sees_what_is_not_filled_in(log_in, axe):
    """Incomplete office profiles and empty settings, from the inbox by one link; the profile can be mended."""
    bureau = log_in("bureau")
    bureau.goto("/workbench/")
    follow(bureau.get_by_role("link", name="个部门的办公信息未填写完整"))
    axe(bureau)
    expect(bureau.locator("main")).to_contain_text("ckanext.govshare.site.")
    follow(bureau.locator(".gs-inbox-title a").first)
    axe(bureau)
    bureau.locator("#uscc").fill("123")
    bureau.get_by_role("button", name="保存").click()
    expect(bureau.locator(".gs-error-summary")).to_contain_text("统一社会信用代码")
    expect(bureau.locator("#uscc")).to_have_value("123")


@pytest.mark.parametrize("address", ["/workbench/", "/workbench/entry/new", "/workbench/?state=published"])
def test_on_a_phone_nothing_runs_off_the_page(log_in, address):
    """No page is wider than the phone."""
    clerk = log_in("clerk", viewport=PHONE)
    clerk.goto(address)
    fits(clerk)
