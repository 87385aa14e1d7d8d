"""The catalog as JSON: ``{layout, count, labels, entries}``; an entry maps field names to values."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from ckanext.govshare.exports.catalog.layout import Card, Layout

LAYOUT = "发改高技〔2017〕1272号"


def write_json(cards: Iterable[Card], layout: Layout, target: Path) -> None:
    """Write the entries one a line, so that the file can be read in pieces."""
    labels = {field.name: field.header_1272 for field in layout.fields}
    with target.open("w", encoding="utf-8") as stream:
        stream.write(f'{{"layout": {_text(LAYOUT)}, "labels": {_text(labels)},\n"entries": [')
        count = 0
        for card in cards:
            stream.write(",\n" if count else "\n")
            stream.write(_text(layout.plain(card)))
            count += 1
        stream.write(f'\n],\n"count": {count}}}\n')


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
