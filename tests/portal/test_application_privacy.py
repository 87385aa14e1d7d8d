"""Twelve personal values of an application are nowhere in the clear (security.md P1), except before those who may see them."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.lib.search import make_connection
from ckan.plugins import toolkit
from ckanext.govshare import jobs

from tests.portal.applicants import applied, company, conditional, form, take
from tests.portal.officers import Department, act, person

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")


def canaries() -> tuple[dict[str, str], dict[str, str]]:
    """A person's and a company's form whose personal values occur nowhere else in the world."""
    mark = str(uuid4().int)[:7]
    of_person = form(
        applicant_name=f"金丝雀{mark}甲",
        id_kind="passport",
        id_number=f"EK{mark}",
        contact_phone=f"0991-{mark}",
        contact_email=f"canary{mark}@example.org",
        contact_address=f"金丝雀路{mark}号",
        incident_contact=f"金丝雀{mark}乙",
        incident_phone=f"0992-{mark}",
    )
    of_company = company(
        applicant_name=f"金丝雀{mark}公司",
        legal_representative=f"金丝雀{mark}丙",
        contact_name=f"金丝雀{mark}丁",
        contact_phone=f"0993-{mark}",
        contact_email=f"canary-firm{mark}@example.org",
        contact_address=f"金丝雀街{mark}号",
        incident_contact=f"金丝雀{mark}戊",
        incident_phone=f"0994-{mark}",
    )
    return of_person, of_company


PERSONAL = (
    "applicant_name", "id_number", "contact_phone", "contact_email", "contact_address", "incident_contact",
    "incident_phone", "legal_representative", "contact_name",
)  # fmt: skip


@pytest.fixture
def told() -> dict[str, Any]:
    """What was done once, for all tests here."""
    return everything()


@cache
def everything() -> dict[str, Any]:
    """Two applications that went all ways in which something could leak: draft, refusals, supplement, lists, reveal."""
    office, of_person, of_company = Department(), *canaries()
    who, entry = person("citizen"), conditional(Department())
    act(who, "govshare_application_draft_update", id=entry["id"], **of_person)
    with pytest.raises(toolkit.ValidationError):
        act(who, "govshare_application_create", **{**of_person, "purpose": ""}, entries=[{"id": entry["id"]}])
    who, shown = applied(office, **of_person)
    take(office.clerk, shown["number"], "ask_supplement", missing="请补充", days=5)
    take(who, shown["number"], "supplement", **of_person)
    take(office.clerk, shown["number"], "accept")
    act(office.clerk, "govshare_application_reveal", id=shown["number"], reason="核对")
    firm, other = person("firm"), conditional(office)
    act(firm, "govshare_application_create", **of_company, entries=[{"id": other["id"]}])
    jobs.drain()
    values = {
        str(values[name]) for values in (of_person, of_company) for name in PERSONAL if values.get(name)
    }
    secret = {value for value in values if "金丝雀" in value or value[-7:].isdecimal() or "canary" in value}
    return {"secret": secret, "office": office, "number": shown["number"]}


def test_twelve_values_are_watched(told):
    """The net has no hole of its own."""
    assert len(told["secret"]) >= 12


def test_no_dump_of_the_database_holds_them(told):
    """``pg_dump`` in plain text: every table, journal, outbox and drafts included."""
    url = sa.engine.make_url(toolkit.config["sqlalchemy.url"]).set(drivername="postgresql")
    command = ["pg_dump", "--data-only", url.render_as_string(hide_password=False)]
    dump = subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8", "replace")
    assert told["number"] in dump
    assert found(dump, told) == []


def test_no_document_of_the_index_holds_them(told):
    """Every stored field of every document."""
    documents = make_connection().search("*:*", rows=10_000, fl="*").docs
    assert documents
    assert found(repr(documents), told) == []


def test_no_key_of_redis_holds_them(told):
    """Jobs, sessions, whatever there is."""
    redis = connect_to_redis()
    dumped = b" ".join(redis.dump(key) or b"" for key in redis.scan_iter()).decode("utf-8", "replace")
    assert found(dumped, told) == []


def test_no_log_holds_them(told, caplog):
    """What was said while it happened, and what the stack wrote beside."""
    model.Session.remove()
    caplog.set_level("DEBUG")
    act(told["office"].clerk, "govshare_application_list", office=True)
    folder = Path(toolkit.config["ckanext.govshare.work_path"]).parents[1] / "log"
    written = "".join(path.read_text(errors="replace") for path in folder.glob("*.log"))
    assert written
    assert found(caplog.text + written, told) == []


def test_lists_and_cases_show_them_masked(told):
    """To officers, the bureau and the applicant alike; in full only by the recorded act."""
    office = told["office"]
    for who in (office.clerk, office.head, office.bureau):
        for shown in (
            act(who, "govshare_application_list", office=True),
            act(who, "govshare_application_show", id=told["number"]),
        ):
            assert found(repr(shown), told) == []
    full = act(office.head, "govshare_application_reveal", id=told["number"], reason="核对身份")
    assert found(repr(full), told) != []


def test_no_error_names_them(told):
    """A refusal speaks of fields, not of what stood in them."""
    of_person, _of_company = canaries()
    with pytest.raises(toolkit.ValidationError) as caught:
        applied(told["office"], **{**of_person, "contact_phone": "not-a-phone-7654321", "id_kind": "id_card"})
    assert "not-a-phone-7654321" not in str(caught.value.error_dict)
    assert of_person["id_number"] not in str(caught.value.error_dict)


def found(text: str, told: dict[str, Any]) -> list[str]:
    """Which of the values stand in ``text``."""
    return sorted(value for value in told["secret"] if value in text)
