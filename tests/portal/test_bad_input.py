"""Input that nobody means: CKAN answers 500 to much of it, the portal 4xx with a sentence, never 5xx."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from ckan import logic
from ckan.plugins import toolkit

from tests.portal.officers import person, system

pytestmark = pytest.mark.usefixtures("with_plugins")

# action, what is sent
CALLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("package_show", {"id": "a\x00b"}),
    ("package_show", {"id": ["x"]}),
    ("package_show", {"id": {"a": 1}}),
    ("package_show", {"id": 5}),
    ("package_list", {"offset": 1e30}),
    ("package_list", {"limit": 10**30}),
    ("package_list", {"offset": "1e30"}),
    ("resource_search", {"query": [1]}),
    ("resource_search", {"query": "name:\x00"}),
    ("resource_show", {"id": ["x"]}),
    ("resource_show", {"id": "\x00"}),
    ("organization_show", {"id": {"x": 1}}),
    ("package_search", {"rows": 1e30}),
    ("package_search", {"start": "x"}),
    ("package_search", {"q": {"a": 1}}),
    ("package_search", {"fq": ["a", "b"]}),
    ("tag_show", {"id": ["x"]}),
    ("package_autocomplete", {"q": "\x00"}),
    ("datastore_search", {"resource_id": ["x"]}),
    ("datastore_search", {"resource_id": "\x00"}),
    ("datastore_info", {"id": 7}),
)
# A member of the public is refused before; an operator reaches the query.
AS_OPERATOR = (("user_show", {"id": 5}), ("user_show", {"id": ["x"]}), ("user_list", {"q": "\x00"}))
PATHS = (
    "/dataset/%00",
    "/user/%00",
    "/organization/%00",
    "/dataset/?q=%00",
    "/dataset/?page=%00",
    "/datastore/dump/_table_metadata",
    "/datastore/dump/%00",
)
FIVE_HUNDRED = 500


def test_plain_ckan_breaks_on_most_of_it(peer):
    """So the inputs are worth refusing."""
    broken = 0
    for action, data in (*CALLS, *AS_OPERATOR):
        headers = {"Authorization": peer.token}
        answer = requests.post(f"{peer.url}/api/3/action/{action}", json=data, headers=headers, timeout=600)
        broken += answer.status_code >= FIVE_HUNDRED
    for path in PATHS:
        broken += requests.get(f"{peer.url}{path}", timeout=600).status_code >= FIVE_HUNDRED
    assert broken >= 12


def test_here_each_is_refused_with_a_sentence(app):
    """By the API in JSON, whatever way the parameters are sent."""
    with app.flask_app.test_request_context():
        operator = toolkit.get_action("api_token_create")(
            system(), {"user": person("operator", sysadmin=True), "name": "t"}
        )["token"]
    for action, data in (*CALLS, *AS_OPERATOR):
        for ask in (in_json, as_form_of_json):
            answer = ask(app, action, data, operator)
            assert 400 <= answer.status_code < FIVE_HUNDRED, (action, data, answer.body)
            # CKAN itself answers with a bare sentence to what is no JSON
            assert isinstance(answer.json, str) or answer.json["success"] is False
    for path in PATHS:
        answer = app.get(path)
        assert 400 <= answer.status_code < FIVE_HUNDRED, path


def in_json(app, action, data, token):
    """What clients send."""
    return app.post(f"/api/3/action/{action}", json=data, headers={"Authorization": token})


def as_form_of_json(app, action, data, token):
    """What curl -d sends: JSON that calls itself a form."""
    headers = {"Authorization": token, "Content-Type": "application/x-www-form-urlencoded"}
    return app.post(f"/api/3/action/{action}", data=json.dumps(data), headers=headers)


def test_what_people_mean_is_let_in(app):
    """Words by column, lists of words, digits as text, nothing at all."""
    for action, data in (
        ("package_search", {"rows": "5", "start": 0, "facet.limit": -1, "q": "水"}),
        ("resource_search", {"query": ["name:a", "format:csv"]}),
        ("package_list", {"limit": "3", "offset": 0}),
        ("package_search", {"q": None}),
    ):
        answer = app.post(f"/api/3/action/{action}", json=data)
        assert answer.status_code == 200, (action, answer.body)


WRONG: tuple[Any, ...] = ("a\x00", ["x"], {"a": "b"}, 5, 1e30, "'\"\\")
NAMES = ("id", "q", "limit")


def test_no_reading_action_breaks_on_any_of_them(app):
    """Every action that reads × the common parameters × wrong values, by an operator: never 5xx."""
    with app.flask_app.test_request_context():
        name = person("operator", sysadmin=True)
        token = toolkit.get_action("api_token_create")(system(), {"user": name, "name": "t"})["token"]
        toolkit.get_action("status_show")
    reading = sorted(n for n, a in logic._actions.items() if getattr(a, "side_effect_free", False))
    broken = []
    for action in reading:
        for parameter in NAMES:
            for value in WRONG:
                answer = in_json(app, action, {parameter: value}, token)
                if answer.status_code >= FIVE_HUNDRED:
                    broken.append((action, parameter, str(value)[:20]))
    assert broken == []
