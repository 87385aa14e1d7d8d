"""Whether what a mask hides can be worked out: alone, or from the columns beside it (关联还原).

An ID number (GB 11643) is region 1-6, birth date 7-14, sequence 15-17 with the sex, check digit 18:
``110105********1234`` beside a birth date is the whole number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import pow, prod  # noqa: A004 - of floats, typed

from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.domain.desensitization.finding import Finding
from ckanext.govshare.domain.desensitization.masks import Generalise, Hide, Method, Pseudonym
from ckanext.govshare.domain.table import Column

ID_NUMBER = "id_number"
REGION, BIRTH, SEX = "region", "birth", "sex"
ALONE, BESIDE = (
    1_000,
    10_000,
)  # more numbers than this must remain possible: alone, and beside columns that help
RULE = "GB/T 37964-2019"


@dataclass(frozen=True)
class Part:
    """Digits ``first`` to ``last`` of an ID number, how many values they have, and what else tells them."""

    name: str
    first: int
    last: int
    values: int


PARTS = (Part(REGION, 1, 6, 3_000), Part(BIRTH, 7, 14, 36_500), Part("sequence", 15, 17, 1_000))
LENGTH, SEX_DIGIT, REMAINDERS = 18, 17, 11

# What a column's name says that it tells, and which findings tell the same.
TELLS: Mapping[str, tuple[re.Pattern[str], tuple[str, ...]]] = {
    BIRTH: (re.compile(r"出生|生日|birth|dob", re.IGNORECASE), ("birth_date",)),
    SEX: (re.compile(r"性别|性別|sex|gender", re.IGNORECASE), ()),
    REGION: (
        re.compile(r"区划|籍贯|户籍|住址|地址|区县|region|address", re.IGNORECASE),
        ("residence_address",),
    ),
}
# What stays open about a part after generalising it: days of a year, days of a month, districts of a city …
LEFT_OPEN: Mapping[tuple[str, str], int] = {
    (BIRTH, "year"): 365,
    (BIRTH, "month"): 31,
    (REGION, "district"): 1,
    (REGION, "city"): 10,
    (REGION, "province"): 100,
}

Methods = Mapping[str, tuple[Column, Method]]


def objections(methods: Methods, findings: Sequence[Finding]) -> Iterator[Reason]:
    """Yield each mask whose hidden part has too few possible values left."""
    masked = {
        finding.column: (finding, method)
        for finding in findings
        if isinstance(method := methods.get(finding.column, (None, None))[1], Hide)
    }
    for finding, method in masked.values():
        if finding.code == ID_NUMBER:
            yield from _id_number(finding, method, methods, findings)
    yield from _two_views(masked)


def _id_number(
    finding: Finding, method: Hide, methods: Methods, findings: Sequence[Finding]
) -> Iterator[Reason]:
    helpers = _helpers(finding.column, methods, findings)
    told = {"column": finding.column, "shown": _picture(method)}
    alone = _possible(method, {})
    if alone <= ALONE:
        yield Reason("plan.mask_shows_too_much", {**told, "left": alone}, f"plan.{finding.column}", RULE)
    left = _possible(method, {part: open_ for part, (_, open_) in helpers.items()})
    if helpers and left <= BESIDE:
        names = tuple(dict.fromkeys(name for name, _ in helpers.values()))
        reason = {**told, "left": left, "beside": names}
        yield Reason("plan.mask_reversible", reason, f"plan.{finding.column}", RULE)


def _possible(method: Hide, known: Mapping[str, int]) -> int:
    """Return how many ID numbers fit what is shown; ``known`` says how many values a helper leaves to a part."""
    left = int(prod(min(_behind(part, method), known.get(part.name, part.values)) for part in PARTS))
    sex_helps = SEX in known and LENGTH - method.last >= SEX_DIGIT
    return max(1, left // (2 if sex_helps else 1) // (REMAINDERS if method.last else 1))


def _behind(part: Part, method: Hide) -> int:
    """Return about how many values of a part remain possible behind the mask alone."""
    places = range(part.first, part.last + 1)
    hidden = sum(method.first < place <= LENGTH - method.last for place in places)
    return round(pow(part.values, hidden / len(places)))


def _helpers(column: str, methods: Methods, findings: Sequence[Finding]) -> dict[str, tuple[str, int]]:
    """Return which column tells about which part, and how many values it leaves."""
    found: dict[str, tuple[str, int]] = {}
    for part, (name_says, codes) in TELLS.items():
        told = {finding.column for finding in findings if finding.code in codes}
        for name, (_, method) in methods.items():
            left = _left_open(part, method)
            if name != column and left and (name in told or name_says.search(name)):
                found[part] = min(found.get(part, (name, left)), (name, left), key=lambda pair: pair[1])
    return found


def _left_open(part: str, method: Method) -> int:
    """Return how many values a column leaves to a part after its method; 0 when it tells nothing."""
    if method.code in ("drop", Hide.code, Pseudonym.code):
        return 0
    if isinstance(method, Generalise):
        return LEFT_OPEN.get((part, method.to), 0)
    return 1


def _two_views(masked: Mapping[str, tuple[Finding, Hide]]) -> Iterator[Reason]:
    """Refuse two masks of the same kind that show different characters: laid together they show more."""
    first: dict[str, tuple[str, Hide]] = {}
    for name, (finding, method) in masked.items():
        other, shown = first.setdefault(finding.code, (name, method))
        if shown != method:
            told = {"column": name, "other": other, "finding": finding.code}
            yield Reason("plan.masks_combine", told, f"plan.{name}", RULE)


def _picture(method: Hide) -> str:
    return "1" * method.first + "*" * (LENGTH - method.first - method.last) + "1" * method.last
