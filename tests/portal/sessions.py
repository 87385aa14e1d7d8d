"""Requests as a browser makes them: logged in by the form, with the session's cookie and the page's token."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from ckan import model

PASSWORD = "Yun-Xi-2026-Ceshi"
TOKEN = re.compile(r'name="_csrf_token"[^>]*?(?:value|content)="([^"]+)"')
Got = TypeVar("Got")


def as_in_a_browser(app: Any, who: str, browse: Callable[[Any], Got]) -> Got:
    """Log somebody in and let ``browse(client)`` go on; return what it returns.

    In a thread of its own: a request here would otherwise share the test's context, and with it who asked before.
    """
    user = model.User.get(who)
    user.password = PASSWORD
    model.Session.commit()

    def session() -> Got:
        client = app.flask_app.test_client()
        token = TOKEN.search(client.get("/user/login").text)
        assert token
        form = {"login": who, "password": PASSWORD, "_csrf_token": token[1]}
        entered = client.post("/user/login", data=form)
        assert (entered.status_code, "/user/login" in entered.location) == (302, False)
        return browse(client)

    with ThreadPoolExecutor(1) as browser:
        return browser.submit(session).result()
