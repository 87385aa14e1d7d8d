"""XML in one schema for every table, so that any column name is carried unchanged.

``<table><columns><column name="…" type="…"/>…</columns><row><field name="…">…</field>…</row>…</table>``:
fields in the order of the columns; a missing value has no ``field``, an empty text an empty one.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from xml.sax.saxutils import quoteattr

from ckanext.govshare.domain.table import TEXT, Column
from ckanext.govshare.exports.source import Source, quoted_text, written


def write(source: Source, target: Path) -> None:
    """Write all rows, one ``row`` element a line."""
    row = " || ".join(["'<row>'", *(_field(column) for column in source.columns), "'</row>'"])
    rows = target.with_suffix(".rows")
    source.text(row, rows)
    with target.open("w", encoding="utf-8", newline="") as sink:
        sink.write('<?xml version="1.0" encoding="UTF-8"?>\n<table>\n<columns>\n')
        sink.writelines(f'<column name={_attribute(c.name)} type="{c.type}"/>\n' for c in source.columns)
        sink.write("</columns>\n")
    with rows.open("rb") as lines, target.open("ab") as sink:
        shutil.copyfileobj(lines, sink, 1 << 20)
        sink.write(b"</table>\n")
    rows.unlink()


def _attribute(text: str) -> str:
    return quoteattr(text, {"\n": "&#10;", "\t": "&#9;"})


def _field(column: Column) -> str:
    value = written(column)
    if column.type == TEXT:
        value = f"replace(replace(replace({value}, '&', '&amp;'), '<', '&lt;'), '>', '&gt;')"
    opening = quoted_text(f"<field name={_attribute(column.name)}>")
    return f"coalesce({opening} || {value} || '</field>', '')"
