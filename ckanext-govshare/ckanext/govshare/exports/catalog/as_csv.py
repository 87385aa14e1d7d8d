"""The catalog as CSV: UTF-8 with byte order mark, as spreadsheet programs expect it."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from ckanext.govshare.domain.catalog_values import COMPUTED_STARTS
from ckanext.govshare.exports.catalog.layout import Card, Layout


def write_csv(cards: Iterable[Card], layout: Layout, target: Path) -> None:
    """Write one row for each card; a text that a spreadsheet would compute gets an apostrophe in front."""
    with target.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(layout.headers)
        for card in cards:
            writer.writerow([_harmless(cell) for cell in layout.cells(card)])


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(COMPUTED_STARTS) else cell
