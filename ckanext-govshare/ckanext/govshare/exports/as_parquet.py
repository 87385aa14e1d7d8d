"""Parquet: the typed table as it was kept, unchanged."""

from __future__ import annotations

import shutil
from pathlib import Path

from ckanext.govshare.exports.source import Source


def write(source: Source, target: Path) -> None:
    """Copy the table."""
    shutil.copyfile(source.parquet, target)
