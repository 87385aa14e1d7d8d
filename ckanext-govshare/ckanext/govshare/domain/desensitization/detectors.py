"""The detectors in order of priority: where each looks and how it judges; the rest of a row is in the statutes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ckanext.govshare.domain.desensitization import codes, numbers, quasi
from ckanext.govshare.domain.desensitization.addresses import AddressJudge, address_probes
from ckanext.govshare.domain.desensitization.knowledge import Knowledge, Row
from ckanext.govshare.domain.desensitization.person_names import NameJudge, name_probes
from ckanext.govshare.domain.desensitization.plain_text import END
from ckanext.govshare.domain.desensitization.probe import Judge, Probe
from ckanext.govshare.domain.desensitization.tally import Grade

NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True)
class Detector:
    """One row of the statutes with its probes; ``needs`` are runs of classes of signs, one of which a text must hold."""

    row: Row
    probes: tuple[Probe, ...]
    shown: int
    needs: tuple[bytes, ...]
    words: re.Pattern[str]
    not_words: re.Pattern[str]
    promoted: Grade  # from this grade on words beside a value decide
    certain: Callable[[str], bool] | None = None  # a quicker way to the same answer for a plain cell ...
    grade: Grade = Grade.HOLDS  # ... and the answer


@cache
def detectors(knowledge: Knowledge) -> tuple[Detector, ...]:
    """Return all detectors, in the order of the statutes."""
    made = _made(knowledge)
    certain = _certain(knowledge)
    return tuple(
        Detector(
            row,
            *made[row.code],
            words=_before(row.words),
            not_words=_before(row.not_words),
            promoted=Grade[row.by_header.upper()],
            **certain.get(row.code, {}),
        )
        for row in knowledge.rows
    )


def _made(knowledge: Knowledge) -> dict[str, tuple[tuple[Probe, ...], int, tuple[bytes, ...]]]:
    """Return by code: probes, how many signs a sample shows, runs of classes (0 digit, A letter, c…b Han)."""
    identity, landline = numbers.IdNumber(knowledge), numbers.Landline(knowledge)
    card, travel = numbers.BankCard(knowledge), codes.TravelDocument(knowledge)
    birth = quasi.judge_birth_date
    return {
        "lost_digits": ((Probe(numbers.LOST_DIGITS, numbers.judge_lost_digits, by_header=True),), 2, (b"0",)),
        "id_number": (_probes(numbers.ID_NUMBERS, identity), 2, (b"0" * 14,)),
        "sole_trader_uscc": (_probes([numbers.USCC], numbers.judge_uscc), 2, (b"0" * 8,)),
        "mobile_phone": (_probes(numbers.MOBILES, numbers.judge_mobile), 3, (b"0" * 11,)),
        "license_plate": (
            _probes([codes.licence_plate(knowledge)], codes.judge_plate),
            2,
            (b"bA", b"b000000"),
        ),
        "email": ((Probe(codes.EMAIL, codes.Email(knowledge), cues=("@",)),), 1, (b"@",)),
        "bank_card": (
            (Probe(numbers.BANK_CARD, card), Probe(numbers.BANK_ACCOUNT, card, by_header=True)),
            4,
            (b"0" * 12,),
        ),
        "landline": (_probes(numbers.LANDLINES, landline), 4, (b"0" * 7, b")0000")),
        "travel_document": (
            (*_probes(codes.TRAVEL_DOCUMENTS, travel), Probe(codes.TRAVEL_NUMBER, travel, by_header=True)),
            1,
            (b"0" * 5,),
        ),
        "birth_date": (
            (
                Probe(quasi.BIRTH_DATE, birth, by_header=True),
                Probe(quasi.BIRTH_DATE, birth, cues=("出生", "生于")),
            ),
            4,
            (b"0",),
        ),
        "coordinates": ((Probe(quasi.COORDINATES, quasi.judge_coordinates, by_header=True),), 3, (b"0000",)),
        "person_name": (name_probes(knowledge), 1, (b"c",)),
        "residence_address": (address_probes(knowledge), 3, (b"c",)),
    }


def _certain(knowledge: Knowledge) -> dict[str, dict[str, Any]]:
    return {
        "id_number": {"certain": numbers.IdNumber(knowledge).certain},
        "mobile_phone": {"certain": numbers.certain_mobile},
        "bank_card": {"certain": numbers.BankCard(knowledge).certain},
        "person_name": {"certain": NameJudge(knowledge).certain},
        "residence_address": {"certain": AddressJudge(knowledge).certain},
        "coordinates": {"certain": quasi.certain_coordinate, "grade": Grade.ALIKE},
    }


def _probes(patterns: Sequence[re.Pattern[str]], judge: Judge) -> tuple[Probe, ...]:
    return tuple(Probe(pattern, judge) for pattern in patterns)


def _before(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern of the words right before a value, with a few signs between."""
    if not words:
        return NOTHING
    return re.compile(rf"(?:{'|'.join(map(re.escape, words))})[^0-9{END}，。；,;]{{0,6}}$")
