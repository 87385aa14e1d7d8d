"""A catalog file on disk → what its columns seem to be, and its rows as values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from ckanext.govshare import rulebook
from ckanext.govshare.domain.catalog_mapping import (
    CatalogMapping,
    Proposal,
    check_mapping,
    known_name,
    propose,
    writable,
)
from ckanext.govshare.domain.catalog_rows import RowValues, read_row
from ckanext.govshare.domain.catalog_values import Lexicon
from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.intake.catalog import CatalogSheet, read_catalog
from ckanext.govshare.intake.folding import fold


def read_file(path: Path, mapping: CatalogMapping) -> CatalogSheet:
    """Read the file as the mapping says: which sheet, which row is the header."""
    fields = rulebook.entry_fields()
    return read_catalog(
        path, is_name=known_name(fields, fold), sheet=mapping.sheet, header_row=mapping.header_row
    )


def layout_of(sheet: CatalogSheet) -> str:
    """Return the hash of the column names, the same for every file of one layout."""
    return sha256("\x1f".join(sheet.columns).encode()).hexdigest()


def proposals(sheet: CatalogSheet) -> tuple[Proposal, ...]:
    """Propose a field for each column whose name is known."""
    return propose(sheet.columns, sheet.texts(), rulebook.entry_fields(), fold)


def faults(mapping: CatalogMapping, sheet: CatalogSheet) -> list[Reason]:
    """Name what makes the mapping unusable for this file."""
    return check_mapping(mapping, sheet.columns, rulebook.entry_fields())


def rows(sheet: CatalogSheet, mapping: CatalogMapping) -> Iterator[RowValues]:
    """Read every row; the example row of our own template is no entry and is left out."""
    fields = writable(rulebook.entry_fields())
    lexicon = Lexicon(rulebook.VOCABULARIES, fold)
    for row in sheet.rows:
        read = read_row(row.number, row.cells, mapping, fields, lexicon, row.formulas, row.surplus)
        if not str(read.values.get("title") or "").startswith(EXAMPLE):
            yield read


EXAMPLE = "【示例】"


def reason_as_dict(reason: Reason) -> dict[str, Any]:
    """Return a reason as it is stored with its row."""
    return {"code": reason.code, "facts": dict(reason.facts), "field": reason.field}


def reason_from(stored: Mapping[str, Any]) -> Reason:
    """Return the reason that :func:`reason_as_dict` stored."""
    return Reason(stored["code"], stored["facts"], stored["field"])
