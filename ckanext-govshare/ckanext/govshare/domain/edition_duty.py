"""What an edition waits for (待办): whose turn it is, read off the table of moves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ckanext.govshare.domain.edition import CONFIRM, DECLARE, REJECT, RELEASE, REVIEW, SUBMIT
from ckanext.govshare.domain.workflow import HEAD, Move


@dataclass(frozen=True)
class Duty:
    """Work that waits, and the moves that end it; states, roles and who may not are those of its moves.

    ``reviewed`` tells whether the table as it stands has had its secrecy review, None where that plays no part yet.
    """

    name: str
    moves: tuple[Move, ...]
    reviewed: bool | None = None

    @property
    def states(self) -> tuple[str, ...]:
        """The states in which an edition waits for this."""
        return _union(move.sources for move in self.moves)

    @property
    def roles(self) -> tuple[str, ...]:
        """Who may do it."""
        return _union(move.roles for move in self.moves)

    @property
    def not_by(self) -> tuple[str, ...]:
        """The earlier steps whose person may not do it (不相容职责分离)."""
        return _union(move.not_by for move in self.moves)

    @property
    def not_for_head(self) -> tuple[str, ...]:
        """The earlier steps whose person may not do it in a head's place (委托代行)."""
        return _union((*move.not_by, *move.not_for_head) for move in self.moves)

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of decision by which a head delegates it; none where a clerk does it anyway."""
        return frozenset(move.kind for move in self.moves if HEAD in move.roles and "clerk" not in move.roles)


MASKING = Duty("mask", (DECLARE, SUBMIT))
CHECKING = Duty("check", (CONFIRM, REJECT))
REVIEWING = Duty("review", (REVIEW,), reviewed=False)
RELEASING = Duty("release", (RELEASE,), reviewed=True)

# In the order of the way to the public.
DUTIES = (MASKING, CHECKING, REVIEWING, RELEASING)


def _union(parts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in parts for name in part))
