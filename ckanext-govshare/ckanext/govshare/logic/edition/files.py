"""Where an edition's bytes lie before they are public: upload, tables as read and as masked, in the vault."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import duckdb

from ckanext.govshare import config, intake, vault
from ckanext.govshare.domain.edition_table import told_apart
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.domain.table import Column
from ckanext.govshare.vault import scratch

MIB = 1024 * 1024
PREVIEW = 50
Stage = Literal["read", "masked"]
RAW = "raw"
READ: Stage = "read"
MASKED: Stage = "masked"
SEVERAL = ("sheet", "member")  # corrections that name one or more


def receive(edition_id: str, stream: Any) -> tuple[str, int]:
    """Keep the upload and return (SHA-256, size).

    :raises RuleError: ``intake.file_too_large`` or ``intake.file_empty``; nothing is kept then.
    """
    try:
        return vault.keep(_fitting(stream, config.number("upload_limit_mb")), edition_id, RAW)
    except BaseException:
        discard(edition_id)
        raise


def _fitting(stream: Any, limit: int) -> Iterator[bytes]:
    size = 0
    while piece := stream.read(MIB):
        size += len(piece)
        if size > limit * MIB:
            raise RuleError("intake.file_too_large", "upload", limit=limit)
        yield piece
    if not size:
        raise RuleError("intake.file_empty", "upload")


def discard(edition_id: str) -> None:
    """Destroy everything of an edition that never came to be."""
    vault.drop(edition_id)


def parts(edition_id: str, *stages: Stage) -> list[str]:
    """Return the names of all tables of an edition in these stages."""
    return [name for name in vault.parts(edition_id) if name.partition("-")[0] in stages]


def read(
    edition_id: str,
    filename: str,
    options: dict[str, Any],
    placed: Callable[[Sequence[intake.Table]], list[int]],
    progress: Callable[[int], object],
) -> tuple[intake.Intake, dict[int, str]]:
    """Read the upload and keep its tables; return what came of it, and the SHA-256 of each table by its place.

    ``placed`` says the places of the tables; ``progress`` hears how many rows were read. What an
    earlier reading left falls, masked tables with it.

    :raises RuleError: ``intake.*``.
    """
    with vault.borrowed(edition_id, RAW) as upload, scratch.folder() as workdir:
        taken = intake.read_tables(
            upload, filename=filename, workdir=workdir, progress=progress, **_wanted(options)
        )
        places = placed(taken.tables)
        kept = {
            place: vault.keep_file(table.parquet, edition_id, told_apart(READ, place))[0]
            for place, table in zip(places, taken.tables, strict=True)
        }
    current = {told_apart(READ, place) for place in kept}
    for name in {*parts(edition_id, READ, MASKED)} - current:
        vault.drop(edition_id, name)
    return taken, kept


@contextmanager
def borrowed_table(edition_id: str, place: int, stage: Stage) -> Iterator[Path]:
    """Lend a table as it was read or as it was masked, as plain Parquet, until the block ends.

    :raises FileNotFoundError: there is no table of that stage.
    """
    with vault.borrowed(edition_id, told_apart(stage, place)) as path:
        yield path


def keep_masked(edition_id: str, place: int, path: Path) -> str:
    """Keep a masked table, replacing an earlier one in one step, and return its SHA-256."""
    return vault.keep_file(path, edition_id, told_apart(MASKED, place))[0]


def preview(edition_id: str, place: int, columns: Sequence[Column]) -> list[dict[str, Any]]:
    """Return the first rows as text by column name, missing values as None."""
    if not vault.holds(edition_id, told_apart(READ, place)):
        return []
    with borrowed_table(edition_id, place, READ) as path, duckdb.connect() as connection:
        rows = connection.execute("SELECT * FROM read_parquet(?) LIMIT ?", [str(path), PREVIEW]).fetchall()
    names = [column.name for column in columns]
    return [
        {name: None if value is None else _shown(value) for name, value in zip(names, row, strict=True)}
        for row in rows
    ]


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _wanted(options: dict[str, Any]) -> dict[str, Any]:
    return {name: options.get(name) or (() if name in SEVERAL else None) for name in intake.CORRECTIONS}
