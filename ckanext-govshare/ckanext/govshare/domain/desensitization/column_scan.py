"""One column under all detectors: batches become one text each, and what a detector finds no later one sees."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from ckanext.govshare.domain.desensitization import header
from ckanext.govshare.domain.desensitization.detectors import Detector
from ckanext.govshare.domain.desensitization.finding import Finding
from ckanext.govshare.domain.desensitization.plain_text import CLAIMED, END, joined
from ckanext.govshare.domain.desensitization.probe import Probe
from ckanext.govshare.domain.desensitization.sample import shown
from ckanext.govshare.domain.desensitization.tally import Grade, Tally
from ckanext.govshare.domain.desensitization.verdict import finding

_CLASSES = bytes.maketrans(
    b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    + bytes(range(0x80, 0xC0))
    + bytes(range(0xE3, 0xEA)),
    b"0" * 10 + b"A" * 52 + b"b" * 64 + b"c" * 7,
)
_AROUND = 16  # signs before a value in which words may say what it is

Hit = tuple[int, Grade, str]  # where it begins, grade, value


class ColumnScan:
    """What is known of one column so far."""

    def __init__(self, name: str, detectors: Sequence[Detector]) -> None:
        self._name = name
        self._detectors = detectors
        self._tallies = {detector.row.code: Tally() for detector in detectors}
        self._said = {
            detector.row.code: header.evidence(name, detector.row) == header.SAYS_SO for detector in detectors
        }
        self._cells = 0

    def feed(self, cells: Sequence[str | None], before: int) -> None:
        """Take the column's cells of one batch; ``before`` rows came earlier."""
        self._cells += len(cells) - cells.count(None) - cells.count("")
        text = joined(cells)
        shape = text.encode("utf-8", "surrogatepass").translate(_CLASSES, b" -")
        ends: list[int] = []
        for detector in self._detectors:
            if not any(run in shape for run in detector.needs):
                continue
            hits: list[Hit] = []
            for probe in detector.probes:
                if (not probe.by_header or self._said[detector.row.code]) and probe.cue in text:
                    text = search(detector, probe, text, hits)
            if hits:
                ends = ends or list(accumulate(len(cell) + 1 for cell in text.split(END)))
                self._count(detector, hits, ends, before)

    def _count(self, detector: Detector, hits: list[Hit], ends: list[int], before: int) -> None:
        tally = self._tallies[detector.row.code]
        for cell, grade, value in _best_of_each_cell(hits, ends):
            tally.take(grade, before + cell + 1, value, shown(value, detector.shown))

    def findings(self) -> Iterator[Finding]:
        """Yield the column's findings in order of priority."""
        for detector in self._detectors:
            tally = self._tallies[detector.row.code]
            found = finding(detector.row, self._name, tally, self._cells)
            if found:
                yield found


def search(detector: Detector, probe: Probe, text: str, hits: list[Hit]) -> str:
    """Return the text without what a probe claims, and add to ``hits`` what it met."""

    def take(match: re.Match[str]) -> str:
        group = match.lastindex or 0
        start, end = match.span(group)
        first = text[start - 1] == END
        grade = probe.judge(match, first and text[end] == END)
        if grade is None:
            return match[0]
        if grade is not Grade.OTHER:
            grade = grade if first else _with_words(detector, text, start, grade)
            if grade is None:
                return match[0]
            hits.append((start, grade, match[group]))
            if grade < Grade.HOLDS:
                return match[0]
        return match[0][: start - match.start()] + CLAIMED * (end - start) + match[0][end - match.start() :]

    return probe.pattern.sub(take, text)


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
