"""Runs the parser in a process of its own with bounded memory and time: no file can hurt the caller."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.domain.table import Column
from ckanext.govshare.intake import limits
from ckanext.govshare.intake.findings import Finding, Intake, Table

Progress = Callable[[int], object]

OUT_OF_MEMORY = 3  # how the child ends when its memory is used up
_NO_MEMORY = b"cannot allocate memory"  # said by the allocator before it gives up
_MODULE = "ckanext.govshare.intake.child"


def run(arguments: dict[str, Any], workdir: Path, progress: Progress) -> Intake:
    """Parse in a child process; whatever becomes of it, the caller gets a table or a :class:`RuleError`."""
    answer = workdir / "answer.json"
    asked = {**arguments, "limits": (limits.PARSE_MEMORY, limits.PARSE_SECONDS)}
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(import_folders()),
        "MALLOC_ARENA_MAX": "2",
    }
    command = [sys.executable, "-m", _MODULE, json.dumps(asked), str(answer)]
    with (
        (workdir / "said").open("w+b") as said,
        subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command, env=environment, cwd="/", stdin=subprocess.DEVNULL, stdout=said, stderr=said
        ) as child,
    ):
        try:
            _watch(child, workdir, progress)
        finally:
            child.kill()
        code = child.wait()
        said.seek(0)
        words = said.read()
    # A signal means that processor time ran out, or memory where even the libraries did not expect it.
    if code == OUT_OF_MEMORY or code < 0 or _NO_MEMORY in words:
        raise too_demanding()
    if code:
        raise RuntimeError(f"the parser failed: {words.decode(errors='replace')[-2000:]}")
    return _from_answer(json.loads(answer.read_text(encoding="utf-8")))


def _watch(child: subprocess.Popen[bytes], workdir: Path, progress: Progress) -> None:
    """Wait for the child as long as it may take, and tell how many rows it has read."""
    ends, told = time.monotonic() + limits.PARSE_SECONDS, 0
    while True:
        try:
            child.wait(timeout=min(1.0, max(ends - time.monotonic(), 0)))
        except subprocess.TimeoutExpired as error:
            if time.monotonic() >= ends:
                raise too_demanding() from error
        else:
            return
        counter = workdir / limits.COUNTER
        rows = int(counter.read_text() or 0) if counter.exists() else 0
        if rows > told:
            told = rows
            progress(rows)


def import_folders() -> list[str]:
    """Return where the child process finds its modules."""
    # CKAN's command line puts the folder of its own package first; there ``ckan.types`` would hide ``types``.
    return [folder for folder in sys.path if folder and not (Path(folder) / "__init__.py").exists()]


def too_demanding() -> RuleError:
    """Return what a file gets that used up its time or memory."""
    return RuleError(
        "intake.file_too_demanding", seconds=limits.PARSE_SECONDS, memory_mb=limits.PARSE_MEMORY // limits.MIB
    )


def _from_answer(answer: dict[str, Any]) -> Intake:
    if "code" in answer:
        raise RuleError(answer["code"], answer["field"], **answer["facts"])
    tables = tuple(
        Table(
            table["name"],
            tuple(Column.from_dict(column) for column in table["columns"]),
            table["rows"],
            Path(table["parquet"]),
        )
        for table in answer["tables"]
    )
    report = tuple(
        Finding(f["code"], f["row"], f["column"], f["facts"], f["table"]) for f in answer["report"]
    )
    return Intake(tables, report)
