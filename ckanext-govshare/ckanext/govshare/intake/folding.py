"""Traditional characters folded to simplified, for comparing words; what is stored keeps its own."""

from __future__ import annotations

from functools import cache, lru_cache

import opencc


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return ``text`` in simplified characters."""
    return text if text.isascii() else str(_converter().convert(text))


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")
