"""Notices: written with their cause, seen by their person only; mail is tried until it leaves, once per notice."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare import jobs, notices, rulebook, runtime
from ckanext.govshare.domain.application import APPLICATION
from ckanext.govshare.domain.edition import EDITION
from ckanext.govshare.domain.mirror_alarm import ENTRY, OF_ENTRY, OF_TARGET
from ckanext.govshare.domain.mirror_alarm import KINDS as ALARMS
from ckanext.govshare.domain.publication import CHANGE, PUBLICATION
from ckanext.govshare.domain.reminders import KINDS
from ckanext.govshare.model import Notice, OutboxRow
from local import mail, process
from local.site import Site

from tests.portal.applicants import applied, form, take
from tests.portal.officers import Department, act, person

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")

SITE = Site.of(Path(__file__).resolve().parents[2])
BOX = SITE.var / "mail"
MAIL_KINDS = (notices.MAIL, notices.DIGEST)
DAYS = ("due_on", "due_on_before", "from_on", "to_on")
FILLED = {
    "title": "停车场", "number": 3, "target": "政务服务网", "count": 6, "why": "国办发明电〔2025〕7号",
    "since": "2026-11-20 09:00", **dict.fromkeys(DAYS, "2026-12-07")
}  # fmt: skip


@pytest.fixture
def office() -> Department:
    """A department; what earlier tests left to be mailed has left."""
    due_now()
    while jobs.drain():
        pass
    return Department()


@pytest.fixture
def sink() -> Iterator[Any]:
    """The mail server of the stack, running again afterwards."""
    part = mail.part(SITE)
    yield part
    if process.pid_of(SITE, part.name) is None:
        process.start(SITE, part)
        process.wait(SITE, part)


def due_now() -> None:
    """Let the time pass that mails wait for."""
    model.Session.execute(
        sa.update(OutboxRow).where(OutboxRow.kind.in_(MAIL_KINDS)).values(available_at=sa.func.now())
    )
    model.Session.commit()


def waiting() -> int:
    """How many mails have not left."""
    query = sa.select(sa.func.count()).where(OutboxRow.kind.in_(MAIL_KINDS), OutboxRow.done_at.is_(None))
    return model.Session.scalar(query) or 0


def letters(to: str) -> list[Any]:
    """The mails that the sink has for somebody, oldest first."""
    recipient = f"X-RcptTo: {model.User.get(to).email}\n".encode()
    found = [file.read_bytes() for file in sorted(BOX.glob("*.eml"))]
    return [
        email.message_from_bytes(letter, policy=email.policy.default)
        for letter in found
        if recipient in letter
    ]


def forgetting(monkeypatch) -> None:
    """From now on the server takes a mail and dies before it says so."""
    from ckanext.govshare.notices import mail as mailing

    whole = mailing.mailer.mail_recipient

    def forgetful(*given: Any, **more: Any) -> None:
        whole(*given, **more)
        raise ConnectionResetError

    monkeypatch.setattr(mailing.mailer, "mail_recipient", forgetful)


def told(who: str) -> list[str]:
    """What somebody was told, newest first."""
    return [row["kind"] for row in act(who, "govshare_notice_list")["results"]]


def test_every_kind_has_its_words():
    """Chinese and English, filled; every kind is a move of its case, a result of a job, or a reminder of a duty."""
    moves = {
        "publication": {move.name for move in PUBLICATION.moves},
        "change": {move.name for move in CHANGE.moves},
        "application": {move.name for move in APPLICATION.moves}
        | {"receipt", "propose", "revoke", "report", "recount"},
        "edition": {move.name for move in EDITION.moves} | {"released", "release_refused"},
        "mirror": {
            *ALARMS,
            *(f"{kind}_many" for kind in OF_ENTRY),
            *(f"{kind}_recovered" for kind in (ENTRY, *OF_TARGET)),
            f"{ENTRY}_recovered_many",
        },
        "delegation": {"create", "revoke"},
    }
    for code, kind in rulebook.notice_kinds().items():
        for words in (kind.subject, kind.body):
            assert {language: bool(text % FILLED) for language, text in words.items()} == {
                "zh": True,
                "en": True,
            }
        case, _, move = code.partition(".")
        reminders = {
            f"{duty}_{when}"
            for duty in (*rulebook.duties(), "update_cycle", "grant_end")
            for when in (*KINDS, "recount")
        }
        assert move in moves[case] | reminders, code


def test_each_move_tells_whom_it_concerns(office):
    """The head of a submission, the bureau of an approval, the clerk of the outcome; never whoever did it."""
    entry = office.published()
    assert told(office.head) == ["publication.submit"]
    # The bureau is one for all tests, some of which put the clock forward: of this entry alone.
    bureaus = sa.select(Notice.kind).filter_by(
        recipient_id=model.User.get(office.bureau).id, case_id=entry["id"]
    )
    assert list(model.Session.scalars(bureaus)) == ["publication.approve"]
    assert told(office.clerk) == ["publication.publish"]
    office.move(office.head, entry["id"], "withdraw", note="有误")
    assert told(office.clerk) == ["publication.withdraw", "publication.publish"]
    assert told(office.head) == ["publication.submit"]


def test_a_move_that_is_rolled_back_tells_nobody(office):
    """Notice and mail are part of the move's transaction."""
    me = model.User.get(office.clerk).id
    notices.tell(
        model.Session, kind="publication.publish", recipient_user_id=me, case_kind="publication", case_id="x",
        facts={"title": "甲"},
    )  # fmt: skip
    model.Session.rollback()
    assert told(office.clerk) == []
    assert waiting() == 0


def test_notices_are_their_person_s_alone(office):
    """Listed, counted, read and marked by nobody else."""
    office.published()
    mine = act(office.clerk, "govshare_notice_list")
    assert mine["unread"] == 1
    other = person("citizen")
    assert act(other, "govshare_notice_list")["results"] == []
    with pytest.raises(toolkit.ObjectNotFound):
        act(other, "govshare_notice_read", id=mine["results"][0]["id"])
    act(other, "govshare_notice_read")
    assert act(office.clerk, "govshare_notice_list")["unread"] == 1
    assert act(office.clerk, "govshare_notice_read", id=mine["results"][0]["id"]) == {"unread": 0}
    assert [row["read"] for row in act(office.clerk, "govshare_notice_list")["results"]] == [True]


def test_mail_says_the_same_and_the_outbox_says_nothing(office):
    """One mail to the clerk at once; its event carries an id and no word of a person."""
    entry = office.published()
    jobs.drain()
    (letter,) = letters(office.clerk)
    assert letter["Subject"] == f"已发布：{entry['title']}"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert f"/workbench/publication/{entry['id']}" in letter.get_content()
    rows = model.Session.scalars(sa.select(OutboxRow).where(OutboxRow.kind.in_(MAIL_KINDS)))
    assert {str(row.payload) for row in rows} == {"{}"}
    assert {
        row.mail_state
        for row in model.Session.scalars(sa.select(Notice).filter_by(kind="publication.publish"))
    } == {"sent"}


def test_work_that_waits_for_an_officer_comes_in_one_mail(office):
    """Three submissions, one letter to the head, after the time of gathering and not before."""
    titles = []
    for _ in range(3):
        entry = office.draft()
        titles.append(entry["title"])
        office.move(office.clerk, entry["id"], "submit")
    jobs.drain()
    assert letters(office.head) == []
    due_now()
    jobs.drain()
    (letter,) = letters(office.head)
    assert letter["Subject"] == "有 3 件事项等待您办理"
    assert [title in letter.get_content() for title in titles] == [True] * 3
    due_now()
    jobs.drain()
    assert len(letters(office.head)) == 1
    assert waiting() == 0


def test_an_applicant_is_told_of_each_step_and_no_mail_names_them(office):
    """The receipt at once, each decision; the mail leads to the page, which alone holds personal values."""
    who, shown = applied(office)
    assert told(who) == ["application.receipt"]
    assert told(office.clerk)[0] == "application.submit"
    take(office.clerk, shown["number"], "accept")
    assert told(who)[0] == "application.accept"
    jobs.drain()
    sent = letters(who)
    assert [letter["Subject"] for letter in sent] == [
        f"申请已收到：{shown['number']}",
        f"申请已受理：{shown['number']}",
    ]
    for letter in sent:
        text = letter.get_content()
        assert f"/application/{shown['number']}" in text
        assert shown["due_on"] in text
        assert not [
            value for value in form().values() if isinstance(value, str) and len(value) > 3 and value in text
        ]


def test_a_dead_mail_server_loses_nothing_and_holds_nobody_up(office, sink):
    """Killed: moves and everything else go on, one attempt is made for all mails; started: each leaves once."""
    process.stop(SITE, sink.name)
    entries = [office.published() for _ in range(3)]
    jobs.drain()
    assert [act(None, "package_show", id=entry["id"])["private"] for entry in entries] == [False] * 3
    assert len(told(office.clerk)) == 3
    left = model.Session.scalars(
        sa.select(OutboxRow).where(OutboxRow.kind == notices.MAIL, OutboxRow.done_at.is_(None))
    ).all()
    assert sorted(row.attempts for row in left) == [0, 0, 1]
    assert {row.error for row in left} == {"", "NotTaken: the mail server did not take it"}
    assert letters(office.clerk) == []
    process.start(SITE, sink)
    process.wait(SITE, sink)
    model.Session.rollback()
    due_now()
    jobs.drain()
    jobs.drain()
    sent = letters(office.clerk)
    assert sorted(letter["Subject"] for letter in sent) == sorted(
        f"已发布：{entry['title']}" for entry in entries
    )
    assert len({letter["Message-ID"] for letter in sent}) == 3
    assert waiting() == 0


def test_a_mail_that_is_tried_again_keeps_its_message_id(office, monkeypatch):
    """The server took it and died before it said so: the reader's program sees that both are one."""
    office.published()
    with monkeypatch.context() as patched:
        forgetting(patched)
        jobs.drain()
    due_now()
    jobs.drain()
    first, second = letters(office.clerk)
    assert first["Message-ID"] == second["Message-ID"]
    assert waiting() == 0


def test_a_gathered_mail_that_is_tried_again_is_the_same_until_there_is_more_to_say(office, monkeypatch):
    """Same rows, same Message-ID; with a row that came between it is another, or readers would never see that row."""

    def submit() -> str:
        entry = office.draft()
        office.move(office.clerk, entry["id"], "submit")
        due_now()
        return entry["title"]

    first = submit()
    with monkeypatch.context() as patched:
        forgetting(patched)
        for _ in range(2):
            due_now()
            jobs.drain()
    second = submit()
    jobs.drain()
    once, again, more = letters(office.head)
    assert once["Message-ID"] == again["Message-ID"] != more["Message-ID"]
    assert [title in more.get_content() for title in (first, second)] == [True, True]
    assert second not in again.get_content()
    assert waiting() == 0


def test_an_hour_without_a_mail_server(office, sink, monkeypatch):
    """Minute by minute: work goes on, one attempt at most for each waiting mail and minute, and all leave once."""
    from ckanext.govshare.notices import mail as mailing

    began, minute, tried = runtime.now(), [0], []
    whole = mailing.mailer.mail_recipient

    def counted(*given: Any, **more: Any) -> None:
        tried.append(minute[0])
        whole(*given, **more)

    monkeypatch.setattr(mailing.mailer, "mail_recipient", counted)
    monkeypatch.setattr(runtime, "now", lambda: began + timedelta(minutes=minute[0]))
    process.stop(SITE, sink.name)
    entries = []
    for minute[0] in range(60):
        if minute[0] % 20 == 5:
            entries.append(office.published())
        jobs.drain()
    assert [act(None, "package_show", id=entry["id"])["private"] for entry in entries] == [False] * 3
    assert len(told(office.clerk)) == 3
    assert letters(office.clerk) == letters(office.head) == []
    assert 1 <= len(tried) <= 60 * 2
    process.start(SITE, sink)
    process.wait(SITE, sink)
    for minute[0] in range(60, 125):
        jobs.drain()
    assert waiting() == 0
    sent = letters(office.clerk)
    assert sorted(letter["Subject"] for letter in sent) == sorted(
        f"已发布：{entry['title']}" for entry in entries
    )
    gathered = " ".join(letter.get_content() for letter in letters(office.head))
    assert [gathered.count(f"：{entry['title']}") for entry in entries] == [1, 1, 1]


def test_whoever_has_no_address_is_told_in_the_portal_only(office):
    """Nothing is tried for ever."""
    clerk = model.User.get(office.clerk)
    clerk.email = None
    model.Session.commit()
    office.published()
    jobs.drain()
    assert len(told(office.clerk)) == 1
    assert {
        row.mail_state for row in model.Session.scalars(sa.select(Notice).filter_by(recipient_id=clerk.id))
    } == {"none"}
    mails = sa.select(OutboxRow).where(OutboxRow.kind == notices.MAIL, OutboxRow.done_at.is_(None))
    assert model.Session.scalars(mails).all() == []
