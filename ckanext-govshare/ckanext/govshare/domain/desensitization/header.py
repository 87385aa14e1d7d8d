"""What a column's name (信息项名称) says about its values."""

from __future__ import annotations

import re
import unicodedata

from ckanext.govshare.domain.desensitization.knowledge import Row

SAYS_SO = 1
SAYS_NOTHING = 0
SAYS_OTHERWISE = -1

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NO_SIGN = re.compile(r"[^0-9a-z\u3400-\u9fff]+")


def evidence(name: str, row: Row) -> int:
    """Tell what a column's name says: in Chinese the last word decides (单位联系人 is a person, 联系人单位 is none)."""
    for_it = _last(name, row.headers)
    against = _last(name, row.not_headers)
    if for_it > against:
        return SAYS_SO
    return SAYS_OTHERWISE if against > (0, 0) else SAYS_NOTHING


def mentions(name: str, words: tuple[str, ...]) -> bool:
    """Tell whether a column's name holds one of the words."""
    return _last(name, words) > (0, 0)


def _last(name: str, words: tuple[str, ...]) -> tuple[int, int]:
    """Return where the last matching word ends, and its length."""
    snake = _NO_SIGN.sub("_", _CAMEL.sub("_", unicodedata.normalize("NFKC", name)).lower()).strip("_")
    plain = snake.replace("_", "")
    found = (0, 0)
    for word in words:
        if word.startswith("="):
            if word[1:] in (snake, plain):
                found = max(found, (len(plain), len(plain)))
        elif word.lower() in plain:
            found = max(found, (plain.rindex(word.lower()) + len(word), len(word)))
    return found
