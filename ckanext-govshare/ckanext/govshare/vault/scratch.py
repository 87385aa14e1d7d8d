"""Plain copies for as long as somebody needs them: private folders, in memory if there is room, swept when left."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from ckanext.govshare import config

YOUNG = 60.0  # seconds within which a new file or folder may not be locked yet
MEMORY = Path("/dev/shm")  # noqa: S108 - a private folder in it
PRIVATE = stat.S_IFDIR | 0o700
SHARE = 4  # at most this part of the memory that is free is taken at a time


@contextmanager
def folder(size: int | None = None) -> Iterator[Path]:
    """Give an empty private folder: in memory if ``size`` bytes are known to have room there, else on the disk."""
    root = _memory() if size is not None and size <= _room() else None
    place = (root or _disk()) / str(uuid4())
    place.mkdir(mode=0o700)
    lock = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)  # held by this process while it lives: see sweep()
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        os.close(lock)


def sweep(more: Iterable[Path] = ()) -> None:
    """Remove what processes that were killed left behind, here and among ``more``."""
    roots = [root for root in (_memory(), _disk()) if root]
    for path in (*more, *(path for root in roots for path in root.iterdir())):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > YOUNG and _is_abandoned(path):
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def private_file(path: Path) -> BinaryIO:
    """Make a file that nobody else can read, locked by this process while it is open: see :func:`sweep`."""
    sink = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    fcntl.flock(sink, fcntl.LOCK_EX)
    return sink


def _is_abandoned(path: Path) -> bool:
    """Tell whether no living process holds the lock, in whatever container it runs."""
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


def _disk() -> Path:
    place = config.folder("work_path") / "scratch"
    place.mkdir(exist_ok=True, mode=0o700)
    return place


def _memory() -> Path | None:
    """Return our folder in the memory file system; None when there is none, or somebody else made it."""
    name = sha256(config.text("vault_path").encode()).hexdigest()[:12]
    place = MEMORY / f"govshare-{os.geteuid()}-{name}"
    try:
        place.mkdir(exist_ok=True, mode=0o700)
        state = place.lstat()
    except OSError:
        return None
    ours = state.st_uid == os.geteuid() and state.st_mode == PRIVATE
    return place if ours else None


def _room() -> int:
    """Return how many bytes may be borrowed into memory now."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        available = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
        return min(available, shutil.disk_usage(MEMORY).free) // SHARE
    except (OSError, StopIteration):
        return 0
