"""One row of a catalog file → the values of one entry, what was put in order on the way, and what is wrong.

The same :func:`~ckanext.govshare.domain.entry.check_entry` judges it that judges the form.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ckanext.govshare.domain.catalog_mapping import CatalogMapping
from ckanext.govshare.domain.catalog_values import Lexicon, class_of_formats, read_cell
from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.domain.entry import Field, check_entry

Values = dict[str, object]


@dataclass(frozen=True)
class RowValues:
    """``number`` counts the file's rows as a spreadsheet shows them, from 1, the header included."""

    number: int
    values: Values
    reasons: tuple[Reason, ...] = ()
    corrections: tuple[Reason, ...] = ()


def read_row(
    number: int,
    cells: Mapping[str, object],
    mapping: CatalogMapping,
    fields: Sequence[Field],
    lexicon: Lexicon,
    formulas: Collection[str] = (),
    surplus: int = 0,
) -> RowValues:
    """Read one row; ``cells`` by column name, ``formulas`` the columns whose cell is computed.

    ``surplus`` cells beyond the last column mean that the row has slipped: nothing in it can be trusted.
    """
    if surplus:
        slipped = Reason("catalog.row_too_long", {"cells": surplus, "columns": len(cells)})
        return RowValues(number, {}, (slipped,))
    values: Values = {}
    reasons, corrections = [], []
    by_name = {row.name: row for row in fields}
    for name, column, content in _contents(cells, mapping):
        if column in formulas or _looks_computed(content):
            reasons.append(Reason("catalog.formula", {"field": name, "value": str(content)[:60]}, name))
            continue
        reading = read_cell(by_name[name], _translated(content, mapping.values.get(name, {})), lexicon)
        if reading.reason:
            reasons.append(reading.reason)
        elif reading.value is not None:
            values[name] = reading.value
        if reading.corrected:
            facts = {"field": name, "value": str(content)[:60]}
            corrections.append(Reason("catalog.put_in_order", facts, name))
    corrections += _derive(values, mapping, lexicon)
    reasons += check_entry(values, _checkable(fields), lexicon.vocabularies, complete=False)
    return _left_out(RowValues(number, values, tuple(reasons), tuple(corrections)), mapping)


def _contents(cells: Mapping[str, object], mapping: CatalogMapping) -> list[tuple[str, str, object]]:
    """Return (field, column, content); a constant fills a field that has no column or whose cell is empty."""
    found = [(name, column, cells.get(column, "")) for column, name in mapping.columns.items()]
    filled = {name for name, _column, content in found if content not in ("", None, [])}
    found = [row for row in found if row[0] in filled]
    return found + [(name, "", text) for name, text in mapping.constants.items() if name not in filled]


def _looks_computed(content: object) -> bool:
    return isinstance(content, str) and content.lstrip().startswith("=")


def _translated(content: object, texts: Mapping[str, str]) -> object:
    return texts.get(content.strip(), content) if isinstance(content, str) else content


def _derive(values: Values, mapping: CatalogMapping, lexicon: Lexicon) -> list[Reason]:
    """Fill the format class from the real formats when the file does not name it."""
    detail = values.get("format_detail")
    if "format_class" in values or "format_class" in mapping.columns.values() or not detail:
        return []
    found = class_of_formats(str(detail), lexicon)
    if found is None:
        return []
    values["format_class"] = found
    facts = {"value": str(detail)[:60], "class": found}
    return [Reason("catalog.format_class_derived", facts, "format_class")]


def _checkable(fields: Sequence[Field]) -> tuple[Field, ...]:
    """The provider is decided by the department that imports; the plan judges it."""
    return tuple(row for row in fields if row.kind != "organization")


def _left_out(row: RowValues, mapping: CatalogMapping) -> RowValues:
    """Leave unreadable values of the fields named in the mapping empty, and say so."""
    spared = [reason for reason in row.reasons if reason.field in mapping.leave_out]
    if not spared:
        return row
    values = {name: value for name, value in row.values.items() if name not in {r.field for r in spared}}
    noted = [Reason("catalog.left_out", {"field": r.field, "because": r.code}, r.field) for r in spared]
    kept = tuple(reason for reason in row.reasons if reason not in spared)
    return RowValues(row.number, values, kept, (*row.corrections, *noted))
