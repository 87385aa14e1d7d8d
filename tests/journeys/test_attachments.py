"""Papers of an application in a real browser: added as one goes, with and without a script."""

from __future__ import annotations

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.journeys.test_application import entry_name
from tests.papers import jpeg, pdf

ENTRY = "排污单位自动监测小时数据"
LIST = ".gs-papers-list li"


def file(name, content):
    """A file as the browser is given it; the type it declares is a lie."""
    return {"name": name, "mimeType": "text/html", "buffer": content}


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_files_are_added_named_when_refused_and_removed(log_in, axe, script):
    """What is good is kept, what is not is named with its reason, what was ticked stays."""
    page = log_in("company", java_script_enabled=script)
    page.goto(f"/dataset/{entry_name(page, ENTRY)}/apply/commit")
    for _ in range(page.locator(LIST).count()):
        page.get_by_role("button", name="移除").first.click()
    page.locator("input[name=commitment]").check()
    mark = uuid4().hex
    page.locator("#upload").set_input_files(
        [file("营业执照.pdf", pdf(mark)), file("合同.pdf", b"MZ" + bytes(99)), file("门头照.jpg", jpeg(mark))]
    )
    if not script:
        page.get_by_role("button", name="上传所选文件").click()
    expect(page.locator(LIST)).to_have_count(2)
    expect(page.locator(LIST).first).to_contain_text("营业执照.pdf")
    expect(page.locator("#attachments")).to_contain_text("“合同.pdf”：这不是 PDF")
    expect(page.locator("input[name=commitment]")).to_be_checked()
    if script:
        axe(page)
    page.get_by_role("button", name="移除 营业执照.pdf").click()
    expect(page.locator(LIST)).to_have_count(1)
    page.get_by_role("button", name="保存并继续").click()
    expect(page.locator("main")).to_contain_text("门头照.jpg")
