"""Who a journal row speaks of, in words: the person, for whom they acted, or the portal itself."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare.model.journal import SYSTEM, JournalRow


def actors(rows: Iterable[JournalRow]) -> dict[int, str]:
    """Return who took the move of each row, by the row's id; a move in a head's place names both (委托代行)."""
    listed = list(rows)
    persons = names(person for row in listed for person in (row.actor, row.facts.get("for")) if person)
    return {row.id: _told(row, persons) for row in listed}


def names(ids: Iterable[str]) -> dict[str, str]:
    """Return the names of users by id, read at once."""
    query = sa.select(model.User).where(model.User.id.in_(set(ids)))
    return {user.id: user.display_name for user in model.Session.scalars(query)}


def _told(row: JournalRow, persons: dict[str, str]) -> str:
    if row.actor == SYSTEM:
        return str(toolkit._("the portal itself"))
    actor, head = persons.get(row.actor, row.actor), row.facts.get("for")
    if not head:
        return actor
    return str(toolkit._("%(actor)s, for %(head)s")) % {"actor": actor, "head": persons.get(head, head)}
