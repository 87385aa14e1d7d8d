"""A catalog file (目录清单) → its columns and rows, nothing interpreted.

XLSX, XLS, CSV in any encoding, JSON.

A row is the header only when it holds names that we know, or when a person says so; otherwise the columns are
called 第1列, 第2列 … and a person says what they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake.catalog_cells import read_grid
from ckanext.govshare.intake.catalog_grid import Grid
from ckanext.govshare.intake.catalog_json import JSON_STARTS, read_objects

MIB = 1024 * 1024
MAX_BYTES = 50 * MIB
MAX_ROWS = 20_000
MAX_COLUMNS = 200
HEADER_WITHIN = 10  # rows from the top among which a header is looked for

Content = object  # text, or the list that a JSON file gives


@dataclass(frozen=True)
class CatalogRow:
    """One row; ``number`` as a spreadsheet shows it, ``formulas`` the columns whose cell is computed."""

    number: int
    cells: Mapping[str, Content]
    formulas: frozenset[str] = frozenset()
    surplus: int = 0  # cells beyond the last column


@dataclass(frozen=True)
class CatalogSheet:
    """What was read. ``header_row`` is 0 when there is none; ``encoding`` is empty for workbooks."""

    columns: tuple[str, ...]
    rows: tuple[CatalogRow, ...]
    header_row: int
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    encoding: str = ""

    def texts(self, limit: int = 50) -> list[list[str]]:
        """Return the first rows as text, for showing beside the column names."""
        return [[str(row.cells.get(column, "")) for column in self.columns] for row in self.rows[:limit]]


def read_catalog(
    path: Path,
    *,
    is_name: Callable[[str], bool],
    sheet: str = "",
    header_row: int | None = None,
    encoding: str | None = None,
) -> CatalogSheet:
    """Read one catalog file.

    ``is_name`` tells whether a cell is a column name we know; ``header_row`` is a person's word on it
    (0: none).

    :raises RuleError: ``catalog.too_large``, ``catalog.too_many_rows``, ``catalog.too_many_columns``,
        ``catalog.no_rows``, ``catalog.sheet_unknown``, ``catalog.json_shape``, or an ``intake.*`` code.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise RuleError("catalog.too_large", size_mb=-(-size // MIB), limit_mb=MAX_BYTES // MIB)
    with path.open("rb") as stream:
        head = stream.read(64).lstrip(b"\xef\xbb\xbf \r\n\t")
    if head.startswith(JSON_STARTS):
        return _of_objects(read_objects(path))
    return _of_grid(read_grid(path, sheet=sheet, encoding=encoding), is_name, header_row)


def _of_objects(objects: Sequence[Mapping[str, Content]]) -> CatalogSheet:
    columns = tuple(dict.fromkeys(name for row in objects for name in row))
    _check_size(len(objects), len(columns), 0)
    rows = tuple(CatalogRow(number, row) for number, row in enumerate(objects, 1))
    return CatalogSheet(columns, rows, header_row=0, encoding="utf-8")


def _of_grid(grid: Grid, is_name: Callable[[str], bool], chosen: int | None) -> CatalogSheet:
    header = _find_header(grid.rows, is_name) if chosen is None else min(chosen, len(grid.rows))
    body = [(number, row) for number, row in enumerate(grid.rows, 1) if number > header and any(row)]
    measured = [grid.rows[header - 1]] if header else [row for _number, row in body]
    width = max(map(_last, measured), default=0)
    _check_size(len(body), width, header)
    names = grid.rows[header - 1][:width] if header else [""] * width
    columns = _distinct(names)
    rows = tuple(_row(number, row, columns, grid.formulas.get(number, frozenset())) for number, row in body)
    return CatalogSheet(columns, rows, header, grid.sheet, grid.sheets, grid.encoding)


def _row(number: int, cells: Sequence[str], columns: Sequence[str], formulas: frozenset[int]) -> CatalogRow:
    width = len(columns)
    return CatalogRow(
        number,
        dict(zip(columns, cells, strict=False)),
        frozenset(columns[index] for index in formulas if index < width),
        max(_last(cells) - width, 0),
    )


def _find_header(rows: Sequence[Sequence[str]], is_name: Callable[[str], bool]) -> int:
    """Return the number of the row that holds most known names: at least two, or the half of its cells."""
    best, best_known = 0, 0
    for number, row in enumerate(rows[:HEADER_WITHIN], 1):
        filled = [cell for cell in row if cell]
        known = sum(map(is_name, filled))
        if known > best_known and (known > 1 or 2 * known >= len(filled)):
            best, best_known = number, known
    return best


def _check_size(rows: int, columns: int, header: int) -> None:
    if columns > MAX_COLUMNS:
        raise RuleError("catalog.too_many_columns", row=max(header, 1), columns=columns, limit=MAX_COLUMNS)
    if rows > MAX_ROWS:
        raise RuleError("catalog.too_many_rows", rows=rows, limit=MAX_ROWS)
    if not rows:
        raise RuleError("catalog.no_rows", row=header)


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Name every column once: a blank one by its place, a repeated one with its number."""
    found: list[str] = []
    for place, name in enumerate(names, 1):
        plain = " ".join(name.split()) or f"第{place}列"
        count = sum(1 for earlier in names[: place - 1] if " ".join(earlier.split()) == plain)
        found.append(f"{plain} ({count + 1})" if count else plain)
    return tuple(found)


def _last(row: Sequence[str]) -> int:
    return max((place for place, cell in enumerate(row, 1) if cell), default=0)
