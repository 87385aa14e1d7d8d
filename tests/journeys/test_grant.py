"""A grant in use, in a real browser and by a real HTTP client: taken, continued, counted, revoked, reported, renewed."""

from __future__ import annotations

import http.client
import re
import socket
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import requests
from ckanext.govshare import rulebook
from playwright.sync_api import expect

from tests.journeys.acting import CONDITIONAL, PATIENCE, card, in_days, publish, release
from tests.journeys.conftest import DESK, PHONE, fits, follow

PAPERS = {
    "applicant_kind": "person",
    "applicant_name": "何演示",
    "id_kind": "passport",
    "id_number": "E00000001",
    "contact_phone": "13800138000",
    "contact_email": "he@example.org",
    "supply_form": "file",
    "frequency": "once",
    "purpose_kind": "research",
    "storage_place": "本市机房",
    "protection_level": "level3",
    "security_measures": "加密保存，专人管理",
    "incident_contact": "罗样例",
    "incident_phone": "0450-0000002",
    "commitment": str(rulebook.application("commitment")["version"]),
}
ROWS = 80_000
LONG = "记录" * 25  # so that the file is longer than what sockets and the gateway hold on its way


@pytest.fixture(scope="module")
def entry(call, accounts):
    """A new conditional entry with a table of some megabytes, and what is granted of it."""
    made = publish(call, accounts["clerk"]["organization"], f"充电桩明细{uuid4().hex[:6]}", **CONDITIONAL)
    shown = call("", "package_show", id=made)
    names = [item["name"] for item in card("", "")["data_items"]]
    lines = "".join(f"第{number}行{LONG},{number},金丝雀丁\n" for number in range(ROWS))
    table = f"{names[0]},{names[1]},不开放的一列{uuid4().hex[:6]}\n{lines}".encode()
    release(call, made, "表.csv", table)
    return {**shown, "granted": names}


@pytest.fixture
def grant(call, entry):
    """A fresh grant of the citizen's: number of the grant and of its application."""
    for row in call("citizen", "govshare_application_list")["results"]:
        if row["state"] in ("submitted", "supplementing", "accepted") and entry["title"] in row["title"]:
            call(
                "citizen",
                "govshare_application_move",
                id=row["number"],
                move="withdraw",
                version=row["version"],
            )
    wanted = {"entries": [{"id": entry["id"], "columns": entry["granted"]}]}
    sent = call(
        "citizen",
        "govshare_application_create",
        **PAPERS,
        **wanted,
        use_until=in_days(300),
        purpose=f"研究{uuid4().hex[:6]}",
    )
    number = sent["number"]
    shown = call("clerk", "govshare_application_move", id=number, move="accept", version=sent["version"])
    reply = {
        "scope": {entry["id"]: entry["granted"]},
        "purpose": sent["number"],
        "ends_on": in_days(300),
        "terms_version": rulebook.application_limits().terms_version,
    }
    call("head", "govshare_application_move", id=number, move="approve", version=shown["version"], **reply)
    return number


def agree(page, number):
    """Accept the agreement in the browser; return the number of the grant."""
    page.goto(f"/application/{number}")
    page.locator("[name=name]").fill("何演示")
    follow(page.get_by_role("button", name="我接受协议"))
    follow(page.get_by_role("link", name="获取数据"))
    return re.search(r"QX\d{8}-[2-9A-HJ-NP-Z]{8}", page.url).group()


def test_from_the_agreement_to_the_renewal(log_in, grant, entry, accounts, base_url, axe, call):
    """One-use link → used link → the same by token, in halves → revoked → refused; report; a renewal is not for the revoked."""
    citizen, head = log_in("citizen"), log_in("head")
    number = agree(citizen, grant)
    axe(citizen)
    with citizen.expect_download() as begun:
        citizen.get_by_role("button", name="CSV", exact=True).click()
    rows = begun.value.path().read_text(encoding="utf-8").splitlines()
    assert rows[0] == ",".join(entry["granted"])
    assert len(rows) == ROWS + 1
    assert "金丝雀丁" not in rows[1]
    assert number in begun.value.suggested_filename

    # The link once more: a clear page, and the way to a new one. In another browser it is nothing.
    used = begun.value.url
    citizen.goto(used)
    expect(citizen.get_by_role("heading", name="链接已失效")).to_be_visible()
    expect(citizen.locator("main")).to_contain_text("已经用过")
    axe(citizen)
    again = log_in("citizen")
    assert again.request.get(used).status == 410
    assert citizen.request.get(f"/application/grant/{number}/csv").status == 403
    follow(citizen.get_by_role("link", name="去授权页面"))
    expect(citizen.locator("main")).to_contain_text("下载 1 次")
    # A browser continues what broke off by the same link.
    rest = citizen.request.get(used, headers={"Range": "bytes=1000-1999"})
    assert (rest.status, len(rest.body())) == (206, 1000)
    assert rest.body() == begun.value.path().read_bytes()[1000:2000]

    program = {"Authorization": accounts["citizen"]["token"]}
    address = f"{base_url}/application/grant/{number}/csv"
    assert in_two_parts(address, program) == begun.value.path().read_bytes()
    rows = call("citizen", "govshare_grant_rows", id=number, limit=3, sort=f"{entry['granted'][1]} desc")
    assert [list(row) for row in rows["records"]] == [entry["granted"]] * 3
    assert rows["total"] == ROWS

    half = HalfRead(address, accounts["citizen"]["token"])
    half.read(200_000)
    # Another part beside it would hold another worker over the same slow line; a page is no part.
    beside = requests.get(address, headers={**program, "Range": "bytes=5-9"}, timeout=PATIENCE)
    assert (beside.status_code, "已有下载正在进行" in beside.content.decode()) == (429, True)
    assert citizen.request.get(f"/application/grant/{number}").status == 200
    revoke(head, grant)
    with pytest.raises(http.client.IncompleteRead) as caught:
        half.read_all()
    assert half.taken + len(caught.value.partial) < half.size
    for attempt in ({}, {"Range": "bytes=100-"}):
        assert requests.get(address, headers={**program, **attempt}, timeout=PATIENCE).status_code == 403
    assert citizen.request.get(used, headers={"Range": "bytes=1000-1999"}).status == 403
    citizen.goto(f"/application/grant/{number}")
    expect(citizen.locator("main")).to_contain_text("超出约定用途")
    expect(citizen.get_by_role("button", name="CSV", exact=True)).to_have_count(0)
    expect(citizen.get_by_role("button", name="申请续期")).to_have_count(0)
    reported(citizen, head, grant, axe)


def in_two_parts(address, headers):
    """The file as a program takes it, part after part on one line: the gateway lets one pass at a time."""
    with requests.Session() as line:
        first = line.get(address, headers={**headers, "Range": "bytes=0-99999"}, timeout=PATIENCE)
        assert (first.status_code, len(first.content)) == (206, 100_000)
        rest = {"Range": "bytes=100000-", "If-Range": first.headers["ETag"]}
        return first.content + line.get(address, headers={**headers, **rest}, timeout=PATIENCE).content


class HalfRead:
    """A download by Python's own client, which reads as far as it is told; its socket holds little beyond that."""

    def __init__(self, address: str, token: str) -> None:
        where = urlsplit(address)
        self.connection = http.client.HTTPConnection(where.hostname, where.port, timeout=PATIENCE)
        self.connection.sock = socket.socket()
        self.connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        self.connection.sock.settimeout(PATIENCE)
        self.connection.sock.connect((where.hostname, where.port))
        self.connection.request("GET", where.path, headers={"Authorization": token})
        self.answer = self.connection.getresponse()
        self.size, self.taken = int(self.answer.headers["Content-Length"]), 0

    def read(self, count: int) -> None:
        self.taken += len(self.answer.read(count))

    def read_all(self) -> bytes:
        return self.answer.read()


def revoke(head, number):
    """Revoke the grant of an application, with a reason."""
    head.goto(f"/workbench/application/{number}")
    head.get_by_text("撤回授权…").click()
    form = head.locator("form:has(input[name=move][value=revoke])")
    form.locator("[name=note]").fill("超出约定用途")
    form.get_by_role("button", name="撤回授权").click()
    expect(head.get_by_role("status").first).to_contain_text("已撤回")


def reported(citizen, head, number, axe):
    """Hand in the use report; what is missing is told by field and nothing typed is lost; the head reads it."""
    expect(citizen.locator("#report")).to_contain_text("请在")
    form = citizen.locator("#report form")
    form.locator("[name=made]").fill("统计了高峰时段")
    form.get_by_role("button", name="提交报告").click()
    expect(citizen.locator(".gs-error-summary")).to_contain_text("数据现在怎样")
    axe(citizen)
    expect(citizen.locator("[name=made]")).to_have_value("统计了高峰时段")
    citizen.locator("input[name=data_state][value=destroyed]").check()
    citizen.get_by_role("button", name="提交报告").click()
    expect(citizen.get_by_role("status").first).to_contain_text("已提交")
    head.goto(f"/workbench/application/{number}")
    follow(head.get_by_role("link", name="查看每次下载、使用情况报告和续期"))
    expect(head.locator("#report")).to_contain_text("统计了高峰时段")
    expect(head.locator("#report")).to_contain_text("已全部删除")
    axe(head)


def test_a_renewal_opens_the_form_filled_in(log_in, grant, axe):
    """One button on the page of the grant; the undertaking is given anew; the officer sees what it renews."""
    citizen, clerk = log_in("citizen"), log_in("clerk")
    number = agree(citizen, grant)
    follow(citizen.get_by_role("button", name="申请续期"))
    expect(citizen.locator("main")).to_contain_text(number)
    axe(citizen)
    follow(citizen.get_by_role("link", name="继续", exact=True))
    citizen.locator("input[name=commitment]").check()
    citizen.get_by_role("button", name="保存并继续").click()
    expect(citizen.locator("main")).to_contain_text("本市机房")
    citizen.get_by_role("button", name="提交申请").click()
    expect(citizen.get_by_role("heading", name="您的申请已收到")).to_be_visible()
    renewal = re.search(
        r"SQ\d{8}-[2-9A-HJ-NP-Z]{8}", citizen.locator(".gs-receipt-number").inner_text()
    ).group()
    clerk.goto(f"/workbench/application/{renewal}")
    follow(clerk.get_by_role("link", name=number))
    expect(clerk.locator("#renew")).to_contain_text(renewal)
    citizen.goto(f"/application/{renewal}?ask=withdraw")
    citizen.locator("form:has(input[name=move][value=withdraw])").get_by_role("button").click()
    expect(citizen.locator("main")).to_contain_text("已撤回")


@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_the_page_of_a_grant_fits(log_in, grant, axe, width):
    """At a desk and on a phone nothing runs over the edge, programs' examples unfolded."""
    page = log_in("citizen", viewport=width)
    agree(page, grant)
    page.evaluate("document.querySelectorAll('main details').forEach((more) => { more.open = true })")
    axe(page)
    fits(page)
