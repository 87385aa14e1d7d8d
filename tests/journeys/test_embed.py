"""The government portal shows our box and lists on a page of its own, under a strict policy; people land where they mean to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.journeys.acting import PATIENCE
from tests.journeys.conftest import DESK, PHONE, fits

WORD = "停车"
CONDITIONAL = '<div data-govshare-list="openness=conditional&amp;rows=3"><a href="/">…</a></div>'
SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(scope="module")
def snippets(browser: Any, base_url: str) -> list[str]:
    """The lines that /embed offers to copy, as a webmaster reads them off the page."""
    page = browser.new_page(locale="zh-CN")
    page.set_default_timeout(PATIENCE * 1000)
    page.goto(f"{base_url}/embed")
    lines = page.locator("pre code").all_text_contents()
    page.close()
    return lines


@pytest.fixture(scope="module")
def elsewhere(snippets: list[str], base_url: str) -> Iterator[str]:
    """A page of another origin with these lines, under a policy that allows only what /embed asks for."""
    box, *lists, script, _policy, _links, _data = snippets
    body = f"<!DOCTYPE html><html lang=zh><title>市政府</title>{script}<main>{box}{''.join(lists)}{CONDITIONAL}</main>"
    policy = "default-src 'none'; base-uri 'none'; " + snippets[5]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/"
    assert urlsplit(address).netloc != urlsplit(base_url).netloc
    yield address
    server.shutdown()
    server.server_close()


def listen(page: Page) -> list[str]:
    """What the browser complains of: a broken policy, an error of a script."""
    heard: list[str] = []
    page.on("console", lambda line: heard.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


def asked(entry_word: str, base_url: str) -> dict[str, Any]:
    return requests.get(f"{base_url}/embed/entries.json", params={"q": entry_word}, timeout=PATIENCE).json()


def test_a_word_found_on_their_page_leads_to_the_entry(elsewhere, base_url, page):
    """Typed there, found there, one press and the entry is open here; their policy is kept, no cookie is set."""
    heard = listen(page)
    page.goto(elsewhere)
    for place in page.locator("[data-govshare-list]").all():
        expect(place.locator("li").first).to_be_visible()
    page.get_by_role("searchbox").fill(WORD)
    page.get_by_role("searchbox").press("Enter")
    found = page.locator(".govshare-found li a").first
    expect(found).to_be_visible()
    [first, *_] = asked(WORD, base_url)["entries"]
    assert (heard, page.context.cookies(base_url)) == ([], [])
    expect(found).to_have_text(first["title"])
    found.click()
    page.wait_for_url(f"{base_url}/dataset/*")
    expect(page.locator("h1")).to_contain_text(first["title"])


def test_without_script_the_box_leads_to_our_list(elsewhere, base_url, new_page):
    """The same page in a browser that runs none."""
    page = new_page(java_script_enabled=False)
    page.goto(elsewhere)
    page.get_by_role("searchbox").fill(WORD)
    page.get_by_role("searchbox").press("Enter")
    page.wait_for_url(f"{base_url}/dataset/*")
    assert parse_qs(urlsplit(page.url).query)["q"] == [WORD]
    expect(page.locator(".gs-results-count")).to_contain_text(WORD)
    page.goto(elsewhere)
    page.locator("[data-govshare-list*=theme] a").click()
    page.wait_for_url(f"{base_url}/dataset/*theme=*")


def test_where_the_portal_does_not_answer_the_form_goes_its_usual_way(elsewhere, base_url, page):
    """The lists keep their links, the box leads to the portal."""
    page.route("**/embed/entries.json*", lambda route: route.abort())
    page.goto(elsewhere)
    page.get_by_role("searchbox").fill(WORD)
    page.get_by_role("searchbox").press("Enter")
    page.wait_for_url(f"{base_url}/dataset/*")
    assert parse_qs(urlsplit(page.url).query)["q"] == [WORD]


def test_conditional_data_lead_to_the_form_with_the_entry_filled_in(elsewhere, base_url, page, accounts):
    """From their list to the log-in and on to the form; the address of the form survives the log-in (萍乡 art. 14)."""
    page.goto(elsewhere)
    row = page.locator("[data-govshare-list*=conditional] li").first
    title = row.locator("a").first.text_content()
    row.locator("a.govshare-apply").click()
    page.wait_for_url(f"{base_url}/user/login**")
    page.locator("main input[name=login]").fill(accounts["citizen"]["name"])
    page.locator("main input[name=password]").fill(accounts["citizen"]["password"])
    page.locator("main [type=submit]").click()
    page.wait_for_url(f"{base_url}/dataset/*/apply")
    expect(page.locator("h1")).to_have_text("申请使用数据")
    expect(page.locator(".gs-lead")).to_contain_text(title)


@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_the_page_with_the_lines_to_copy(base_url, new_page, axe, width):
    """It shows what it offers, for the department and theme that one chooses; nothing is broken on a phone."""
    page = new_page(viewport=width)
    heard = listen(page)
    page.goto("/embed")
    expect(page.locator(".gs-embed-look li").first).to_be_visible()
    axe(page)
    fits(page)
    other = page.locator("#theme option").nth(2).get_attribute("value")
    page.select_option("#theme", other)
    page.get_by_role("button", name="按所选显示").click()
    expect(page.locator("pre code").nth(3)).to_contain_text(f"theme={other}")
    assert heard == []


def test_only_these_answers_are_open_to_scripts_of_other_sites(base_url):
    """Lists, feed and catalog; no page and no action, and no frame anywhere unless it is configured."""
    for path in (
        "/embed/entries.json",
        "/feed/changes",
        "/feed/snapshot",
        "/catalog.jsonld",
        "/catalog.json",
    ):
        answer = requests.get(base_url + path, timeout=PATIENCE)
        assert answer.headers["Access-Control-Allow-Origin"] == "*", path
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert "Set-Cookie" not in answer.headers
        again = requests.get(
            base_url + path, headers={"If-None-Match": answer.headers["ETag"]}, timeout=PATIENCE
        )
        assert again.status_code == 304, path
    for path in ("/", "/embed", "/embed/box", "/dataset/", "/api/3/action/package_search", "/user/login"):
        answer = requests.get(base_url + path, headers={"Origin": "https://x.example"}, timeout=PATIENCE)
        assert "Access-Control-Allow-Origin" not in answer.headers, path
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], path
        assert answer.headers["X-Frame-Options"] == "DENY", path


def test_the_site_map_names_everything_public_and_nothing_else(base_url):
    """Pages, departments with something open, every public entry with the time of its last change."""
    tree = ET.fromstring(requests.get(f"{base_url}/sitemap.xml", timeout=PATIENCE).text)  # noqa: S314
    rows = {row.findtext(f"{SPACE}loc"): row.findtext(f"{SPACE}lastmod") for row in tree}
    shown = requests.get(f"{base_url}/api/3/action/govshare_statistics_show", timeout=PATIENCE).json()[
        "result"
    ]
    entries = {
        url for url in rows if url.startswith(f"{base_url}/dataset/") and url != f"{base_url}/dataset/"
    }
    offices = {url for url in rows if url.startswith(f"{base_url}/organization/")} - {
        f"{base_url}/organization/"
    }
    assert len(entries) == shown["entries"] > 0
    assert offices == {
        f"{base_url}/organization/{row['name']}" for row in shown["departments"] if row["entries"]
    }
    assert all(rows[url] for url in entries | offices)
    pages = set(rows) - entries - offices
    assert {requests.get(url, timeout=PATIENCE).status_code for url in pages} == {200}
