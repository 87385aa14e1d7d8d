"""Journeys: the running portal with its demonstration city, over HTTP and in a real browser."""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.journeys.acting import PATIENCE, Call

expect.set_options(timeout=PATIENCE * 1000)

CHROMIUM = "/usr/lib/chromium/chromium-headless-shell"  # the same engine without a window: half the work
SWITCHES = [
    "--no-sandbox",  # Chromium refuses its sandbox to root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TOKEN = re.compile(r'name="_csrf_token"[^>]*?(?:value|content)="([^"]+)"')
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
AT_WORK = "[data-live], [data-continue], meta[http-equiv=refresh]"  # what asks for itself anew, or goes on by itself
KEYS_SERVED = ".gs-key-line:not([hidden]), [data-key-hint]:not([hidden])"  # hidden until the script listens
AXE_OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "resultTypes": ["violations"],  # what passes is not described element by element
}


@pytest.fixture(scope="session")
def base_url() -> str:
    """Address of the portal under test."""
    return os.environ["GOVSHARE_URL"]


@pytest.fixture(scope="session")
def ini() -> Mapping[str, str]:
    """The configuration the portal under test runs with."""
    parser = RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign] - CKAN's keys keep their case
    parser.read(os.environ["GOVSHARE_INI"], encoding="utf-8")
    return parser["app:main"]


@pytest.fixture(scope="session")
def accounts() -> dict[str, dict[str, Any]]:
    """The demonstration accounts by name: name, password, token, role, organization."""
    rows = json.loads(Path(os.environ["GOVSHARE_ACCOUNTS"]).read_text())
    return rows if isinstance(rows, dict) else {row["name"]: row for row in rows}


@pytest.fixture(scope="session")
def call(base_url: str, accounts: dict[str, dict[str, Any]]) -> Call:
    """Call an action as one of the demonstration accounts, as nobody with "": `call("clerk", action, **data)`."""

    def ask(who: str, action: str, files: Any = None, **data: Any) -> Any:
        headers = {"Authorization": accounts[who]["token"]} if who else {}
        body = {"data": data, "files": files} if files else {"json": data}
        answer = requests.post(f"{base_url}/api/3/action/{action}", headers=headers, timeout=PATIENCE, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    return ask


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium without a window, one for the whole run."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser: Browser, base_url: str) -> Iterator[Callable[..., Page]]:
    """Make pages with a session each: `new_page()` at a desk, `new_page(viewport=PHONE)` on a phone.

    Nothing moves by itself on them, so that no colour is looked at on its way to another.
    """
    contexts = []

    def make(viewport: dict[str, int] = DESK, **options: Any) -> Page:
        context = browser.new_context(
            base_url=base_url,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            viewport=viewport,
            **options,
        )
        context.set_default_timeout(PATIENCE * 1000)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """One anonymous page at a desk."""
    return new_page()


@pytest.fixture
def phone(new_page: Callable[..., Page]) -> Page:
    """One anonymous page on a phone."""
    return new_page(viewport=PHONE)


@pytest.fixture
def log_in(new_page: Callable[..., Page], accounts: dict[str, dict[str, Any]]) -> Callable[..., Page]:
    """Open a page as one of the demonstration accounts: `log_in("clerk")`; the form is sent without being drawn."""

    def enter(name: str, **options: Any) -> Page:
        page = new_page(**options)
        token = TOKEN.search(page.request.get("/user/login").text())
        assert token
        form = {"login": accounts[name]["name"], "password": accounts[name]["password"]}
        answer = page.request.post("/user/login", form={**form, "_csrf_token": token[1]}, max_redirects=0)
        assert answer.status == 302
        assert "/user/login" not in answer.headers["location"]
        return page

    return enter


def log_in_by_hand(page: Page, account: dict[str, Any]) -> None:
    """Log in as people do."""
    page.goto("/user/login")
    form = page.locator("form:has(input[name=password])")
    form.locator("input[name=login]").fill(account["name"])
    form.locator("input[name=password]").fill(account["password"])
    form.locator("[type=submit]").click()
    page.wait_for_url(lambda url: "/user/login" not in url)


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Check a page for accessibility: no violation of WCAG 2.1 level A or AA."""
    checker = Axe()

    def check(page: Page) -> None:
        settled(page)
        found = checker.run(page, options=AXE_OPTIONS)
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"

    return check


def settled(page: Page) -> None:
    """Wait until a page is there whole, with its styles and scripts, and nothing on it is still at work."""
    page.wait_for_load_state()
    expect(page.locator(AT_WORK)).to_have_count(0)
    page.wait_for_load_state()


def fits(page: Page) -> None:
    """Nothing runs off the page at the side."""
    settled(page)
    size = page.viewport_size
    assert size
    page.wait_for_function("width => innerWidth === width", arg=size["width"])  # it may just have been turned
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def follow(link: Locator) -> None:
    """Click what leads to another page, and wait until that one is there whole."""
    with link.page.expect_navigation():
        link.click()


def eventually(holds: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Whether something comes true in time."""
    end = time.monotonic() + seconds
    while not (true := holds()) and time.monotonic() < end:
        time.sleep(0.5)
    return true


def contents(folder: Path) -> dict[Path, bytes]:
    """The files below a folder; the worker may just be putting one away."""
    found = {}
    for room, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                found[Path(room, name)] = Path(room, name).read_bytes()
    return found


def press(page: Page, *keys: str) -> None:
    """Press keys of the portal one after the other, once the page listens to them."""
    expect(page.locator(KEYS_SERVED).first).to_be_attached()  # a phone does not show it
    for key in keys:
        page.keyboard.press(key)
