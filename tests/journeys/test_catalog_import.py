"""A clerk brings a catalog in, in a real browser: file, columns, dry run, drafts; and what goes wrong on the way."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE, fits, follow

MAPPINGS = Path(__file__).resolve().parents[2] / "config/demo/mappings"


@pytest.fixture
def start(accounts):
    """Address of the clerk's import page."""
    return f"/organization/{accounts['clerk']['organization']}/import"


def table(folder, rows):
    """Write a catalog in a layout of its own."""
    path = folder / f"{uuid4().hex}.csv"
    with path.open("w", encoding="gb18030", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def upload(page, start, path):
    """Choose a file and send it."""
    page.goto(start)
    page.locator("input[name=upload]").set_input_files(path)
    follow(page.get_by_role("button", name="读取文件"))


def finish(page):
    """Begin the import and wait for its result; the page asks by itself how far it is."""
    page.get_by_role("button", name="存为草稿").click()
    expect(page.locator(".gs-notice-title")).to_contain_text("已导入")


def test_from_a_foreign_file_to_drafts(log_in, start, tmp_path, axe):
    """Columns are proposed and corrected, bad rows named by row and column, the rest become drafts, once."""
    word = uuid4().hex[:8]
    rows = [
        ["资料集名称", "說明文字", "更新频率", "怪列"],
        [f"{word} 公共厕所名录", "名称和位置", "每月", "x"],
        [f"{word} 停车场名录", "泊位数", "看心情", "y"],
        ["", "没有名称", "每年", "z"],
    ]
    clerk = log_in("clerk")
    clerk.goto(start)
    axe(clerk)
    upload(clerk, start, table(tmp_path, rows))
    expect(clerk.get_by_text("C 列（更新频率）")).to_be_visible()
    axe(clerk)
    follow(clerk.get_by_role("link", name="修改对应关系"))
    axe(clerk)
    clerk.locator("select[name=column-1]").select_option("notes")
    clerk.locator("select[name=word-0-code]").select_option("irregular")
    clerk.get_by_role("button", name="试导入").click()
    expect(clerk.locator(".gs-notice").first).to_contain_text("将导入 2 行")
    with clerk.expect_download() as report:
        clerk.get_by_role("link", name="下载报告").click()
    assert report.value.suggested_filename.endswith("导入报告.xlsx")
    finish(clerk)
    axe(clerk)
    clerk.get_by_role("link", name=f"{word} 停车场名录").click()
    expect(clerk.locator("h1")).to_contain_text(f"{word} 停车场名录")
    expect(clerk.locator("main")).to_contain_text("不定期")
    upload(clerk, start, table(tmp_path, rows))
    expect(clerk.locator(".gs-notice").first).to_contain_text("2 行无变化")


def test_a_file_that_cannot_be_read_is_said_where_it_was_chosen(log_in, start, tmp_path):
    """A PDF called .xlsx: one sentence beside the field, nothing imported."""
    path = tmp_path / "目录.xlsx"
    path.write_bytes(b"%PDF-1.7 nothing")
    clerk = log_in("clerk")
    upload(clerk, start, path)
    expect(clerk.locator(".gs-error-summary")).to_contain_text("PDF")


def test_the_form_and_a_stranger(log_in, start):
    """The empty form can be taken; who is no officer of the department sees nothing of it."""
    clerk = log_in("clerk")
    clerk.goto(start)
    with clerk.expect_download() as form:
        clerk.get_by_role("link", name="下载导入模板").click()
    assert form.value.suggested_filename == "目录导入模板.xlsx"
    stranger = log_in("clerk2")
    assert stranger.goto(start).status == 403


def test_on_a_phone(log_in, start, tmp_path):
    """No page of the import is wider than the phone, whatever stands in the file."""
    phone = log_in("clerk", viewport=PHONE)
    upload(phone, start, table(tmp_path, [["名称", "未知"], ["长" * 300, "x" * 300], [uuid4().hex, "y"]]))
    for address in (phone.url, f"{phone.url}?step=columns", start):
        phone.goto(address)
        fits(phone)


def test_the_catalog_of_taoyuan_through_the_browser(log_in, start, accounts, shared):
    """1,429 rows: read by the mapping that the department keeps, imported with progress, found."""
    clerk = log_in("clerk")
    path = shared / "catalogs/taoyuan-catalog.xls"
    answer = clerk.request.post(
        "/api/3/action/govshare_catalog_preview",
        headers={"Authorization": accounts["clerk"]["token"]},
        multipart={
            "organization": accounts["clerk"]["organization"],
            "upload": {
                "name": path.name,
                "mimeType": "application/vnd.ms-excel",
                "buffer": path.read_bytes(),
            },
        },
    ).json()["result"]
    mapping = json.loads((MAPPINGS / "taoyuan.json").read_text(encoding="utf-8"))
    clerk.request.post(
        "/api/3/action/govshare_catalog_preview",
        headers={"Authorization": accounts["clerk"]["token"]},
        data={"id": answer["id"], "mapping": mapping, "policy": "rename"},
    )
    upload(clerk, start, path)
    clerk.goto(f"{clerk.url}?step=columns")
    clerk.locator("input[name=policy][value=rename]").check()
    clerk.get_by_role("button", name="试导入").click()
    expect(clerk.locator(".gs-notice").first).to_contain_text("将导入 1429 行")
    finish(clerk)
    expect(clerk.locator(".gs-notice-title")).to_contain_text("已导入 1429 个条目")
