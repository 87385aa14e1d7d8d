"""Where the table lies in its sheet: what stands above the header and below the rows is cut and reported."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake.delimited import Row
from ckanext.govshare.intake.findings import Finding
from ckanext.govshare.intake.header_rows import block, find, joined
from ckanext.govshare.intake.headers import repair
from ckanext.govshare.intake.merged import Merged

SAMPLE = 60
SHOWN = 20  # positions kept for a finding that may occur in every row
MAX_FOOTER = 20
_MANY = 3

_NOTE = re.compile(
    r"\s*(注|备注|備註|说明|說明|附注|数据来源|資料來源|资料来源|来源|制表|填报|审核|联系|Note|Source)",
    re.IGNORECASE,
)


@dataclass
class Layout:
    """The header and, lazily, the rows below it; ``report`` grows while they are read.

    ``names`` has one name for each column, ``unnamed`` the positions whose name is ours.
    """

    names: tuple[str, ...]
    header_row: int
    rows: Iterator[Row]
    report: list[Finding]
    unnamed: frozenset[int] = frozenset()


@dataclass
class _Places:
    """Positions of something that may happen in every row: all counted, the first ones kept."""

    count: int = 0
    first: list[int] = field(default_factory=list)

    def add(self, row: int) -> None:
        self.count += 1
        if len(self.first) < SHOWN:
            self.first.append(row)

    def finding(self, code: str) -> list[Finding]:
        return (
            [Finding(code, self.first[0], 0, {"count": self.count, "rows": self.first})] if self.count else []
        )


def lay_out(rows: Iterable[Row], header_row: int | None = None, merged: Merged | None = None) -> Layout:
    """Find the header in ``rows`` (or take ``header_row``, a person's choice) and cut what is no table.

    :raises RuleError: ``intake.file_empty``, ``intake.header_missing`` (row), ``intake.header_row_unknown``;
        while reading on: ``intake.row_too_wide`` (row, columns, cells), ``intake.no_rows`` is the caller's.
    """
    stream, merged = iter(rows), merged or Merged()
    sample = list(islice(stream, max(SAMPLE, (header_row or 0) + SAMPLE)))
    filled = [(number, cells) for number, cells in sample if _filled(cells)]
    if not filled:
        raise RuleError("intake.file_empty")
    header = block(_from(filled, header_row), merged) if header_row else find(filled, merged)
    first, last = header[0][0], header[-1][0]
    width = max(
        *(len(_trim(cells)) for _, cells in header),
        _usual_width([cells for row, cells in filled if row > last]),
    )
    names, report = repair(joined(header, width, merged), last)
    unnamed = frozenset(finding.column for finding in report if finding.code == "column_without_name")
    report[:0] = _about_header(filled, first, last, width)
    data = chain((row for row in sample if row[0] > last), stream)
    return Layout(names, last, _body(data, width, report, lambda: merged.findings(last)), report, unnamed)


def _about_header(filled: list[Row], first: int, last: int, width: int) -> list[Finding]:
    found = [
        *(Finding("preamble_cut", row, 0, {"text": _joined(cells)}) for row, cells in filled if row < first),
        Finding("header", first, 0, {"columns": width}),
    ]
    if last > first:
        found.append(Finding("header_joined", first, 0, {"last": last}))
    return found


def _from(filled: list[Row], header_row: int) -> list[Row]:
    """Return the rows from the chosen one on."""
    for index, (number, _cells) in enumerate(filled):
        if number == header_row:
            return filled[index:]
    raise RuleError("intake.header_row_unknown", "header_row", row=header_row)


def _usual_width(rows: list[list[str]]) -> int:
    widths = Counter(len(_trim(cells)) for cells in rows)
    return max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))[0]


def _body(
    rows: Iterable[Row], width: int, report: list[Finding], at_end: Callable[[], list[Finding]]
) -> Iterator[Row]:
    """Yield rows of exactly ``width`` cells; hold back what may be the footer until a data row follows."""
    blank, padded = _Places(), _Places()
    waiting: deque[Row] = deque()
    for number, cells in rows:
        if not _filled(cells):
            if not waiting:
                blank.add(number)
            continue
        if _may_be_footer(cells, width) and len(waiting) < MAX_FOOTER:
            waiting.append((number, cells))
            continue
        while waiting:
            yield _fit(*waiting.popleft(), width, padded)
        yield _fit(number, cells, width, padded)
    report += [Finding("footer_cut", number, 0, {"text": _joined(cells)}) for number, cells in waiting]
    report += blank.finding("blank_rows_dropped") + padded.finding("row_padded") + at_end()


def _may_be_footer(cells: list[str], width: int) -> bool:
    """Tell whether a row could be a note below the table: one cell that stands alone or reads like a note."""
    if width == 1 or _filled(cells) != 1:
        return False
    alone = len(cells) == 1 and width >= _MANY
    return alone or bool(_NOTE.match(next(cell for cell in cells if cell.strip())))


def _fit(number: int, cells: list[str], width: int, padded: _Places) -> Row:
    if len(cells) == width:
        return number, cells
    if len(cells) < width:
        padded.add(number)
        return number, [*cells, *[""] * (width - len(cells))]
    if len(_trim(cells)) > width:
        raise RuleError("intake.row_too_wide", row=number, columns=width, cells=len(_trim(cells)))
    return number, cells[:width]


def _filled(cells: list[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def _trim(cells: list[str]) -> list[str]:
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def _joined(cells: list[str]) -> str:
    return " | ".join(cell.strip() for cell in cells if cell.strip())[:200]
