"""A decision is a value: allowed, or refused with every reason at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NO_FACTS: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True)
class Reason:
    """Why something is refused or doubtful: a stable code, its facts, the field and the rule it rests on.

    ``facts`` fill the sentence that the edge makes of ``code``; ``rule`` names article and paragraph.
    """

    code: str
    facts: Mapping[str, object] = field(default_factory=lambda: _NO_FACTS)
    field: str | None = None
    rule: str = ""


@dataclass(frozen=True)
class Allowed:
    """The rules permit it; ``warnings`` are shown and do not block."""

    warnings: tuple[Reason, ...] = ()

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True)
class Refused:
    """The rules forbid it, for all of ``reasons``."""

    reasons: tuple[Reason, ...]

    def __bool__(self) -> bool:
        return False


Decision = Allowed | Refused


def decide(reasons: Iterable[Reason], warnings: Iterable[Reason] = ()) -> Decision:
    """Refuse with all reasons, or allow when there is none."""
    found = tuple(reasons)
    return Refused(found) if found else Allowed(tuple(warnings))
