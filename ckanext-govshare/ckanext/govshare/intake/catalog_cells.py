"""The cells of a delimited file as text; workbooks are read behind a fence."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake.catalog_fence import read_fenced
from ckanext.govshare.intake.catalog_grid import Grid
from ckanext.govshare.intake.encoding import decide_encoding, printable
from ckanext.govshare.intake.kind import DELIMITED, WORKBOOKS, XLSX, kind_of

DELIMITERS = (",", "\t", ";", "|")
LOOKED_AT = 50  # lines by which the delimiter is judged
MAX_CELL = 1_000_000  # characters; a longer one is a broken quotation


def read_grid(path: Path, *, sheet: str = "", encoding: str | None = None) -> Grid:
    """Read a delimited file or one sheet of a workbook: the named one, or the first visible with content."""
    kind = kind_of(path)
    if kind == DELIMITED:
        return _delimited(path, encoding)
    if kind not in WORKBOOKS:
        raise RuleError("intake.wrong_type", found=kind.upper())
    return read_fenced(path, sheet, with_formulas=kind == XLSX)


def _delimited(path: Path, chosen: str | None) -> Grid:
    verdict = decide_encoding(path, chosen)
    name = "utf-8-sig" if verdict.encoding == "utf-8" else verdict.encoding
    text = printable(path.read_bytes().decode(name))
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        rows = [[cell.strip() for cell in row] for row in reader]
    except csv.Error as error:
        raise RuleError("catalog.csv_broken", row=reader.line_num) from error
    return Grid(rows, encoding=verdict.encoding)


def _delimiter(text: str) -> str:
    """Take the character that stands equally often in most of the first lines."""
    lines = [line for line in text[:200_000].splitlines()[:LOOKED_AT] if line]

    def score(delimiter: str) -> int:
        counts = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if len(row) > 1)
        return max(counts.values(), default=0)

    return max(DELIMITERS, key=score)
