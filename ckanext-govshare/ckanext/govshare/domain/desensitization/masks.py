"""Methods of desensitization (脱敏方法): each a small frozen object that turns one value into a safer one.

GB/T 37964-2019: suppression (屏蔽), pseudonyms (假名化), generalisation (泛化), rounding, top and bottom coding.
There is no bare hash among them: every ID number can be hashed in an afternoon.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, ClassVar, Protocol

from ckanext.govshare.domain.desensitization import generalising
from ckanext.govshare.domain.desensitization.generalising import BAND, CITY, DISTRICT, MONTH, PROVINCE, YEAR
from ckanext.govshare.domain.desensitization.parameters import OneOf, Parameter, WholeNumber
from ckanext.govshare.domain.table import COLUMN_TYPES, DATE, DATETIME, INTEGER, NUMBER, TEXT, Column

# A keyed code of the entry: the same text gives the same code within it, and says nothing outside it.
Keyed = Callable[[bytes], bytes]
STAR = "*"
FEWEST_HIDDEN = 4


class Method(Protocol):
    """What every method offers: to which types it applies, what it may be told, what it makes of a value."""

    code: ClassVar[str]
    types: ClassVar[tuple[str, ...]]
    parameters: ClassVar[tuple[Parameter, ...]]

    def apply(self, value: Any, /) -> Any:
        """Return the safer value; a missing value stays missing and is never asked about."""

    def result(self, column: Column, /) -> Column | None:
        """Return the column as it comes out, None when it does not."""


@dataclass(frozen=True)
class Keep:
    """Keep the values (保留)."""

    code: ClassVar[str] = "keep"
    types: ClassVar[tuple[str, ...]] = COLUMN_TYPES
    parameters: ClassVar[tuple[Parameter, ...]] = ()

    def apply(self, value: Any) -> Any:
        """Return the value."""
        return value

    def result(self, column: Column) -> Column | None:
        """Return the column."""
        return column


@dataclass(frozen=True)
class Drop:
    """Leave the column out (删除)."""

    code: ClassVar[str] = "drop"
    types: ClassVar[tuple[str, ...]] = COLUMN_TYPES
    parameters: ClassVar[tuple[Parameter, ...]] = ()

    def apply(self, _value: Any) -> Any:
        """Return nothing."""
        return None

    def result(self, _column: Column) -> Column | None:
        """Return no column."""
        return None


@dataclass(frozen=True)
class Hide:
    """Show the first and last characters only (屏蔽); of a value too short for that, none."""

    first: int = 1
    last: int = 0

    code: ClassVar[str] = "mask"
    types: ClassVar[tuple[str, ...]] = (TEXT, INTEGER)
    parameters: ClassVar[tuple[Parameter, ...]] = (
        WholeNumber("first", 1, 0, 6),
        WholeNumber("last", 0, 0, 4),
    )

    def apply(self, value: Any) -> Any:
        """Return the text with at least four characters hidden, of a short one at least half."""
        text = unicodedata.normalize("NFKC", str(value)).strip()
        shown = self.first + self.last
        if len(text) - shown < min(FEWEST_HIDDEN, (len(text) + 1) // 2):
            return STAR * len(text)
        return text[: self.first] + STAR * (len(text) - shown) + text[len(text) - self.last :]

    def result(self, column: Column) -> Column | None:
        """Return the column as text."""
        return Column(column.name, TEXT)


def _unkeyed(_text: bytes) -> bytes:
    raise RuntimeError("a pseudonym needs the entry's key")


@dataclass(frozen=True)
class Pseudonym:
    """Replace each value by a code that is keyed by entry (假名化, HMAC-SM3): equal values, equal codes, here only."""

    length: int = 16
    keyed: Keyed = field(default=_unkeyed, repr=False)

    code: ClassVar[str] = "pseudonym"
    types: ClassVar[tuple[str, ...]] = COLUMN_TYPES
    parameters: ClassVar[tuple[Parameter, ...]] = (WholeNumber("length", 16, 12, 32),)

    def apply(self, value: Any) -> Any:
        """Return letters only: a code of digits could look like somebody's number."""
        text = "".join(unicodedata.normalize("NFKC", str(value)).split())
        digest = self.keyed(text.encode()).hex()
        return digest[: self.length].translate(_LETTERS)

    def result(self, column: Column) -> Column | None:
        """Return the column as text."""
        return Column(column.name, TEXT)


_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


@dataclass(frozen=True)
class Generalise:
    """Make the values coarser (泛化): a date its year or month, a number its band, an address its district."""

    to: str = YEAR
    width: int = 10

    code: ClassVar[str] = "generalise"
    types: ClassVar[tuple[str, ...]] = (TEXT, INTEGER, NUMBER, DATE, DATETIME)
    parameters: ClassVar[tuple[Parameter, ...]] = (
        OneOf("to", (YEAR, MONTH, BAND, DISTRICT, CITY, PROVINCE)),
        WholeNumber("width", 10, 2, 1_000_000_000),
    )
    levels: ClassVar[Mapping[str, tuple[str, ...]]] = {
        DATE: (YEAR, MONTH),
        DATETIME: (YEAR, MONTH),
        INTEGER: (BAND,),
        NUMBER: (BAND,),
        TEXT: (DISTRICT, CITY, PROVINCE, YEAR, MONTH),
    }

    def apply(self, value: Any) -> Any:
        """Return the coarser value."""
        if self.to == BAND:
            return generalising.number_to_band(value, self.width)
        if isinstance(value, str):
            return self._text(value)
        return (generalising.moment_to_year if self.to == YEAR else generalising.moment_to_month)(value)

    def _text(self, value: str) -> str | None:
        text = unicodedata.normalize("NFKC", value)
        if self.to == YEAR:
            return generalising.text_to_year(text)
        if self.to == MONTH:
            return generalising.text_to_month(text)
        return generalising.address_to(self.to, text)

    def result(self, column: Column) -> Column | None:
        """Return a whole number for the year of a date, text for everything else."""
        year = self.to == YEAR and column.type in (DATE, DATETIME)
        return Column(column.name, INTEGER if year else TEXT)


@dataclass(frozen=True)
class Round:
    """Round numbers (取整) to so many decimals; below zero to tens, hundreds …"""

    decimals: int = 0

    code: ClassVar[str] = "round"
    types: ClassVar[tuple[str, ...]] = (INTEGER, NUMBER)
    parameters: ClassVar[tuple[Parameter, ...]] = (WholeNumber("decimals", 0, -6, 4),)

    def apply(self, value: Any) -> Any:
        """Return the rounded number, of the same kind."""
        unit = Decimal(1).scaleb(-self.decimals)
        rounded = (Decimal(value) / unit).quantize(Decimal(1), ROUND_HALF_EVEN) * unit
        return int(rounded) if isinstance(value, int) else rounded

    def result(self, column: Column) -> Column | None:
        """Return the column, written with as many decimals as are left."""
        if column.type == INTEGER:
            return column
        places = max(self.decimals, 0)
        return Column(
            column.name, NUMBER, min(places, column.decimals) if column.decimals is not None else None
        )


@dataclass(frozen=True)
class TopBottom:
    """Write everything above ``top`` as ``top`` and below ``bottom`` as ``bottom`` (顶底编码)."""

    bottom: int | None = None
    top: int | None = None

    code: ClassVar[str] = "top_bottom"
    types: ClassVar[tuple[str, ...]] = (INTEGER, NUMBER)
    parameters: ClassVar[tuple[Parameter, ...]] = (
        WholeNumber("bottom", None, -(10**12), 10**12),
        WholeNumber("top", None, -(10**12), 10**12),
    )

    def apply(self, value: Any) -> Any:
        """Return the number, or the bound that it lies beyond."""
        if self.top is not None and value > self.top:
            return type(value)(self.top)
        if self.bottom is not None and value < self.bottom:
            return type(value)(self.bottom)
        return value

    def result(self, column: Column) -> Column | None:
        """Return the column."""
        return column


@dataclass(frozen=True)
class Suppress:
    """Leave out values that fewer than ``k`` rows have (局部抑制); ``frequent`` are those that stay."""

    k: int = 5
    frequent: frozenset[Any] = field(default=frozenset(), repr=False)

    code: ClassVar[str] = "suppress"
    types: ClassVar[tuple[str, ...]] = COLUMN_TYPES
    parameters: ClassVar[tuple[Parameter, ...]] = (WholeNumber("k", 5, 2, 1000),)

    def apply(self, value: Any) -> Any:
        """Return the value when enough rows have it."""
        return value if value in self.frequent else None

    def result(self, column: Column) -> Column | None:
        """Return the column."""
        return column


METHODS: Mapping[str, type[Method]] = {
    method.code: method for method in (Keep, Drop, Hide, Pseudonym, Generalise, Round, TopBottom, Suppress)
}
