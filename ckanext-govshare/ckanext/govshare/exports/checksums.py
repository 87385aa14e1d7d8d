"""SHA-256 of files, and the list that ``sha256sum --check`` reads."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path


def digest(path: Path) -> str:
    """Return the SHA-256 of the file's bytes, in hexadecimal."""
    state = sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            state.update(chunk)
    return state.hexdigest()


def listing(files: Iterable[tuple[str, str]]) -> str:
    """Return the text of ``SHA256SUMS`` for ``(digest, file name)``."""
    return "".join(f"{sha}  {name}\n" for sha, name in files)
