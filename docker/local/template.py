"""Fill `${NAME}` places of configuration templates; nginx's own `$host` stays untouched.

The same rule as envsubst in the official nginx image, so both ways read the same files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

PLACE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")


def places(template: Path) -> set[str]:
    """Names of all places of a template."""
    return set(PLACE.findall(template.read_text(encoding="utf-8")))


def fill(template: Path, values: Mapping[str, object]) -> str:
    """Text of the template with every place filled; KeyError names a place without a value."""
    return PLACE.sub(lambda place: str(values[place[1]]), template.read_text(encoding="utf-8"))
