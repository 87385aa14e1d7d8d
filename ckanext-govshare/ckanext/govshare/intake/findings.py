"""What intake has to say about a file: findings with a stable code and a position; no sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ckanext.govshare.domain.table import Column

INFO = "info"
WARNING = "warning"

# Every code that intake can report, and how much a person should mind it.
LEVELS: Mapping[str, str] = {
    "encoding": INFO,
    "encoding_doubtful": WARNING,
    "delimiter": INFO,
    "sheet": INFO,
    "sheet_hidden": WARNING,
    "header": INFO,
    "preamble_cut": INFO,
    "footer_cut": INFO,
    "blank_rows_dropped": INFO,
    "row_padded": WARNING,
    "column_without_name": WARNING,
    "column_name_repeated": WARNING,
    "column_name_cleaned": INFO,
    "column_empty_dropped": INFO,
    "control_characters_removed": WARNING,
    "sheets": INFO,
    "hidden_rows_left_out": WARNING,
    "hidden_rows_kept": WARNING,
    "hidden_columns_left_out": WARNING,
    "hidden_columns_kept": WARNING,
    "comments_ignored": WARNING,
    "pivot_cache_ignored": WARNING,
    "error_cells": WARNING,
    "digits_lost": WARNING,
    "zeros_restored": INFO,
    "percent_as_fraction": WARNING,
    "merged_filled": WARNING,
    "header_joined": INFO,
    "member": INFO,
    "members_left_out": WARNING,
    "page_table": INFO,
    "records": INFO,
    "field_missing": WARNING,
    "values_joined": WARNING,
    "nearly_numbers": WARNING,
    "nearly_dates": WARNING,
    "units_as_text": INFO,
    "total_rows": WARNING,
    "numbers_plain": INFO,
    "numbers_rewritten": INFO,
    "dates_rewritten": INFO,
    "kept_as_text": INFO,
    "surrounding_space": INFO,
    "macro_ignored": WARNING,
    "external_link_ignored": WARNING,
}


@dataclass(frozen=True)
class Finding:
    """One observation; ``row`` and ``column`` count from 1 as spreadsheets do, 0 means the whole.

    ``table`` is the name of the table that it speaks of, where a file has several.
    """

    code: str
    row: int = 0
    column: int = 0
    facts: Mapping[str, object] = field(default_factory=dict)
    table: str = ""

    @property
    def level(self) -> str:
        """``info`` or ``warning``."""
        return LEVELS[self.code]

    def as_dict(self) -> dict[str, object]:
        """Return the finding as plain data, for storage and the API."""
        return {**asdict(self), "level": self.level}


@dataclass(frozen=True)
class Table:
    """One table that was read: typed Parquet with ``rows`` rows in the order of the file; names are unique."""

    name: str
    columns: tuple[Column, ...]
    rows: int
    parquet: Path


@dataclass(frozen=True)
class Intake:
    """All that came of a file."""

    tables: tuple[Table, ...]
    report: tuple[Finding, ...]
