"""Notices (通知): written with their cause, in the portal first; mail repeats them and may be late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from ckanext.govshare import config, rulebook, runtime
from ckanext.govshare.domain.notice import AUTHORS, BUREAU, CLERKS, HEADS, WAITING
from ckanext.govshare.logic import roles
from ckanext.govshare.model import Notice, outbox

MAIL = "notice_mail"
DIGEST = "notice_digest"


def tell(
    session: Session,
    *,
    kind: str,
    recipient_user_id: str,
    case_kind: str,
    case_id: str,
    facts: Mapping[str, Any],
) -> Notice:
    """Tell one person of a case, in the caller's transaction; ``kind`` is a row of ``notices.yaml``.

    ``facts`` fill its words and hold no personal data.
    """
    at, row = runtime.now(), rulebook.notice_kinds()[kind]
    notice = Notice(
        id=str(uuid4()),
        recipient_id=recipient_user_id,
        kind=kind,
        case_kind=case_kind,
        case_id=case_id,
        facts=dict(facts),
        created_at=at,
        mail_state=WAITING,
    )
    session.add(notice)
    if row.digest:
        event = outbox.put(session, DIGEST, recipient_user_id)
        event.available_at = at + timedelta(minutes=config.number("notice_digest_minutes"))
    else:
        outbox.put(session, MAIL, notice.id)
    return notice


def tell_of_move(
    session: Session,
    *,
    case_kind: str,
    case_id: str,
    move: str,
    organization_id: str,
    by: str,
    authors: Iterable[str | None],
    facts: Mapping[str, Any],
) -> None:
    """Tell whom ``notices.yaml`` names at this move of a case, if it names anybody; never who took it (``by``)."""
    kind = f"{case_kind}.{move}"
    row = rulebook.notice_kinds().get(kind)
    if row is None:
        return
    told = {
        HEADS: lambda: roles.deciders(organization_id, case_kind),
        CLERKS: lambda: roles.persons(organization_id, "clerk"),
        BUREAU: roles.bureau_persons,
        AUTHORS: lambda: list(authors),
    }[row.to]()
    for person in dict.fromkeys(filter(None, told)):
        if person != by:
            tell(
                session,
                kind=kind,
                recipient_user_id=person,
                case_kind=case_kind,
                case_id=case_id,
                facts=facts,
            )
