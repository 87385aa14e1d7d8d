"""Fourteen personal values of an application are nowhere in the clear (security.md P1), except before those who may see them.

The name and the content of an attachment are two of them.
"""

from __future__ import annotations

import email
import email.policy
import io
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
from ckanext.govshare.logic.application import attachments
from ckanext.govshare.model import Notice, OutboxRow
from pypdf import PdfReader
from werkzeug.datastructures import FileStorage

from tests.papers import pdf
from tests.portal.applicants import COLUMNS, applied, company, conditional, form, take
from tests.portal.officers import Department, act, person, system
from tests.portal.test_notices import BOX, due_now, letters

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
    who, of_file = (
        person("citizen"),
        {f"{of_person['applicant_name']}执照", f"{of_person['applicant_name']}原件"},
    )
    shown = sent_with(who, office, of_person, *sorted(of_file))
    take(office.clerk, shown["number"], "ask_supplement", missing="请补充", days=5)
    take(who, shown["number"], "supplement", **of_person)
    take(office.clerk, shown["number"], "accept")
    act(office.clerk, "govshare_application_reveal", id=shown["number"], reason="核对")
    context = {"user": office.clerk, "auth_user_obj": model.User.get(office.clerk)}
    (paper,) = shown["attachments"]
    assert sum(len(piece) for piece in attachments.look(context, paper["id"], "核对").pieces) == paper["size"]
    firm, other = person("firm"), conditional(office)
    act(firm, "govshare_application_create", **of_company, entries=[{"id": other["id"]}])
    due_now()
    while jobs.drain():  # of other tests as well
        pass
    values = {
        str(values[name]) for values in (of_person, of_company) for name in PERSONAL if values.get(name)
    }
    secret = {value for value in values if "金丝雀" in value or value[-7:].isdecimal() or "canary" in value}
    return {"secret": secret | of_file, "office": office, "number": shown["number"], "who": who}


def sent_with(
    who: str, office: Department, values: dict[str, str], name: str, content: str
) -> dict[str, Any]:
    """An application with an attachment, and a file of the same name that was refused."""
    entry = conditional(office)
    for text, ending in ((pdf(content), "pdf"), (b"MZ" + content.encode(), "exe")):
        upload = FileStorage(io.BytesIO(text), filename=f"{name}.{ending}")
        try:
            act(who, "govshare_application_attachment_create", entry=entry["id"], upload=upload)
        except toolkit.ValidationError:
            assert ending == "exe"
            model.Session.rollback()
    draft = act(who, "govshare_application_draft_show", id=entry["id"])
    wanted = [{"id": entry["id"], "columns": COLUMNS}]
    return act(who, "govshare_application_create", **values, entries=wanted, key=draft["id"])


def test_fourteen_values_are_watched(told):
    """The net has no hole of its own."""
    assert len(told["secret"]) >= 14


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


def test_no_outbox_payload_and_no_notice_holds_them(told):
    """What happens elsewhere is told by numbers; the worker reads the rest itself."""
    model.Session.expire_all()
    rows = [
        (row.kind, row.key, row.payload, row.error) for row in model.Session.scalars(sa.select(OutboxRow))
    ]
    facts = [row.facts for row in model.Session.scalars(sa.select(Notice))]
    assert rows
    assert told["number"] in repr(facts)
    assert found(repr(rows) + repr(facts), told) == []


def test_no_mail_holds_them(told):
    """To applicant and officers alike: number, dates, an address. The sink has decoded letters of both."""
    assert {told["number"] in letter.get_content() for letter in letters(told["who"])} == {True}
    assert letters(told["office"].clerk)
    heads_and_bodies = [
        repr(letter.items()) + letter.get_content() for letter in map(read_letter, BOX.glob("*.eml"))
    ]
    assert found("".join(heads_and_bodies), told) == []


def test_no_file_on_the_disk_holds_them(told):
    """Vault, scratch, released files, logs and mails; the attachment lies there, but sealed."""
    home = Path(toolkit.config["ckanext.govshare.work_path"]).parents[1]
    rooms = ("vault", "work", "artifacts", "storage", "log", "mail", "nginx")
    files = [path for room in rooms for path in (home / room).rglob("*") if path.is_file()]
    assert any(path.name == "attachment" for path in files)
    leaks = [str(path) for path in files if found(path.read_bytes().decode("utf-8", "replace"), told)]
    assert leaks == []


def test_pages_and_documents_before_officers_hold_them_masked(told, app):
    """The page of the case, its PDF, and what is said when something goes wrong."""
    made = toolkit.get_action("api_token_create")(system(), {"user": told["office"].clerk, "name": "t"})
    headers, case = {"Authorization": made["token"]}, f"/workbench/application/{told['number']}"
    answers = [
        app.get(case, headers=headers),
        app.post(case, data={"move": "look", "attachment": "nothing"}, headers=headers),
        app.post(case, data={"move": "refuse", "version": "0"}, headers=headers),
        app.get(f"/application/{told['number']}/document/acceptance", headers=headers),
        app.get(f"/application/{told['number']}/document/nothing.pdf", headers=headers),
    ]
    assert [answer.status_code for answer in answers] == [200, 404, 409, 200, 404]
    document = app.get(f"/application/{told['number']}/document/acceptance.pdf", headers=headers)
    said = "".join(page.extract_text() for page in PdfReader(io.BytesIO(document.data)).pages)
    assert told["number"] in said
    assert found("".join(answer.body for answer in answers) + said.replace("\n", ""), told) == []


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


def read_letter(path: Path) -> Any:
    """A mail of the sink, decoded."""
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def found(text: str, told: dict[str, Any]) -> list[str]:
    """Which of the values stand in ``text``."""
    return sorted(value for value in told["secret"] if value in text)
