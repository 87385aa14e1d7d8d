"""Scan the table of an edition (敏感数据识别), as the public would read it, and write down what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ckan import model

from ckanext.govshare import rulebook
from ckanext.govshare.domain.desensitization.scan import VERSION, Scanner
from ckanext.govshare.domain.edition import READ, VOID
from ckanext.govshare.domain.table import Column
from ckanext.govshare.exports.source import opened, written
from ckanext.govshare.logic.edition import cases, comparing, files, progress
from ckanext.govshare.model import Edition
from ckanext.govshare.vault import scratch

Cells = Sequence[tuple[Any, ...]]
BATCH = 20_000  # rows


def scan(edition_id: str) -> None:
    """Scan what was read and has not been scanned; safe to repeat, and nothing is locked meanwhile."""
    row = model.Session.get(Edition, edition_id, populate_existing=True)
    if row is None or row.intake != READ or row.scan is not None or row.status == VOID:
        return
    columns, seen, entry_id = cases.read_columns(row), row.content_hash, row.entry_id
    model.Session.rollback()
    with files.borrowed_table(edition_id, stage="read") as path:
        found = findings_of(path, columns, progress.teller(edition_id, "scan"))
        difference = comparing.difference(entry_id, path, columns)
    case = cases.locked(edition_id)
    if case.row.scan is None and case.row.content_hash == seen:
        case.row.scan, case.row.difference, case.row.progress = found, difference, None
        cases.touch(case.row)
    model.Session.commit()


def findings_of(path: Path, columns: Sequence[Column], tell: Callable[[int, int], None]) -> dict[str, Any]:
    """Return ``{version, findings}`` of a table; ``tell`` hears how many rows of how many have been looked at."""
    scanner = Scanner(columns, rulebook.desensitization())
    done = 0
    with (
        scratch.folder() as bench,
        opened(path, columns, bench) as source,
    ):
        source.connection.execute(source.select([written(column) for column in columns]))
        for batch in batches(source.connection):
            scanner.feed(batch)
            done += len(batch)
            tell(done, source.rows)
    return {"version": VERSION, "findings": [finding.as_dict() for finding in scanner.findings()]}


def batches(connection: Any) -> Iterator[Cells]:
    """Yield the rows of the query that runs, a batch at a time."""
    while batch := connection.fetchmany(BATCH):
        yield batch
