"""Papers of an application in a real browser: added as one goes, with and without a script, looked at for a reason."""

from __future__ import annotations

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE, fits, follow
from tests.journeys.test_application import decide, entry_name, fill_in, give_up, send
from tests.papers import jpeg, pdf

ENTRY = "排污单位自动监测小时数据"
LIST = ".gs-papers-list li"


def file(name, content):
    """A file as the browser is given it; the type it declares is a lie."""
    return {"name": name, "mimeType": "text/html", "buffer": content}


def remove_all(page):
    """Take back what earlier journeys have added."""
    for _ in range(page.locator(LIST).count()):
        follow(page.get_by_role("button", name="移除").first)
    expect(page.locator(LIST)).to_have_count(0)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_files_are_added_named_when_refused_and_removed(log_in, axe, script):
    """What is good is kept, what is not is named with its reason, what was ticked stays."""
    page = log_in("company", java_script_enabled=script)
    page.goto(f"/dataset/{entry_name(page, ENTRY)}/apply/commit")
    remove_all(page)
    page.locator("input[name=commitment]").check()
    mark = uuid4().hex
    page.locator("#upload").set_input_files(
        [file("营业执照.pdf", pdf(mark)), file("合同.pdf", b"MZ" + bytes(99)), file("门头照.jpg", jpeg(mark))]
    )
    if not script:
        follow(page.get_by_role("button", name="上传所选文件"))
    expect(page.locator(LIST)).to_have_count(2)
    expect(page.locator(LIST).first).to_contain_text("营业执照.pdf")
    expect(page.locator("#attachments")).to_contain_text("“合同.pdf”：这不是 PDF")
    expect(page.locator("input[name=commitment]")).to_be_checked()
    if script:
        axe(page)
    follow(page.get_by_role("button", name="移除 营业执照.pdf"))
    expect(page.locator(LIST)).to_have_count(1)
    page.get_by_role("button", name="保存并继续").click()
    expect(page.locator("main")).to_contain_text("门头照.jpg")


def test_a_file_that_is_chosen_before_the_script_is_there_is_sent(log_in):
    """On a slow line the button is there before the script; when it comes it finds the file and sends it."""
    page, held = log_in("company"), []
    page.goto(f"/dataset/{entry_name(page, ENTRY)}/apply/commit")
    remove_all(page)
    page.route("**/*_portal.js*", lambda script, _: held.append(script))
    with page.expect_request("**/*_portal.js*"):
        page.goto(page.url, wait_until="commit")
    page.locator("#upload").set_input_files(file("委托书.pdf", pdf(uuid4().hex)))
    expect(page.get_by_role("button", name="上传所选文件")).to_be_visible()
    for script in held:
        script.continue_()
    page.unroute("**/*_portal.js*")
    expect(page.locator(LIST)).to_contain_text("委托书.pdf")
    remove_all(page)


def test_a_paper_is_handed_in_completed_and_looked_at(log_in, axe):
    """The clerk sees a masked name, takes the file for a reason that is recorded, asks for another, gets it."""
    citizen, clerk = log_in("citizen"), log_in("clerk2")
    give_up(citizen, ENTRY)
    name, content = entry_name(citizen, ENTRY), pdf(uuid4().hex)
    citizen.goto(f"/dataset/{name}/apply/commit")
    remove_all(citizen)
    citizen.locator("#upload").set_input_files(file("何演示学生证.pdf", content))
    expect(citizen.locator(LIST)).to_have_count(1)
    fill_in(citizen, name, "研究排放")
    expect(citizen.locator("main")).to_contain_text("何演示学生证.pdf")
    axe(citizen)
    number = send(citizen)
    with citizen.expect_download() as begun:
        citizen.get_by_role("link", name="加入日历").click()
    assert number in begun.value.path().read_text()

    clerk.goto(f"/workbench/application/{number}")
    expect(clerk.locator("main")).not_to_contain_text("何演示学生证")
    axe(clerk)
    take = clerk.get_by_role("button", name="下载 附件1")
    follow(take)
    expect(clerk.locator(".gs-error-summary")).to_be_visible()
    clerk.locator("[name=look_reason]").fill("核对学生身份")
    for _ in range(2):
        with clerk.expect_download() as begun:
            take.click()
        assert begun.value.path().read_bytes() == content
        assert begun.value.suggested_filename == "何演示学生证.pdf"
    clerk.reload()
    expect(clerk.locator(".gs-timeline")).to_contain_text("核对学生身份")
    decide(clerk, number, "ask_supplement", missing="请补充导师证明", days="5")

    citizen.goto(f"/application/{number}/supplement")
    citizen.locator("[name=scenario]").fill("写到一半的文字")
    citizen.locator("#upload").set_input_files(file("导师证明.pdf", pdf(uuid4().hex)))
    expect(citizen.locator(LIST)).to_have_count(2)
    expect(citizen.locator("[name=scenario]")).to_have_value("写到一半的文字")
    axe(citizen)
    small = log_in("citizen", viewport=PHONE)
    small.goto(f"/application/{number}/supplement")
    fits(small)
    axe(small)
    citizen.get_by_role("button", name="提交补正").click()
    expect(citizen.locator(".gs-receipt")).to_contain_text("补正时间")
    clerk.goto(f"/workbench/application/{number}")
    expect(clerk.get_by_role("button", name="下载 附件2")).to_be_visible()

    decide(clerk, number, "accept")
    citizen.goto(f"/application/{number}")
    with citizen.expect_download() as begun:
        citizen.get_by_role("link", name="PDF 受理通知书").click()
    assert begun.value.path().read_bytes().startswith(b"%PDF-")
    assert begun.value.suggested_filename == f"受理通知书 {number}-受.pdf"
    give_up(citizen, ENTRY)
