"""A vocabulary: the closed list of codes that a field may take, with the words people know them by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class Term:
    """One row: ``code`` is stored, ``number`` is what paper forms and exports use."""

    code: str
    label: Mapping[str, str]
    number: str = ""
    parent: str = ""
    synonyms: tuple[str, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Vocabulary:
    """The terms of one list, its source and the day it takes effect."""

    name: str
    source: str
    effective_from: str
    terms: tuple[Term, ...]

    @cached_property
    def by_code(self) -> Mapping[str, Term]:
        """Terms by stored code."""
        return {term.code: term for term in self.terms}

    @cached_property
    def by_number(self) -> Mapping[str, Term]:
        """Terms by the number of paper forms and exports."""
        return {term.number: term for term in self.terms if term.number}

    @cached_property
    def _by_word(self) -> Mapping[str, str]:
        """Codes by each word; codes and numbers win over labels, an ambiguous label names nothing."""
        words: dict[str, str] = {}
        for term in self.terms:
            for word in (*term.label.values(), *term.synonyms):
                first = words.setdefault(word.casefold(), term.code)
                if not self._is_within(term, first):
                    words[word.casefold()] = ""
        words.update({term.number: term.code for term in self.terms if term.number})
        words.update({term.code.casefold(): term.code for term in self.terms})
        return words

    def _is_within(self, term: Term | None, ancestor: str) -> bool:
        while term is not None and term.code != ancestor:
            term = self.by_code.get(term.parent)
        return term is not None

    def __contains__(self, code: object) -> bool:
        return code in self.by_code

    def label(self, code: str, language: str = "zh") -> str:
        """Return the word for ``code``; the code itself when it is unknown."""
        term = self.by_code.get(code)
        if term is None:
            return code
        return term.label.get(language) or term.label.get("zh") or code

    def find(self, text: str) -> str | None:
        """Return the code that ``text`` names by code, number, label or synonym.

        A label that several terms bear (新华区) names none of them, unless one lies above the others.
        """
        return self._by_word.get(text.strip().casefold()) or None
