"""All detectors over one text, in order of priority: what one claims no later one sees."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import accumulate

from ckanext.govshare.domain.desensitization.detectors import Detector
from ckanext.govshare.domain.desensitization.plain_text import CLAIMED, END
from ckanext.govshare.domain.desensitization.probe import Probe
from ckanext.govshare.domain.desensitization.tally import Grade

Met = tuple[str, int, Grade, str]  # detector, number of the cell, grade, value
Hit = tuple[int, Grade, str]  # where it begins, grade, value

_CLASSES = bytes.maketrans(
    b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    + bytes(range(0x80, 0xC0))
    + bytes(range(0xE3, 0xEA)),
    b"0" * 10 + b"A" * 52 + b"b" * 64 + b"c" * 7,
)
_AROUND = 16  # signs before a value in which words may say what it is


def search(detectors: Iterable[Detector], said: Collection[str], text: str) -> Iterator[Met]:
    """Yield of each detector the surest value of each cell; ``said`` are those that the column's name speaks for."""
    shape = text.encode("utf-8", "surrogatepass").translate(_CLASSES, b" -")
    ends: list[int] = []
    for detector in detectors:
        code = detector.row.code
        hits: list[Hit] = []
        if any(run in shape for run in detector.needs):
            for probe in detector.probes:
                if (not probe.by_header or code in said) and any(cue in text for cue in probe.cues):
                    text = probe.pattern.sub(_taker(detector, probe, text, hits), text)
        if hits:
            ends = ends or list(accumulate(len(cell) + 1 for cell in text.split(END)))
            yield from ((code, *best) for best in _best_of_each_cell(hits, ends))


def _taker(detector: Detector, probe: Probe, text: str, hits: list[Hit]) -> Callable[[re.Match[str]], str]:
    """Return what looks at each match of a probe: adds it to ``hits``, and blanks what is claimed."""
    judge, group, claims = probe.judge, probe.pattern.groups, (Grade.OTHER, Grade.HOLDS, Grade.NAMED)

    def take(match: re.Match[str]) -> str:
        whole = match[0]
        start, end = match.span(group)
        first = text[start - 1] == END
        grade = judge(match, first and text[end] == END)
        if grade is None:
            return whole
        if grade is not Grade.OTHER:
            grade = grade if first else _with_words(detector, text, start, grade)
            if grade is None:
                return whole
            hits.append((start, grade, match[group]))
        if grade not in claims:
            return whole
        begin = start - match.start()
        return whole[:begin] + CLAIMED * (end - start) + whole[begin + end - start :]

    return take


def _with_words(detector: Detector, text: str, start: int, grade: Grade) -> Grade | None:
    """Return the grade that the words right before a value give it; None when they say it is something else."""
    if grade >= detector.promoted and detector.words.search(text, max(0, start - _AROUND), start):
        return Grade.NAMED
    return None if detector.not_words.search(text, max(0, start - _AROUND), start) else grade


def _best_of_each_cell(hits: list[Hit], ends: list[int]) -> Iterator[Hit]:
    """Yield of each cell its surest value, with the cell's number in place of the place."""
    best: dict[int, Hit] = {}
    for start, grade, value in hits:
        cell = bisect_right(ends, start) - 1
        if cell not in best or grade > best[cell][1]:
            best[cell] = (cell, grade, value)
    yield from best.values()
