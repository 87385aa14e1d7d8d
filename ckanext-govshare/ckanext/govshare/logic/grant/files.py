"""Granted files (授权文件): the granted columns of a table, built when first needed, each sealed under its own key.

Nothing else of the table is ever in them: the table is cut to the granted columns before any format is written.
They are destroyed with the grant's end or revocation, and when their edition is withdrawn or replaced.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import insert

from ckanext.govshare import exports, runtime, vault
from ckanext.govshare.domain.edition_table import told_apart
from ckanext.govshare.domain.table import Column
from ckanext.govshare.exports.formats import BY_NAME
from ckanext.govshare.logic.application import clock
from ckanext.govshare.logic.edition import artifacts, tables, urls
from ckanext.govshare.logic.edition import cases as editions
from ckanext.govshare.model import Artifact, Edition, EditionTable, Grant, GrantFile
from ckanext.govshare.vault import scratch

WHOLE = "parquet"  # the format from which granted columns are cut
log = logging.getLogger(__name__)


def columns_of(row: Grant, table: EditionTable) -> list[Column]:
    """Return the granted columns that a table has, in its order."""
    return [column for column in tables.columns(table) if column.name in row.columns]


def offered(row: Grant) -> list[dict[str, Any]]:
    """Return what can be taken now, ``{table, name, formats}`` for each table that has granted columns.

    ``name`` is empty where an edition has one table. Nothing before data have been released.
    """
    edition = editions.current(row.entry_id)
    return [
        {
            "table": table.place,
            "name": tables.name_of(edition, table),
            "formats": list(exports.possible(table.rows, columns_of(row, table))),
        }
        for table in (edition.tables if edition else ())
        if columns_of(row, table) and WHOLE in artifacts.of_table(table.edition_id, table.place)
    ]


def place(given: Any) -> int | None:
    """Read the place of a table as it is asked for; None when none is named, 0 (which no table has) for no number."""
    text = str(given or "")
    return (int(text) if text.isascii() and text.isdigit() else 0) if text else None


def table_of(row: Grant, place: int | None, format_name: str) -> tuple[Edition, EditionTable] | None:
    """Return the current edition and its table at a place, the first one when none is named, if it can be taken."""
    edition = editions.current(row.entry_id)
    for one in offered(row) if edition else ():
        if place in (None, one["table"]):
            table = tables.at(edition, one["table"])
            return (edition, table) if table and format_name in one["formats"] else None
    return None


def ready(row: Grant, edition: Edition, table: EditionTable, format_name: str) -> GrantFile:
    """Return a granted file, built now if nobody has needed it before; commits. Who comes meanwhile waits for it."""
    key = {"grant_id": row.id, "edition_id": edition.id, "place": table.place, "format": format_name}
    found = _sealed(key)
    if found is not None:
        return found
    with _alone(f"{row.id}/{part(edition.id, format_name, table.place)}"):
        return _sealed(key) or _seal(row, edition, table, format_name, key)


def part(edition_id: str, format_name: str, place: int) -> str:
    """Return the name of a granted file in the vault; its owner is the grant."""
    return f"{edition_id}-{told_apart(format_name, place)}"


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
    found = [(row.grant_id, row.edition_id, row.format, row.place) for row in model.Session.scalars(query)]
    return sum(_try(*key) for key in found)


def _try(grant_id: str, edition_id: str, format_name: str, place: int) -> bool:
    """Destroy one file; what fails is told and tried again by the next run, and holds nothing else up."""
    key = {"grant_id": grant_id, "edition_id": edition_id, "place": place, "format": format_name}
    try:
        vault.drop(grant_id, part(edition_id, format_name, place))
        model.Session.execute(sa.delete(GrantFile).filter_by(**key))
        model.Session.commit()
    except Exception:
        log.exception("a file of grant %s could not be destroyed", grant_id)
        model.Session.rollback()
        return False
    return True


def _sealed(key: Mapping[str, Any]) -> GrantFile | None:
    query = sa.select(GrantFile).filter_by(**key)
    return model.Session.scalar(
        query.where(GrantFile.sha256.is_not(None)).execution_options(populate_existing=True)
    )


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Let one process at a time build this file; the lock dies with its connection."""
    with model.meta.engine.begin() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 0))))
        yield


def _seal(
    row: Grant, edition: Edition, table: EditionTable, format_name: str, key: Mapping[str, Any]
) -> GrantFile:
    """Claim, build, seal, and settle the claim; a claim that was swept away meanwhile leaves nothing."""
    form, name = BY_NAME[format_name], part(edition.id, format_name, table.place)
    stem = urls.table_stem(f"{row.number}-{edition.number}", table.place, tables.name_of(edition, table))
    claim = insert(GrantFile).values(
        **key, filename=stem + form.ending, media_type=form.media_type, claimed_at=runtime.now()
    )
    model.Session.execute(claim.on_conflict_do_nothing())
    columns = columns_of(row, table)
    whole = artifacts.of_table(edition.id, table.place)
    model.Session.commit()
    with _borrowed(whole[WHOLE]) as path, scratch.folder(_room(whole, format_name)) as folder:
        narrow = folder / "granted"
        exports.narrow(path, columns, narrow)
        built = exports.build(narrow, columns, folder, stem, (format_name,))[0]
        sha, size = vault.keep_file(built.path, row.id, name)
    settled = sa.update(GrantFile).filter_by(**key).values(sha256=sha, size=size)
    if not model.Session.execute(settled).rowcount:
        vault.drop(row.id, name)
    model.Session.commit()
    found = _sealed(key)
    if found is None:
        raise toolkit.ObjectNotFound(toolkit._("There is no such file."))
    return found


def _room(whole: Mapping[str, Artifact], format_name: str) -> int | None:
    """Return how much plain copies take at most: the cut table, the file, and the file once more while it is moved."""
    sizes: Iterable[int] = (whole[name].size for name in (WHOLE, format_name, format_name) if name in whole)
    return sum(sizes) if format_name in whole else None


@contextmanager
def _borrowed(artifact: Artifact) -> Iterator[Path]:
    """Lend a whole table: from the vault, or from the shelf once the entry is open to everybody."""
    if not artifact.vaulted:
        yield artifacts.place(artifact)
        return
    with vault.borrowed(artifact.edition_id, told_apart(artifact.format, artifact.place)) as path:
        yield path
