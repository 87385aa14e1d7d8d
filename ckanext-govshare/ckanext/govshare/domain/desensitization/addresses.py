"""Residence addresses (居住地址): where somebody lives, as against where an office, a school or a shop is."""

from __future__ import annotations

import re

from ckanext.govshare.domain.desensitization.knowledge import Knowledge
from ckanext.govshare.domain.desensitization.plain_text import END
from ckanext.govshare.domain.desensitization.tally import Grade

STREET = 3  # group of the pattern

_NUMBER = "[0-9一二三四五六七八九十百]"
_BUILDING = r"(?:[0-9A-Za-z一二三四五六七八九十甲乙丙丁]{1,4} ?(?:号楼|栋|幢|座|#楼|#|号院))"
_UNIT = r"(?:[0-9A-Da-d一二三四五六七八九十甲乙丙丁东西中]{1,3} ?(?:单元|门|梯))"
_ROOM = r"(?:[0-9A-D]{2,5} ?(?:室|号|户|房)?)"


def address_patterns(knowledge: Knowledge) -> re.Pattern[str]:
    """Return what a residence (group 1), a dwelling of a village (group 2) and any address (group 3) look like."""
    homes = "|".join(knowledge.words["home_words"])
    return re.compile(
        rf"({_BUILDING}[ -]?{_UNIT}[ -]?(?:\d{{1,2}}(?:层|楼)[ -]?)?{_ROOM}?"
        rf"|{_BUILDING}[ -]?(?:\d{{1,2}}(?:层|楼)[ -]?)?(?:[0-9A-D]{{2,5}} ?(?:室|号|户|房)|[0-9]{{3,4}}(?![0-9]))"
        rf"|{_UNIT}[ -]?(?:\d{{1,2}}(?:层|楼)[ -]?)?[0-9]{{2,4}}(?:室|号|户|房)?"
        rf"|(?:{homes})[^{END}，。；]{{0,4}}?\d{{1,4}}[-#号栋幢座][-]?\d{{1,4}}(?:-\d{{1,4}})?(?:室|号|户)?)"
        rf"|((?:村|屯|庄|寨|营子|嘎查|林场|农场|连队)[^{END}，。；]{{0,3}}?{_NUMBER}{{1,3}}(?:组|社|队|屯|街|巷)[^{END}，。；]{{0,2}}?\d{{1,4}}号"
        rf"|(?:村|屯|庄|寨|嘎查){_NUMBER}{{1,4}}号)"
        rf"|((?:路|街|道|巷|胡同|弄|里|条|村|屯|镇|乡)[^{END}，。；村组]{{0,5}}?\d{{1,5}}号|(?:村|屯|庄|嘎查){_NUMBER}{{1,3}}(?:组|社|队)|(?:{homes}){END}"
        rf"|[省市县区旗][^{END}，。；]{{2,12}}(?:村|屯|社区|街道|街|路|组){END})"
    )


class AddressJudge:
    """居住地址: building, unit and room of a dwelling, or a number in a village; not of an office."""

    def __init__(self, knowledge: Knowledge) -> None:
        words = knowledge.words
        self._homes = re.compile("|".join(words["home_words"]))
        self._offices = re.compile("|".join(words["office_words"]))
        self._living = re.compile("|".join(knowledge.row("residence_address").words))

    def __call__(self, match: re.Match[str], _whole: bool) -> Grade | None:
        """Judge by what else the cell says: words of offices speak against it, words of dwellings for it."""
        text = match.string
        cell = text[text.rfind(END, 0, match.start()) + 1 : text.find(END, match.start())]
        home, office = self._homes.search(cell), self._offices.search(cell)
        if office and not home:
            return Grade.SHAPE
        if match.lastindex != STREET:
            return Grade.HOLDS
        return Grade.NAMED if self._living.search(cell) else Grade.ALIKE
