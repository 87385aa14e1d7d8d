"""Where an edition's bytes lie before they are public: upload, table as read and table as masked, in the vault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import duckdb

from ckanext.govshare import config, intake, vault
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.domain.table import Column
from ckanext.govshare.vault import scratch

MIB = 1024 * 1024
PREVIEW = 50
RAW, READ, MASKED = "raw", "read", "masked"
Stage = Literal["read", "masked"]


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


def read(
    edition_id: str, filename: str, options: dict[str, Any], progress: Callable[[int], object]
) -> tuple[intake.Intake, str]:
    """Read the upload and keep its table; return what came of it and the SHA-256 of the table.

    ``progress`` hears how many rows were read. What was masked from an earlier reading falls.

    :raises RuleError: ``intake.*``.
    """
    with vault.borrowed(edition_id, RAW) as upload, scratch.folder() as workdir:
        taken = intake.read_table(
            upload, filename=filename, workdir=workdir, progress=progress, **_wanted(options)
        )
        sha, _ = vault.keep_file(taken.tables[0].parquet, edition_id, READ)
    vault.drop(edition_id, MASKED)
    return taken, sha


@contextmanager
def borrowed_table(edition_id: str, stage: Stage) -> Iterator[Path]:
    """Lend the table as it was read or as it was masked, as plain Parquet, until the block ends.

    :raises FileNotFoundError: there is no table of that stage.
    """
    with vault.borrowed(edition_id, stage) as path:
        yield path


def keep_masked(edition_id: str, path: Path) -> str:
    """Keep the masked table, replacing an earlier one in one step, and return its SHA-256."""
    return vault.keep_file(path, edition_id, MASKED)[0]


def preview(edition_id: str, columns: list[Column]) -> list[dict[str, Any]]:
    """Return the first rows as text by column name, missing values as None."""
    if not vault.holds(edition_id, READ):
        return []
    with borrowed_table(edition_id, READ) as place, duckdb.connect() as connection:
        rows = connection.execute("SELECT * FROM read_parquet(?) LIMIT ?", [str(place), PREVIEW]).fetchall()
    names = [column.name for column in columns]
    return [
        {name: None if value is None else _shown(value) for name, value in zip(names, row, strict=True)}
        for row in rows
    ]


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _wanted(options: dict[str, Any]) -> dict[str, Any]:
    return {name: options.get(name) or None for name in intake.CORRECTIONS}
