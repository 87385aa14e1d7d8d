"""A catalog as JSON: a list of objects, alone or under one name, as portals and their APIs give it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake.encoding import decide_encoding

JSON_STARTS = (b"[", b"{")


def read_objects(path: Path) -> list[dict[str, object]]:
    """Return the list of objects: scalars as text, lists as lists, nested objects as JSON text.

    :raises RuleError: ``catalog.json_broken`` with row and column, ``catalog.json_shape``.
    """
    verdict = decide_encoding(path)
    text = path.read_bytes().decode("utf-8-sig" if verdict.encoding == "utf-8" else verdict.encoding)
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise RuleError("catalog.json_broken", row=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise RuleError("catalog.json_shape") from error
    objects = _find_list(content, 3)
    if objects is None:
        raise RuleError("catalog.json_shape")
    return [{str(name): _plain(value) for name, value in row.items()} for row in objects]


def _find_list(content: object, depth: int) -> list[Mapping[str, object]] | None:
    """Return the first list of objects, at the top or up to ``depth`` names below it."""
    if isinstance(content, list):
        return content if content and all(isinstance(row, dict) for row in content) else None
    if isinstance(content, dict) and depth:
        found = (_find_list(value, depth - 1) for value in content.values())
        return next((rows for rows in found if rows is not None), None)
    return None


def _plain(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return value if isinstance(value, list) else str(value)
