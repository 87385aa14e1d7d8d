"""Mail of notices: at least once, under one Message-ID however often it is tried; a dead server holds nobody up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from ckan import model
from ckan.lib import mailer
from ckan.plugins import toolkit

from ckanext.govshare import rulebook, runtime
from ckanext.govshare.domain.notice import NONE, SENT, WAITING
from ckanext.govshare.model import Notice, notice, outbox
from ckanext.govshare.notices import DIGEST, MAIL, wording

PAUSE = timedelta(minutes=1)


class NotTaken(Exception):  # noqa: N818 - it says what happened
    """The mail server did not take a mail; it is tried again. Names no person."""


def send(notice_id: str) -> None:
    """Mail one notice; safe to repeat."""
    row = model.Session.get(Notice, notice_id, with_for_update=True, populate_existing=True)
    if row is None or row.mail_state != WAITING:
        model.Session.rollback()
        return
    words = wording.site_language()
    text = f"{wording.body(row, words)}\n\n{wording.address(wording.path(row))}\n"
    _deliver([row], wording.subject(row, words), text, f"notice-{row.id}", key=notice_id)


def send_digest(person_id: str) -> None:
    """Mail an officer everything that waits for them, in one letter; safe to repeat."""
    rows = notice.unmailed(model.Session, person_id)
    if not rows:
        model.Session.rollback()
        return
    words = wording.site_language()
    lines = [f"{wording.subject(row, words)}\n{wording.address(wording.path(row))}" for row in rows]
    subject = rulebook.notice_digest()[words] % {"count": len(rows)}
    text = "\n\n".join(lines) + f"\n\n{wording.address('/user/notices')}\n"
    # The same rows are the same letter; with one more it is another, which no mail program may take for a repetition.
    _deliver(rows, subject, text, f"digest-{rows[-1].id}-{len(rows)}", key=person_id)


def _deliver(rows: list[Notice], subject: str, text: str, mail_id: str, *, key: str) -> None:
    person = model.User.get(rows[0].recipient_id)
    reachable = person is not None and person.is_active and person.email
    if reachable:
        _hand_over(person, subject, text, mail_id, key)
    for row in rows:
        row.mail_state = SENT if reachable else NONE
        row.mailed_at = runtime.now() if reachable else None
    model.Session.commit()


def _hand_over(person: Any, subject: str, text: str, mail_id: str, key: str) -> None:
    host = urlsplit(str(toolkit.config["ckan.site_url"])).hostname
    headers = {"Message-ID": f"<{mail_id}@{host}>", "Auto-Submitted": "auto-generated"}
    try:
        mailer.mail_recipient(person.display_name, person.email, subject, text, headers=headers)
    except (mailer.MailerException, OSError):
        model.Session.rollback()
        # One attempt finds out that the server is gone; the other mails do not each wait for it in turn.
        outbox.hold(model.Session, (MAIL, DIGEST), runtime.now() + PAUSE, besides=key)
        model.Session.commit()
        raise NotTaken("the mail server did not take it") from None
