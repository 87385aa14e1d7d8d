"""Pictures of rows as SVG made at the server: they print, need no script, and carry a title and a description."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10
from xml.sax.saxutils import escape

WIDTH, LINE_HEIGHT = 640, 26
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 12, 40
_HEIGHT = 300
_LABEL = 10  # characters of a category
_TICKS = 4

Value = tuple[str, float]
Point = tuple[float, float, str]


def bars(values: Sequence[Value], title: str, description: str, *, name: str = "chart") -> str:
    """Draw one bar for each value, in their order, words to the left; ``name`` is the picture's own on its page."""
    width, most = WIDTH - 170 - 90, max((abs(number) for _name, number in values), default=0) or 1
    rows = []
    for index, (word, number) in enumerate(values):
        y, length = index * LINE_HEIGHT + 4, abs(number) / most * width
        rows.append(
            f'<text class="gs-chart-word" x="162" y="{y + 15}" text-anchor="end">{_short(word)}</text>'
            f'<rect class="gs-chart-bar{" gs-chart-less" if number < 0 else ""}" x="170" y="{y}" width="{length:.1f}" height="18"/>'
            f'<text class="gs-chart-value" x="{176 + length:.1f}" y="{y + 15}">{plain(number)}</text>'
        )
    return _picture("".join(rows), len(values) * LINE_HEIGHT + 8, title, description, name)


def line(values: Sequence[Value], title: str, description: str) -> str:
    """Draw the values from left to right, in their order; a single one is a dot."""
    numbers = [number for _name, number in values]
    low, high, ticks = _scale(min(numbers, default=0), max(numbers, default=0))
    across, down = WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    step = across / max(len(values) - 1, 1)

    def height(number: float) -> float:
        return _TOP + down - (number - low) / (high - low) * down

    grid = "".join(
        f'<line class="gs-chart-grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{height(t):.1f}" y2="{height(t):.1f}"/>'
        f'<text class="gs-chart-value" x="{_LEFT - 8}" y="{height(t) + 4:.1f}" text-anchor="end">{plain(t)}</text>'
        for t in ticks
    )
    path = " ".join(f"{_LEFT + i * step:.1f},{height(number):.1f}" for i, number in enumerate(numbers))
    dots = "".join(
        f'<circle class="gs-chart-dot" cx="{_LEFT + i * step:.1f}" cy="{height(number):.1f}" r="3"/>'
        for i, number in enumerate(numbers)
    )
    shown = dots if len(values) <= 60 else ""  # noqa: PLR2004 - more of them would hide the line
    words = _words_below(values, step)
    drawing = f'{grid}<polyline class="gs-chart-line" points="{path}"/>{shown}{words}'
    return _picture(drawing, _HEIGHT, title, description)


def points(places: Sequence[Point], title: str, description: str) -> str:
    """Draw (longitude, latitude, name) as dots in a frame that is true to their distances."""
    if not places:
        return _picture("", LINE_HEIGHT, title, description)
    west, east = min(p[0] for p in places), max(p[0] for p in places)
    south, north = min(p[1] for p in places), max(p[1] for p in places)
    shrink = max(
        0.2, 1 - (abs(south + north) / 2 / 90) ** 2 * 0.9
    )  # a degree of longitude is shorter than one of latitude
    span = max((east - west) * shrink, (north - south) * 1.6, 1e-4)
    scale = (WIDTH - 48) / span
    height = max((north - south) * scale + 48, 160)
    middle = (WIDTH - (east - west) * shrink * scale) / 2
    dots = "".join(
        f'<circle class="gs-chart-place" cx="{middle + (lon - west) * shrink * scale:.1f}"'
        f' cy="{height / 2 + ((south + north) / 2 - lat) * scale:.1f}" r="4"><title>{escape(name)}</title></circle>'
        for lon, lat, name in places
    )
    frame = f'<rect class="gs-chart-frame" x="1" y="1" width="{WIDTH - 2}" height="{height - 2:.0f}"/>'
    corners = (
        f'<text class="gs-chart-value" x="10" y="{height - 10:.0f}">{west:.4f}, {south:.4f}</text>'
        f'<text class="gs-chart-value" x="{WIDTH - 10}" y="20" text-anchor="end">{east:.4f}, {north:.4f}</text>'
    )
    return _picture(frame + dots + corners, ceil(height), title, description)


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


def _words_below(values: Sequence[Value], step: float) -> str:
    """Write as many of the words as fit below the line, the first and the last among them."""
    every = max(ceil(len(values) / 4), 1)
    shown = [i for i in range(0, len(values), every) if i == 0 or len(values) - 1 - i >= every / 2]
    if len(values) > 1:
        shown.append(len(values) - 1)
    anchors = {0: "start", len(values) - 1: "end"}
    return "".join(
        f'<text class="gs-chart-word" x="{_LEFT + i * step:.1f}" y="{_HEIGHT - 14}"'
        f' text-anchor="{anchors.get(i, "middle")}">{_short(values[i][0])}</text>'
        for i in dict.fromkeys(shown)
    )


def _short(text: str) -> str:
    return escape(text if len(text) <= _LABEL else text[: _LABEL - 1] + "…")


def _picture(drawing: str, height: int, title: str, description: str, name: str = "chart") -> str:
    return (
        f'<svg class="gs-chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>{drawing}</svg>'
    )
