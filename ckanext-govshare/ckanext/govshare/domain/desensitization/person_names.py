"""Persons' names (姓名): how likely Chinese characters are a name, and where names stand in a text."""

from __future__ import annotations

import re

from ckanext.govshare.domain.desensitization.knowledge import Knowledge, NameWords
from ckanext.govshare.domain.desensitization.plain_text import CLAIMED, END
from ckanext.govshare.domain.desensitization.tally import Grade

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
DOT = "·•‧・∙⋅."
AFTER_A_LABEL, ALONE, BEFORE_A_VERB, BEFORE_AN_HONORIFIC, FREE = 1, 2, 3, 4, 7  # groups of the pattern

_UNKNOWN = -3  # a character that no list of names knows
_LIKELY = 4
_SURE = 6
_FULL = 3  # signs of the usual name


def name_patterns(knowledge: Knowledge) -> re.Pattern[str]:
    """Return where a name may stand: alone, after a label, before a verb, an honorific or a number, free."""
    names, words = knowledge.names, knowledge.words
    label, honorific, follow = (_any(words[key]) for key in ("name_labels", "honorifics", "after_names"))
    sounds = "".join(words["sound_characters"])
    surname = f"(?:{_any(tuple(names.compound_surnames))}|[{''.join(names.surnames)}])"
    name = rf"{surname}[{HAN}]{{1,2}}"
    said = rf"(?:{label})[ :]{{0,3}}(?:为|是|叫)?"
    dotted = rf"[{HAN}]{{1,12}}(?:[{DOT}][{HAN}]{{1,12}}){{1,4}}"
    return re.compile(
        rf"{said}({dotted}|{name}?(?=[^{HAN}]|{follow}))"
        rf"|(?<={END})([{HAN}]{{2,4}}|[{HAN}] {{1,4}}[{HAN}]{{1,2}}|{name}[{HAN}]?|{dotted}|[{sounds}]{{3,10}})(?={END})"
        rf"|(?<![{HAN}])({name})(?={follow})"
        rf"|({name})(?= ?(?:{honorific}))"
        rf"|(?<![{HAN}])({name})(?=[ ,:、(]{{0,3}}(?:{CLAIMED}|[男女][ ,、)]))"
        rf"|(?<![{HAN}A-Za-z0-9])({dotted})(?![{HAN}])"
        rf"|(?<![{HAN}A-Za-z0-9])({name})(?![{HAN}A-Za-z0-9])"
    )


def score(value: str, names: NameWords) -> int:
    """Return how much likelier the characters are as a name than as another word, as a natural logarithm."""
    compound = next((n for n in (4, 3, 2) if len(value) > n and value[:n] in names.compound_surnames), 0)
    if compound:
        weight, given = _SURE, value[compound:]
    else:
        weight, given = names.surnames.get(value[0], 3 * _UNKNOWN), value[1:]
    weight += sum(names.given.get(sign, _UNKNOWN) for sign in given)
    if len(given) >= _FULL or (len(value) >= _FULL and value[-1] in names.endings):
        weight -= _SURE
    return min(weight, _LIKELY - 1) if value in names.ordinary_words else weight


class NameJudge:
    """姓名: surname and given name by their characters; names written by sound by their parts."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._names = knowledge.names
        self._sounds = frozenset("".join(knowledge.words["sound_characters"]))
        self._parts = re.compile(_any(knowledge.words["sound_parts"]))

    def __call__(self, match: re.Match[str], _whole: bool) -> Grade | None:
        """Judge by the characters; a label beside the name says what it is."""
        value = match[match.lastindex or 0].replace(" ", "")
        if "某" in value:
            return None
        likely = self._likely(value)
        place = match.lastindex
        if place in (ALONE, FREE):
            enough = _LIKELY if place == ALONE else _SURE
            return Grade.HOLDS if likely >= enough else Grade.ALIKE if likely >= 0 else Grade.SHAPE
        loose = place in (BEFORE_A_VERB, BEFORE_AN_HONORIFIC)
        loose = loose or (place == AFTER_A_LABEL and match.string[match.start(place) - 1] not in " :")
        return Grade.NAMED if likely >= (_LIKELY - 1 if loose else 0) else None

    def _likely(self, value: str) -> int:
        sounds = [sign in self._sounds for sign in value if sign not in DOT]
        by_sound = sum(sounds) >= 0.7 * len(sounds)
        if any(dot in value for dot in DOT):
            return _SURE if by_sound else 0
        if by_sound and len(value) >= _FULL and self._parts.search(value):
            return _SURE
        return score(value, self._names)


def _any(words: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
