"""Ghosts (检索残影): what a target's search lists although nothing stands there under its id.

A CKAN writes its search index before it commits to its database (2.12, ``package_create``). What is killed in between
leaves a dataset in the index that the database does not know; the next attempt makes the real one beside it, under
the same name. A database that was restored without its index leaves them by the thousand. A ghost is no dataset: it
can be found, never opened, and nobody but the target's operator can clear it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.domain.mirror import RULE, Found, Wanted

STILL_FOUND = "mirror.still_found"  # why an entry does not count as gone
GHOST = "ghost"
GHOST_EXPOSED = "ghost_exposed"
FINDINGS = (GHOST, GHOST_EXPOSED)


@dataclass(frozen=True)
class Ghost:
    """One ghost of the entry ``id``; it is ``exposed`` when it shows what is not public here any more."""

    id: str
    remote_id: str
    name: str
    exposed: bool = False

    @property
    def finding(self) -> str:
        """The word under which a comparison keeps it."""
        return GHOST_EXPOSED if self.exposed else GHOST


def uncertain(
    listed: Iterable[Found], acknowledged: Collection[str], registered: Collection[str] | None = None
) -> list[Found]:
    """Return what must be asked for by its id before it counts.

    Certain are the ``acknowledged`` remote ids of public entries whose names the target's register has as well;
    ``registered`` is None at a target whose list is its register.
    """
    return [
        row
        for row in listed
        if row.remote_id not in acknowledged or (registered is not None and row.name not in registered)
    ]


def ghosts_of(
    absent: Iterable[Found], wanted: Mapping[str, Wanted], known: Mapping[str, str]
) -> tuple[Ghost, ...]:
    """Name what is listed and ``absent``, with the entry whose mark it carries, or whose it was acknowledged to be."""
    local_of = {remote_id: id_ for id_, remote_id in known.items()}
    named = [(row, local_of.get(row.remote_id, row.origin)) for row in absent]
    return tuple(Ghost(id_, row.remote_id, row.name, exposes(row, wanted.get(id_))) for row, id_ in named)


def cleared(stopped: Iterable[str], ghosts: Iterable[Ghost]) -> list[str]:
    """Return the entries that a ghost had ``stopped`` and that none stops any more."""
    left = {ghost.id for ghost in ghosts}
    return [id_ for id_ in stopped if id_ not in left]


def doubts_about_ghosts(ghosts: Sequence[Ghost]) -> tuple[Reason, ...]:
    """Say how many ghosts still show what was withdrawn or narrowed; the others do no harm to what is public."""
    count = sum(ghost.exposed for ghost in ghosts)
    return (Reason("mirror.ghosts_exposed", {"count": count}, rule=RULE),) if count else ()


def exposes(row: Found, wanted: Wanted | None) -> bool:
    """Tell whether what is found shows an entry that is not public, or files of one that gives them only on request."""
    return wanted is None or bool(row.content.get("resources") and not wanted.content.get("resources"))
