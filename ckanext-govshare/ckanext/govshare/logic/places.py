"""Facts of intake in the words of a spreadsheet: rows by number, columns by letter, lists as lists read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.domain.errors import RuleError


def letter_of(column: int) -> str:
    """Return the letters of a column counted from 1: 1 → A, 27 → AA."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def told(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts ready for a sentence: ``letter`` beside ``column``, lists joined."""
    ready = {
        name: "、".join(str(item) for item in value) if isinstance(value, (list, tuple)) else value
        for name, value in facts.items()
    }
    if isinstance(facts.get("column"), int):
        ready["letter"] = letter_of(facts["column"])
    return ready


def reason_of(error: RuleError) -> Reason:
    """Return what intake refused as a reason with a sentence."""
    return Reason(error.code, told(error.facts), error.field or "upload")
