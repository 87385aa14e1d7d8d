"""A workflow is a table that a lawyer can read: one row for each move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ckanext.govshare.domain.decision import Decision, Reason, decide

HEAD = "head"
_NOBODY: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Actor:
    """Who asks: the person's id and the roles they hold towards the case's organization.

    ``acting`` names the head who has delegated a kind of decision to them (委托代行), by kind.
    """

    person: str
    roles: frozenset[str]
    acting: Mapping[str, str] = field(default_factory=lambda: _NOBODY)

    def acts_for(self, move: Move) -> str:
        """Return the head for whom this person takes a move; empty when it is theirs by their own role, or not at all."""
        if HEAD not in move.roles or self.roles.intersection(move.roles):
            return ""
        return self.acting.get(move.kind, "")

    def is_entitled(self, move: Move) -> bool:
        """Tell whether a move is this person's to take, by a role of their own or for a head."""
        return bool(self.roles.intersection(move.roles) or self.acts_for(move))


@dataclass(frozen=True)
class Move:
    """One row: from which states to which, by which roles, and what it needs.

    ``not_by`` names earlier steps whose person may not take this one (不相容职责分离);
    ``only_by`` names the one step whose person alone may; ``needs`` names facts that must hold;
    ``clock`` is what it does to the statutory clock: start, stop, restart, extend, or nothing.
    ``kind`` is the kind of a head's decision, by which a head delegates it; ``not_for_head`` names further steps
    whose person may not take it in a head's place: who prepared a case does not decide it (回避).
    """

    name: str
    sources: tuple[str, ...]
    target: str
    roles: tuple[str, ...]
    needs: tuple[str, ...] = ()
    not_by: tuple[str, ...] = ()
    only_by: str = ""
    rule: str = ""
    clock: str = ""
    kind: str = ""
    not_for_head: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """What the rules look at: the state, who took the earlier steps, and which needs are met.

    ``needs`` maps the name of a need to the reasons why it is not met; absent or empty means met.
    """

    state: str
    persons: Mapping[str, str | None]
    unmet: Mapping[str, tuple[Reason, ...]]


@dataclass(frozen=True)
class Workflow:
    """The table of one noun; ``initial`` is the state in which its cases are born."""

    noun: str
    initial: str
    moves: tuple[Move, ...]

    @property
    def states(self) -> tuple[str, ...]:
        """Every state that the table names, in order of appearance."""
        named = [self.initial, *(state for move in self.moves for state in (*move.sources, move.target))]
        return tuple(dict.fromkeys(named))

    def move(self, name: str) -> Move | None:
        """Return the row called ``name``."""
        return next((move for move in self.moves if move.name == name), None)

    def step(self, case: Case, name: str, actor: Actor) -> Decision:
        """Decide one move for one person, with all reasons against it."""
        move = self.move(name)
        if move is None:
            return decide([Reason("workflow.unknown_move", {"move": name}, "move")])
        return decide(_objections(self.noun, move, case, actor))


def _objections(noun: str, move: Move, case: Case, actor: Actor) -> list[Reason]:
    found = []
    if case.state not in move.sources:
        found.append(Reason("workflow.wrong_state", {"noun": noun, "move": move.name, "state": case.state}))
    if not actor.is_entitled(move):
        found.append(
            Reason(
                "workflow.wrong_role", {"noun": noun, "move": move.name, "roles": move.roles}, rule=move.rule
            )
        )
    if move.only_by and case.persons.get(move.only_by) != actor.person:
        found.append(
            Reason("workflow.only_same_person", {"noun": noun, "step": move.only_by}, rule=move.rule)
        )
    found += _separations(noun, move, case, actor)
    found += [reason for need in move.needs for reason in case.unmet.get(need, ())]
    return found


def _separations(noun: str, move: Move, case: Case, actor: Actor) -> list[Reason]:
    """Who may not take this move for what they did before: the person, and the head in whose place they act."""
    head = actor.acts_for(move)
    excluded = dict.fromkeys((*move.not_by, *(move.not_for_head if head else ())))
    found = [
        Reason("workflow.same_person", {"noun": noun, "move": move.name, "step": step}, rule=move.rule)
        for step in excluded
        if case.persons.get(step) == actor.person
    ]
    # Nobody gives away more than they have: what the head may not decide, nobody decides in their place.
    found += [
        Reason("workflow.same_head", {"noun": noun, "move": move.name, "step": step}, rule=move.rule)
        for step in move.not_by
        if head and case.persons.get(step) == head
    ]
    return found
