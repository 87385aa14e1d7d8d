"""The tables of an edition (数据表): one for each sheet that was delivered, each with a place that it keeps.

A table's place is part of its permanent addresses, so the same table of the next edition takes it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from ckanext.govshare.domain.decision import Reason

FIRST = 1
IN_TABLE = "in_table"  # fact of a reason: the name of the table that it speaks of


def told_apart(name: str, place: int) -> str:
    """Return a name by which a table's things are told from other tables'; those of the first keep the plain one."""
    return f"{name}-{place}" if place > FIRST else name


@dataclass(frozen=True)
class Shape:
    """By what a table is known again: its name, and the names of its columns."""

    name: str
    columns: frozenset[str]


def places(held: Mapping[int, Shape], tables: Sequence[Shape]) -> list[int]:
    """Return the place of each table of a new edition; ``held`` are those of the entry so far, by place.

    The same name keeps its place, then the same columns under another name, as when a sheet is called after its
    month. Where there was one table and is one table, it is the same. All others get places that none has had.
    """
    found: dict[int, int] = {}
    for known_by in ("name", "columns"):
        gone = _only(
            {place: getattr(shape, known_by) for place, shape in held.items() if place not in found.values()}
        )
        new = _only({i: getattr(shape, known_by) for i, shape in enumerate(tables) if i not in found})
        found |= {i: gone[key] for key, i in new.items() if key in gone}
    if len(held) == len(tables) == 1:
        found[0] = next(iter(held))
    free = (place for place in count(FIRST) if place not in held)
    return [found[i] if i in found else next(free) for i in range(len(tables))]


def _only(keys: Mapping[int, Hashable]) -> dict[Hashable, int]:
    """Return what each key belongs to, without the keys of more than one."""
    times = Counter(keys.values())
    return {key: which for which, key in keys.items() if times[key] == 1}


def of_table(reasons: Iterable[Reason], name: str) -> Iterator[Reason]:
    """Yield reasons that say of which table they speak; ``name`` is empty when there is only one."""
    for reason in reasons:
        yield replace(reason, facts={**reason.facts, IN_TABLE: name}) if name else reason


def tables_difference(before: Mapping[int, str], after: Mapping[int, str]) -> Iterator[Reason]:
    """Yield which tables the readers of the last edition will miss or find new."""
    for code, names in (
        ("drift.tables_added", [after[place] for place in after if place not in before]),
        ("drift.tables_removed", [before[place] for place in before if place not in after]),
    ):
        if names:
            yield Reason(code, {"tables": names})
