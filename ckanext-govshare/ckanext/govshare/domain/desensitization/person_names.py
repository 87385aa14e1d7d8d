"""Persons' names (姓名): how likely Chinese characters are a name, and where names stand in a text."""

from __future__ import annotations

import re
from functools import partial

from ckanext.govshare.domain.desensitization.knowledge import Knowledge, NameWords
from ckanext.govshare.domain.desensitization.plain_text import CLAIMED, END
from ckanext.govshare.domain.desensitization.probe import Probe
from ckanext.govshare.domain.desensitization.tally import Grade

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
NOT_HAN = "\x00-/:-@\\[-`{-\u33ff\ua000-\uffef"
DOT = "·."
ANY = ("",)
_UNKNOWN = -3  # a character that no list of names knows
_LIKELY = 4
_SURE = 6
_LONGEST = 4
_FULL = 3  # signs of the usual name


def name_probes(knowledge: Knowledge) -> tuple[Probe, ...]:
    """Return where names stand: after a label, alone in a cell, before a verb, a number or an honorific, free."""
    words = knowledge.words
    judge = NameJudge(knowledge)
    named, alone, free = (
        judge.named,
        partial(judge.unnamed, enough=_LIKELY),
        partial(judge.unnamed, enough=_SURE),
    )
    firsts = {*knowledge.names.surnames, *(name[0] for name in knowledge.names.compound_surnames)}
    label, honorific, verb, contact = (
        _any(words[key]) for key in ("name_labels", "honorifics", "verbs", "contact_verbs")
    )
    before = "".join(words["before_honorifics"])
    office = _any(words["after_honorifics"])
    follow = _any((*words["verbs"], *words["after_labelled_names"]))
    name = rf"[{''.join(sorted(firsts))}][{HAN}]{{1,3}}"
    dotted = rf"[{HAN}]{{1,12}}(?:[{DOT}][{HAN}]{{1,12}}){{1,4}}"
    begin = rf"[^{HAN}0-9A-Za-z]"
    return tuple(
        Probe(re.compile(pattern), how, cues=cues)
        for pattern, how, cues in (
            (rf"(?:{label})(?: ?: ?|为|是|叫)?({dotted}|{name}?(?=[^{HAN}]|{follow}))", named, ANY),
            (rf"{END}([{HAN}]{{2,10}})(?={END})", alone, ANY),
            (rf"{END}([{HAN}] {{1,4}}[{HAN}]{{1,2}})(?={END})", alone, (" ",)),
            (rf"{END}({dotted})(?={END})", alone, ("·", ".")),
            (
                rf"{begin}({name}?)(?={verb}|[ ,:、(]{{0,3}}{CLAIMED}|[ ,:、(]{{1,3}}[男女][ ,、)])",
                named,
                ANY,
            ),
            (rf"(?:{contact})({name}?)(?=[ ,:、(]{{0,3}}{CLAIMED})", named, words["contact_verbs"]),
            (rf"[{NOT_HAN}{before}]({name}?)(?= ?(?:{honorific})(?!{office}))", named, words["honorifics"]),
            (rf"{begin}({dotted})(?![{HAN}])", named, ("·",)),
            (rf"{begin}({name}?)(?![{HAN}A-Za-z0-9])", free, ANY),
        )
    )


def score(value: str, names: NameWords) -> int:
    """Return how much likelier the characters are as a name than as another word, as a natural logarithm."""
    compound = next((n for n in (4, 3, 2) if len(value) > n and value[:n] in names.compound_surnames), 0)
    if compound:
        weight, given = _SURE, value[compound:]
    elif len(value) > _LONGEST:
        return 3 * _UNKNOWN
    else:
        weight, given = names.surnames.get(value[0], 3 * _UNKNOWN), value[1:]
    weight += sum(names.given.get(sign, _UNKNOWN) for sign in given)
    if len(given) >= _FULL:
        weight -= 2 * _SURE
    elif len(value) >= _FULL and value[-1] in names.endings:
        weight -= _SURE
    return min(weight, _LIKELY - 2) if value in names.ordinary_words else weight


class NameJudge:
    """姓名: surname and given name by their characters; names written by sound by their parts."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._names = knowledge.names
        self._honorifics = frozenset(knowledge.words["honorifics"])
        self._sounds = frozenset("".join(knowledge.words["sound_characters"]))
        self._parts = re.compile(_any(knowledge.words["sound_parts"]))

    def named(self, match: re.Match[str], _whole: bool) -> Grade | None:
        """Judge a name of which words or signs beside it say what it is: after a colon anything that could be one."""
        value = match[1]
        if self._is_veiled(value):
            return None
        enough = 0 if match.string[match.start(1) - 1] in " :" else _LIKELY - 1
        return Grade.NAMED if self._likely(value) >= (_SURE if "·" in value else enough) else None

    def unnamed(self, match: re.Match[str], _whole: bool, *, enough: int) -> Grade | None:
        """Judge a name that stands alone by its characters only."""
        value = match[1].replace(" ", "")
        likely = self._likely(value)
        if "某" in value or (len(value) > _LONGEST and likely < _SURE):
            return None
        if self._is_veiled(value):  # a person all the same, where the column is one of persons
            return Grade.ALIKE
        return Grade.HOLDS if likely >= enough else Grade.ALIKE if likely >= 0 else Grade.SHAPE

    def _is_veiled(self, value: str) -> bool:
        """Tell whether a surname stands without its given name: 张某, 张先生."""
        return "某" in value or value[1:] in self._honorifics

    def certain(self, cell: str) -> bool:
        """Tell whether a cell of two or three characters is a name, without looking around it."""
        names, length = self._names, len(cell)
        if not 2 <= length <= _FULL or cell in names.ordinary_words or self._is_veiled(cell):  # noqa: PLR2004
            return False
        weight = names.surnames.get(cell[0], 3 * _UNKNOWN) + names.given.get(cell[1], _UNKNOWN)
        if length == _FULL:
            weight += names.given.get(cell[2], _UNKNOWN) - (_SURE if cell[2] in names.endings else 0)
        return weight >= _LIKELY

    def _likely(self, value: str) -> int:
        if "·" in value or "." in value:
            return _SURE if self._by_sound(value) else 0
        if len(value) >= _FULL and self._parts.search(value) and self._by_sound(value):
            return _SURE
        return score(value, self._names)

    def _by_sound(self, value: str) -> bool:
        sounds = [sign in self._sounds for sign in value if sign not in DOT]
        return sum(sounds) >= 0.7 * len(sounds)


def _any(words: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
