"""Keywords (关键词) of an entry, for whichever form a site uses: one character will do, Chinese commas separate."""

from __future__ import annotations

import re
from typing import Any

from ckan.plugins import toolkit

_KEYWORD = re.compile(r"[^,，、;；\x00-\x1f]{1,100}")
_SEPARATOR = re.compile(r"[,，、;；]")


def tag_length_validator(value: Any) -> Any:
    """Accept any keyword of 1 to 100 characters without separators; CKAN asks for two and few signs."""
    text = str(value).strip()
    if not _KEYWORD.fullmatch(text):
        raise toolkit.Invalid(toolkit._("Keywords have 1 to 100 characters and no commas."))
    return text


def tag_name_validator(value: Any) -> Any:
    """Add nothing: :func:`tag_length_validator` has said what a keyword may hold."""
    return value


def tag_string_convert(key: Any, data: Any, errors: Any, context: Any) -> None:
    """Split ``tag_string`` at commas, half- and full-width, and at 、 and ；, into tags."""
    del errors, context
    words = dict.fromkeys(word.strip() for word in _SEPARATOR.split(data[key] or "") if word.strip())
    present = [k for k in data if k[0] == "tags" and k[-1] == "name"]
    start = len(present)
    held = {data[k] for k in present}
    for number, word in enumerate(word for word in words if word not in held):
        data[("tags", start + number, "name")] = tag_length_validator(word)


# CKAN's own validators of these names, which every schema of packages asks for by name.
VALIDATORS = {
    "tag_length_validator": tag_length_validator,
    "tag_name_validator": tag_name_validator,
    "tag_string_convert": tag_string_convert,
}
