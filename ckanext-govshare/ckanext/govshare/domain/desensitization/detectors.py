"""The detectors in order of priority: where each looks and how it judges; the rest of a row is in the statutes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ckanext.govshare.domain.desensitization import codes, numbers, quasi
from ckanext.govshare.domain.desensitization.addresses import AddressJudge, address_patterns
from ckanext.govshare.domain.desensitization.knowledge import Knowledge, Row
from ckanext.govshare.domain.desensitization.person_names import NameJudge, name_patterns
from ckanext.govshare.domain.desensitization.plain_text import END
from ckanext.govshare.domain.desensitization.tally import Grade

Judge = Callable[[re.Match[str], bool], Grade | None]
NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True)
class Detector:
    """One row of the statutes with its pattern; ``needs`` are runs of classes that a text must hold at all."""

    row: Row
    pattern: re.Pattern[str]
    judge: Judge
    shown: int
    needs: tuple[bytes, ...]
    words: re.Pattern[str]
    not_words: re.Pattern[str]
    promoted: Grade  # from this grade on words beside a value decide


def detectors(knowledge: Knowledge) -> tuple[Detector, ...]:
    """Return all detectors, in the order of the statutes."""
    made: dict[str, tuple[re.Pattern[str], Judge, int, tuple[bytes, ...]]] = {
        "id_number": (numbers.ID_NUMBER, numbers.IdNumber(knowledge), 2, (b"0" * 14,)),
        "sole_trader_uscc": (numbers.USCC, numbers.judge_uscc, 2, (b"0" * 6,)),
        "mobile_phone": (numbers.MOBILE, numbers.judge_mobile, 3, (b"0" * 11,)),
        "license_plate": (codes.licence_plate(knowledge), codes.judge_plate, 2, (b"A",)),
        "email": (codes.EMAIL, codes.Email(knowledge), 1, (b"@",)),
        "bank_card": (numbers.BANK_CARD, numbers.BankCard(knowledge), 4, (b"0" * 12,)),
        "landline": (numbers.LANDLINE, numbers.Landline(knowledge), 4, (b"0" * 7,)),
        "travel_document": (codes.TRAVEL_DOCUMENT, codes.TravelDocument(knowledge), 1, (b"0" * 5,)),
        "birth_date": (quasi.BIRTH_DATE, quasi.judge_birth_date, 4, (b"0",)),
        "coordinates": (quasi.COORDINATES, quasi.judge_coordinates, 3, (b".0000", "°".encode())),
        "residence_address": (address_patterns(knowledge), AddressJudge(knowledge), 3, (b"c",)),
        "person_name": (name_patterns(knowledge), NameJudge(knowledge), 1, (b"c",)),
    }
    return tuple(
        Detector(
            row,
            *made[row.code],
            words=_before(row.words),
            not_words=_before(row.not_words),
            promoted=Grade[row.by_header.upper()],
        )
        for row in knowledge.rows
    )


def _before(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern of the words right before a value, with a few signs between."""
    if not words:
        return NOTHING
    return re.compile(rf"(?:{'|'.join(map(re.escape, words))})[^0-9{END}，。；,;]{{0,6}}$")
