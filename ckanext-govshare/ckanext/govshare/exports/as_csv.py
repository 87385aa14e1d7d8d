"""CSV after RFC 4180 in UTF-8; a missing value is nothing between the commas, an empty text is ``""``."""

from __future__ import annotations

import shutil
from codecs import BOM_UTF8
from pathlib import Path

from ckanext.govshare.domain.table import TEXT
from ckanext.govshare.exports.source import Source, quoted_name, written


def write(source: Source, target: Path) -> None:
    """Write all rows below a line of column names."""
    expressions = [quoted_name(c.name) if c.type == TEXT else written(c) for c in source.columns]
    if len(expressions) == 1:  # a line with nothing on it would be no row to most readers
        expressions = [f"coalesce({expressions[0]}, '')"]
    source.copy(expressions, target, "FORMAT csv, HEADER true")


def write_with_mark(source: Source, target: Path) -> None:
    """Write the same bytes behind a byte order mark, by which spreadsheet programs know UTF-8."""
    plain = target.with_suffix(".plain")
    write(source, plain)
    with plain.open("rb") as text, target.open("wb") as sink:
        sink.write(BOM_UTF8)
        shutil.copyfileobj(text, sink, 1 << 20)
    plain.unlink()
