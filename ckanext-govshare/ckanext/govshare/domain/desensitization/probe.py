"""A probe: where one detector looks in a text, and how it judges what it meets."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ckanext.govshare.domain.desensitization.tally import Grade

Judge = Callable[[re.Match[str], bool], Grade | None]


@dataclass(frozen=True)
class Probe:
    """A pattern and a judge of its matches, who hears whether the match is the whole cell.

    The first group of the pattern, where it has one, is the value. One of the ``cues`` must stand in the text
    at all; a probe ``by_header`` is used only where the column's name says what it holds.
    """

    pattern: re.Pattern[str]
    judge: Judge
    cues: tuple[str, ...] = ("",)
    by_header: bool = False
