"""Forged forms, caches and headers, over HTTP against the running portal and the unmodified CKAN."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.journeys.conftest import eventually

TOKEN = re.compile(r'name="_csrf_token"[^>]*?(?:content|value)="([^"]+)"')
REFUSED = (400, 403)


class Browser:
    """A visitor with cookies; they are kept by hand, for `requests` sends no secure cookie over http."""

    def __init__(self, url: str) -> None:
        """Begin without any cookie."""
        self.url, self.cookies = url, {}

    def send(self, method: str, path: str, **more: Any) -> requests.Response:
        """Ask as a browser would, without following redirects."""
        header = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        answer = requests.request(
            method,
            self.url + path,
            headers=header | more.pop("headers", {}),
            allow_redirects=False,
            timeout=60,
            **more,
        )
        self.cookies |= dict(answer.cookies)
        return answer

    def token(self, path: str) -> str:
        """The token that the form at ``path`` carries."""
        found = TOKEN.search(self.send("GET", path).text)
        assert found, path
        return found[1]

    def log_in(self, name: str, password: str) -> Browser:
        """Log in by the form."""
        data = {"login": name, "password": password, "_csrf_token": self.token("/user/login")}
        assert self.send("POST", "/user/login", data=data).status_code == 302
        return self


def forged(browser: Browser, name: str) -> list[int]:
    """What a forged form of another site is answered: the profile page, and an action."""
    profile = {"name": name, "email": f"{uuid4().hex}@example.org", "save": ""}
    return [
        browser.send("POST", f"/user/edit/{name}", data=profile).status_code,
        browser.send("POST", "/api/3/action/follow_user", data={"id": name}).status_code,
    ]


def prime(url: str, name: str) -> None:
    """What any stranger or health probe does."""
    for path in (f"/user/edit/{name}", "/api/3/action/status_show", "/api/3/action/follow_user"):
        for _ in range(12):  # every worker process
            requests.get(url + path, timeout=60)


def test_plain_ckan_takes_a_forged_form_after_any_strangers_visit(peer):
    """CVE-2026-41255: refused before, taken after one anonymous request to the same view."""
    name = f"alice-{uuid4().hex[:8]}"
    password = uuid4().hex
    requests.post(
        f"{peer.url}/api/3/action/user_create",
        json={"name": name, "email": f"{name}@example.org", "password": password},
        headers={"Authorization": peer.token},
        timeout=60,
    ).raise_for_status()
    alice = Browser(peer.url).log_in(name, password)

    def taken() -> (
        bool
    ):  # a worker takes it once the visit was to that worker; which one answers nobody chooses
        prime(peer.url, name)
        return not all(status in REFUSED for status in forged(alice, name))

    assert eventually(taken)


def test_here_a_forged_form_is_refused_before_and_after(base_url, accounts):
    """And a true form, and a call with a token, are taken as before."""
    who = accounts["citizen"]
    citizen = Browser(base_url).log_in(who["name"], who["password"])
    assert all(status in REFUSED for status in forged(citizen, who["name"]))
    prime(base_url, who["name"])
    assert all(status in REFUSED for status in forged(citizen, who["name"]))
    by_token = {"Authorization": who["token"]}
    asked = requests.post(f"{base_url}/api/3/action/package_search", json={}, headers=by_token, timeout=60)
    assert asked.status_code == 200
    assert all(status in REFUSED for status in forged(citizen, who["name"]))
    assert requests.post(f"{base_url}/api/3/action/package_search", json={}, timeout=60).status_code == 200
    token = citizen.token("/dataset/")
    logged_out = citizen.send("POST", "/user/_logout", data={"_csrf_token": token})
    assert logged_out.status_code == 302


@pytest.mark.parametrize("path", ["/", "/dataset/", "/api/3/action/package_search", "/workbench/"])
def test_what_was_made_for_one_person_is_in_no_cache(base_url, accounts, path):
    """Neither with a session nor with a token."""
    who = accounts["clerk"]
    clerk = Browser(base_url).log_in(who["name"], who["password"])
    for answer in (
        clerk.send("GET", path),
        requests.get(base_url + path, headers={"Authorization": who["token"]}, timeout=60),
    ):
        assert answer.headers["Cache-Control"] == "private, no-store", path
        assert {"Cookie", "Authorization"} <= set(re.split(r",\s*", answer.headers["Vary"]))


def test_answers_to_everybody_may_be_cached(base_url):
    """An anonymous call of the API is the same for all."""
    answer = requests.get(f"{base_url}/api/3/action/package_search", timeout=60)
    assert answer.headers["Cache-Control"].startswith("public")


@pytest.mark.parametrize("path", ["/", "/nowhere", "/api/3/action/status_show", "/user/login"])
def test_every_answer_is_fenced(base_url, path):
    """No frame, no guessing of types, no script from elsewhere."""
    headers = requests.get(base_url + path, timeout=60).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert (
        "script-src" not in headers["Content-Security-Policy"]
        or "unsafe" not in headers["Content-Security-Policy"]
    )


def test_the_session_s_cookie_is_for_this_site_only(base_url):
    """HttpOnly, Secure, SameSite."""
    cookie = requests.get(f"{base_url}/user/login", timeout=60).headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "Secure", "SameSite=Lax"))


def test_the_portal_says_that_it_is_ready_and_not_what_it_is_made_of(base_url):
    """No version in answers, pages or headers."""
    assert requests.get(f"{base_url}/readyz", timeout=60).json() == {"faults": [], "ready": True}
    for path in ("/", "/api/3/action/status_show"):
        answer = requests.get(base_url + path, timeout=60)
        assert "2.12.0" not in answer.text, path
        assert not re.search(r"\d", answer.headers["Server"])
