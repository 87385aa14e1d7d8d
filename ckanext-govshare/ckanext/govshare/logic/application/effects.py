"""What each allowed move writes down: the facts that dates, documents and statistics derive from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from ckanext.govshare.domain.application_needs import Given
from ckanext.govshare.logic.application import clock
from ckanext.govshare.logic.deadline import calendars
from ckanext.govshare.model import Application


def write(row: Application, move: str, given: Given, person: str, at: datetime) -> None:
    """Write the facts of ``move`` into the row."""
    _WRITERS[move](row, given, person, at)
    if move in _ANSWERS:
        row.reply = reply_of(move, given)
        row.decided_by, row.decided_at = person, at


def reply_of(move: str, given: Given) -> dict[str, Any]:
    """Return a reply as it is kept: the move and what it says."""
    return {
        "move": move,
        "note": given.note,
        "elsewhere": given.elsewhere,
        "refusal_reason": given.refusal_reason,
        "redirect_kind": given.redirect_kind,
        "scope": {entry: list(columns) for entry, columns in given.scope.items() if columns},
        "purpose": given.purpose,
        "ends_on": given.ends_on.isoformat() if given.ends_on else None,
        "terms_version": given.terms_version,
    }


def _nothing(_row: Application, _given: Given, _person: str, _at: datetime) -> None:
    """Some moves are told by the state alone."""


def _ask_supplement(row: Application, given: Given, person: str, at: datetime) -> None:
    row.supplement_asked_by, row.supplement_asked_at = person, at
    row.supplement_missing = list(given.missing)
    row.supplement_days = given.days
    row.supplement_due_on = calendars.current().add(clock.today(), given.days)


def _supplement(row: Application, _given: Given, _person: str, at: datetime) -> None:
    row.supplement_received_at = at


def _accept(row: Application, _given: Given, person: str, at: datetime) -> None:
    row.accepted_by, row.accepted_at = person, at


def _ask_extension(row: Application, given: Given, person: str, at: datetime) -> None:
    row.extension_asked_by, row.extension_asked_at = person, at
    row.extension_days, row.extension_reason = given.days, given.note


def _decide_extension(granted: bool) -> Callable[[Application, Given, str, datetime], None]:
    def decide(row: Application, _given: Given, person: str, at: datetime) -> None:
        row.extension_decided_by, row.extension_decided_at = person, at
        row.extension_granted = granted

    return decide


_WRITERS: dict[str, Callable[[Application, Given, str, datetime], None]] = {
    "ask_supplement": _ask_supplement,
    "supplement": _supplement,
    "lapse": _nothing,
    "accept": _accept,
    "not_accept": _nothing,
    "return": _nothing,
    "ask_extension": _ask_extension,
    "grant_extension": _decide_extension(granted=True),
    "deny_extension": _decide_extension(granted=False),
    "approve": _nothing,
    "approve_partly": _nothing,
    "refuse": _nothing,
    "redirect": _nothing,
    "withdraw": _nothing,
}

# Moves by which the department answers; the clock is done.
_ANSWERS = ("not_accept", "return", "approve", "approve_partly", "refuse", "redirect")
