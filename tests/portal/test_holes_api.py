"""Holes of CKAN's Action API: each row is open on the unmodified CKAN and closed here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.portal.sites import Town, peer_town, portal_town

pytestmark = pytest.mark.usefixtures("with_plugins")

Hole = Callable[[Town], bool]


@pytest.fixture
def there(peer):
    """Our town on the unmodified CKAN."""
    return peer_town(peer)


@pytest.fixture
def here(app):
    """Our town on the portal."""
    with app.flask_app.test_request_context():
        return portal_town(app)


def passes(who: str, action: str, data: Callable[[Town], dict[str, Any]]) -> Hole:
    """Return the hole that is open when authorization lets the call in, whatever becomes of it then."""
    return lambda town: town.ask(who, action, **data(town))[0] != 403


def succeeds(who: str | None, action: str, data: Callable[[Town], dict[str, Any]]) -> Hole:
    """Return the hole that is open when the call is answered with 200."""
    return lambda town: town.ask(who, action, **data(town))[0] == 200


def finds(action: str, data: Callable[[Town], dict[str, Any]], what: Callable[[Town], str]) -> Hole:
    """Return the hole that is open when a stranger's answer holds a hidden word."""
    return lambda town: what(town) in str(town.ask(None, action, **data(town))[1])


def hidden_word(town: Town) -> str:
    """The keyword that only the hidden entry carries."""
    return str(town.hidden["tags"][0]["name"])


def hidden_format(town: Town) -> str:
    """The format that only the hidden entry's file has."""
    return str(town.hidden["resources"][0]["format"]).lower()


def email_hash(town: Town) -> bool:
    """A stranger learns the hash of somebody's mail address."""
    _, shown = town.ask(None, "user_show", id=town.names["clerk"])
    return "email_hash" in shown


def appears(town: Town) -> bool:
    """A clerk makes the hidden entry public by himself."""
    town.ask("clerk", "package_patch", id=town.hidden["id"], private=False)
    seen = town.reads(town.hidden)
    town.ask("clerk", "package_patch", id=town.hidden["id"], private=True)
    return seen


def appears_in_bulk(town: Town) -> bool:
    """A head makes entries public in bulk."""
    data = {"datasets": [town.hidden["id"]], "org_id": town.hidden["owner_org"]}
    town.ask("head", "bulk_update_public", **data)
    seen = town.reads(town.hidden)
    town.ask("head", "bulk_update_private", **data)
    return seen


def class_is_lost(town: Town) -> bool:
    """A clerk's update drops the published entry's class."""
    was = town.ask(None, "package_show", id=town.published["id"])[1]
    values = {"id": was["id"], "name": was["name"], "owner_org": town.department}
    town.ask("clerk", "package_update", **values)
    now = town.ask(None, "package_show", id=was["id"])[1]
    return was.get("extras") != now.get("extras") or was.get("openness") != now.get("openness")


def rows_change(town: Town) -> bool:
    """A clerk writes a row into published data."""
    town.ask(
        "clerk",
        "datastore_upsert",
        resource_id=town.resource,
        records=[{"name": "丙"}],
        method="insert",
        force=True,
    )
    return "丙" in str(town.ask(None, "datastore_search", resource_id=town.resource)[1]["records"])


def becomes_head(action: str, data: Callable[[Town], dict[str, Any]]) -> Hole:
    """Return the hole that is open when a head makes a citizen a head by this door."""

    def hole(town: Town) -> bool:
        town.ask("head", action, **data(town))
        organizations = town.ask("citizen", "organization_list_for_user", permission="membership")[1]
        town.ask("operator", "organization_member_delete", id=town.department, username=town.names["citizen"])
        return town.department in [row["name"] for row in organizations]

    return hole


def task(town: Town) -> bool:
    """A stranger reads the state of a task, where harvesters and loaders keep what they know."""
    told = {"entity_id": town.resource, "entity_type": "resource", "task_type": "load", "key": "k"}
    town.ask("operator", "task_status_update", **told, value="秘密", state="done", error="")
    return town.ask(None, "task_status_show", **told)[0] == 200


def another_citizen(town: Town) -> dict[str, Any]:
    """The membership that makes the citizen a head."""
    return {"id": town.department, "username": town.names["citizen"], "role": "admin"}


def as_member(town: Town) -> dict[str, Any]:
    """The same by the generic door."""
    return {
        "id": town.department,
        "object": town.names["citizen"],
        "object_type": "user",
        "capacity": "admin",
    }


def as_users(town: Town) -> dict[str, Any]:
    """The same by the department's form."""
    users = [{"name": town.names[role], "capacity": "admin"} for role in ("citizen", "head", "clerk")]
    return {"id": town.department, "users": users}


def new(**more: str) -> dict[str, Any]:
    """A name of its own."""
    return {"name": f"x-{uuid4().hex[:8]}", **more}


def entry(town: Town) -> dict[str, Any]:
    """The published entry."""
    return {"id": town.published["id"]}


def table(town: Town) -> dict[str, Any]:
    """The published table."""
    return {"resource_id": town.resource, "force": True}


SAME = ("title", "notes", "openness", "resources", "tags", "groups", "owner_org", "metadata_modified")
HOLES: dict[str, Hole] = {
    "tags of hidden entries: tag_list": finds("tag_list", lambda _t: {}, hidden_word),
    "tags of hidden entries: tag_search": finds(
        "tag_search", lambda t: {"query": hidden_word(t)}, hidden_word
    ),
    "tags of hidden entries: tag_autocomplete": finds(
        "tag_autocomplete", lambda t: {"query": hidden_word(t)}, hidden_word
    ),
    "formats of hidden entries": finds(
        "format_autocomplete", lambda t: {"q": hidden_format(t)}, hidden_format
    ),
    "ids of hidden entries: member_list": finds(
        "member_list", lambda t: {"id": t.department, "object_type": "package"}, lambda t: t.hidden["id"]
    ),
    "ids of staff: member_list": succeeds(None, "member_list", lambda t: {"id": t.department}),
    "names of staff: organization_show": finds(
        "organization_show", lambda t: {"id": t.department, "include_users": True}, lambda t: t.names["head"]
    ),
    "names of everybody: user_list": succeeds(None, "user_list", lambda _t: {}),
    "names of everybody: user_autocomplete": succeeds("citizen", "user_autocomplete", lambda _t: {"q": "cl"}),
    "hashes of mail addresses": email_hash,
    "the state of tasks": task,
    "the version": finds("status_show", lambda _t: {}, lambda _t: "2.12.0"),
    "a clerk publishes: package_patch": appears,
    "a head publishes: bulk_update_public": appears_in_bulk,
    "a clerk drops the class: package_update": class_is_lost,
    "a clerk changes what is published: package_patch": succeeds(
        "clerk", "package_patch", lambda t: {**entry(t), "title": "新的标题"}
    ),
    "a clerk changes what is published: package_revise": succeeds(
        "clerk", "package_revise", lambda t: {"match": entry(t), "update": {"notes": "别的"}}
    ),
    "a clerk adds a file": succeeds(
        "clerk", "resource_create", lambda t: {"package_id": t.published["id"], "url": "http://example.org/b"}
    ),
    "a clerk adds a file with a script for an address": succeeds(
        "clerk", "resource_create", lambda t: {"package_id": t.published["id"], "url": "javascript:alert(1)"}
    ),
    "a clerk changes a file": succeeds(
        "clerk", "resource_patch", lambda t: {"id": t.resource, "name": "别的"}
    ),
    "a clerk makes a table": succeeds("clerk", "datastore_create", table),
    "a clerk writes rows": rows_change,
    "a clerk deletes rows": succeeds("clerk", "datastore_delete", table),
    "anybody opens an office": succeeds("citizen", "organization_create", lambda _t: new()),
    "anybody opens a group": succeeds("citizen", "group_create", lambda _t: new()),
    "a head appoints: organization_member_create": becomes_head(
        "organization_member_create", another_citizen
    ),
    "a head appoints: member_create": becomes_head("member_create", as_member),
    "a head appoints: organization_patch": becomes_head("organization_patch", as_users),
    "a head invites": passes(
        "head",
        "user_invite",
        lambda t: {"email": f"{uuid4().hex}@example.org", "group_id": t.department, "role": "admin"},
    ),
    "a clerk relates entries": succeeds(
        "clerk",
        "package_relationship_create",
        lambda t: {"subject": t.published["id"], "object": t.hidden["id"], "type": "depends_on"},
    ),
    "a clerk deletes what is published": succeeds("clerk", "package_delete", entry),
    "an operator erases what is published": succeeds("operator", "dataset_purge", entry),
}


def test_every_hole_is_open_on_plain_ckan(there):
    """So the calls are right; they run in order, the last ones destroy the published entry."""
    assert [name for name, hole in HOLES.items() if not hole(there)] == []


def test_every_hole_is_closed_here(here):
    """The same calls change nothing and tell nothing."""
    assert [name for name, hole in HOLES.items() if hole(here)] == []
    shown = here.ask(None, "package_show", id=here.published["id"])[1]
    assert {name: shown[name] for name in SAME} == {name: here.published[name] for name in SAME}
    assert not here.reads(here.hidden)
