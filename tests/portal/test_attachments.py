"""Attachments on the real vault: kept sealed, the applicant's own until handed in, looked at only by a recorded act."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare import config, rulebook, runtime, vault
from ckanext.govshare.logic.application import attachments, keeping, papers
from ckanext.govshare.model import Application, ApplicationAttachment, JournalRow
from ckanext.govshare.sealing import DataKey, SealBroken
from werkzeug.datastructures import FileStorage

from tests.papers import MAKERS, jpeg, ofd, pdf, png
from tests.portal.applicants import COLUMNS, applied, approval, conditional, form, take
from tests.portal.officers import Department, act, person

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")


def upload(content: bytes, name: str = "营业执照.pdf") -> FileStorage:
    """A file as a browser sends it; its declared type is a lie."""
    return FileStorage(io.BytesIO(content), filename=name, content_type="text/html")


def attach(who: str, content: bytes, name: str = "营业执照.pdf", **holder: str) -> dict[str, Any]:
    """Add one file."""
    return act(who, "govshare_application_attachment_create", upload=upload(content, name), **holder)


def look(who: str, attachment_id: str, reason: str = "") -> bytes:
    """Take a file as somebody."""
    user = model.User.get(who)
    context = {"user": who, "auth_user_obj": user}
    return b"".join(attachments.look(context, attachment_id, reason).pieces)


def drafted(office: Department) -> tuple[str, dict[str, Any]]:
    """An applicant and an entry to apply for."""
    return person("citizen"), conditional(office)


def send(who: str, entry: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Send the draft."""
    draft = act(who, "govshare_application_draft_show", id=entry["id"])
    given = {"entries": [{"id": entry["id"], "columns": COLUMNS}], **form(**changes)}
    return act(who, "govshare_application_create", **given, key=draft["id"])


def with_papers(office: Department, *contents: bytes) -> tuple[str, dict[str, Any]]:
    """An application with attachments."""
    who, entry = drafted(office)
    for number, content in enumerate(contents):
        attach(who, content, f"证明{number}.pdf", entry=entry["id"])
    return who, send(who, entry)


def rows(number: str) -> list[ApplicationAttachment]:
    """What the table has of an application."""
    model.Session.expire_all()
    query = sa.select(ApplicationAttachment).join(Application).where(Application.number == number)
    return list(model.Session.scalars(query))


def journalled(number: str, move: str) -> list[JournalRow]:
    """The journal's rows of one move."""
    model.Session.expire_all()
    case = model.Session.scalar(sa.select(Application.id).filter_by(number=number))
    rows = sa.select(JournalRow).filter_by(case_id=case, move=move).order_by(JournalRow.id)
    return list(model.Session.scalars(rows))


@pytest.fixture(scope="module")
def office() -> Department:
    """One department for all tests here."""
    return Department()


@pytest.mark.parametrize("kind", MAKERS)
def test_a_paper_is_kept_as_it_was_and_known_by_content(office, kind):
    """Name, ending and declared type are not believed; what lies on the disk is sealed."""
    who, entry = drafted(office)
    content = MAKERS[kind](uuid4().hex)
    kept = attach(who, content, "随便.exe", entry=entry["id"])
    assert (kept["kind"], kept["size"], kept["name"]) == (kind, len(content), "随便.exe")
    assert look(who, kept["id"]) == content
    sealed = vault._place(kept["id"], papers.PART).read_bytes()
    assert content[:40] not in sealed
    assert [
        row["id"] for row in act(who, "govshare_application_draft_show", id=entry["id"])["attachments"]
    ] == [kept["id"]]


def test_drafts_hold_so_much_together_and_another_person_has_room(office, monkeypatch):
    """Over all drafts of one person, told in a sentence; taken back or sent, there is room again."""
    content = [pdf(f"{number}{uuid4().hex}") for number in range(4)]
    limits = replace(rulebook.attachment_limits(), unsent=len(content[0]) + len(content[1]))
    monkeypatch.setattr(rulebook, "attachment_limits", lambda: limits)
    who, first = drafted(office)
    second = conditional(office)
    kept = attach(who, content[0], entry=first["id"])
    attach(who, content[1], entry=second["id"])
    with pytest.raises(toolkit.ValidationError) as caught:
        attach(who, content[2], entry=second["id"])
    assert caught.value.error_dict["codes"] == ["attachment.drafts_full"]
    other, entry = drafted(office)
    attach(other, content[2], entry=entry["id"])
    act(who, "govshare_application_attachment_delete", id=kept["id"])
    attach(who, content[2], entry=second["id"])
    send(who, second)
    attach(who, content[3], entry=first["id"])


def test_two_uploads_at_once_do_not_pass_the_limit_together(office, app, monkeypatch):
    """Into two drafts of one person: the second waits for the first, and counts it."""
    contents = [pdf(f"{number}{uuid4().hex}") for number in range(2)]
    limits = replace(rulebook.attachment_limits(), unsent=len(contents[0]) + 1)
    monkeypatch.setattr(rulebook, "attachment_limits", lambda: limits)
    who, first = drafted(office)
    entries = [first["id"], conditional(office)["id"]]

    def add(number: int) -> str:
        with app.flask_app.test_request_context():
            try:
                attach(who, contents[number], entry=entries[number])
            except toolkit.ValidationError as error:
                return str(error.error_dict["codes"])
            finally:
                model.Session.remove()
        return "kept"

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(add, range(2))) == ["['attachment.drafts_full']", "kept"]


BAD = {
    "no file": (b"", "", "attachment.no_file"),
    "empty": (b"", "空.pdf", "attachment.empty"),
    "a program": (b"MZ\x90\x00" + bytes(100) + b"PE", "合同.pdf", "attachment.wrong_type"),
    "two kinds": (pdf() + ofd(), "合同.pdf", "attachment.two_kinds"),
    "half": (png()[:40], "图.png", "attachment.damaged"),
    "11 MB": (pdf("x" * 11 * 1024 * 1024), "大.pdf", "attachment.too_large"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused_and_leave_nothing(office, name):
    """Neither row nor key nor bytes; and no error repeats a file's name, which would stand in the log."""
    who, entry = drafted(office)
    content, filename, code = BAD[name]
    keys = model.Session.scalar(sa.select(sa.func.count()).select_from(DataKey))
    with pytest.raises(toolkit.ValidationError) as caught:
        attach(who, content, filename, entry=entry["id"])
    assert caught.value.error_dict["codes"] == [code]
    assert not filename or filename not in str(caught.value.error_dict)
    model.Session.rollback()
    assert act(who, "govshare_application_draft_show", id=entry["id"])["attachments"] == []
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(DataKey)) == keys


def test_nothing_is_kept_for_what_cannot_be_applied_for(office):
    """Open data are taken, not applied for."""
    with pytest.raises(toolkit.ValidationError) as caught:
        attach(person("citizen"), pdf(), entry=office.published()["id"])
    assert caught.value.error_dict["codes"] == ["application.not_conditional"]


def test_the_largest_that_may_be_is_taken(office):
    who, entry = drafted(office)
    limit = rulebook.attachment_limits().largest
    content = pdf("x" * (limit - len(pdf())))
    content = pdf("x" * (limit - len(pdf()) - (len(content) - limit)))
    assert len(content) == limit
    assert attach(who, content, entry=entry["id"])["size"] == limit


def test_the_same_bytes_are_kept_once_and_ten_are_enough(office):
    """A second click, or the file under another name, is no second attachment; the eleventh is refused."""
    who, entry = drafted(office)
    first = attach(who, pdf("0"), entry=entry["id"])
    assert attach(who, pdf("0"), "别名.pdf", entry=entry["id"]) == first
    for number in range(1, 10):
        attach(who, pdf(str(number)), entry=entry["id"])
    with pytest.raises(toolkit.ValidationError) as caught:
        attach(who, pdf("10"), entry=entry["id"])
    assert caught.value.error_dict["codes"] == ["attachment.too_many"]


def test_a_paper_is_taken_back_with_its_key_before_it_is_sent(office):
    """What has been handed in stays; nobody else may take anything away."""
    who, entry = drafted(office)
    gone, stays = (attach(who, pdf(text), entry=entry["id"]) for text in ("a", "b"))
    with pytest.raises(toolkit.ObjectNotFound):
        act(person("other"), "govshare_application_attachment_delete", id=gone["id"])
    act(who, "govshare_application_attachment_delete", id=gone["id"])
    assert not vault.holds(gone["id"], papers.PART)
    purpose = f"vault:{gone['id']}/{papers.PART}"
    assert model.Session.scalar(sa.select(DataKey).filter_by(purpose=purpose)) is None
    shown = send(who, entry)
    assert [row["id"] for row in shown["attachments"]] == [stays["id"]]
    for somebody, error in ((who, toolkit.ValidationError), (office.clerk, toolkit.NotAuthorized)):
        with pytest.raises(error):
            act(somebody, "govshare_application_attachment_delete", id=stays["id"])
        model.Session.rollback()


def test_sending_hands_them_in_and_the_journal_knows_their_digests(office):
    who, shown = with_papers(office, pdf("eins"), jpeg("zwei"))
    kept = rows(shown["number"])
    assert {row.handed_in_at is not None for row in kept} == {True}
    (submitted,) = journalled(shown["number"], "submit")
    assert sorted(submitted.facts["attachments"]) == sorted(row.sha256 for row in kept)
    assert [
        row["number"] for row in act(who, "govshare_application_show", id=shown["number"])["attachments"]
    ] == [1, 2]


def test_officers_see_masked_names_and_look_for_a_reason_that_is_recorded(office):
    """Clerk, head and bureau alike, each look by itself; strangers learn nothing."""
    content = pdf(uuid4().hex)
    who, shown = with_papers(office, content)
    (paper,) = shown["attachments"]
    for officer in (office.clerk, office.head, office.bureau):
        (seen,) = act(officer, "govshare_application_show", id=shown["number"])["attachments"]
        assert seen["name"] == "证**.pdf"
        with pytest.raises(toolkit.ValidationError) as caught:
            look(officer, paper["id"])
        assert caught.value.error_dict["codes"] == ["application.reveal_reason_missing"]
        assert look(officer, paper["id"], "核对营业执照") == content
    looks = journalled(shown["number"], "look")
    assert [(row.actor, row.note) for row in looks] == [
        (model.User.get(name).id, "核对营业执照") for name in (office.clerk, office.head, office.bureau)
    ]
    assert looks[0].facts["attachment"] == paper["id"]
    assert look(who, paper["id"]) == content
    assert len(journalled(shown["number"], "look")) == 3
    for stranger in (person("other"), Department().head):
        with pytest.raises(toolkit.ObjectNotFound):
            look(stranger, paper["id"], "好奇")
    revealed = act(office.head, "govshare_application_reveal", id=shown["number"], reason="核对")
    assert [row["name"] for row in revealed["attachments"]] == ["证明0.pdf"]
    told = [line["move"] for line in act(who, "govshare_application_show", id=shown["number"])["history"]]
    assert "look" not in told


def test_a_draft_is_its_applicants_alone(office):
    who, entry = drafted(office)
    kept = attach(who, pdf(), entry=entry["id"])
    for other in (office.clerk, office.head, office.bureau, person("other")):
        with pytest.raises(toolkit.ObjectNotFound):
            look(other, kept["id"], "好奇")


def test_a_supplement_brings_more_papers_and_corrects_what_is_asked(office):
    """Added papers are the applicant's own until it is sent; entries and items change with it."""
    who, shown = with_papers(office, pdf("eins"))
    other = conditional(office)
    take(office.clerk, shown["number"], "ask_supplement", missing="请补充营业执照", days=5)
    new = attach(who, png("neu"), "补充.png", application=shown["number"])
    assert len(act(who, "govshare_application_show", id=shown["number"])["attachments"]) == 2
    assert len(act(office.clerk, "govshare_application_show", id=shown["number"])["attachments"]) == 1
    with pytest.raises(toolkit.ObjectNotFound):
        look(office.clerk, new["id"], "核对")
    dropped = attach(who, png("weg"), application=shown["number"])
    act(who, "govshare_application_attachment_delete", id=dropped["id"])
    (before,) = shown["entries"]
    wanted = [{"id": before["id"], "columns": COLUMNS[:1]}, {"id": other["id"]}]
    after = take(who, shown["number"], "supplement", entries=wanted, purpose="更正后的用途")
    assert [(row["id"], row["columns"]) for row in after["entries"]] == [
        (before["id"], COLUMNS[:1]),
        (other["id"], COLUMNS),
    ]
    seen = act(office.clerk, "govshare_application_show", id=shown["number"])
    assert [row["kind"] for row in seen["attachments"]] == ["pdf", "png"]
    assert look(office.clerk, new["id"], "核对") == png("neu")
    (row,) = journalled(shown["number"], "supplement")
    assert len(row.facts["attachments"]) == 1
    with pytest.raises(toolkit.ValidationError) as caught:
        attach(who, pdf("zu spät"), application=shown["number"])
    assert caught.value.error_dict["codes"] == ["attachment.not_now"]


def test_a_supplement_that_would_be_another_application_is_refused(office):
    """Nothing of it is kept: neither entries nor answers."""
    who, shown = applied(office)
    other, elsewhere = conditional(office), conditional(Department())
    take(office.clerk, shown["number"], "ask_supplement", missing="请补充", days=5)
    (before,) = shown["entries"]
    mine = {"id": before["id"], "columns": COLUMNS}
    for changes, code in (
        ({"entries": [{"id": other["id"]}]}, "application.supplement_other_data"),
        ({"entries": [mine, {"id": elsewhere["id"]}]}, "application.several_providers"),
        ({"entries": [{**mine, "columns": ["没有的列"]}]}, "application.unknown_column"),
        ({"entries": [{**mine, "columns": []}]}, "application.no_column"),
        ({"entries": [mine, {"id": office.published()["id"]}]}, "application.not_conditional"),
        ({"applicant_kind": "company"}, "application.supplement_other_applicant"),
    ):
        with pytest.raises(toolkit.ValidationError) as caught:
            take(who, shown["number"], "supplement", **changes)
        assert code in caught.value.error_dict["codes"], code
        model.Session.rollback()
    with pytest.raises(toolkit.ObjectNotFound):
        take(who, shown["number"], "supplement", entries=[mine, {"id": office.draft()["id"]}])
    model.Session.rollback()
    still = act(who, "govshare_application_show", id=shown["number"])
    assert (still["state"], still["entries"]) == ("supplementing", shown["entries"])


def test_an_added_entry_may_not_be_asked_for_twice_at_once(office):
    """The applicant's other application for it is named; in the database as well."""
    who, shown = applied(office)
    other = conditional(office)
    given = {"entries": [{"id": other["id"]}], **form()}
    act(who, "govshare_application_create", **given)
    take(office.clerk, shown["number"], "ask_supplement", missing="请补充", days=5)
    (before,) = shown["entries"]
    wanted = [{"id": before["id"], "columns": COLUMNS}, {"id": other["id"]}]
    with pytest.raises(toolkit.ValidationError) as caught:
        take(who, shown["number"], "supplement", entries=wanted)
    assert caught.value.error_dict["codes"] == ["application.already_open"]


def test_papers_of_another_draft_are_not_handed_in_unseen(office):
    """Two drafts, sent together from the first: what lay with the second is gone with it."""
    who, entry = drafted(office)
    other = conditional(office)
    mine, hidden = attach(who, pdf("a"), entry=entry["id"]), attach(who, pdf("b"), entry=other["id"])
    draft = act(who, "govshare_application_draft_show", id=entry["id"])
    shown = act(
        who,
        "govshare_application_create",
        **form(),
        entries=[{"id": other["id"]}, {"id": entry["id"]}],
        key=draft["id"],
    )
    assert [row["id"] for row in shown["attachments"]] == [mine["id"]]
    assert not vault.holds(hidden["id"], papers.PART)


def test_they_are_destroyed_with_their_keys_when_their_time_is_over(office, monkeypatch):
    """After the case, and after the grant; name and bytes go, number and digest stay, the journal says so."""
    who, shown = with_papers(office, pdf("frist"))
    take(office.clerk, shown["number"], "accept")
    granted = take(office.head, shown["number"], "approve", **approval(shown))
    act(
        who,
        "govshare_grant_create",
        id=shown["number"],
        name="测试甲",
        terms_version=granted["reply"]["terms_version"],
    )
    (row,) = rows(shown["number"])
    paper, days = row.id, config.number("attachment_keep_days")
    with vault.open(paper, papers.PART) as copy:
        assert copy.read() == pdf("frist")
    ends = runtime.now() + timedelta(days=180 + days)
    keeping.delete_due(runtime.now() + timedelta(days=days + 1))
    assert vault.holds(paper, papers.PART)
    assert keeping.delete_due(ends + timedelta(days=1)) >= 1
    (row,) = rows(shown["number"])
    assert (row.name, row.dropped_at is not None, row.sha256 != "") == (None, True, True)
    assert not vault.holds(paper, papers.PART)
    assert len(journalled(shown["number"], "papers_deleted")) == 1
    with pytest.raises(toolkit.ValidationError) as caught:
        look(office.head, paper, "核对")
    assert caught.value.error_dict["codes"] == ["attachment.dropped"]
    keeping.delete_due(ends + timedelta(days=2))
    assert len(journalled(shown["number"], "papers_deleted")) == 1


def test_what_was_never_handed_in_goes_with_its_case_or_its_draft(office):
    who, shown = applied(office)
    take(office.clerk, shown["number"], "ask_supplement", missing="请补充", days=5)
    late = attach(who, pdf("nie"), application=shown["number"])
    take(who, shown["number"], "withdraw")
    old_who, entry = drafted(office)
    forgotten = attach(old_who, pdf("alt"), entry=entry["id"])
    keeping.delete_due(runtime.now() + timedelta(days=2))
    assert (vault.holds(late["id"], papers.PART), vault.holds(forgotten["id"], papers.PART)) == (False, True)
    keeping.delete_due(runtime.now() + timedelta(days=config.number("attachment_keep_days") + 2))
    assert not vault.holds(forgotten["id"], papers.PART)
    assert act(old_who, "govshare_application_draft_show", id=entry["id"])["attachments"] == []


def test_what_a_killed_process_left_is_swept(office):
    """Bytes and a key without a row: nobody can ask for them, so they go."""
    owner = str(uuid4())
    vault.keep([pdf("waise")], owner, papers.PART)
    keeping.delete_due(runtime.now() + timedelta(hours=1))
    assert vault.holds(owner, papers.PART)
    keeping.delete_due(runtime.now() + timedelta(days=2))
    assert not vault.holds(owner, papers.PART)
    with pytest.raises((FileNotFoundError, SealBroken)):
        vault.open(owner, papers.PART)


def test_a_draft_cannot_vanish_from_under_its_papers(office):
    """In the database: a paper has one holder, and the holder exists."""
    who, entry = drafted(office)
    attach(who, pdf("halt"), entry=entry["id"])
    with pytest.raises(sa.exc.IntegrityError):
        model.Session.execute(
            sa.text("DELETE FROM govshare_application_draft WHERE entry_id = :e"), {"e": entry["id"]}
        )
    model.Session.rollback()


def test_a_renewal_begins_with_the_papers_of_its_grant(office):
    """Copies of the holder's own, to be taken back one by one; what was taken back does not come again by itself."""
    contents = [pdf(uuid4().hex), jpeg(uuid4().hex)]
    who, shown = with_papers(office, *contents)
    number, entry = shown["number"], shown["entries"][0]["id"]
    take(office.clerk, number, "accept")
    take(office.head, number, "approve", **approval(shown))
    agreed = {"terms_version": approval(shown)["terms_version"], "name": "测试甲"}
    grant = act(who, "govshare_grant_create", id=number, **agreed)["grants"][0]["number"]
    draft = act(who, "govshare_grant_renew", id=grant)
    assert [look(who, row["id"]) for row in draft["attachments"]] == contents
    assert [row["name"] for row in draft["attachments"]] == ["证明0.pdf", "证明1.pdf"]
    act(who, "govshare_application_attachment_delete", id=draft["attachments"][0]["id"])
    again = act(who, "govshare_grant_renew", id=grant)
    assert [look(who, row["id"]) for row in again["attachments"]] == contents[1:]
    renewed = send(who, {"id": entry}, renews=grant)
    assert [row.sha256 for row in rows(renewed["number"])] == [digest(contents[1])]
    assert sorted(row.sha256 for row in rows(number)) == sorted(map(digest, contents))
    papers.destroy([row.id for row in rows(number)])  # the time of the old ones is over
    assert look(who, rows(renewed["number"])[0].id) == contents[1]


def digest(content: bytes) -> str:
    """The digest under which a paper is known."""
    return sha256(content).hexdigest()
