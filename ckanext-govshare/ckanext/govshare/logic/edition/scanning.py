"""Scan the tables of an edition (敏感数据识别), as the public would read them, and write down what was found."""

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
from ckanext.govshare.logic.edition import cases, comparing, files, progress, tables
from ckanext.govshare.model import Edition
from ckanext.govshare.vault import scratch

Cells = Sequence[tuple[Any, ...]]
BATCH = 20_000  # rows


def scan(edition_id: str) -> None:
    """Scan what was read and has not been scanned; safe to repeat, and nothing is locked meanwhile."""
    row = model.Session.get(Edition, edition_id, populate_existing=True)
    if row is None or row.intake != READ or row.scanned or row.status == VOID:
        return
    waiting = {table.place: tables.read_columns(table) for table in row.tables if table.scan is None}
    seen, entry_id = row.content_hash, row.entry_id
    model.Session.rollback()
    found, tell = {}, progress.teller(edition_id, "scan")
    for place, columns in waiting.items():
        with files.borrowed_table(edition_id, place, files.READ) as path:
            found[place] = (
                findings_of(path, columns, tell),
                comparing.difference(entry_id, place, path, columns),
            )
    row = cases.locked(edition_id).row
    if not row.scanned and row.content_hash == seen:
        for table in row.tables:
            if table.place in found:
                table.scan, table.difference = found[table.place]
        row.progress = None
        cases.touch(row)
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
