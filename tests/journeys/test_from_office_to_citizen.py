"""The whole way, by four people in a real browser: a city's real catalog, one of its entries, a real table, a citizen."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.conftest import follow, settled

MAPPING = Path(__file__).resolve().parents[2] / "config/demo/mappings/taoyuan.json"
CITY = "桃園"
BASIS = "《中华人民共和国保守国家秘密法》，逐项核对信息项"


def teach_mapping(page, token, organization, path):
    """Let the department know how this city's columns are called, as its clerk did once by hand."""
    with path.open("rb") as stream:
        upload = {"name": path.name, "mimeType": "application/vnd.ms-excel", "buffer": stream.read()}
    headers = {"Authorization": token}
    door = "/api/3/action/govshare_catalog_preview"
    told = page.request.post(
        door, headers=headers, multipart={"organization": organization, "upload": upload}
    )
    mapping = json.loads(MAPPING.read_text(encoding="utf-8"))
    data = {"id": told.json()["result"]["id"], "mapping": mapping}
    assert page.request.post(door, headers=headers, data=data).ok


def import_catalog(page, organization, path):
    """Choose the file, look at the dry run, store the drafts, wait for the result."""
    page.goto(f"/organization/{organization}/import")
    page.locator("input[name=upload]").set_input_files(path)
    follow(page.get_by_role("button", name="读取文件"))
    page.get_by_role("button", name="存为草稿").click()
    expect(page.locator(".gs-notice-title")).to_contain_text("已导入")


def a_complete_draft(page, token):
    """Return title and address of an unconditional draft of the imported city that lacks nothing."""
    ask = {"headers": {"Authorization": token}}
    question = {"state": "draft", "kind": "publication", "limit": 200}
    found = page.request.post("/api/3/action/govshare_publication_list", data=question, **ask).json()[
        "result"
    ]
    for row in found["results"]:
        case = page.request.post("/api/3/action/govshare_publication_show", data={"id": row["id"]}, **ask)
        shown = case.json()["result"]
        imported = CITY in json.dumps(shown["content"], ensure_ascii=False)
        if imported and shown["openness"] == "unconditional" and not shown["defects"]:
            return shown["title"], shown["name"]
    raise AssertionError("no imported draft is complete")


def open_case(page, title):
    """Find a case in the inbox by its title and open it."""
    page.goto(f"/workbench/?q={title}")
    follow(page.get_by_role("link", name=title, exact=True).first)


def answer_review(page):
    """Answer the secrecy review: nothing stands against opening."""
    expect(page.locator("[name=basis]")).to_be_visible()
    settled(page)
    for answer in page.locator("input[type=radio][value=yes]").all():
        answer.check()
    page.locator("[name=basis]").fill(BASIS)
    page.locator("input[name=conclusion][value=may_open]").check()


def deliver(clerk, head, entry, path):
    """The clerk uploads and declares, the head checks, reviews and releases."""
    clerk.goto(f"/dataset/{entry}/edition/")
    follow(clerk.get_by_role("link", name="上传新版本").first)
    clerk.locator("input[name=upload]").set_input_files(path)
    clerk.get_by_role("button", name="上传并解析").click()
    declare = clerk.locator("form:has(input[value=declare])")
    expect(declare).to_be_visible()
    settled(clerk)  # a page at work shows itself anew when it is done, and the note would be gone
    declare.locator("[name=note]").fill("行政区划名称和代码，不含个人信息。")
    follow(declare.get_by_role("button"))
    head.goto(clerk.url)
    follow(head.locator("form:has(input[value=confirm])").get_by_role("button"))
    answer_review(head)
    follow(head.get_by_role("button", name="记录审查结论"))
    head.locator("form:has(input[value=release])").get_by_role("button").click()
    expect(head.get_by_text("本版本已公开")).to_be_visible()


def test_a_real_catalog_and_a_real_table_reach_a_citizen(log_in, page, accounts, shared):
    """Import, submit, approve, publish, upload, check, review, release, find, read, download: equal row for row."""
    token, organization = (accounts["clerk2"][key] for key in ("token", "organization"))
    clerk, head, bureau = (log_in(name) for name in ("clerk2", "head2", "bureau2"))
    teach_mapping(clerk, token, organization, shared / "catalogs/taoyuan-catalog.xls")
    import_catalog(clerk, organization, shared / "catalogs/taoyuan-catalog.xls")
    title, entry = a_complete_draft(clerk, token)

    open_case(clerk, title)
    follow(clerk.get_by_role("button", name="提交审核"))
    open_case(head, title)
    answer_review(head)
    head.get_by_role("button", name="审核通过").click()
    expect(head.get_by_role("status")).to_contain_text("待主管部门审核")
    open_case(bureau, title)
    bureau.get_by_role("button", name="发布").click()
    expect(bureau.get_by_role("status")).to_contain_text("已发布")

    streets = shared / "tables/streets.csv"
    deliver(clerk, head, entry, streets)

    page.goto("/")
    page.locator("input[name=q]").first.fill(title)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=title, exact=True).first.click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    expect(page.locator("main")).to_contain_text("东华门街道")
    with page.expect_download() as download:
        page.locator(f"a[href$='{entry}.csv']").first.click()
    with Path(download.value.path()).open(encoding="utf-8", newline="") as taken:
        rows = list(csv.reader(taken))
    with streets.open(encoding="utf-8-sig", newline="") as given:
        assert rows == list(csv.reader(given))
