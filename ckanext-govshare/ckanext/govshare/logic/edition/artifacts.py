"""Released files (数据文件) and where they lie: on the public shelf, or in the vault until a grant is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import sqlalchemy as sa
from ckan import model

from ckanext.govshare import config, exports, vault
from ckanext.govshare.domain.edition_table import FIRST, told_apart
from ckanext.govshare.domain.retention import is_stray
from ckanext.govshare.domain.table import Column
from ckanext.govshare.exports import shelf
from ckanext.govshare.exports.formats import BY_NAME
from ckanext.govshare.logic.edition import urls
from ckanext.govshare.model import Artifact, Edition
from ckanext.govshare.vault import scratch

ORDER = (*BY_NAME, exports.BUNDLE, "dictionary_csv", "dictionary_json", exports.CHECKSUMS)
PACKED = (exports.BUNDLED, "dictionary_csv")  # what the archive holds of each table
Placed = tuple[int, exports.Built]  # place of the table, 0 for what is of all
_SHELF = 0x73686C66  # of PostgreSQL's advisory locks: who clears the shelf, and who counts on what lies there


@dataclass(frozen=True)
class Source:
    """A table from which files are made: typed Parquet in ``path``; ``name`` is empty where it is the only one."""

    place: int
    name: str
    path: Path
    columns: Sequence[Column]
    formats: Sequence[str]


def of_edition(edition_id: str) -> list[Artifact]:
    """Return the files of an edition in the order in which they are offered: table by table, then those of all."""
    found = model.Session.scalars(sa.select(Artifact).filter_by(edition_id=edition_id))
    return sorted(found, key=lambda file: (not file.place, file.place, ORDER.index(file.format)))


def of_table(edition_id: str, place: int = FIRST) -> dict[str, Artifact]:
    """Return the files of one table by format, in the order in which they are offered."""
    return {file.format: file for file in of_edition(edition_id) if file.place == place}


def place(artifact: Artifact) -> Path:
    """Return where the bytes of a public file lie."""
    return shelf.place(config.folder("artifact_path"), artifact.sha256)


def build(
    edition_id: str,
    tables: Sequence[Source],
    stem: str,
    meanings: Mapping[str, str],
    licence: str,
    progress: Callable[[str], object],
    *,
    vaulted: bool,
) -> list[Placed]:
    """Write the tables in every format, dictionaries and checksums beside them, to the shelf or into the vault.

    ``progress`` hears the name of each format of each table before its turn.
    """
    if not vaulted:
        return _make(config.folder("artifact_path"), tables, stem, meanings, licence, progress)
    with scratch.folder() as target:
        made = _make(target, tables, stem, meanings, licence, progress)
        for place, file in made:
            vault.keep_file(file.path, edition_id, told_apart(file.format, place))
    return made


def _make(
    target: Path,
    tables: Sequence[Source],
    stem: str,
    meanings: Mapping[str, str],
    licence: str,
    progress: Callable[[str], object],
) -> list[Placed]:
    made: list[Placed] = []
    for table in tables:
        name = urls.table_stem(stem, table.place, table.name)
        files = exports.build(table.path, table.columns, target, name, table.formats, progress)
        files += exports.build_dictionary(table.path, table.columns, target, name, meanings)
        made += [(table.place, file) for file in files]
    files = [file for _place, file in made]
    packed = [file for file in files if file.format in PACKED]
    return [*made, *((0, file) for file in exports.build_whole(target, stem, files, packed, licence))]


def save(edition_id: str, built: Sequence[Placed], *, vaulted: bool) -> bool:
    """Add the rows of files that were built; the caller commits. False when one of them was cleared away meanwhile."""
    lock_shelf()
    if not vaulted and not all(file.path.exists() for _place, file in built):
        return False
    model.Session.execute(sa.delete(Artifact).filter_by(edition_id=edition_id))
    for place, file in built:
        model.Session.add(
            Artifact(
                edition_id=edition_id,
                place=place,
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
            vault.keep_file(place(artifact), artifact.edition_id, told_apart(artifact.format, artifact.place))
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
