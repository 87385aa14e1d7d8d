"""Released files (数据文件) and where they lie: on the public shelf, or in the vault until a grant is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path

import sqlalchemy as sa
from ckan import model

from ckanext.govshare import config, exports, vault
from ckanext.govshare.domain.retention import is_stray
from ckanext.govshare.domain.table import Column
from ckanext.govshare.exports import shelf
from ckanext.govshare.exports.formats import BY_NAME
from ckanext.govshare.model import Artifact, Edition
from ckanext.govshare.vault import scratch

ORDER = (*BY_NAME, exports.BUNDLE, "dictionary_csv", "dictionary_json", exports.CHECKSUMS)
_SHELF = 0x73686C66  # of PostgreSQL's advisory locks: who clears the shelf, and who counts on what lies there


def of_edition(edition_id: str) -> dict[str, Artifact]:
    """Return the files of an edition by format, in the order in which they are offered."""
    found = {a.format: a for a in model.Session.scalars(sa.select(Artifact).filter_by(edition_id=edition_id))}
    return {name: found[name] for name in ORDER if name in found}


def place(artifact: Artifact) -> Path:
    """Return where the bytes of a public file lie."""
    return shelf.place(config.folder("artifact_path"), artifact.sha256)


def build(
    edition_id: str,
    table: Path,
    columns: Sequence[Column],
    stem: str,
    meanings: Mapping[str, str],
    licence: str,
    formats: Sequence[str],
    progress: Callable[[str], object],
    *,
    vaulted: bool,
) -> list[exports.Built]:
    """Write the table in every format, dictionary and checksums beside them, to the shelf or into the vault."""

    def make(target: Path) -> list[exports.Built]:
        built = exports.build(table, columns, target, stem, formats, progress)
        return [*built, *exports.build_companions(table, columns, target, stem, built, meanings, licence)]

    if not vaulted:
        return make(config.folder("artifact_path"))
    with scratch.folder() as target:
        made = make(target)
        for file in made:
            vault.keep_file(file.path, edition_id, file.format)
    return made


def save(edition_id: str, built: Iterable[exports.Built], *, vaulted: bool) -> bool:
    """Add the rows of files that were built; the caller commits. False when one of them was cleared away meanwhile."""
    lock_shelf()
    files = list(built)
    if not vaulted and not all(file.path.exists() for file in files):
        return False
    model.Session.execute(sa.delete(Artifact).filter_by(edition_id=edition_id))
    for file in files:
        model.Session.add(
            Artifact(
                edition_id=edition_id,
                format=file.format,
                filename=file.filename,
                media_type=file.media_type,
                sha256=file.sha256,
                size=file.size,
                rows=file.rows,
                vaulted=vaulted,
            )
        )
    return True


def move_to_vault(entry_id: str) -> set[str]:
    """Seal every public file of an entry, and return the digests that are to be cleared once this is committed.

    Among them are those sealed before, for an earlier run may have ended between the two steps.
    """
    query = sa.select(Artifact).join(Edition).where(Edition.entry_id == entry_id)
    held = list(model.Session.scalars(query))
    for artifact in held:
        if not artifact.vaulted:
            vault.keep_file(place(artifact), artifact.edition_id, artifact.format)
            artifact.vaulted = True
    return {artifact.sha256 for artifact in held}


def clear_shelf(digests: set[str]) -> None:
    """Remove files from the public shelf, but for those that another public edition shares; commits."""
    lock_shelf()
    shared = sa.select(Artifact.sha256).where(Artifact.sha256.in_(digests), ~Artifact.vaulted)
    for sha in digests.difference(model.Session.scalars(shared)):
        shelf.remove(config.folder("artifact_path"), sha)
    model.Session.commit()


def sweep(at: datetime) -> int:
    """Remove from the shelf what killed processes left: drafts, and files that no public edition names; commits.

    A release that still counts on such a file finds it missing, and builds again: see :func:`save`.
    """
    root, hours = config.folder("artifact_path"), config.number("stray_keep_hours")
    lock_shelf()
    named = set(model.Session.scalars(sa.select(Artifact.sha256).where(~Artifact.vaulted)))
    strays = [
        sha
        for sha, built in shelf.files(root)
        if sha not in named and is_stray(datetime.fromtimestamp(built, timezone.utc), hours, at)
    ]
    for sha in strays:
        shelf.remove(root, sha)
    shelf.sweep(root, (at - timedelta(hours=hours)).timestamp())
    model.Session.commit()
    return len(strays)


def lock_shelf() -> None:
    """Hold the shelf until the transaction ends."""
    model.Session.execute(sa.select(sa.func.pg_advisory_xact_lock(_SHELF)))
