"""Logs below `var/log`: read along, and kept from growing without end."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

LARGEST = 20 << 20


def keep_small(directory: Path, largest: int = LARGEST) -> None:
    """Move what a long log holds to `<name>.log.1`; its writer, which appends, goes on in the same file."""
    for log in directory.glob("*.log"):
        if log.stat().st_size > largest:
            shutil.copyfile(log, log.with_name(f"{log.name}.1"))
            os.truncate(log, 0)
