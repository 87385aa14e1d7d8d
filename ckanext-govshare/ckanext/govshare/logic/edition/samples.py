"""A few rows for the eyes of officers: cells in which a scan found something are hidden, for everybody.

The office has its own file; nobody needs to read an ID number on a page.
"""

from __future__ import annotations

from typing import Any

from ckanext.govshare.domain.desensitization.masks import Hide
from ckanext.govshare.domain.desensitization.plan import Plan, build
from ckanext.govshare.exports.source import opened, quoted_text
from ckanext.govshare.logic.edition import anonymity, files, masked_table, tables
from ckanext.govshare.model import EditionTable
from ckanext.govshare.vault import scratch

SHOWN = 3
HIDDEN = Hide(first=1, last=0)


def preview(table: EditionTable) -> list[dict[str, Any]]:
    """Return the first rows of the table that was read; nothing before the scan has said what to hide."""
    if table.scan is None:
        return []
    hidden = _hidden(table)
    return [
        {name: _hide(value) if name in hidden else value for name, value in cells.items()}
        for cells in files.preview(table.edition_id, table.place, tables.read_columns(table))
    ]


def before_and_after(
    table: EditionTable, entry_id: str, plan: Plan
) -> dict[str, list[tuple[str, str | None]]]:
    """Return by column name what the first few values are and what a plan makes of them, None when it drops them."""
    columns, hidden = tables.read_columns(table), _hidden(table)
    shown: dict[str, list[tuple[str, str | None]]] = {column.name: [] for column in columns}
    with (
        scratch.folder() as bench,
        files.borrowed_table(table.edition_id, table.place, files.READ) as path,
        opened(path, columns, bench) as source,
    ):
        methods = masked_table.ready(build(plan, columns), source, masked_table.key_of(entry_id))
        query = f"SELECT * FROM read_parquet({quoted_text(path)}) LIMIT {SHOWN}"  # noqa: S608
        for values in source.connection.execute(query).fetchall():
            for column, value in zip(columns, values, strict=True):
                method = methods[column.name]
                after = None if value is None else method.apply(value)
                before = _told(value)
                told = _told(after) if method.result(column) else None
                shown[column.name].append((_hide(before) if column.name in hidden else before, told))
    return shown


def smallest_groups(table: EditionTable, plan: Plan) -> list[dict[str, Any]]:
    """Return the smallest groups of the masked table over its quasi-identifiers."""
    if not table.masked or not plan.quasi_identifiers:
        return []
    with (
        scratch.folder() as bench,
        files.borrowed_table(table.edition_id, table.place, files.MASKED) as path,
        opened(path, (), bench) as source,
    ):
        return anonymity.smallest(source.connection, f"read_parquet({quoted_text(path)})", plan)


def _hidden(table: EditionTable) -> frozenset[str]:
    return frozenset(finding.column for finding in tables.found(table.scan))


def _hide(text: str | None) -> str | None:
    return None if text is None else str(HIDDEN.apply(text))


def _told(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
