"""What people of the running portal do by its API on the way to a story: publish an entry, release a table, apply."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from ckanext.govshare import rulebook

Call = Callable[..., Any]  # call(who, action, files=None, **data)

PATIENCE = 180  # seconds that a page, a job or a letter may take on a busy machine
REVIEW = {
    "basis": "中华人民共和国保守国家秘密法",
    "conclusion": "may_open",
    "answers": {question.code: True for question in rulebook.secrecy_questions()},
}
CITY = Path(__file__).parents[2] / "config/demo/applications.yaml"
APPLICANTS = yaml.safe_load(CITY.read_text(encoding="utf-8"))["applicants"]
CONDITIONAL = {
    "share_type": "conditional",
    "openness": "conditional",
    "openness_condition": "仅限科研用途",
    "openness_basis": [{"title": "中华人民共和国统计法", "article": "第九条", "level": "law"}],
}


def today() -> date:
    """The day in Shanghai; a run may see two of them."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


def in_days(days: int) -> str:
    """The day that lies so many days ahead, as forms take it."""
    return (today() + timedelta(days=days)).isoformat()


def card(organization: str, title: str, **changes: Any) -> dict[str, Any]:
    """A complete unconditional card of a department."""
    return {
        "title": title,
        "owner_org": organization,
        "notes": "全市公共充电站的名称、位置和桩数。",
        "format_class": "spreadsheet",
        "data_items": [{"name": "名称", "type": "C"}, {"name": "桩数", "type": "I"}],
        "theme": "transport",
        "share_type": "unconditional",
        "openness": "unconditional",
        "license_id": "public-data-attribution",
        "update_cycle": "monthly",
        "contact_phone": "0450-5550100",
        **changes,
    }


def publish(call: Call, organization: str, title: str, **changes: Any) -> str:
    """Take an entry of the clerk's department to the public; return its id."""
    entry = str(call("clerk", "package_create", **card(organization, title, **changes))["id"])
    for who, move in (("clerk", "submit"), ("head", "approve"), ("bureau", "publish")):
        version = call(who, "govshare_publication_show", id=entry)["version"]
        call(who, "govshare_publication_move", id=entry, move=move, version=version, review=REVIEW)
    return entry


def release(call: Call, entry: str, name: str, table: bytes) -> dict[str, Any]:
    """Take a table of the clerk's department to its release, by its people and the worker; return the edition."""
    made = call("clerk", "govshare_edition_create", files={"upload": (name, table)}, entry=entry)
    for who, step, more in (
        ("clerk", "declare", {"note": "均为公共设施数据"}),
        ("head", "confirm", {}),
        ("head", "review", {"review": REVIEW}),
        ("head", "release", {}),
    ):
        shown = until(
            call, who, made["id"], lambda e, m=step: next(x for x in e["moves"] if x["name"] == m)["allowed"]
        )
        call(who, "govshare_edition_move", id=made["id"], move=step, version=shown["version"], **more)
    return until(call, "clerk", made["id"], lambda e: e["released_at"])


def until(call: Call, who: str, edition_id: str, holds: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    """Look at an edition until something holds."""
    end = time.monotonic() + PATIENCE
    while not holds(shown := call(who, "govshare_edition_show", id=edition_id)):
        assert time.monotonic() < end, (shown["status"], shown["problem"], shown["moves"])
        time.sleep(1)
    return dict(shown)


def apply_for(call: Call, who: str, entry: str, **changes: Any) -> dict[str, Any]:
    """Send a complete application for all of an entry; return it as it was received."""
    answers = {
        "purpose_kind": "research", "purpose": "研究充电需求", "supply_form": "file", "frequency": "once",
        "use_until": in_days(365), "storage_place": "本市机房",
        "protection_level": "none", "security_measures": "加密保存", "incident_contact": "罗样例",
        "incident_phone": "0450-0000002", "commitment": str(rulebook.application("commitment")["version"]),
    }  # fmt: skip
    given = {**APPLICANTS[who], **answers, **changes}
    sent: dict[str, Any] = call(who, "govshare_application_create", **given, entries=[{"id": entry}])
    return sent


def approval(sent: dict[str, Any]) -> dict[str, Any]:
    """What comes with an approval of everything asked for."""
    return {
        "scope": {row["id"]: row["columns"] for row in sent["entries"]},
        "purpose": "研究充电需求",
        "ends_on": in_days(300),
        "terms_version": rulebook.application_limits().terms_version,
    }


def move(call: Call, who: str, number: str, name: str, **more: Any) -> dict[str, Any]:
    """Take one move of an application with the version that is current now."""
    version = call(who, "govshare_application_show", id=number)["version"]
    done: dict[str, Any] = call(
        who, "govshare_application_move", id=number, move=name, version=version, **more
    )
    return done
