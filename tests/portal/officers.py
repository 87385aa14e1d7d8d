"""The people of these tests: a department's clerk and head, the bureau, an operator, a citizen."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import uuid4

from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare import rulebook

REVIEW = {
    "basis": "中华人民共和国保守国家秘密法",
    "conclusion": "may_open",
    "answers": {question.code: True for question in rulebook.secrecy_questions()},
}


def system() -> dict[str, Any]:
    """The context of the set-up itself."""
    return {"ignore_auth": True, "user": _site_user()}


@cache
def _site_user() -> str:
    return str(toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"])


def person(role: str, *, sysadmin: bool = False) -> str:
    """Make a user and return their name."""
    name = f"{role}-{uuid4().hex[:8]}"
    user = {"name": name, "email": f"{name}@example.org", "password": uuid4().hex, "fullname": name}
    toolkit.get_action("user_create")(system(), user)
    if sysadmin:
        toolkit.get_action("user_patch")(system(), {"id": name, "sysadmin": True})
    return name


def bureau() -> str:
    """Return the name of the bureau's organization, made when it is missing."""
    name = toolkit.config["ckanext.govshare.bureau"]
    if model.Group.get(name) is None:
        toolkit.get_action("organization_create")(system(), {"name": name, "title": "市数据局"})
    return name


def member(organization: str, role: str, capacity: str) -> str:
    """Make a user with a capacity in an organization and return their name."""
    name = person(role)
    toolkit.get_action("organization_member_create")(
        system(), {"id": organization, "username": name, "role": capacity}
    )
    return name


@cache
def bureau_officer() -> str:
    """Return who acts for the bureau in all tests: with an officer for each, every approval would be told to hundreds."""
    return member(bureau(), "bureau", "admin")


def act(who: str | None, action: str, **data: Any) -> Any:
    """Call an action as somebody, with authorization, in a context such as the API builds."""
    user = model.User.get(who) if who else None
    context = {"user": who or "", "auth_user_obj": user, "ignore_auth": False}
    return toolkit.get_action(action)(context, data)


@dataclass
class Department:
    """One department with its people; each test makes its own."""

    name: str = field(default_factory=lambda: f"dept-{uuid4().hex[:8]}")
    clerk: str = field(init=False)
    head: str = field(init=False)
    bureau: str = field(default_factory=bureau_officer)

    def __post_init__(self) -> None:
        """Write organization and members."""
        title = f"市测试局{self.name[-8:]}"
        toolkit.get_action("organization_create")(system(), {"name": self.name, "title": title})
        self.clerk = member(self.name, "clerk", "editor")
        self.head = member(self.name, "head", "admin")

    @property
    def id(self) -> str:
        """Return the organization's id."""
        return str(model.Group.get(self.name).id)

    def another(self, capacity: str) -> str:
        """Make one more officer of the department."""
        return member(self.name, capacity, capacity)

    def draft(self, **changes: Any) -> dict[str, Any]:
        """Create a complete draft as the clerk."""
        return act(self.clerk, "package_create", **{**card(), "owner_org": self.name, **changes})

    def move(self, who: str, entry: str, move: str, **more: Any) -> dict[str, Any]:
        """Take one move with the version that is current now."""
        version = act(who, "govshare_publication_show", id=entry)["version"]
        return act(who, "govshare_publication_move", id=entry, move=move, version=version, **more)

    def published(self, **changes: Any) -> dict[str, Any]:
        """Take a draft all the way to the public and return its package dict."""
        entry = self.draft(**changes)["id"]
        case = self.move(self.clerk, entry, "submit")
        for who, move, more in ((self.head, "approve", {"review": REVIEW}), (self.bureau, "publish", {})):
            case = act(who, "govshare_publication_move", id=entry, move=move, version=case["version"], **more)
        return toolkit.get_action("package_show")(system(), {"id": entry})


def card(**changes: Any) -> dict[str, Any]:
    """A complete unconditional card with a title of its own."""
    return {
        "title": f"公共停车场名录{uuid4().hex[:8]}",
        "notes": "全市公共停车场的名称、位置和泊位数。",
        "format_class": "spreadsheet",
        "data_items": [{"name": "名称", "type": "C"}, {"name": "泊位数", "type": "N"}],
        "theme": "transport",
        "share_type": "unconditional",
        "openness": "unconditional",
        "license_id": rulebook.vocabulary("license").terms[0].code,
        "update_cycle": "monthly",
        "contact_phone": "0454-8888888",
        "tag_string": "水，停车、泊位",
        **changes,
    }
