"""What a check finds: one sentence, and whether the portal may go on serving meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, as a sentence for the operator that names what to change.

    ``refuses`` is False for a part that only does not answer just now: the portal is not ready then,
    but what it can still do it does.
    """

    sentence: str
    refuses: bool = True


Config = Mapping[str, Any]
Check = Callable[[Config], Iterator[Fault]]
