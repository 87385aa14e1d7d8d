"""The promised recall and precision, on cells made up from seeds and on cells written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.domain.desensitization import labelled
from tests.domain.desensitization.measuring import PROMISED, Cell, Score, measure

SEEDS = (20260101, 7, 42)
BY_HAND = Path(__file__).with_name("hard_cells.txt")
SHORT = {
    "id": "id_number",
    "ph": "mobile_phone",
    "bc": "bank_card",
    "lp": "license_plate",
    "td": "travel_document",
    "em": "email",
    "pn": "person_name",
    "ad": "residence_address",
    "ll": "landline",
    "st": "sole_trader_uscc",
}


def by_hand() -> Iterator[tuple[str, list[Cell]]]:
    """Yield the columns of ``hard_cells.txt``."""
    for block in BY_HAND.read_text(encoding="utf-8").split("\n## ")[1:]:
        name, *lines = block.strip("\n").split("\n")
        cells = (line.split("|", 1) for line in lines)
        yield (
            name,
            [
                (text, frozenset(SHORT[code] for code in codes.split(",") if code != "-"))
                for codes, text in cells
            ],
        )


@pytest.fixture(scope="module", params=[*SEEDS, "by hand"])
def score(request: pytest.FixtureRequest) -> Score:
    """The scan's score on one set."""
    return measure(by_hand() if request.param == "by hand" else labelled.columns(request.param))


@pytest.mark.parametrize("code", PROMISED)
def test_as_much_is_found_as_promised(score, code):
    """Recall is at least what was promised for each detector."""
    missed = [fault for fault in score.faults if fault[:2] == ("missed", code)]
    assert score.recall(code) >= PROMISED[code][0], missed


@pytest.mark.parametrize("code", PROMISED)
def test_as_little_is_found_wrongly_as_promised(score, code):
    """Precision is at least what was promised for each detector."""
    wrong = [fault for fault in score.faults if fault[:2] == ("wrong", code)]
    assert score.precision(code) >= PROMISED[code][1], wrong


def test_the_sets_are_as_large_as_promised():
    """Every seed gives thousands of cells, the hand-written set more than three hundred."""
    assert sum(len(cells) for seed in SEEDS for _name, cells in labelled.columns(seed)) >= 5_000
    assert sum(len(cells) for _name, cells in by_hand()) >= 300
