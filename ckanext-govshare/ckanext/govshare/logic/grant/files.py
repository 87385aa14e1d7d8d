"""Granted files (授权文件): the granted columns of one edition, built when first needed, each sealed under its own key.

Nothing else of the table is ever in them: the table is cut to the granted columns before any format is written.
They are destroyed with the grant's end or revocation, and when their edition is withdrawn or replaced.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import insert

from ckanext.govshare import exports, runtime, vault
from ckanext.govshare.domain.table import Column
from ckanext.govshare.exports.formats import BY_NAME
from ckanext.govshare.logic.application import clock
from ckanext.govshare.logic.edition import artifacts
from ckanext.govshare.logic.edition import cases as editions
from ckanext.govshare.model import Edition, Grant, GrantFile
from ckanext.govshare.vault import scratch

TABLE = "parquet"
log = logging.getLogger(__name__)


def columns_of(row: Grant, edition: Edition) -> list[Column]:
    """Return the granted columns that an edition has, in its order."""
    return [Column.from_dict(column) for column in edition.columns if column["name"] in row.columns]


def formats(row: Grant) -> list[str]:
    """Return the formats in which the granted columns can be taken now; none before data have been released."""
    edition = editions.current(row.entry_id)
    columns = columns_of(row, edition) if edition else []
    if edition is None or not columns or TABLE not in artifacts.of_edition(edition.id):
        return []
    return list(exports.possible(edition.rows, columns))


def ready(row: Grant, edition: Edition, format_name: str) -> GrantFile:
    """Return a granted file, built now if nobody has needed it before; commits. Who comes meanwhile waits for it."""
    found = _sealed(row.id, edition.id, format_name)
    if found is not None:
        return found
    with _alone(f"{row.id}/{part(edition.id, format_name)}"):
        return _sealed(row.id, edition.id, format_name) or _seal(row, edition, format_name)


def part(edition_id: str, format_name: str) -> str:
    """Return the name of a granted file in the vault; its owner is the grant."""
    return f"{edition_id}-{format_name}"


def destroy_of(grant_id: str) -> int:
    """Destroy the files of a grant, keys first; commits."""
    return _destroy(sa.select(GrantFile).filter_by(grant_id=grant_id))


def keep_only(entry_id: str, edition_id: str | None) -> int:
    """Destroy the granted files of an entry but for those of its current edition; commits."""
    granted = sa.select(Grant.id).filter_by(entry_id=entry_id)
    query = sa.select(GrantFile).where(GrantFile.grant_id.in_(granted))
    return _destroy(query if edition_id is None else query.where(GrantFile.edition_id != edition_id))


def destroy_due() -> int:
    """Destroy the files of grants that are over, whatever was broken off before; commits."""
    over = sa.select(Grant.id).where(sa.or_(Grant.revoked_at.is_not(None), Grant.ends_on < clock.today()))
    return _destroy(sa.select(GrantFile).where(GrantFile.grant_id.in_(over)))


def _destroy(query: sa.Select[tuple[GrantFile]]) -> int:
    """Take the row away last: what is left of a run that dies is found by the next."""
    found = [(row.grant_id, row.edition_id, row.format) for row in model.Session.scalars(query)]
    return sum(_try(*key) for key in found)


def _try(grant_id: str, edition_id: str, format_name: str) -> bool:
    """Destroy one file; what fails is told and tried again by the next run, and holds nothing else up."""
    key = {"grant_id": grant_id, "edition_id": edition_id, "format": format_name}
    try:
        vault.drop(grant_id, part(edition_id, format_name))
        model.Session.execute(sa.delete(GrantFile).filter_by(**key))
        model.Session.commit()
    except Exception:
        log.exception("a file of grant %s could not be destroyed", grant_id)
        model.Session.rollback()
        return False
    return True


def _sealed(grant_id: str, edition_id: str, format_name: str) -> GrantFile | None:
    query = sa.select(GrantFile).filter_by(grant_id=grant_id, edition_id=edition_id, format=format_name)
    return model.Session.scalar(
        query.where(GrantFile.sha256.is_not(None)).execution_options(populate_existing=True)
    )


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Let one process at a time build this file; the lock dies with its connection."""
    with model.meta.engine.begin() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 0))))
        yield


def _seal(row: Grant, edition: Edition, format_name: str) -> GrantFile:
    """Claim, build, seal, and settle the claim; a claim that was swept away meanwhile leaves nothing."""
    key = {"grant_id": row.id, "edition_id": edition.id, "format": format_name}
    form, stem = BY_NAME[format_name], f"{row.number}-{edition.number}"
    claim = insert(GrantFile).values(
        **key, filename=stem + form.ending, media_type=form.media_type, claimed_at=runtime.now()
    )
    model.Session.execute(claim.on_conflict_do_nothing())
    columns = columns_of(row, edition)
    model.Session.commit()
    with _borrowed(edition) as table, scratch.folder(_room(edition, format_name)) as folder:
        narrow = folder / "granted"
        exports.narrow(table, columns, narrow)
        built = exports.build(narrow, columns, folder, stem, (format_name,))[0]
        sha, size = vault.keep_file(built.path, row.id, part(edition.id, format_name))
    settled = sa.update(GrantFile).filter_by(**key).values(sha256=sha, size=size)
    if not model.Session.execute(settled).rowcount:
        vault.drop(row.id, part(edition.id, format_name))
    model.Session.commit()
    found = _sealed(row.id, edition.id, format_name)
    if found is None:
        raise toolkit.ObjectNotFound(toolkit._("There is no such file."))
    return found


def _room(edition: Edition, format_name: str) -> int | None:
    """Return how much plain copies take at most: the cut table, the file, and the file once more while it is moved."""
    whole = artifacts.of_edition(edition.id)
    sizes: Iterable[int] = (whole[name].size for name in (TABLE, format_name, format_name) if name in whole)
    return sum(sizes) if format_name in whole else None


@contextmanager
def _borrowed(edition: Edition) -> Iterator[Path]:
    """Lend the whole table of an edition: from the vault, or from the shelf once the entry is open to everybody."""
    artifact = artifacts.of_edition(edition.id)[TABLE]
    if not artifact.vaulted:
        yield artifacts.place(artifact)
        return
    with vault.borrowed(edition.id, TABLE) as table:
        yield table
