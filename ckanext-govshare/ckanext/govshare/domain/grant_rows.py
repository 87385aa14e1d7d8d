"""Rows by interface (接口取数): which rows and columns of a granted table a program asks for.

佳木斯 art. 24: a column that was not granted is neither shown nor sorted nor filtered by; each would tell of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.domain.grant import RULE
from ckanext.govshare.domain.row_filter import Condition, condition
from ckanext.govshare.domain.table import Column

MOST_ROWS = 1_000
USUAL_ROWS = 100
FARTHEST = 10_000_000
DIRECTIONS = {"asc": False, "desc": True}


@dataclass(frozen=True)
class Question:
    """What is asked of a table: columns, conditions that all hold, order (column, descending), and the piece of it."""

    fields: tuple[Column, ...]
    conditions: tuple[Condition, ...]
    order: tuple[tuple[str, bool], ...]
    limit: int
    offset: int


def understand(columns: Sequence[Column], asked: Mapping[str, Any]) -> tuple[Question, list[Reason]]:
    """Return the question that ``fields, filters, sort, limit, offset`` of ``asked`` make, and what is wrong with it."""
    known = {column.name: column for column in columns}
    wrong: list[Reason] = []
    names = _names(asked.get("fields"), known) or list(known)
    filters = asked.get("filters")
    if filters and not isinstance(filters, Mapping):
        wrong.append(Reason("grant.filters_not_understood", field="filters"))
        filters = {}
    order = _order(asked.get("sort"), known)
    for field, used in (("fields", names), ("filters", filters or {}), ("sort", [name for name, _ in order])):
        wrong += _ungranted(used, known, field)
    conditions = []
    for name, text in (filters or {}).items():
        if name not in known:
            continue
        meant = condition(known[name], str(text))
        if meant is None:
            wrong.append(Reason("grant.filter_not_understood", {"column": name}, "filters"))
        else:
            conditions.append(meant)
    limit = _number(asked.get("limit"), USUAL_ROWS, MOST_ROWS, "limit", wrong)
    offset = _number(asked.get("offset"), 0, FARTHEST, "offset", wrong)
    fields = tuple(known[name] for name in dict.fromkeys(names) if name in known)
    return Question(fields, tuple(conditions), tuple(order), limit, offset), wrong


def _ungranted(used: Iterable[str], known: Mapping[str, Column], field: str) -> list[Reason]:
    """Say the same of a column that is kept back and of one that there is not."""
    told = tuple(known)
    return [
        Reason("grant.column_not_granted", {"column": str(name)[:80], "columns": told}, field, RULE)
        for name in used
        if name not in known
    ]


def _names(given: Any, known: Mapping[str, Column]) -> list[str]:
    """Read names from a list, or from a text with commas between them, which a name may hold itself."""
    if isinstance(given, str):
        given = [given] if given.strip() in known else given.split(",")
    if not isinstance(given, (list, tuple)):
        return []
    return [name for name in (str(part).strip() for part in given) if name]


def _order(given: Any, known: Mapping[str, Column]) -> list[tuple[str, bool]]:
    """Read “列, 列 desc”."""
    found = []
    for part in _names(given, known):
        name, _, word = part.rpartition(" ")
        if part in known or word.casefold() not in DIRECTIONS:
            found.append((part, False))
        else:
            found.append((name.strip(), DIRECTIONS[word.casefold()]))
    return found


def _number(given: Any, usual: int, most: int, field: str, wrong: list[Reason]) -> int:
    text = str(given if given is not None else usual)
    if text.isascii() and text.isdecimal() and int(text[:12]) <= most:
        return int(text[:12])
    wrong.append(Reason("grant.bad_number", {"limit": most}, field))
    return usual
