"""Uploaded catalog files, kept in the portal's private work path by their content until they are imported."""

from __future__ import annotations

import shutil
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import IO

from ckanext.govshare import config, runtime
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake.catalog import MAX_BYTES, MIB
from ckanext.govshare.model import CatalogImport

FOLDER = "catalog"
KEPT = timedelta(days=30)  # an upload that is not imported may be taken up again so long


def keep(stream: IO[bytes], import_id: str) -> str:
    """Store an upload and return its SHA-256; stops at the limit, keeps nothing then.

    :raises RuleError: ``catalog.too_large``
    """
    _tidy()
    target = _folder() / import_id
    size = 0
    with target.open("wb") as sink:
        while chunk := stream.read(1 << 20):
            size += len(chunk)
            if size > MAX_BYTES:
                break
            sink.write(chunk)
    if size > MAX_BYTES:
        target.unlink()
        raise RuleError("catalog.too_large", size_mb=-(-size // MIB), limit_mb=MAX_BYTES // MIB)
    return digest(target)


def copy(source: Path, import_id: str) -> str:
    """Store a file of this machine and return its SHA-256.

    :raises RuleError: ``catalog.too_large``
    """
    size = source.stat().st_size
    if size > MAX_BYTES:
        raise RuleError("catalog.too_large", size_mb=-(-size // MIB), limit_mb=MAX_BYTES // MIB)
    _tidy()
    shutil.copyfile(source, _folder() / import_id)
    return digest(_folder() / import_id)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    found = sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            found.update(chunk)
    return found.hexdigest()


def path_of(job: CatalogImport) -> Path:
    """Return where an import's file lies.

    :raises RuleError: ``catalog.file_gone`` when it is no longer kept
    """
    path = _folder() / job.id
    if not path.exists():
        raise RuleError("catalog.file_gone", days=KEPT.days)
    return path


def drop(job: CatalogImport) -> None:
    """Remove the file of an import that is over."""
    (_folder() / job.id).unlink(missing_ok=True)


def _tidy() -> None:
    """Remove files of imports that nobody went on with."""
    oldest = (runtime.now() - KEPT).timestamp()
    for path in _folder().iterdir():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def _folder() -> Path:
    folder = config.folder("work_path") / FOLDER
    folder.mkdir(exist_ok=True, mode=0o750)
    return folder
