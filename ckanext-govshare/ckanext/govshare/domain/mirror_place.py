"""How one entry stands at one target, in a word: what officers read beside the entry."""

from __future__ import annotations

from dataclasses import dataclass

NOT_SENT = "not_sent"
AGREES = "agrees"
WAITING = "waiting"
UNPROVEN = "unproven"  # withdrawn or narrowed, not yet proven gone
GIVEN_UP = "given_up"
NARROWED = "narrowed"
GONE = "gone"
PLACES = (NOT_SENT, AGREES, WAITING, UNPROVEN, GIVEN_UP, NARROWED, GONE)


@dataclass(frozen=True)
class LedgerFacts:
    """What the ledger knows of an entry at a target; ``newest`` is the entry's last change, ledgered or not."""

    newest: int
    newest_restricts: bool
    wanted: int
    shown: int
    restricts: bool
    is_dead: bool
    is_gone: bool


def place_of(facts: LedgerFacts | None) -> str:
    """Return the word; with nothing in the ledger the entry was never due there."""
    if facts is None:
        return NOT_SENT
    if facts.newest > facts.wanted:  # changed since the target was last looked at
        return UNPROVEN if facts.newest_restricts or _is_open(facts) else WAITING
    if facts.is_dead:
        return GIVEN_UP
    if facts.shown < facts.wanted:
        return UNPROVEN if facts.restricts else WAITING
    if facts.is_gone:
        return GONE
    return NARROWED if facts.restricts else AGREES


def _is_open(facts: LedgerFacts) -> bool:
    return facts.restricts and facts.shown < facts.wanted
