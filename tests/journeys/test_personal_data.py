"""An office's list of persons, masked on its way to the public by two people in a browser; no ID number gets out anywhere."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import duckdb
import psycopg2
import pytest
import requests
from playwright.sync_api import expect
from psycopg2 import sql
from redis import Redis

from tests import persons
from tests.journeys import acting
from tests.journeys.conftest import PHONE, contents, fits, follow, settled

COUNT = 400
SEED = 20_261_122
PREAMBLE = ("困难群众生活补贴发放名册", "制表单位：市民政局", "单位：元")
BASIS = "《中华人民共和国保守国家秘密法》，逐项核对信息项"
NUMBERS = [row[1] for row in persons.rows(COUNT, SEED)]
METHODS = {
    "姓名": "mask",
    "身份证号": "pseudonym",
    "出生日期": "generalise",
    "户籍地址": "generalise",
    "手机": "drop",
}


@pytest.fixture
def entry(call, accounts):
    """The name of a new open entry of the clerk's department."""
    made = acting.publish(call, accounts["clerk"]["organization"], f"生活补贴发放{uuid4().hex[:6]}")
    return call("", "package_show", id=made)["name"]


def column(page, name):
    """The part of the scan page that speaks of one column."""
    return page.locator(".gs-plan-column", has=page.get_by_role("heading", name=name, exact=True))


def upload(clerk, entry):
    """GBK, three lines above the header."""
    clerk.goto(f"/dataset/{entry}/edition/new")
    content = persons.table(COUNT, SEED, "gbk", PREAMBLE)
    clerk.locator("input[name=upload]").set_input_files(
        {"name": "补贴名册.csv", "mimeType": "text/csv", "buffer": content}
    )
    clerk.get_by_role("button", name="上传并解析").click()
    expect(clerk.get_by_text("列中发现个人信息")).to_be_visible()
    return clerk.url


def plan(clerk, seen):
    """What blocks comes first; a plan that can be undone is refused at its column, then a good one is carried out."""
    settled(clerk)
    follow(clerk.get_by_role("link", name="查看扫描结果并制定方案"))
    first = clerk.locator(".gs-plan-column").first
    expect(first).to_have_class("gs-plan-column gs-plan-blocking")
    seen.append(clerk.content())
    for name, method in METHODS.items():
        column(clerk, name).get_by_label("脱敏方法").select_option(method)
    for name in ("性别", "户籍地址"):
        column(clerk, name).get_by_label("准标识符").check()
    number = column(clerk, "身份证号")
    number.get_by_label("脱敏方法").select_option("mask")
    number.get_by_label("保留前几位").fill("6")
    number.get_by_label("保留后几位").fill("4")
    column(clerk, "出生日期").get_by_label("脱敏方法").select_option("keep")
    clerk.get_by_role("button", name="保存方案并执行脱敏").click()
    refusal = clerk.locator("#error-summary")
    expect(refusal).to_contain_text("可以还原")
    seen.append(clerk.content())
    settled(clerk)
    refusal.get_by_role("link").first.click()
    expect(number.get_by_label("保留前几位")).to_have_value("6")
    number.get_by_label("脱敏方法").select_option("pseudonym")
    column(clerk, "出生日期").get_by_label("脱敏方法").select_option("generalise")
    clerk.get_by_role("button", name="保存方案并执行脱敏").click()
    expect(clerk.get_by_role("heading", name="各列脱敏前后对照")).to_be_visible()
    seen.append(clerk.content())


def decide(clerk, head, edition, seen, axe):
    """The clerk answers for it, the head checks on one page, reviews and releases."""
    settled(clerk)
    follow(clerk.locator("form:has(input[value=submit])").get_by_role("button"))
    head.goto(f"{edition}check")
    expect(head.get_by_text("最小分组（k）")).to_be_visible()
    expect(head.get_by_role("region", name="各列情况")).to_contain_text("假名替换")
    axe(head)
    seen.append(head.content())
    follow(head.locator("form:has(input[value=confirm])").get_by_role("button"))
    head.goto(edition)
    for answer in head.locator("input[type=radio][value=yes]").all():
        answer.check()
    head.locator("[name=basis]").fill(BASIS)
    head.locator("input[name=conclusion][value=may_open]").check()
    follow(head.get_by_role("button", name="记录审查结论"))
    head.locator("form:has(input[value=release])").get_by_role("button").click()
    expect(head.get_by_text("本版本已公开")).to_be_visible()
    seen.append(head.content())


def test_a_list_of_persons_is_masked_checked_and_released(log_in, page, entry, axe, ini):
    """Canary: the ID numbers are in no page, file, row, document, table, queue or log."""
    clerk, head, seen = log_in("clerk"), log_in("head"), []
    edition = upload(clerk, entry)
    seen.append(clerk.content())
    axe(clerk)
    plan(clerk, seen)
    axe(clerk)
    small = log_in("clerk", viewport=PHONE)
    for address in (f"{edition}scan", f"{edition}check"):
        small.goto(address)
        fits(small)
        axe(small)
    decide(clerk, head, edition, seen, axe)
    page.goto(f"/dataset/{entry}")
    seen.append(page.content())
    released = page.request.get("/api/3/action/package_show", params={"id": entry}).json()["result"]
    assert released["resources"]
    found = [
        *leaks("page", seen),
        *leaks("file", texts_of_files(released["resources"])),
        *leaks("row", texts_of_rows(released["resources"][0]["id"], page)),
        *leaks("document", texts_of_documents(ini)),
        *leaks("table", texts_of_tables(ini["sqlalchemy.url"])),
        *leaks("datastore", texts_of_tables(ini["ckan.datastore.write_url"])),
        *leaks("queue", texts_of_queue(ini)),
        *leaks("disk", texts_on_disk()),
    ]
    assert found == []


def leaks(kind, texts) -> list[tuple[str, int, str]]:
    """Every place where a number of the list stands, by kind and position."""
    return [(kind, i, number) for i, text in enumerate(texts) for number in NUMBERS if number in text]


def texts_of_files(resources) -> Iterator[str]:
    """Everything that the released files say, workbook and Parquet unpacked."""
    for resource in resources:
        answer = requests.get(resource["url"], timeout=60)
        assert answer.status_code == 200, resource["url"]
        path = Path(os.environ["GOVSHARE_INI"]).parent / "canary"
        path.write_bytes(answer.content)
        if resource["format"] == "XLSX":
            with zipfile.ZipFile(path) as book:
                yield from (book.read(name).decode("utf-8", "replace") for name in book.namelist())
        elif resource["format"] == "PARQUET":
            with duckdb.connect() as connection:
                yield str(connection.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchall())
        else:
            yield answer.content.decode("utf-8")
        path.unlink()


def texts_of_rows(resource, page) -> Iterator[str]:
    """Rows of the DataStore, by its API."""
    params = {"resource_id": resource, "limit": COUNT}
    answer = page.request.get("/api/3/action/datastore_search", params=params).json()["result"]
    assert answer["total"] == COUNT
    yield str(answer["records"])


def texts_of_documents(ini) -> Iterator[str]:
    """Every document of the index, with everything that is stored of it."""
    start, total = 0, 1
    while start < total:
        params = {"q": "*:*", "wt": "json", "rows": 200, "start": start}
        answer = requests.get(f"{ini['solr_url']}/select", params=params, timeout=60).json()["response"]
        total, start = answer["numFound"], start + 200
        yield str(answer["docs"])


def texts_of_tables(url) -> Iterator[str]:
    """Every row of every table: journal, outbox, activity, extras, editions."""
    with (
        psycopg2.connect(url.replace("postgresql+psycopg2", "postgresql")) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        for (name,) in cursor.fetchall():
            cursor.execute(
                sql.SQL("SELECT coalesce(string_agg(t::text, ' '), '') FROM {} AS t").format(
                    sql.Identifier(name)
                )
            )
            yield cursor.fetchone()[0]


def texts_of_queue(ini) -> Iterator[str]:
    """Everything that Redis holds: jobs, sessions, caches."""
    redis = Redis.from_url(ini["ckan.redis.url"])
    for key in redis.scan_iter():
        yield f"{key!r} {redis.dump(key)!r}"


def texts_on_disk() -> Iterator[str]:
    """Logs, mail, and what lies sealed or half-made: no file may hold a number as it is."""
    home = Path(os.environ["GOVSHARE_INI"]).parent
    for room in ("log", "mail", "storage", "vault", "work", "artifacts"):
        for content in contents(home / room).values():
            yield content.decode("latin-1")
