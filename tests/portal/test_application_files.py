"""What an application is taken away as: documents as PDF, the due date for a calendar, attachments; and the forms that take them."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import quote

import pytest
from ckan.plugins import toolkit
from flask import g
from pypdf import PdfReader

from tests.papers import pdf, png
from tests.portal.applicants import COLUMNS, applied, approval, conditional, form, take
from tests.portal.officers import Department, act, person, system

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")

SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"


@pytest.fixture
def office() -> Department:
    """A department of its own."""
    return Department()


def key(who: str) -> dict[str, str]:
    """A token of somebody, as a header; with it no CSRF token is asked for."""
    g.pop("_login_user", None)  # the tests' own context would keep whoever asked before
    made = toolkit.get_action("api_token_create")(system(), {"user": who, "name": "t"})
    return {"Authorization": made["token"]}


def text_of(body: bytes) -> str:
    """What a PDF says, line ends left out."""
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages).replace("\n", "")


@pytest.fixture
def answered(office) -> tuple[str, dict[str, Any]]:
    """An application that went all the way: completed, accepted, extended, granted in part."""
    who, shown = applied(office)
    number = shown["number"]
    take(office.clerk, number, "ask_supplement", missing="请补充营业执照\n请说明成果的发布方式", days=5)
    take(who, number, "supplement")
    take(office.clerk, number, "accept")
    take(office.clerk, number, "ask_extension", days=5, note="需要征求专家意见")
    take(office.head, number, "grant_extension")
    (entry,) = shown["entries"]
    part = approval(shown, scope={entry["id"]: COLUMNS[:1]}, note="泊位数尚在核对")
    return who, take(office.head, number, "approve_partly", **part)


SAID = {
    "acceptance": ("受理通知书", "受", ["现予受理"]),
    "supplement": ("补正通知书", "补", ["请补充营业执照", "请说明成果的发布方式", "视为撤回申请"]),
    "extension": ("延期告知书", "延", ["需要征求专家意见", "延长5个工作日"]),
    "reply": ("答复书", "复", ["结论：部分同意", "泊位数尚在核对", "申请行政复议或者提起行政诉讼"]),
}


@pytest.mark.parametrize("kind", SAID)
def test_each_document_is_a_page_and_a_pdf_that_say_the_same(app, office, answered, kind):
    """Number, addressee, sentences, office, seal; to officers the name is masked."""
    who, shown = answered
    title, suffix, sentences = SAID[kind]
    address = f"/application/{shown['number']}/document/{kind}"
    mine = app.get(f"{address}.pdf", headers=key(who))
    assert (mine.status_code, mine.content_type) == (200, "application/pdf")
    assert mine.headers["Cache-Control"] == "private, no-store"
    assert quote(title) in mine.headers["Content-Disposition"]
    said, page = text_of(mine.data), app.get(address, headers=key(who)).body
    seal = toolkit.config["ckanext.govshare.site.document_seal"]
    for words in (
        title,
        f"{shown['number']}-{suffix}",
        "测试甲",
        shown["organization_title"],
        seal,
        *sentences,
    ):
        assert words in said, words
        assert words in page, words
    theirs = text_of(app.get(f"{address}.pdf", headers=key(office.clerk)).data)
    assert "测试甲" not in theirs
    assert "测**" in theirs


def test_there_is_no_document_without_cause_and_none_for_strangers(app, office):
    who, shown = applied(office)
    for kind in (*SAID, "other", "../../x"):
        assert (
            app.get(f"/application/{shown['number']}/document/{kind}.pdf", headers=key(who)).status_code
            == 404
        )
    take(office.clerk, shown["number"], "accept")
    address = f"/application/{shown['number']}/document/acceptance.pdf"
    assert app.get(address, headers=key(who)).status_code == 200
    for stranger in (person("other"), Department().head):
        assert app.get(address, headers=key(stranger)).status_code == 404
    g.pop("_login_user", None)
    assert app.get(address, follow_redirects=False).status_code == 302


def test_the_due_day_goes_into_a_calendar(app, office):
    """One event that stays the same event, with the number and nothing of a person; none while the clock stands still."""
    who, shown = applied(office)
    address = f"/application/{shown['number']}/due.ics"
    assert address in app.get(f"/application/{shown['number']}/receipt", headers=key(who)).body
    answer = app.get(address, headers=key(who))
    lines = answer.data.decode().replace("\r\n ", "").split("\r\n")
    assert f"UID:{shown['number']}@govshare" in lines
    assert f"DTSTART;VALUE=DATE:{shown['due_on'].replace('-', '')}" in lines
    assert any(line.startswith("URL:http") and shown["number"] in line for line in lines)
    assert "测试甲" not in answer.data.decode()
    take(office.clerk, shown["number"], "ask_supplement", missing="请补充", days=5)
    assert app.get(address, headers=key(who)).status_code == 404


def test_a_file_leaves_as_a_download_that_no_browser_opens(app, office):
    """Its Chinese name, its own kind, no sniffing, no script, no copy kept; officers only through the page that asks why."""
    who, entry = person("citizen"), conditional(office)
    given = {"upload": (io.BytesIO(pdf("内容")), "营业执照（副本）.exe")}
    address = f"/dataset/{entry['name']}/apply/commit"
    page = app.post(
        address, data={**given, "do": "keep"}, headers=key(who), content_type="multipart/form-data"
    )
    assert "营业执照（副本）.exe" in page.body
    draft = act(who, "govshare_application_draft_show", id=entry["id"])
    (paper,) = draft["attachments"]
    shown = act(who, "govshare_application_create", **form(), entries=[{"id": entry["id"]}], key=draft["id"])
    answer = app.get(f"/application/attachment/{paper['id']}", headers=key(who))
    assert (answer.status_code, answer.data) == (200, pdf("内容"))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"attachment-1.pdf\"; filename*=UTF-8''"
        + quote("营业执照（副本）.exe.pdf", safe="")
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == SANDBOX
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert app.get(f"/application/attachment/{paper['id']}", headers=key(office.clerk)).status_code == 403
    assert app.get(f"/application/attachment/{paper['id']}", headers=key(person("other"))).status_code == 404
    case = f"/workbench/application/{shown['number']}"
    assert "营业执照" not in app.get(case, headers=key(office.clerk)).body
    asked = {"move": "look", "attachment": paper["id"]}
    refused = app.post(case, data=asked, headers=key(office.clerk))
    assert refused.status_code == 409
    assert "look_reason" in refused.body
    taken = app.post(case, data={**asked, "look_reason": "核对执照"}, headers=key(office.clerk))
    assert (taken.status_code, taken.data) == (200, pdf("内容"))


BAD = {
    "空.pdf": (b"", "文件是空的"),
    "程序.pdf": (b"MZ\x90\x00" + bytes(80), "不是 PDF、JPEG、PNG 或 OFD"),
    "两用.pdf": (pdf("<script>"), "同时是两种格式"),
    "半张.png": (png()[:40], "损坏或不完整"),
    "大.pdf": (pdf("x" * 11 * 1024 * 1024), "超过 10 MB"),
}


def test_each_bad_file_is_named_with_its_reason_and_the_good_ones_are_kept(app, office):
    """Six at once: one is kept, five are named; what was ticked stays ticked."""
    who, entry = person("citizen"), conditional(office)
    files = [(io.BytesIO(content), name) for name, (content, _why) in BAD.items()]
    address = f"/dataset/{entry['name']}/apply/commit"
    given = {"upload": [*files, (io.BytesIO(pdf()), "好.pdf")], "commitment": form()["commitment"]}
    page = app.post(address, data=given, headers=key(who), content_type="multipart/form-data")
    assert page.status_code == 409
    for name, (_content, why) in BAD.items():
        assert f"“{name}”：" in page.body
        assert why in page.body
    kept = act(who, "govshare_application_draft_show", id=entry["id"])
    assert [row["name"] for row in kept["attachments"]] == ["好.pdf"]
    assert kept["values"]["commitment"] == form()["commitment"]


def test_of_thirty_files_ten_are_kept_and_each_other_is_named(app, office):
    who, entry = person("citizen"), conditional(office)
    files = [(io.BytesIO(pdf(str(number))), f"第{number}份.pdf") for number in range(1, 31)]
    address = f"/dataset/{entry['name']}/apply/commit"
    page = app.post(address, data={"upload": files}, headers=key(who), content_type="multipart/form-data")
    assert page.status_code == 409
    assert len(act(who, "govshare_application_draft_show", id=entry["id"])["attachments"]) == 10
    refused = [
        number for number in range(1, 31) if f"“第{number}份.pdf”：一份申请最多附 10 个附件" in page.body
    ]
    assert refused == list(range(11, 31))


def test_a_file_is_removed_from_the_form(app, office):
    """Its button names it; the form is saved and stays."""
    who, entry = person("citizen"), conditional(office)
    address = f"/dataset/{entry['name']}/apply/commit"
    given = {"upload": (io.BytesIO(pdf()), "多余.pdf")}
    app.post(address, data={**given, "do": "keep"}, headers=key(who), content_type="multipart/form-data")
    (paper,) = act(who, "govshare_application_draft_show", id=entry["id"])["attachments"]
    for _ in range(2):  # a second click finds nothing to remove
        answer = app.post(address, data={"remove": paper["id"]}, headers=key(who), follow_redirects=False)
        assert answer.status_code == 302
    g.pop("_login_user", None)
    assert act(who, "govshare_application_draft_show", id=entry["id"])["attachments"] == []


def test_completing_keeps_what_was_typed_while_files_are_added_and_corrects_the_data(app, office):
    """The page of the supplement: first a file alone, then everything; unticked items are gone, a ticked entry has come."""
    who, shown = applied(office)
    other = conditional(office)
    take(office.clerk, shown["number"], "ask_supplement", missing="请补充执照", days=5)
    address, headers = f"/application/{shown['number']}/supplement", key(who)
    page = app.get(address, headers=headers)
    assert other["title"] in page.body
    (entry,) = shown["entries"]
    version = act(who, "govshare_application_show", id=shown["number"])["version"]
    values = act(who, "govshare_application_reveal", id=shown["number"])["values"]
    answers = {name: text for name, text in values.items() if name not in ("applicant_kind", "commitment")}
    given = {
        **answers,
        "version": version,
        "scenario": "论文",
        "entry": [entry["id"], other["id"]],
        "items-of": entry["id"],
        f"column-{entry['id']}": COLUMNS[:1],
    }
    files = {"upload": (io.BytesIO(pdf()), "执照.pdf")}
    page = app.post(
        address, data={**given, **files, "do": "keep"}, headers=headers, content_type="multipart/form-data"
    )
    assert page.status_code == 200
    assert "执照.pdf" in page.body
    assert "论文" in page.body
    assert act(who, "govshare_application_show", id=shown["number"])["state"] == "supplementing"
    wrong = app.post(address, data={**given, "entry": [], "purpose": ""}, headers=headers)
    assert wrong.status_code == 409
    assert "至少保留一个原来申请的条目" in wrong.body
    done = app.post(address, data=given, headers=headers, follow_redirects=False)
    assert done.status_code == 302
    after = act(office.clerk, "govshare_application_show", id=shown["number"])
    assert [(row["id"], row["columns"]) for row in after["entries"]] == [
        (entry["id"], COLUMNS[:1]),
        (other["id"], COLUMNS),
    ]
    assert len(after["attachments"]) == 1
