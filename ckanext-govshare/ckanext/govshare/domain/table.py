"""A table as the portal keeps it: named, typed columns; the shape that intake makes and exports write."""

from __future__ import annotations

from dataclasses import asdict, dataclass

TEXT = "text"
INTEGER = "integer"
NUMBER = "number"
DATE = "date"
DATETIME = "datetime"
BOOLEAN = "boolean"
COLUMN_TYPES = (TEXT, INTEGER, NUMBER, DATE, DATETIME, BOOLEAN)


@dataclass(frozen=True)
class Column:
    """One column (信息项): its name as the public sees it and its type.

    ``decimals`` matters to numbers only: with a figure every value is written with so many decimals
    (as it was delivered: 37767.0 stays 37767.0); with None each value is written without trailing zeros.
    """

    name: str
    type: str
    decimals: int | None = None

    def as_dict(self) -> dict[str, object]:
        """Return the column as plain data, for storage."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, object]) -> Column:
        """Return the column that :meth:`as_dict` described."""
        decimals = data.get("decimals")
        return cls(str(data["name"]), str(data["type"]), decimals if isinstance(decimals, int) else None)
