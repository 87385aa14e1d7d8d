"""Bytes to tables: what an office delivers becomes typed rows, with a report of everything done to it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ckanext.govshare.intake import sandbox
from ckanext.govshare.intake.findings import Finding, Intake, Table

__all__ = ["CORRECTIONS", "Finding", "Intake", "Table", "read_tables"]

CORRECTIONS = ("sheet", "encoding", "header_row", "member", "hidden")  # what a person may say better


def read_tables(
    path: Path,
    *,
    filename: str,
    sheet: Sequence[str] = (),
    encoding: str | None = None,
    header_row: int | None = None,
    member: Sequence[str] = (),
    hidden: str | None = None,
    workdir: Path,
    progress: sandbox.Progress = lambda _rows: None,
) -> Intake:
    """Read the tables in ``path`` in a process of its own; its kind is told by its content.

    CSV, TSV, XLS, XLSX, ODS, JSON, JSON Lines, GeoJSON, XML, Parquet, a table in a web page, and a zip of these.
    Each sheet of a workbook with cells is a table, and each member of a zip has its own. ``filename`` is the
    file's name as delivered; ``sheet`` (those that are wanted), ``encoding`` (``utf-8 gb18030 big5 utf-16``),
    ``header_row`` (from 1, of every table), ``member`` (those of a zip that are wanted) and ``hidden`` (``keep``:
    read hidden rows and columns, which are left out otherwise) are a person's corrections. ``workdir`` is an empty
    directory of this call; the typed Parquet is left there. ``progress`` hears how many rows were read. An empty cell is a missing value (null), never zero and never an empty text.

    :raises RuleError: ``intake.*`` with the facts ``row`` and ``column`` (from 1) where there is a position, and
        ``in_table``, ``option`` and ``names`` (what a correction may name) where one of several tables is to blame.
    """
    arguments = {
        "path": str(path),
        "filename": filename,
        "sheet": list(sheet),
        "encoding": encoding,
        "header_row": header_row,
        "member": list(member),
        "hidden": hidden,
        "workdir": str(workdir),
    }
    return sandbox.run(arguments, workdir, progress)
