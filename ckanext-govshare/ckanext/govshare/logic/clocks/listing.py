"""Recorded reminders as officers read them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.orm import Session

from ckanext.govshare import rulebook, runtime
from ckanext.govshare.logic.clocks.sources import SOURCES
from ckanext.govshare.logic.errors import language
from ckanext.govshare.model import Application, Grant, Publication, Reminder

# Case kind → the column of its name, the column of its id, and the page on which it is dealt with.
_NAMES = {
    "application": (Application.number, Application.id, "/application/%s"),
    "grant": (Grant.number, Grant.id, "/application/grant/%s"),
    "entry": (Publication.title, Publication.entry_id, "/workbench/publication/%s"),
}


def newest(session: Session, departments: list[str] | None, limit: int) -> list[dict[str, Any]]:
    """Return the newest rows of ``departments`` (all when None) that still concern them, with the case's name and page.

    What is over or has another date by now stays in the table, and is shown to nobody any more.
    """
    stands = [
        (Reminder.case_kind == source.case_kind) & source.stands() for source in SOURCES if source.stands
    ]
    query = sa.select(Reminder).where(sa.or_(*stands))
    query = query.order_by(Reminder.due_at.desc(), Reminder.id.desc()).limit(limit)
    if departments is not None:
        query = query.where(Reminder.organization_id.in_(departments))
    rows = list(session.scalars(query))
    titles, offices = _titles(session, rows), _offices(session, rows)
    return [_told(row, titles.get((row.case_kind, row.case_id), ""), offices) for row in rows]


def _told(row: Reminder, title: str, offices: dict[str, str]) -> dict[str, Any]:
    words, said = rulebook.words("reminders")[row.kind], language()
    duty = rulebook.duties().get(row.duty)
    page = _NAMES.get(row.case_kind, (None, None, ""))[2]
    named = title if row.case_kind == "application" else row.case_id
    return {
        "kind": row.kind,
        "label": words[said],
        "case_kind": row.case_kind,
        "case_id": row.case_id,
        "title": title or row.case_id,
        "path": page % named if page else "",
        "organization": offices.get(row.organization_id or "", ""),
        "duty": duty.label[said] if duty else rulebook.words("duties")[row.duty][said],
        "due_on": row.due_on.isoformat(),
        "due_at": runtime.in_shanghai(row.due_at).isoformat(),
    }


def _titles(session: Session, rows: list[Reminder]) -> dict[tuple[str, str], str]:
    found = {}
    for kind, (name, key, _page) in _NAMES.items():
        ids = {row.case_id for row in rows if row.case_kind == kind}
        if ids:
            found.update(
                {
                    (kind, case): title
                    for case, title in session.execute(sa.select(key, name).where(key.in_(ids)))
                }
            )
    return found


def _offices(session: Session, rows: list[Reminder]) -> dict[str, str]:
    ids = {row.organization_id for row in rows if row.organization_id}
    query = sa.select(model.Group.id, model.Group.title).where(model.Group.id.in_(ids))
    return {row.id: row.title for row in session.execute(query)}
