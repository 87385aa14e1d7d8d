"""The same small town on two sites: the unmodified CKAN over HTTP, and our portal by its test client.

A test asks both the same thing by the Action API, so that every hole is shown where it is open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from uuid import uuid4

import requests
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare import search
from ckanext.govshare.domain.table import Column
from ckanext.govshare.logic.edition import datastore_rows

from tests.portal.officers import Department, card, person, system

Answer = tuple[int, Any]
WORD = "暗号"
TABLE = [{"id": "name", "type": "text"}]
ROWS = [{"name": "甲"}, {"name": "乙"}]


@dataclass
class Town:
    """People with tokens, a published entry with a table, a hidden one; ``post`` speaks to the site."""

    post: Callable[[str, dict[str, Any], str | None], Answer]
    department: str
    names: dict[str, str]
    tokens: dict[str, str]
    published: dict[str, Any] = field(default_factory=dict)
    hidden: dict[str, Any] = field(default_factory=dict)
    resource: str = ""

    def ask(self, who: str | None, action: str, **data: Any) -> Answer:
        """Call an action as somebody; status and result, or the error."""
        status, body = self.post(action, data, self.tokens[who] if who else None)
        return status, body.get("result", body.get("error")) if isinstance(body, dict) else body

    def reads(self, entry: dict[str, Any]) -> bool:
        """Tell whether a stranger reads an entry."""
        return self.ask(None, "package_show", id=entry["id"])[0] == 200


def peer_town(peer: Any) -> Town:
    """Build the town on the unmodified CKAN."""

    def post(action: str, data: dict[str, Any], token: str | None) -> Answer:
        headers = {"Authorization": token} if token else {}
        answer = requests.post(f"{peer.url}/api/3/action/{action}", json=data, headers=headers, timeout=600)
        return answer.status_code, answer.json()

    def must(action: str, **data: Any) -> Any:
        status, body = post(action, data, peer.token)
        assert status == 200, (action, body)
        return body["result"]

    mark = uuid4().hex[:8]
    names = {role: f"{role}-{mark}" for role in ("clerk", "head", "citizen")}
    tokens = {"operator": peer.token}
    for name in names.values():
        must("user_create", name=name, email=f"{name}@example.org", password=uuid4().hex)
    for role, name in names.items():
        tokens[role] = must("api_token_create", user=name, name="t")["token"]
    users = [{"name": names["clerk"], "capacity": "editor"}, {"name": names["head"], "capacity": "admin"}]
    must("organization_create", name=f"dept-{mark}", users=users)
    town = Town(post, f"dept-{mark}", {**names, "operator": peer.name}, tokens)
    for kind, private in (("published", False), ("hidden", True)):
        word = f"{WORD}{kind}{mark}"
        values = {"name": f"{kind}-{mark}", "owner_org": town.department, "private": private}
        extras = [{"key": "openness", "value": "conditional"}]
        entry = must("package_create", **values, title=word, tags=[{"name": word}], extras=extras)
        made = must(
            "resource_create", package_id=entry["id"], url="http://example.org/a", format=f"F{kind}{mark}"
        )
        setattr(town, kind, must("package_show", id=entry["id"]))
        if kind == "published":
            town.resource = made["id"]
            must("datastore_create", resource_id=made["id"], force=True, fields=TABLE, records=ROWS)
    return town


def portal_door(app: Any) -> Callable[[str, dict[str, Any], str | None], Answer]:
    """The portal's Action API by its test client."""

    def post(action: str, data: dict[str, Any], token: str | None) -> Answer:
        headers = {"Authorization": token} if token else {}
        answer = app.post(f"/api/3/action/{action}", json=data, headers=headers)
        return answer.status_code, answer.json

    return post


def portal_town(app: Any) -> Town:
    """Build the town on our portal: published by its workflow, its table written as a release writes it."""
    department = Department()
    names = {
        "clerk": department.clerk,
        "head": department.head,
        "bureau": department.bureau,
        "citizen": person("citizen"),
        "operator": person("operator", sysadmin=True),
    }
    tokens = {
        role: toolkit.get_action("api_token_create")(system(), {"user": name, "name": "t"})["token"]
        for role, name in names.items()
    }
    town = Town(portal_door(app), department.name, names, tokens)
    mark = uuid4().hex[:8]
    town.published = department.published(tag_string=f"{WORD}published{mark}")
    town.hidden = department.draft(**card(tag_string=f"{WORD}hidden{mark}"))
    town.resource = release_table(town.published["id"])
    give_file(town.hidden["id"], f"F{mark}")
    for kind in ("published", "hidden"):
        entry = getattr(town, kind)
        setattr(town, kind, toolkit.get_action("package_show")(system(), {"id": entry["id"]}))
    return town


def give_file(entry: str, file_format: str) -> str:
    """Write a resource as the release of an edition does, by the tables; its doors are shut. Return its id."""
    resource = model.Resource(package_id=entry, url="http://test.ckan.net/a.csv", format=file_format)
    resource.position = 0
    model.Session.add(resource)
    model.Session.commit()
    search.reindex([entry])
    return str(resource.id)


def release_table(entry: str) -> str:
    """Write a resource with a DataStore table as a release does; return its id."""
    resource = give_file(entry, "CSV")
    with NamedTemporaryFile("w", suffix=".csv") as file:
        file.write("".join(f"{value}\n" for value in ("name", *(row["name"] for row in ROWS))))
        file.flush()
        datastore_rows.load(resource, "1", [Column("name", "text")], Path(file.name))
    return resource
