"""Persons' names (姓名): how likely Chinese characters are a name, and where names stand in a text."""

from __future__ import annotations

import re

from ckanext.govshare.domain.desensitization.knowledge import Knowledge, NameWords
from ckanext.govshare.domain.desensitization.plain_text import CLAIMED, END
from ckanext.govshare.domain.desensitization.tally import Grade

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
DOT = "·•‧・∙⋅.．"
_UNKNOWN = -3  # a character that no list of names knows
_LIKELY = 4
_COMPOUND = 6
_LONGEST = 4


def name_patterns(knowledge: Knowledge) -> re.Pattern[str]:
    """Return where a name may stand: alone in a cell, after a label, before an honorific, beside a number."""
    names, words = knowledge.names, knowledge.words
    surname = (
        f"(?:{'|'.join(sorted(names.compound_surnames, key=len, reverse=True))}|[{''.join(names.surnames)}])"
    )
    label, honorific, follow = (_any(words[key]) for key in ("name_labels", "honorifics", "after_names"))
    name = rf"{surname}[{HAN}]{{1,2}}"
    return re.compile(
        rf"(?<={END})([{HAN}]{{2,4}}|[{HAN}] {{1,4}}[{HAN}]{{1,2}}|[{HAN}]{{1,12}}(?:[{DOT}][{HAN}]{{1,12}}){{1,4}})(?={END})"
        rf"|(?:{label})[ :：]{{0,3}}(?:为|是|叫)?({name}?)(?![{HAN}])"
        rf"|(?:{label})[ :：]{{0,3}}(?:为|是|叫)?({name}?)(?={follow})"
        rf"|({name})(?=[ ]?(?:{honorific}))"
        rf"|(?<![{HAN}])({name})(?=[ ,，:：、(（]{{0,3}}(?:{CLAIMED}|[男女][,，、)） ]))"
        rf"|(?<![{HAN}A-Za-z0-9])([{HAN}]{{2,8}}(?:·[{HAN}]{{2,8}}){{1,3}})(?![{HAN}])"
        rf"|(?<![{HAN}A-Za-z0-9])({name})(?![{HAN}A-Za-z0-9])"
    )


def score(value: str, names: NameWords) -> int:
    """Return how much likelier the characters are as a name than as another word, as a natural logarithm."""
    if value[:2] in names.compound_surnames and len(value) > 2:  # noqa: PLR2004
        return _COMPOUND + sum(names.given.get(sign, _UNKNOWN) for sign in value[2:])
    if value[0] not in names.surnames:
        return 3 * _UNKNOWN
    weight = names.surnames[value[0]] + sum(names.given.get(sign, _UNKNOWN) for sign in value[1:])
    return weight if len(value) < _LONGEST else weight - _LIKELY


class NameJudge:
    """姓名: surname and given name by their characters; foreign and minority names by their point."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._names = knowledge.names

    def __call__(self, match: re.Match[str], whole: bool) -> Grade | None:
        """Judge by the characters; a label beside the name says what it is."""
        value = match[match.lastindex or 0]
        plain = value.replace(" ", "")
        if any(dot in plain for dot in DOT):
            return Grade.HOLDS
        likely = score(plain, self._names)
        if whole:
            return Grade.HOLDS if likely >= _LIKELY else Grade.ALIKE
        if match.lastindex in (2, 3, 4, 5):
            return Grade.NAMED if likely >= 0 else None
        return Grade.HOLDS if likely > _LIKELY else None


def _any(words: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
