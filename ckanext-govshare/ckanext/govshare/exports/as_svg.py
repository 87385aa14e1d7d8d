"""Pictures of rows as SVG made at the server: they print, need no script, and carry a title and a description."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any
from xml.sax.saxutils import escape

_RIGHT, _TOP, _BOTTOM = 16, 12, 40
_HEIGHT = 300
_NUMBER = 100  # room for the number at the end of a bar
_LETTER = 8  # width of a digit
_LABEL = 10  # characters of a category
_TICKS = 4

Value = tuple[str, float]
Point = tuple[float, float, str]


@dataclass(frozen=True)
class Size:
    """For which width a picture is drawn; it grows and shrinks with its frame, and its words with it.

    ``beside``: room for the words left of the bars, 0 where they stand above them; ``below``: how many words a line
    has below it, beside the last.
    """

    code: str
    width: int
    row: int
    beside: int
    below: int


WIDE = Size("wide", 640, row=26, beside=162, below=4)
NARROW = Size("narrow", 320, row=46, beside=0, below=1)  # a phone: nothing shrinks, and words stay words
SIZES = (WIDE, NARROW)


def both(draw: Callable[..., str], values: Any, title: str, description: str, *, name: str = "chart") -> str:
    """Draw a picture for every width; the page shows the one that fits its frame (``rows.css``)."""
    return "".join(draw(values, title, description, name=name, size=size) for size in SIZES)


def bars(
    values: Sequence[Value], title: str, description: str, *, name: str = "chart", size: Size = WIDE
) -> str:
    """Draw one bar for each value, in their order; ``name`` is the picture's own on its page."""
    most = max((abs(number) for _name, number in values), default=0) or 1
    left = size.beside + 8 if size.beside else 0
    rows = []
    for index, (word, number) in enumerate(values):
        top, length = index * size.row + 4, abs(number) / most * (size.width - left - _NUMBER)
        words = f'x="{size.beside}" text-anchor="end"' if size.beside else 'x="0"'
        y = top if size.beside else top + 20
        rows.append(
            f'<text class="gs-chart-word" {words} y="{top + 15}">{_short(word)}</text>'
            f'<rect class="gs-chart-bar{" gs-chart-less" if number < 0 else ""}" x="{left}" y="{y}" width="{length:.1f}" height="18"/>'
            f'<text class="gs-chart-value" x="{left + 6 + length:.1f}" y="{y + 15}">{plain(number)}</text>'
        )
    return _picture("".join(rows), len(values) * size.row + 8, title, description, name, size)


def line(
    values: Sequence[Value], title: str, description: str, *, name: str = "chart", size: Size = WIDE
) -> str:
    """Draw the values from left to right, in their order; a single one is a dot."""
    numbers = [number for _name, number in values]
    low, high, ticks = _scale(min(numbers, default=0), max(numbers, default=0))
    left = max(len(plain(tick)) for tick in ticks) * _LETTER + 12
    across, down = size.width - left - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    step = across / max(len(values) - 1, 1)

    def height(number: float) -> float:
        return _TOP + down - (number - low) / (high - low) * down

    grid = "".join(
        f'<line class="gs-chart-grid" x1="{left}" x2="{size.width - _RIGHT}" y1="{height(t):.1f}" y2="{height(t):.1f}"/>'
        f'<text class="gs-chart-value" x="{left - 8}" y="{height(t) + 4:.1f}" text-anchor="end">{plain(t)}</text>'
        for t in ticks
    )
    path = " ".join(f"{left + i * step:.1f},{height(number):.1f}" for i, number in enumerate(numbers))
    dots = "".join(
        f'<circle class="gs-chart-dot" cx="{left + i * step:.1f}" cy="{height(number):.1f}" r="3"/>'
        for i, number in enumerate(numbers)
    )
    shown = dots if len(values) <= 60 else ""  # noqa: PLR2004 - more of them would hide the line
    words = _words_below(values, left, step, size.below)
    drawing = f'{grid}<polyline class="gs-chart-line" points="{path}"/>{shown}{words}'
    return _picture(drawing, _HEIGHT, title, description, name, size)


def points(
    places: Sequence[Point], title: str, description: str, *, name: str = "chart", size: Size = WIDE
) -> str:
    """Draw (longitude, latitude, name) as dots in a frame that is true to their distances."""
    if not places:
        return _picture("", size.row, title, description, name, size)
    west, east = min(p[0] for p in places), max(p[0] for p in places)
    south, north = min(p[1] for p in places), max(p[1] for p in places)
    shrink = max(
        0.2, 1 - (abs(south + north) / 2 / 90) ** 2 * 0.9
    )  # a degree of longitude is shorter than one of latitude
    span = max((east - west) * shrink, (north - south) * 1.6, 1e-4)
    scale = (size.width - 48) / span
    height = max((north - south) * scale + 48, 160)
    middle = (size.width - (east - west) * shrink * scale) / 2
    dots = "".join(
        f'<circle class="gs-chart-place" cx="{middle + (lon - west) * shrink * scale:.1f}"'
        f' cy="{height / 2 + ((south + north) / 2 - lat) * scale:.1f}" r="4"><title>{escape(place)}</title></circle>'
        for lon, lat, place in places
    )
    frame = f'<rect class="gs-chart-frame" x="1" y="1" width="{size.width - 2}" height="{height - 2:.0f}"/>'
    corners = (
        f'<text class="gs-chart-value" x="10" y="{height - 10:.0f}">{west:.4f}, {south:.4f}</text>'
        f'<text class="gs-chart-value" x="{size.width - 10}" y="20" text-anchor="end">{east:.4f}, {north:.4f}</text>'
    )
    return _picture(frame + dots + corners, ceil(height), title, description, name, size)


def plain(number: float) -> str:
    """Return a number as people read it: thousands parted, at most two decimals."""
    text = f"{number:,.2f}"
    return text.rstrip("0").rstrip(".") or "0"


def _scale(low: float, high: float) -> tuple[float, float, list[float]]:
    """Return a range of round numbers around the values, from zero where they are not far from it."""
    low = 0.0 if 0 <= low <= high * 0.7 or low == high >= 0 else low
    high = high if high > low else low + 1
    rough = (high - low) / _TICKS
    unit = 10 ** floor(log10(rough))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= rough)
    bottom, top = floor(low / step) * step, ceil(high / step) * step
    return bottom, top, [bottom + step * number for number in range(round((top - bottom) / step) + 1)]


def _words_below(values: Sequence[Value], left: int, step: float, count: int) -> str:
    """Write as many of the words as fit below the line, the first and the last among them."""
    every = max(ceil(len(values) / count), 1)
    shown = [i for i in range(0, len(values), every) if i == 0 or len(values) - 1 - i >= every / 2]
    if len(values) > 1:
        shown.append(len(values) - 1)
    anchors = {0: "start", len(values) - 1: "end"}
    return "".join(
        f'<text class="gs-chart-word" x="{left + i * step:.1f}" y="{_HEIGHT - 14}"'
        f' text-anchor="{anchors.get(i, "middle")}">{_short(values[i][0])}</text>'
        for i in dict.fromkeys(shown)
    )


def _short(text: str) -> str:
    return escape(text if len(text) <= _LABEL else text[: _LABEL - 1] + "…")


def _picture(drawing: str, height: int, title: str, description: str, name: str, size: Size) -> str:
    own = f"{name}-{size.code}"
    return (
        f'<svg class="gs-chart gs-chart-{size.code}" viewBox="0 0 {size.width} {height}" role="img"'
        f' aria-labelledby="{own}-title {own}-desc"><title id="{own}-title">{escape(title)}</title>'
        f'<desc id="{own}-desc">{escape(description)}</desc>{drawing}</svg>'
    )
