"""The vault (数据保险库): what is not public, encrypted at rest, outside CKAN's storage, DataStore and index.

Uploads, tables before masking and the files of conditional entries lie here, each sealed under a data key of
its own; who drops one destroys its key, so that copies of it are worthless. No other module opens this folder.
"""

from __future__ import annotations

import io
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from ckanext.govshare import config
from ckanext.govshare.sealing import data_keys, stream
from ckanext.govshare.vault import scratch

DRAFT = ".draft-"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")


def keep(pieces: Iterable[bytes], owner: str, part: str) -> tuple[str, int]:
    """Seal ``pieces`` as a part of ``owner``, in place of an earlier one, and return (SHA-256, size) of the plain bytes.

    It is there whole or not at all, and on the disk when this returns. Memory does not grow with size.
    """
    target = _place(owner, part)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = data_keys.for_purpose(_purpose(owner, part), config.text("cipher"))
    draft, digest, size = target.with_name(f"{DRAFT}{uuid4()}"), sha256(), 0
    try:
        with scratch.private_file(draft) as sink:
            writer = stream.Writer(sink, key)
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                writer.write(piece)
            writer.close()
            sink.flush()
            os.fsync(sink.fileno())
            draft.replace(target)
        _sync(target.parent)
    finally:
        draft.unlink(missing_ok=True)
    return digest.hexdigest(), size


def keep_file(path: Path, owner: str, part: str) -> tuple[str, int]:
    """Seal a plain file; see :func:`keep`."""
    with path.open("rb") as source:
        return keep(iter(lambda: source.read(stream.CHUNK), b""), owner, part)


def open(owner: str, part: str) -> BinaryIO:  # noqa: A001 - as gzip.open
    """Return the plain bytes of a part as a file that can be read from any position.

    :raises FileNotFoundError: there is none.
    :raises SealBroken: it was tampered with, or its key was destroyed; also at a later read.
    """
    source = _place(owner, part).open("rb")
    try:
        return io.BufferedReader(stream.Reader(source, _purpose(owner, part)), stream.CHUNK)
    except BaseException:
        source.close()
        raise


def holds(owner: str, part: str) -> bool:
    """Tell whether the vault has this part."""
    return _place(owner, part).is_file()


def parts(owner: str) -> list[str]:
    """Return what the vault has of ``owner``."""
    folder = _place(owner, "any").parent
    names = (path.name for path in folder.iterdir()) if folder.is_dir() else ()
    return sorted(name for name in names if _NAME.fullmatch(name))


def drop(owner: str, *names: str) -> None:
    """Destroy parts of ``owner``, all of them when none is named: first the keys, then the bytes."""
    for part in names or parts(owner):
        data_keys.forget(_purpose(owner, part))
        _place(owner, part).unlink(missing_ok=True)
    folder = _place(owner, "any").parent
    with suppress(OSError):
        _sync(folder)
        folder.rmdir()


@contextmanager
def borrowed(owner: str, part: str) -> Iterator[Path]:
    """Lend the plain bytes as a temporary file of our own, which is gone when the block ends, however it ends."""
    with open(owner, part) as source:
        size = source.seek(0, io.SEEK_END)
        source.seek(0)
        with scratch.folder(size) as folder:
            target = folder / part
            with scratch.private_file(target) as sink:
                shutil.copyfileobj(source, sink, stream.CHUNK)
            yield target


def sweep() -> None:
    """Remove what processes that were killed left behind: plain copies and half-sealed drafts."""
    scratch.sweep(config.folder("vault_path").glob(f"*/*/{DRAFT}*"))


def _place(owner: str, part: str) -> Path:
    if not (_NAME.fullmatch(owner) and _NAME.fullmatch(part)):
        raise ValueError(f"no name for the vault: {owner!r} {part!r}")
    return config.folder("vault_path") / owner[:2] / owner / part


def _purpose(owner: str, part: str) -> str:
    return f"vault:{owner}/{part}"


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
