"""Notices (通知): written with their cause, in the portal first; mail repeats them and may be late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ckanext.govshare import config, rulebook, runtime
from ckanext.govshare.domain.notice import AUTHORS, BUREAU, CLERKS, HEADS, WAITING, NoticeKind
from ckanext.govshare.logic import roles
from ckanext.govshare.model import Notice, outbox

MAIL = "notice_mail"
DIGEST = "notice_digest"


@dataclass(frozen=True)
class News:
    """What is to be told of a case; ``kind`` is a row of ``notices.yaml``, ``facts`` hold no personal data."""

    kind: str
    case_kind: str
    case_id: str
    organization_id: str
    authors: tuple[str, ...]
    facts: Mapping[str, Any]


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
    notice = Notice(**_values(kind, recipient_user_id, case_kind, case_id, facts, at))
    session.add(notice)
    if row.digest:
        outbox.put(session, DIGEST, recipient_user_id).available_at = _gathered_by(at)
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
    for person in _told(row, organization_id, case_kind, authors):
        if person != by:
            tell(
                session,
                kind=kind,
                recipient_user_id=person,
                case_kind=case_kind,
                case_id=case_id,
                facts=facts,
            )


def tell_all(session: Session, news: Iterable[News]) -> None:
    """Tell many things at once, each to whom ``notices.yaml`` names, if it names anybody; in the caller's transaction."""
    at, kinds, offices = runtime.now(), rulebook.notice_kinds(), _Offices()
    rows: list[dict[str, Any]] = []
    mailed: list[str] = []
    gathered: dict[str, None] = {}
    for one in news:
        kind = kinds.get(one.kind)
        for person in offices.told(kind, one) if kind else ():
            rows.append(_values(one.kind, person, one.case_kind, one.case_id, one.facts, at))
            if kind and kind.digest:
                gathered[person] = None
            else:
                mailed.append(rows[-1]["id"])
    if rows:
        session.execute(sa.insert(Notice), rows)
    outbox.put_all(session, MAIL, mailed)
    outbox.put_all(session, DIGEST, gathered, _gathered_by(at))


class _Offices:
    """Who is told in each department, asked once."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str, str], list[str]] = {}

    def told(self, kind: NoticeKind, one: News) -> list[str]:
        if kind.to == AUTHORS:
            return _told(kind, one.organization_id, one.case_kind, one.authors)
        key = (kind.to, one.organization_id, one.case_kind)
        if key not in self.known:
            self.known[key] = _told(kind, one.organization_id, one.case_kind, ())
        return self.known[key]


def _told(kind: NoticeKind, organization_id: str, case_kind: str, authors: Iterable[str | None]) -> list[str]:
    """Return whom a kind of notice is for, each once."""
    told: Iterable[str | None] = {
        HEADS: lambda: roles.deciders(organization_id, case_kind),
        CLERKS: lambda: roles.persons(organization_id, "clerk"),
        BUREAU: roles.bureau_persons,
        AUTHORS: lambda: list(authors),
    }[kind.to]()
    return list(dict.fromkeys(person for person in told if person))


def _values(
    kind: str, person: str, case_kind: str, case_id: str, facts: Mapping[str, Any], at: datetime
) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "recipient_id": person,
        "kind": kind,
        "case_kind": case_kind,
        "case_id": case_id,
        "facts": dict(facts),
        "created_at": at,
        "mail_state": WAITING,
    }


def _gathered_by(at: datetime) -> datetime:
    return at + timedelta(minutes=config.number("notice_digest_minutes"))
