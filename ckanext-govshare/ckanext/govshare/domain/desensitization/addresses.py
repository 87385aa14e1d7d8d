"""Residence addresses (居住地址): where somebody lives, as against where an office, a school or a shop is."""

from __future__ import annotations

import re

from ckanext.govshare.domain.desensitization.knowledge import Knowledge
from ckanext.govshare.domain.desensitization.plain_text import END
from ckanext.govshare.domain.desensitization.probe import Probe
from ckanext.govshare.domain.desensitization.tally import Grade

_NUMBER = "[0-9一二三四五六七八九十百]"
_STOP = f"{END}。,;"
_FLOOR = r"(?:[0-9]{1,2}(?:层|楼)[ -]?)?"
_ROOM = r"(?:[0-9A-D]{2,5} ?(?:室|号|户|房)|[0-9]{3,4}(?![0-9]))"
_UNIT = rf"(?:单元|门|梯)[ -]?{_FLOOR}"
_BEFORE = "[0-9A-Za-z一二三四五六七八九十甲乙丙丁东西中 ]"
_COUNTED = "[0-9A-Za-z一二三四五六七八九十甲乙丙丁东西中]"
_REACH = 80  # signs; a longer cell is no single address
_PLAIN = re.compile(r"(?!.*[0-9]{5})[\u4e00-\u9fff0-9#-]{6,60}")


def dwellings(knowledge: Knowledge) -> tuple[str, ...]:
    """Return what dwellings look like: building, unit and room; block of an estate; house of a village."""
    homes = "|".join(map(re.escape, knowledge.words["home_words"]))
    block = r"[0-9]{1,4}[-#号栋幢座]-?[0-9]{1,4}(?:-[0-9]{1,4})?(?:室|号|户)?"
    flat = "|".join(rf"(?<=[期园苑城庭府邸湾院舍寓][0-9A-D]{{{digits}}}-)" for digits in (1, 2, 3))
    building = rf"(?:(?<=号)[楼院]|(?<={_COUNTED}#)(?<![0-9]{{3}}#)楼?|(?<=[栋幢座]))[ -]?"
    return (
        rf"[号栋幢座#](?<={_BEFORE}.){building}(?:{_COUNTED}{{1,3}} ?{_UNIT}{_ROOM}?|{_FLOOR}{_ROOM})",
        rf"[单门梯](?<={_BEFORE}.)(?:(?<=单)元(?={_COUNTED}{{1,2}}[楼层])|(?:(?<=单)元|(?<=[门梯]))[ -]?{_FLOOR}{_ROOM})",
        rf"-(?:{flat})[0-9]{{1,2}}-[0-9]{{3,4}}(?![0-9-])",
        rf"(?:{homes})[^{_STOP}]{{0,4}}?{block}",
        rf"[村屯庄寨子查场队][^{_STOP}]{{0,3}}?{_NUMBER}{{1,3}}[组社队屯街巷][^{_STOP}]{{0,2}}?[0-9]{{1,4}}号",
        rf"[村屯庄寨查]{_NUMBER}{{1,4}}号(?=[{_STOP}、 ()]|$)",
        rf"弄{_NUMBER}{{1,4}}(?:号|支弄)[0-9A-Z]{{2,5}}室",
    )


def address_probes(knowledge: Knowledge) -> tuple[Probe, ...]:
    """Return where dwellings stand, numbers in a street, and whatever a column of residences holds."""
    judge = AddressJudge(knowledge)
    street = (
        rf"[路街道巷同弄里条镇乡][^{_STOP}村组]{{0,5}}?[0-9]{{1,5}}号",
        rf"(?:[村屯庄查]|(?<=社)区){_NUMBER}{{1,3}}[组社队]",
        rf"村(?=[^{END}村]{{1,4}}屯)",
    )
    place = rf"{END}(?=[^{END}]*(?:[路巷弄村屯组号號楼樓室栋座庄苑]|街(?!道)))([^{END}]{{4,80}})(?={END})"
    return (
        *(Probe(re.compile(pattern), judge.dwelling) for pattern in dwellings(knowledge)),
        *(Probe(re.compile(pattern), judge.street) for pattern in street),
        *(
            Probe(re.compile(pattern), judge.street, by_header=True)
            for pattern in (place, rf"(?:{'|'.join(knowledge.words['home_words'])})(?={END})")
        ),
    )


class AddressJudge:
    """居住地址: building, unit and room of a dwelling, or a number in a village; not of an office."""

    def __init__(self, knowledge: Knowledge) -> None:
        words = knowledge.words
        self._homes = re.compile("|".join(words["home_words"]))
        self._offices = re.compile("|".join(words["office_words"]))
        self._dwelling = re.compile("|".join(dwellings(knowledge)))
        self._living = re.compile("|".join(knowledge.row("residence_address").words))

    def dwelling(self, match: re.Match[str], _whole: bool) -> Grade | None:
        """Judge building, unit and room: words of offices in the cell speak against it, words of homes for it."""
        cell = _cell(match)
        return Grade.SHAPE if self._is_office(cell) else Grade.HOLDS

    def certain(self, cell: str) -> bool:
        """Tell whether a cell is a dwelling and nothing else, without looking around it."""
        plain = _PLAIN.fullmatch(cell) is not None and self._dwelling.search(cell) is not None
        return plain and not self._is_office(cell)

    def street(self, match: re.Match[str], _whole: bool) -> Grade | None:
        """Judge a number in a street: somebody lives there only if the cell or the column's name says so."""
        cell = _cell(match)
        if self._is_office(cell):
            return Grade.SHAPE
        return Grade.NAMED if self._living.search(cell) else Grade.ALIKE

    def _is_office(self, cell: str) -> bool:
        return bool(self._offices.search(cell)) and not self._homes.search(cell)


def _cell(match: re.Match[str]) -> str:
    """Return the cell around a match, as far as an address reaches."""
    text, start = match.string, match.start()
    first = max(start - _REACH, 0)
    return text[first:start].rpartition(END)[2] + text[start : start + _REACH].partition(END)[0]
