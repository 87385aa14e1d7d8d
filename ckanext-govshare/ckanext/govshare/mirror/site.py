"""What the relay and the reconciliation ask of a target, of whatever kind it is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ckanext.govshare.domain.mirror import Found, Wanted


@dataclass(frozen=True)
class Listing:
    """What a target says it holds of ours, and how many it says that is."""

    found: tuple[Found, ...]
    told: int


class TargetSite(Protocol):
    """One target for the length of one run; faults are :class:`RuleError` that name them.

    ``before_write`` is called before anything of an entry is written or taken away; before a deletion with what the
    entry must still be known by there for the deletion to fit, where the target can tell.
    """

    before_write: Callable[[str | None], None]

    def close(self) -> None:
        """Hang up."""

    def wanted(self, copy: Mapping[str, Any]) -> Wanted:
        """Return how a copy must stand there."""

    def list(self) -> Listing:
        """List what is ours there, as the target itself tells it."""

    def is_well(self) -> bool:
        """Tell whether the target itself answers and knows us, whatever became of one entry."""

    def find(self, entry_id: str, names: Sequence[str]) -> str | None:
        """Return the remote id of an entry whose acknowledgement was lost; ``names`` are those it was public under."""

    def put(
        self,
        wanted: Wanted,
        remote_id: str | None,
        organization: Mapping[str, str],
        removal_fits: str | None = None,
    ) -> Found:
        """Write an entry unless it stands there already, and return what the target then says it holds.

        ``removal_fits``: a deletion that fits this may still arrive, and must not fit what stands there then.
        """

    def remove(self, remote_id: str) -> None:
        """Take an entry away; one that is gone already is no fault."""

    def seen_by_strangers(self, key: str) -> Found | None:
        """Return what anybody gets of an entry, None when nothing."""

    def found_by_strangers(self, entry_id: str) -> Sequence[Found]:
        """Return what the target's search shows anybody of an entry."""

    def registered(self) -> Collection[str] | None:
        """Return the names of all that is public there, ours or not, past its search; None where the list is no search."""

    def stands(self, remote_id: str) -> bool:
        """Tell whether something stands under an id that was listed; asked for by that id, whatever the list says."""

    def lists(self, remote_id: str) -> bool:
        """Tell whether the list has an id now, asked for this one alone."""

    def list_anew(self, wanted: Wanted, remote_id: str) -> None:
        """Make the target's list show what stands there; what stands there otherwise than wanted is left alone."""
