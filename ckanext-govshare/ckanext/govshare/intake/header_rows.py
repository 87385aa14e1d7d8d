"""Headers of several rows (多行表头): captions over groups of columns, joined with the names below them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake.delimited import Row
from ckanext.govshare.intake.merged import Merged

MOST_ROWS = 4
JOINT = "_"
_VALUE = re.compile(r"-?\d+(\.\d+)?|\d{4}[-/]\d{1,2}[-/]\d{1,2}.*")
_YEAR = re.compile(r"(19|20)\d\d")


def find(filled: Sequence[Row], merged: Merged) -> list[Row]:
    """Return the rows of the header: from the first row that names more than half of the columns.

    :raises RuleError: ``intake.header_missing`` when that row looks like data.
    """
    widest = max(_filled(cells) for _, cells in filled)
    for index, (number, cells) in enumerate(filled):
        header = block(filled[index:], merged)
        if _filled(cells) * 2 > widest or (len(header) > 1 and _covered(number, cells, merged) * 2 > widest):
            if any(_looks_like_value(cell) for cell in cells):
                text = " | ".join(cell.strip() for cell in cells if cell.strip())[:200]
                raise RuleError("intake.header_missing", "header_row", row=number, text=text)
            return header
    raise AssertionError  # the widest row names all of them


def block(rows: Sequence[Row], merged: Merged) -> list[Row]:
    """Return the first row and those right below it that name parts of its captions."""
    header = [rows[0]]
    for above, below in pairwise(rows[:MOST_ROWS]):
        if below[0] != above[0] + 1 or not _continues(above, below, merged):
            break
        header.append(below)
    return header


def joined(header: Sequence[Row], width: int, merged: Merged) -> list[str]:
    """Return one name for each column: captions and names from top to bottom, each once."""
    lines = [_wide(cells, width) for _number, cells in header]
    captions = [_spread(row, line, merged) for row, line in zip(header, lines, strict=True)]
    for level, line in enumerate(captions[:-1]):
        lines[level] = line
    names = []
    for column in range(width):
        parts = [line[column].strip() for line in lines if line[column].strip()]
        names.append(JOINT.join(dict.fromkeys(parts)) if len(header) > 1 else lines[0][column])
    return names


def _continues(above: Row, below: Row, merged: Merged) -> bool:
    """Tell whether ``below`` names the parts of captions in ``above`` and nothing else.

    Every cell of it lies under a caption of several columns or repeats the name above it (merged downwards).
    Without merged cells at least one column must be left to the row above: else any row of words would do.
    """
    width = max(len(above[1]), len(below[1]))
    upper, lower = _wide(above[1], width), _wide(below[1], width)
    if any(_looks_like_value(cell) for cell in lower):
        return False
    spread = _spread(above, upper, merged)
    under = [_is_under_caption(spread, upper, column) for column in range(width)]
    own = [column for column in range(width) if not under[column]]
    names = any(lower[column].strip() for column in range(width) if under[column])
    return (
        names
        and (bool(own) or bool(merged.areas))
        and all(not lower[column].strip() or lower[column] == upper[column] for column in own)
        and all(
            lower[column].strip() for column in range(width) if under[column] and not upper[column].strip()
        )
    )


def _spread(row: Row, cells: Sequence[str], merged: Merged) -> list[str]:
    """Return the cells with captions carried to the right: over merged cells, or over blanks where none are."""
    number, spread, caption, last = row[0], [], "", -1
    for column, cell in enumerate(cells):
        if cell.strip():
            caption, last = cell, merged.across(number, column) if merged.areas else len(cells)
        spread.append(cell if cell.strip() else caption if column <= last else "")
    return spread


def _is_under_caption(spread: Sequence[str], cells: Sequence[str], column: int) -> bool:
    """Tell whether the caption over this column covers another column too."""
    if not spread[column].strip():
        return False
    after = column + 1 < len(cells) and not cells[column + 1].strip() and bool(spread[column + 1].strip())
    return after or not cells[column].strip()


def _covered(number: int, cells: Sequence[str], merged: Merged) -> int:
    return sum(1 for cell in _spread((number, [*cells]), cells, merged) if cell.strip())


def _wide(cells: Sequence[str], width: int) -> list[str]:
    return [*cells, *[""] * width][:width]


def _filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def _looks_like_value(cell: str) -> bool:
    return bool(_VALUE.fullmatch(cell.strip())) and not _YEAR.fullmatch(cell.strip())
