"""What a method may be told: whole numbers within bounds, or one of a few words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ckanext.govshare.domain.decision import Reason

Value = int | str


@dataclass(frozen=True)
class WholeNumber:
    """A whole number from ``least`` to ``most``; ``default`` None means that it may be left out."""

    name: str
    default: int | None
    least: int
    most: int

    def read(self, given: object) -> int | None:
        """Return the number, None when nothing was given and nothing need be.

        :raises ValueError: it is no whole number, or out of bounds.
        """
        if given is None or str(given).strip() == "":
            return self.default
        number = int(str(given).strip())
        if not self.least <= number <= self.most:
            raise ValueError
        return number

    def facts(self) -> dict[str, object]:
        """Return what the reader is told when the value does not fit."""
        return {"offered": f"{self.least}–{self.most}"}


@dataclass(frozen=True)
class OneOf:
    """One of ``choices``; the first that fits the column's type is offered."""

    name: str
    choices: tuple[str, ...]
    default: str | None = None

    def read(self, given: object) -> str | None:
        """Return the word; see :meth:`WholeNumber.read`."""
        word = str(given or "").strip() or self.default
        if word is not None and word not in self.choices:
            raise ValueError
        return word

    def facts(self) -> dict[str, object]:
        """Return what the reader is told when the value does not fit."""
        return {"offered": self.choices}


Parameter = WholeNumber | OneOf


def read_parameters(
    offered: tuple[Parameter, ...], given: Mapping[str, object], column: str
) -> tuple[dict[str, Value | None], list[Reason]]:
    """Return the parameters as the method takes them, and a reason for each that does not fit."""
    values: dict[str, Value | None] = {}
    found = []
    for parameter in offered:
        value = _read(parameter, given.get(parameter.name))
        if isinstance(value, ValueError):
            facts = {"column": column, "parameter": parameter.name, **parameter.facts()}
            found.append(Reason("plan.bad_parameter", facts, f"plan.{column}"))
        else:
            values[parameter.name] = value
    return values, found


def _read(parameter: Parameter, given: object) -> Value | ValueError | None:
    try:
        return parameter.read(given)
    except ValueError as error:
        return error
