"""Where an edition's bytes lie before they are public: the upload as it came, and the table that was read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import duckdb

from ckanext.govshare import config, intake, runtime
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.domain.table import Column
from ckanext.govshare.exports import shelf
from ckanext.govshare.exports.checksums import digest

MIB = 1024 * 1024
PREVIEW = 50
Stage = Literal["read", "masked"]


def folder(edition_id: str) -> Path:
    """Return the private folder of one edition."""
    return config.folder("work_path") / "edition" / edition_id


def raw(edition_id: str) -> Path:
    """Return the upload, byte for byte."""
    return folder(edition_id) / "raw"


def table(edition_id: str) -> Path:
    """Return the typed table that was read."""
    return folder(edition_id) / "table.parquet"


@contextmanager
def borrowed_table(edition_id: str, stage: Stage) -> Iterator[Path]:
    """Lend the table as it was read or as it was masked, as plain Parquet, until the block ends.

    :raises FileNotFoundError: there is no table of that stage.
    """
    place = _stages(edition_id)[stage]
    if not place.exists():
        raise FileNotFoundError(place)
    yield place


def keep_masked(edition_id: str, path: Path) -> str:
    """Keep the masked table, replacing an earlier one in one step, and return its SHA-256."""
    target = _stages(edition_id)["masked"]
    draft = target.with_suffix(".new")
    shutil.copyfile(path, draft)
    draft.replace(target)
    return digest(target)


def _stages(edition_id: str) -> dict[Stage, Path]:
    return {"read": table(edition_id), "masked": folder(edition_id) / "masked.parquet"}


def receive(edition_id: str, stream: Any) -> tuple[str, int]:
    """Keep the upload and return (SHA-256, size).

    :raises RuleError: ``intake.file_too_large`` or ``intake.file_empty``; nothing is kept then.
    """
    place = folder(edition_id)
    place.mkdir(parents=True, mode=0o750)
    try:
        return _copy(stream, raw(edition_id), config.number("upload_limit_mb"))
    except BaseException:
        discard(edition_id)
        raise


def _copy(stream: Any, target: Path, limit: int) -> tuple[str, int]:
    state, size = sha256(), 0
    with target.open("wb") as sink:
        for chunk in _chunks(stream):
            size += len(chunk)
            if size > limit * MIB:
                raise RuleError("intake.file_too_large", "upload", limit=limit)
            state.update(chunk)
            sink.write(chunk)
    if not size:
        raise RuleError("intake.file_empty", "upload")
    return state.hexdigest(), size


def discard(edition_id: str) -> None:
    """Remove everything of an edition that never came to be."""
    shutil.rmtree(folder(edition_id), ignore_errors=True)


def read(edition_id: str, filename: str, options: dict[str, Any]) -> tuple[intake.Intake, str]:
    """Read the upload and keep its table; return what came of it and the SHA-256 of the table.

    :raises RuleError: ``intake.*``.
    """
    target = table(edition_id)
    shelf.sweep(folder(edition_id), (runtime.now() - timedelta(hours=1)).timestamp())
    with TemporaryDirectory(dir=folder(edition_id), prefix=shelf.DRAFT) as workdir:
        taken = intake.read_table(
            raw(edition_id), filename=filename, workdir=Path(workdir), **_wanted(options)
        )
        taken.tables[0].parquet.replace(target)
    return taken, digest(target)


def preview(edition_id: str, columns: list[Column]) -> list[dict[str, Any]]:
    """Return the first rows as text by column name, missing values as None."""
    place = table(edition_id)
    if not place.exists():
        return []
    with duckdb.connect() as connection:
        rows = connection.execute("SELECT * FROM read_parquet(?) LIMIT ?", [str(place), PREVIEW]).fetchall()
    names = [column.name for column in columns]
    return [
        {name: None if value is None else _shown(value) for name, value in zip(names, row, strict=True)}
        for row in rows
    ]


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _wanted(options: dict[str, Any]) -> dict[str, Any]:
    return {name: options.get(name) or None for name in ("sheet", "encoding", "header_row")}


def _chunks(stream: Any) -> Iterator[bytes]:
    while chunk := stream.read(MIB):
        yield chunk
