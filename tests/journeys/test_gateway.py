"""What nginx promises whoever knocks: limits with a sentence, headers, no way around the portal."""

from __future__ import annotations

import base64
import http.client
import re
import socket
from urllib.parse import urlsplit

import pytest
import requests

from tests.journeys.acting import PATIENCE
from tests.journeys.conftest import log_in_by_hand

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PROMISED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


def ask(
    base_url: str, path: str, method: str = "GET", **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    """One request without any client's own cleverness."""
    connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=PATIENCE)
    connection.request(method, path, headers={key.replace("_", "-"): value for key, value in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


@pytest.mark.parametrize("path", ["/", "/dataset/", "/no-such-page", "/api/3/action/status_show"])
def test_every_answer_carries_the_headers(base_url, path):
    answer, _ = ask(base_url, path)
    assert {name: answer.headers[name] for name in PROMISED} == PROMISED
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy  # neither inline nor evaluated
    assert "http" not in policy  # and nothing from elsewhere
    assert answer.headers["Server"] == "nginx"


def test_too_large_a_file_is_refused_in_chinese(base_url):
    address = urlsplit(base_url)
    with socket.create_connection((address.hostname, address.port), timeout=PATIENCE) as client:
        head = f"POST /dataset/new HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: {300 << 20}\r\n\r\n"
        client.sendall(head.encode())
        answer = client.makefile("rb").read(4096).decode("utf-8")
    assert answer.startswith("HTTP/1.1 413")
    assert "一次上传的内容不得超过 200 MB" in answer
    assert "没有保存任何内容" in answer


@pytest.mark.parametrize(
    "path", ["/_artifact/", "/_artifact/../govshare.ini", "/_error/413.html", "/webassets/"]
)
def test_internal_places_are_not_reachable(base_url, path):
    answer, body = ask(base_url, path)
    assert answer.status in (400, 403, 404)
    assert b"SECRET" not in body


def test_the_portal_s_own_fence_around_uploads_stands(base_url, accounts):
    """Nginx adds its policy where the portal has said nothing, and never a second one."""
    key = {"Authorization": accounts["head"]["token"]}
    action = f"{base_url}/api/3/action/organization_patch"
    office = {"id": accounts["head"]["organization"]}
    picture = {"image_upload": ("dot.png", DOT, "image/png")}
    made = requests.post(action, data=office, files=picture, headers=key, timeout=PATIENCE).json()["result"]
    path = urlsplit(made["image_display_url"]).path
    answer, body = ask(base_url, path)
    requests.post(
        action, json={**office, "clear_upload": "true", "image_url": ""}, headers=key, timeout=PATIENCE
    )
    assert (answer.status, body) == (200, DOT)
    assert [policy.partition(";")[0] for policy in answer.headers.get_all("Content-Security-Policy")] == [
        "sandbox"
    ]
    assert {name: answer.headers[name] for name in PROMISED} == PROMISED


def test_pages_are_compressed(base_url):
    answer, _ = ask(base_url, "/", Accept_Encoding="gzip")
    assert answer.headers["Content-Encoding"] == "gzip"


def test_assets_may_be_kept(base_url):
    _, page = ask(base_url, "/")
    asset = page.decode().partition('href="/webassets/')[2].partition('"')[0]
    answer, _ = ask(base_url, f"/webassets/{asset}")
    assert answer.status == 200
    assert "max-age" in answer.headers["Cache-Control"]


def test_symbols_come_from_the_gateway_itself(base_url):
    """No worker of the portal stands up for them: its own answer would have to be asked for again each time."""
    _, page = ask(base_url, "/")
    mark = page.decode().partition('href="/govshare/icons.svg?')[2].partition("#")[0]
    assert re.fullmatch("[0-9a-f]{8}", mark)  # of its content, so a browser may keep it
    answer, symbols = ask(base_url, f"/govshare/icons.svg?{mark}")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/svg+xml")
    assert answer.headers["Cache-Control"] == "max-age=3600"
    assert {name: answer.headers[name] for name in PROMISED} == PROMISED
    assert b"<symbol" in symbols
    assert ask(base_url, "/govshare/../govshare.ini")[0].status != 200
    assert ask(base_url, "/govshare../nginx.conf")[0].status == 404


def test_a_browser_logs_in_over_loopback_and_keeps_only_secure_cookies(page, accounts):
    log_in_by_hand(page, accounts["clerk"])
    cookies = page.context.cookies()
    assert cookies
    assert all(cookie["secure"] and cookie["httpOnly"] for cookie in cookies)
    assert page.locator("form[action*='/user/_logout'], a[href*='/user/_logout']").count() > 0


@pytest.mark.parametrize("path", ["/", "/dataset/", "/organization/", "/user/login"])
def test_no_page_breaks_the_policy_or_a_script(page, path):
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert complaints == []
