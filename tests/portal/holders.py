"""Holders of grants in these tests, and the table that they hold a part of: two columns of four, never the canaries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare.logic.application import clock
from ckanext.govshare.model import Grant
from flask import g

from tests.portal.applicants import approval, conditional, form, take
from tests.portal.officers import Department, act, person, system
from tests.portal.test_edition import released

KEPT_BACK = ("金丝雀编号", "731905582", "金丝雀备注")
GIVEN = ["名称", "数量", "比例", "日期"]
ROWS = [
    ("甲站", "3", "0.50", "2024-01-05"),
    ("乙馆", "", "1.25", "2022-06-01"),
    ("丙,“站”", "12", "10.00", "2024-02-29"),
    ("丁站", "3", "", "2023-12-31"),
]


def table(mark: str = "") -> bytes:
    """The whole table, in an order that is nobody's: names, what is kept back, figures."""
    lines = ["名称,金丝雀编号,数量,比例,日期,备注"]
    for name, number, share, day in ROWS:
        quoted = f'"{name}"' if "," in name else name
        lines.append(f"{quoted},731905582,{number},{share},{day},金丝雀备注{mark}")
    return ("\n".join(lines) + "\n").encode()


@dataclass(frozen=True)
class Ground:
    """A department with a conditional entry that has data, for many grants."""

    office: Department
    entry: dict[str, Any]
    edition: dict[str, Any]


def ground(
    office: Department | None = None, raw: bytes = b"", items: tuple[str, ...] = (), filename: str = "表.csv"
) -> Ground:
    """Make a new one."""
    office = office or Department()
    names = items or (*GIVEN, "金丝雀编号", "备注")
    entry = conditional(office, data_items=[{"name": name, "type": "C"} for name in names])
    return Ground(office, entry, released(office, entry, raw or table(), filename))


@cache
def common() -> Ground:
    """The one for tests that leave entry and edition as they are."""
    return ground()


def granted(of: Ground, columns: list[str] | None = None) -> dict[str, Any]:
    """A new person's grant: applied for, granted in part, agreed on: ``{who, entry, edition, grant, number}``."""
    who, office, entry = person("citizen"), of.office, of.entry
    shown = act(who, "govshare_application_create", **form(), entries=[{"id": entry["id"]}])
    number = shown["number"]
    take(office.clerk, number, "accept")
    part = {**approval(shown), "scope": {entry["id"]: columns or GIVEN}}
    take(office.head, number, "approve_partly", **part, note="其余不开放")
    agreed = act(who, "govshare_grant_create", id=number, terms_version=part["terms_version"], name="测试甲")
    return {
        "who": who,
        "entry": entry,
        "edition": of.edition,
        "grant": agreed["grants"][0]["number"],
        "tables": agreed["grants"][0]["tables"],
        "number": number,
    }


def context(who: str) -> dict[str, Any]:
    """Who asks, as the pages say it."""
    return {"user": who, "auth_user_obj": model.User.get(who)}


@cache
def headers(who: str) -> dict[str, str]:
    """A token of somebody's, one for all tests."""
    made = toolkit.get_action("api_token_create")(system(), {"user": who, "name": uuid4().hex})
    return {"Authorization": made["token"]}


def fetch(app: Any, path: str, who: str = "", method: str = "get", **more: Any) -> Any:
    """Ask for an address as a program of somebody's; the tests' own context would keep whoever asked before."""
    g.pop("_login_user", None)
    g.pop("login_via_auth_header", None)
    given = {**(headers(who) if who else {}), **more.pop("headers", {})}
    if method == "head":
        return app.test_client().head(path, headers=given, follow_redirects=False, **more)
    return app.get(path, headers=given, follow_redirects=False, **more)


def put(number: str, **values: Any) -> None:
    """Set what time or others would have done to a grant."""
    model.Session.execute(sa.update(Grant).filter_by(number=number).values(**values))
    model.Session.commit()
    model.Session.expire_all()


def row_of(number: str) -> Grant:
    """The grant as the database has it."""
    model.Session.expire_all()
    return model.Session.scalars(sa.select(Grant).filter_by(number=number)).one()


def in_the_past(days: int) -> dict[str, Any]:
    """Dates of a grant that ended so many days ago."""
    ended = clock.today() - timedelta(days)
    return {"starts_on": ended - timedelta(30), "ends_on": ended}
