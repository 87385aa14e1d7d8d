"""What surrounds the move of any workflow: nobody decides about what they have not seen, no click counts twice."""

from __future__ import annotations

from typing import Any

from ckan import model

from ckanext.govshare.domain.decision import Decision, Reason, Refused
from ckanext.govshare.domain.workflow import Actor, Move
from ckanext.govshare.logic.errors import refuse
from ckanext.govshare.model import journal


def refuse_if(decision: Decision) -> None:
    """End the transaction and raise the error that fits when ``decision`` is a refusal."""
    if isinstance(decision, Refused):
        model.Session.rollback()
        refuse(decision)


def refuse_stale(current: int, given: Any) -> None:
    """Refuse who decides about another version than the one they have seen."""
    if str(given) != str(current):
        refuse_if(Refused((Reason("workflow.stale", {"version": given}, "version"),)))


def for_whom(actor: Actor, move: Move | None) -> dict[str, str]:
    """Return what the journal's facts say of a move taken in a head's place (委托代行): ``{"for": the head's id}``."""
    head = actor.acts_for(move) if move else ""
    return {"for": head} if head else {}


def is_repeated(kind: str, case_id: str, current: int, given: Any, *, person: str, move: str) -> bool:
    """Tell a second click, or a retry whose answer was lost, from a move on what somebody else changed.

    Moves write the version that they made into the journal's facts.
    """
    if str(given) != str(current - 1):
        return False
    last = journal.history(model.Session, kind, case_id)[-1:]
    return any((row.actor, row.move, row.facts.get("version")) == (person, move, current) for row in last)
