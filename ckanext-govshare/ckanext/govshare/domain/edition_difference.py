"""What changed between two editions: columns added, removed, retyped (结构变化), and by which column rows are told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.domain.table import Column


@dataclass(frozen=True)
class SchemaDifference:
    """Names of columns; a retyped one stands in neither of the other lists."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    retyped: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the names as plain data."""
        return {name: list(names) for name, names in asdict(self).items()}

    def warnings(self) -> Iterator[Reason]:
        """Yield what the readers of the last edition will stumble over."""
        for kind, names in asdict(self).items():
            if names:
                yield Reason(f"drift.{kind}", {"columns": names})


def schema_difference(before: Sequence[Column], after: Sequence[Column]) -> SchemaDifference:
    """Return how the columns of an edition differ from those of the one before."""
    old, new = ({column.name: column.type for column in columns} for columns in (before, after))
    return SchemaDifference(
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name in old if name not in new),
        retyped=tuple(name for name in new if name in old and new[name] != old[name]),
    )


def key_of(names: Sequence[str], unique: Sequence[Sequence[bool]]) -> str | None:
    """Return the first column whose values are unique and never missing in both tables."""
    found = (name for name, *answers in zip(names, *unique, strict=True) if all(answers))
    return next(found, None)
