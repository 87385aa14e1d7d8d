"""Where released files lie: named by the SHA-256 of their bytes, written once, never changed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ckanext.govshare.exports.checksums import digest

DRAFT = ".draft-"  # beginning of the names of folders in which files are made


def place(root: Path, sha: str) -> Path:
    """Return where the file with this digest lies: ``root/ab/abcd…``."""
    return root / sha[:2] / sha


def keep(draft: Path, root: Path) -> tuple[str, Path]:
    """Move a finished file to its place in one step and return (digest, place)."""
    sha = digest(draft)
    target = place(root, sha)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft.chmod(0o644)
    with draft.open("rb") as stream:
        os.fsync(stream.fileno())
    draft.replace(target)
    return sha, target


def remove(root: Path, sha: str) -> None:
    """Take a file from the shelf; readers who have it open finish."""
    place(root, sha).unlink(missing_ok=True)


def files(root: Path) -> Iterator[tuple[str, float]]:
    """Yield digest and time of making (seconds since 1970) of every finished file."""
    for folder in root.glob("[0-9a-f][0-9a-f]"):
        for path in folder.iterdir():
            with suppress(FileNotFoundError):  # somebody took it away meanwhile
                yield path.name, path.stat().st_mtime


def sweep(root: Path, before: float) -> None:
    """Remove what processes that were killed left half-made before that instant (seconds since 1970)."""
    for folder in root.glob(f"{DRAFT}*"):
        if folder.stat().st_mtime < before:
            shutil.rmtree(folder, ignore_errors=True)
