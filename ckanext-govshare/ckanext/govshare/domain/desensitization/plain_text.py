"""Cells as one text: full-width signs, zero-width signs and separators made plain, so that patterns see values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

END = "\x1e"  # between two cells; no pattern crosses it
CLAIMED = "\x00"  # stands where an earlier detector found something

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SPECIAL = re.compile(
    "[\u00a0\u00ad\u2000-\u200f\u2010-\u2015\u2022\u2027\u2219\u22c5\u30fb\u202a-\u202f\u2060-\u2064\u2212\u3000\ufe58-\ufe6b\ufeff\uff00-\uffef]"
)
_SIGNS = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-")
    | dict.fromkeys("\u2022\u2027\u2219\u22c5\u30fb\uff65", "·")
)
_MARGIN = re.compile(f"[ \t\r\n']*{END}[ \t\r\n']*")
_MARGINS = re.compile(f"{END}[ \t\r\n']|[ \t\r\n']{END}")


def joined(cells: Sequence[str | None]) -> str:
    """Return the cells as one text, an END before and after each."""
    text = END + END.join([cell or "" for cell in cells]) + END
    if text.count(END) != len(cells) + 1:
        text = END + END.join([(cell or "").replace(END, " ") for cell in cells]) + END
    text = plain(text)
    return _MARGIN.sub(END, text) if _MARGINS.search(text) else text


def plain(text: str) -> str:
    """Return the text with compatibility signs, dashes and invisible signs made plain; the ENDs stay."""
    if text.isascii() or not _SPECIAL.search(text):
        return text
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text.translate(_SIGNS)))
