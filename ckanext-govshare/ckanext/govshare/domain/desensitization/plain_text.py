"""Cells as one text: full-width signs, zero-width signs and separators made plain, so that patterns see values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

END = "\x1e"  # between two cells; no pattern crosses it
CLAIMED = "\x00"  # stands where an earlier detector found something

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_PUNCTUATION = tuple(
    zip("，：；（）！？—", ",:;()!?-", strict=True)
)  # in nearly every text; cheaper one by one
_SPECIAL = re.compile(
    "[\u00a0\u00ad\u2000-\u2013\u2015\u2022\u2027\u202a-\u202f\u2060-\u2064\u2212\u2219\u22c5\u3000\u30fb"
    "\ufe58-\ufe6b\ufeff\uff00-\uffef]"
)
_SIGNS = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-")
    | dict.fromkeys("\u2022\u2027\u2219\u22c5\u30fb\uff65", "·")
)
_MARGIN = re.compile(f"[ \t\r\n']*{END}[ \t\r\n']*")
_MARGINS = tuple(pair for sign in " \t\r\n'" for pair in (END + sign, sign + END))


def joined(cells: Sequence[str | None]) -> str:
    """Return the cells as one text, an END before and after each, without the spaces around them."""
    known: Sequence[str] = [cell or "" for cell in cells] if None in cells else cells  # type: ignore[assignment]
    text = END + END.join(known) + END
    if text.count(END) != len(cells) + 1:
        text = END + END.join([cell.replace(END, " ") for cell in known]) + END
    text = plain(text)
    return _MARGIN.sub(END, text) if any(margin in text for margin in _MARGINS) else text


def plain(text: str) -> str:
    """Return the text with compatibility signs, dashes and invisible signs made plain; the ENDs stay."""
    if text.isascii():
        return text
    for sign, usual in _PUNCTUATION:
        text = text.replace(sign, usual)
    if not _SPECIAL.search(text):
        return text
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text.translate(_SIGNS)))
