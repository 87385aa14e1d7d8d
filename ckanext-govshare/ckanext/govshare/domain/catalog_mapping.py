"""Which column of a foreign catalog file is which field of our entry (目录字段对应).

Column names are compared without spaces, brackets, case and, through ``fold``, without the difference of
traditional and simplified characters; the text of the cells is never folded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.domain.entry import Field
from ckanext.govshare.domain.errors import RuleError

Fold = Callable[[str], str]

SAMPLES = 3
SHAPE = ("columns", "constants", "values", "leave_out", "header_row", "sheet")
_NOISE = re.compile(r"[\s\W_]+")
_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")


@dataclass(frozen=True)
class CatalogMapping:
    """How one layout is read; kept per department and layout.

    ``columns``: column name → field; ``constants``: field → the same text for every row;
    ``values``: field → {text in the file: text that we understand};
    ``leave_out``: fields whose unreadable values are left empty instead of refusing the row;
    ``header_row``: a person's word on where the header is (0: nowhere), None when it was found by itself;
    ``sheet``: the sheet of a workbook, empty for the first.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    leave_out: tuple[str, ...] = ()
    header_row: int | None = None
    sheet: str = ""

    def as_dict(self) -> dict[str, object]:
        """Return the JSON form that files and the database hold."""
        return {
            "columns": dict(self.columns),
            "constants": dict(self.constants),
            "values": {name: dict(texts) for name, texts in self.values.items()},
            "leave_out": list(self.leave_out),
            "header_row": self.header_row,
            "sheet": self.sheet,
        }

    def column_of(self, name: str) -> str:
        """Return the column that ``name`` is read from, empty when it is a constant or derived."""
        return next((column for column, target in self.columns.items() if target == name), "")


@dataclass(frozen=True)
class Proposal:
    """One column, what stands in it, and the field it seems to be (empty: no proposal)."""

    column: str
    samples: tuple[str, ...]
    field: str


def name_key(text: str, fold: Fold) -> str:
    """Return the form in which two column names are the same name."""
    narrow = unicodedata.normalize("NFKC", text)
    plain = _BRACKETS.sub("", narrow).strip() or narrow
    return _NOISE.sub("", fold(plain)).casefold()


def writable(fields: Iterable[Field]) -> tuple[Field, ...]:
    """Return the fields that a file may fill; what the workflow writes is not among them."""
    return tuple(row for row in fields if row.written_by != "workflow")


def propose(
    columns: Sequence[str], rows: Sequence[Sequence[str]], fields: Iterable[Field], fold: Fold
) -> tuple[Proposal, ...]:
    """Propose at most one column for each field and one field for each column, the better known name first.

    A field's names are ranked: its header in the 1272 layout, its label, its own name, then its synonyms in
    their order.
    """
    ranks = _ranks(writable(fields), fold)
    candidates = sorted(
        (rank, index, name)
        for index, column in enumerate(columns)
        for name, rank in ranks.get(name_key(column, fold), {}).items()
    )
    chosen: dict[int, str] = {}
    for _rank, index, name in candidates:
        if index not in chosen and name not in chosen.values():
            chosen[index] = name
    return tuple(
        Proposal(column, _samples(rows, index), chosen.get(index, "")) for index, column in enumerate(columns)
    )


def known_name(fields: Iterable[Field], fold: Fold) -> Callable[[str], bool]:
    """Return the test whether a cell is a name of one of our fields: by it a header row is found."""
    keys = set(_ranks(fields, fold))
    return lambda text: name_key(text, fold) in keys


def mapping_of(proposals: Iterable[Proposal]) -> CatalogMapping:
    """Take the proposals as they are."""
    return CatalogMapping(columns={p.column: p.field for p in proposals if p.field})


def check_mapping(mapping: CatalogMapping, columns: Sequence[str], fields: Iterable[Field]) -> list[Reason]:
    """Name what makes a mapping unusable: no title, two columns for one field, names that do not exist."""
    known = {row.name for row in writable(fields)}
    used = list(mapping.columns.values())
    named = [*used, *mapping.constants, *mapping.values, *mapping.leave_out]
    reasons = [
        Reason("catalog.mapping_column_unknown", {"column": column})
        for column in mapping.columns
        if column not in columns
    ]
    reasons += [
        Reason("catalog.mapping_field_unknown", {"name": name})
        for name in dict.fromkeys(named)
        if name not in known
    ]
    for name in dict.fromkeys(name for name in used if used.count(name) > 1):
        twice = "、".join(column for column, target in mapping.columns.items() if target == name)
        reasons.append(Reason("catalog.mapping_field_twice", {"field": name, "columns": twice}, name))
    if "title" not in used:
        reasons.append(Reason("catalog.mapping_title_missing", {"columns": "、".join(columns[:30])}, "title"))
    return reasons


def parse_mapping(content: object) -> CatalogMapping:
    """Read the JSON form; RuleError names the part that has the wrong shape."""
    if not isinstance(content, Mapping):
        raise RuleError("catalog.mapping_shape", part="{}")
    for name in content:
        if name not in SHAPE:
            raise RuleError("catalog.mapping_shape", part=str(name)[:60])
    leave_out, values = content.get("leave_out") or [], content.get("values") or {}
    header_row = content.get("header_row")
    if not isinstance(leave_out, list) or not isinstance(values, Mapping):
        raise RuleError("catalog.mapping_shape", part="values, leave_out")
    if header_row is not None and (not isinstance(header_row, int) or header_row < 0):
        raise RuleError("catalog.mapping_shape", part="header_row")
    return CatalogMapping(
        columns=_texts(content.get("columns"), "columns"),
        constants=_texts(content.get("constants"), "constants"),
        values={str(name): _texts(texts, "values") for name, texts in values.items()},
        leave_out=tuple(str(name) for name in leave_out),
        header_row=header_row,
        sheet=str(content.get("sheet") or ""),
    )


def _texts(part: object, name: str) -> dict[str, str]:
    content = part or {}
    if not isinstance(content, Mapping) or not all(isinstance(value, str) for value in content.values()):
        raise RuleError("catalog.mapping_shape", part=name)
    return {str(key): value for key, value in content.items() if value}


def _ranks(fields: Iterable[Field], fold: Fold) -> dict[str, dict[str, int]]:
    """Return, for each name, the fields it may mean and how well it is known as that."""
    ranks: dict[str, dict[str, int]] = {}
    for row in fields:
        names = [row.header_1272, row.label.get("zh", ""), row.label.get("en", ""), row.name, *row.synonyms]
        for rank, name in enumerate(names):
            if name:
                ranks.setdefault(name_key(name, fold), {}).setdefault(row.name, rank)
    return ranks


def _samples(rows: Sequence[Sequence[str]], index: int) -> tuple[str, ...]:
    found = dict.fromkeys(row[index] for row in rows if index < len(row) and row[index].strip())
    return tuple(found)[:SAMPLES]
