"""Codes that belong to a person: licence plates (号牌), e-mail addresses, passports and permits."""

from __future__ import annotations

import re

from ckanext.govshare.domain.desensitization.knowledge import Knowledge
from ckanext.govshare.domain.desensitization.tally import Grade

EMAIL = re.compile(
    r"[A-Za-z0-9](?<![A-Za-z0-9._%+-].)[A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,12}(?![A-Za-z0-9-])"
)
TRAVEL_DOCUMENTS = (
    re.compile(
        r"[A-Za-z](?<![0-9A-Za-z_-].)(?:[A-Za-z]?[ -]?[0-9]{6,10}|[A-Z]{2}[0-9]{12})(?:\([0-9]{1,2}\))?(?![0-9A-Za-z-])(?!\.[0-9])"
    ),
    re.compile(r"字(?<=[\u4e00-\u9fff]字)第? ?[0-9A-Z]{5,10} ?号"),
    re.compile(r"(?:护照|通行证|台胞证|回乡证)[^0-9A-Za-z，。；\x1e]{0,6}([0-9]{8,10})(?![0-9A-Za-z])"),
)
TRAVEL_NUMBER = re.compile(r"\x1e([0-9]{8,10}(?:\([0-9]{1,2}\))?)(?=\x1e)")

_WELL_FORMED = re.compile(
    r"E[0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|[GDSP][0-9]{8}|(?:DE|SE|PE|MA)[0-9]{7}|[HM][0-9]{8}(?:[0-9][0-9])?|C[0-9]{8}|C[A-HJ-NP-Z][0-9]{7}"
    r"|[WLT][0-9]{8}|[A-Z]{3}[0-9]{12}"
)


def licence_plate(knowledge: Knowledge) -> re.Pattern[str]:
    """Return the pattern of plates: province, letter, five signs or six of a new-energy car (GA 36)."""
    provinces = "".join(knowledge.words["plate_provinces"])
    return re.compile(
        rf"[{provinces}](?:(?<=使)[0-9]{{6}}(?![0-9A-Za-z])|[A-HJ-NP-Za-hj-np-z][·•・‧∙. -]?"
        r"(?:[A-HJ-NP-Za-hj-np-z0-9]{4}(?:[挂学警港澳领]|[A-HJ-NP-Za-hj-np-z0-9]{1,2}))(?![0-9A-Za-z]))"
    )


def judge_plate(match: re.Match[str], _whole: bool) -> Grade | None:
    """Judge a plate: of its signs at least three are digits."""
    return Grade.HOLDS if sum(sign.isdigit() for sign in match[0]) >= 3 else None  # noqa: PLR2004


class Email:
    """电子邮箱: a person's, unless it is plainly an office's."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._offices = frozenset(knowledge.words["office_mailboxes"])

    def __call__(self, match: re.Match[str], _whole: bool) -> Grade | None:
        """Judge an address by the name before the sign at."""
        name, _, _host = match[0].lower().partition("@")
        return Grade.OTHER if name.rstrip("0123456789") in self._offices else Grade.HOLDS


class TravelDocument:
    """护照、港澳台通行证、军官证: short letters and digits without a check; words or the column must say so."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._services = frozenset(knowledge.words["officer_marks"])

    def __call__(self, match: re.Match[str], whole: bool) -> Grade | None:
        """Judge by the well-known forms; inside a text they only look like one."""
        value = match[match.lastindex or 0]
        if value.endswith("号"):
            return Grade.HOLDS if match.string[match.start() - 1] in self._services else None
        if _WELL_FORMED.fullmatch(value.upper().replace(" ", "").replace("-", "")):
            return Grade.HOLDS if whole else Grade.ALIKE
        return Grade.ALIKE if whole and not value[0].isdigit() else Grade.SHAPE
