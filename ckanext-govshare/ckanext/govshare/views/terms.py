"""Words of long vocabularies (industries, regions): typed by code or name, suggested, shown in full."""

from __future__ import annotations

from functools import cache

from ckanext.govshare import rulebook
from ckanext.govshare.views.card_table import path

SUGGESTIONS = 12


def code_of(vocabulary: str, text: str) -> str:
    """Return the code that ``text`` names by code, name, or both as shown; else the text itself."""
    words = rulebook.vocabulary(vocabulary)
    said = text.strip()
    first = said.partition(" ")[0]
    if first in words:
        return first
    in_full = next((code for code, name, _low in _index(vocabulary) if name == said), "")
    return in_full or words.find(said) or said


def shown(vocabulary: str, code: str) -> str:
    """Return code and full name of a term; unknown text comes back as it was typed."""
    return f"{code} {path(vocabulary, code)}" if code in rulebook.vocabulary(vocabulary) else code


def near(vocabulary: str, text: str, limit: int = SUGGESTIONS) -> list[str]:
    """Return terms whose code begins with, or whose name holds, every word of ``text``; widest first."""
    wanted = text.strip().casefold().split()
    if not wanted:
        return []
    hits = []
    for code, name, low in _index(vocabulary):
        if all(word in low or code.casefold().startswith(word) for word in wanted):
            hits.append((len(name), f"{code} {name}"))
    return [label for _length, label in sorted(hits)[:limit]]


@cache
def _index(vocabulary: str) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (term.code, name, name.casefold())
        for term in rulebook.vocabulary(vocabulary).terms
        for name in (path(vocabulary, term.code),)
    )
