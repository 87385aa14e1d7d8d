"""Applicants of these tests: nobody real, with numbers that satisfy their check signs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ckanext.govshare import rulebook, runtime

from tests.portal.officers import Department, act, person

COLUMNS = ["名称", "泊位数"]
CONDITION = {
    "openness": "conditional",
    "openness_condition": "仅限科研用途",
    "openness_basis": [{"title": "中华人民共和国统计法", "article": "第九条", "level": "law"}],
    "share_type": "conditional",
}


def day(days: int) -> str:
    """The date that many days from today."""
    return (runtime.in_shanghai(runtime.now()).date() + timedelta(days)).isoformat()


def form(**changes: Any) -> dict[str, Any]:
    """A complete form of a person."""
    return {
        "applicant_kind": "person",
        "applicant_name": "测试甲",
        "id_kind": "id_card",
        "id_number": "11010519491231002X",
        "contact_phone": "13800138000",
        "contact_email": "jia@example.org",
        "supply_form": "file",
        "frequency": "once",
        "purpose_kind": "research",
        "purpose": "研究停车需求",
        "use_until": day(365),
        "storage_place": "本单位机房",
        "protection_level": "none",
        "security_measures": "加密保存，专人管理",
        "incident_contact": "测试乙",
        "incident_phone": "0454-8888888",
        "commitment": str(rulebook.application("commitment")["version"]),
        **changes,
    }


def company(**changes: Any) -> dict[str, Any]:
    """A complete form of a company."""
    values = {name: value for name, value in form().items() if name not in ("id_kind", "id_number")}
    return {
        **values,
        "applicant_kind": "company",
        "applicant_name": "测试有限公司",
        "uscc": "91350100M000100Y43",
        "legal_representative": "测试丙",
        "contact_name": "测试丁",
        **changes,
    }


def conditional(office: Department, **changes: Any) -> dict[str, Any]:
    """A published conditional entry of the department."""
    return office.published(**{**CONDITION, **changes})


def applied(office: Department, who: str = "", **changes: Any) -> tuple[str, dict[str, Any]]:
    """Apply for a new conditional entry; return the applicant's name and the application."""
    who = who or person("citizen")
    entry = conditional(office)
    given = {"entries": [{"id": entry["id"], "columns": COLUMNS}], **form(**changes)}
    return who, act(who, "govshare_application_create", **given)


def take(who: str, number: str, move: str, **more: Any) -> dict[str, Any]:
    """Take one move with the version that is current now."""
    version = act(who, "govshare_application_show", id=number)["version"]
    return act(who, "govshare_application_move", id=number, move=move, version=version, **more)


def approval(shown: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """What comes with an approval of everything asked for."""
    return {
        "scope": {entry["id"]: entry["columns"] for entry in shown["entries"]},
        "purpose": "研究停车需求",
        "ends_on": day(180),
        "terms_version": rulebook.application_limits().terms_version,
        **changes,
    }
