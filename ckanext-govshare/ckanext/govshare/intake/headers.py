"""Column names: cleaned, completed and made unique, each repair reported."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake import limits
from ckanext.govshare.intake.findings import Finding

_SPACE = re.compile(r"\s+")


def repair(cells: Sequence[str], row: int) -> tuple[tuple[str, ...], list[Finding]]:
    """Return unique, non-empty names of ``cells`` (the header in ``row``) and what was done to them.

    A nameless column becomes ``列3`` by its position, the second of two equal names ``名称_2``.

    :raises RuleError: ``intake.column_name_too_long`` with row and column.
    """
    names: list[str] = []
    report: list[Finding] = []
    taken = {_SPACE.sub(" ", cell).strip().casefold() for cell in cells}
    for position, cell in enumerate(cells, 1):
        name = _SPACE.sub(" ", cell).strip()
        if len(name) > limits.MAX_NAME:
            raise RuleError("intake.column_name_too_long", row=row, column=position, limit=limits.MAX_NAME)
        if not name:
            name = _free(f"列{position}", taken, names)
            report.append(Finding("column_without_name", row, position, {"name": name}))
        elif name.casefold() in {other.casefold() for other in names}:
            free = _free(name, taken, names)
            report.append(Finding("column_name_repeated", row, position, {"was": name, "name": free}))
            name = free
        elif name != cell:
            report.append(Finding("column_name_cleaned", row, position, {"was": cell, "name": name}))
        names.append(name)
    return tuple(names), report


def _free(name: str, taken: set[str], names: Sequence[str]) -> str:
    used = taken | {other.casefold() for other in names}
    number, free = 2, name if name.casefold() not in used else f"{name}_2"
    while free.casefold() in used:
        number += 1
        free = f"{name}_{number}"
    return free
