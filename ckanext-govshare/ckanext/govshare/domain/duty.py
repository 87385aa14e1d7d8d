"""Duty (待办): work that waits for somebody, read off the rows of a table of moves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ckanext.govshare.domain.workflow import HEAD, Move


@dataclass(frozen=True)
class Duty:
    """Work that waits, and the moves that end it; states, roles and who may not are those of its moves."""

    name: str
    moves: tuple[Move, ...]

    @property
    def states(self) -> tuple[str, ...]:
        """The states in which a case waits for this."""
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
    def needs(self) -> tuple[str, ...]:
        """What every one of its moves needs: while one of these is not met, nothing waits."""
        return tuple(need for need in self.moves[0].needs if all(need in move.needs for move in self.moves))

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of decision by which a head delegates it; none where a clerk does it anyway."""
        return frozenset(move.kind for move in self.moves if HEAD in move.roles and "clerk" not in move.roles)


def _union(parts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in parts for name in part))
