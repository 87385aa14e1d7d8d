"""What a person should look at before a column stays text: nothing here changes a value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ckanext.govshare.intake.column_types import NEARLY, TOTALS, UNITS
from ckanext.govshare.intake.findings import Finding

FEW = 1000  # rows by which a column is suspected at all
SUSPECTED, NEARLY_ALL = 0.5, 0.8  # shares of its cells

Text = tuple[int, str, str, bool]  # position, name, SQL of the cell, whether it names an identifier
Ask = Callable[..., tuple[Any, ...]]


def doubts(ask: Ask, source: str, first_cells: Sequence[str], texts: Sequence[Text]) -> list[Finding]:
    """Return what is doubtful about the text columns; ``ask`` answers aggregates over ``source``."""
    return [
        *_totals(ask, first_cells),
        *_nearly_typed(ask, source, [text for text in texts if not text[3]]),
        *_spaces(ask, texts),
    ]


def _totals(ask: Ask, cells: Sequence[str]) -> list[Finding]:
    """Report rows that sum up others: they stay, but who adds the column up counts twice."""
    condition = " OR ".join(f"coalesce({TOTALS.replace('{c}', cell)}, false)" for cell in cells)
    first, count = ask([f"min(n) FILTER (WHERE {condition})", f"count(*) FILTER (WHERE {condition})"])
    return [Finding("total_rows", first, 0, {"count": count})] if count else []


def _nearly_typed(ask: Ask, source: str, texts: Sequence[Text]) -> list[Finding]:
    """Report columns of which nearly all cells are numbers, dates or amounts with 万 or 亿."""
    wanted = [(text, code, test) for text in texts for code, test in (*NEARLY, ("units_as_text", UNITS))]
    conditions = [f"({test.replace('{c}', text[2])})" for text, _code, test in wanted]
    if not wanted:
        return []
    few = f"(SELECT * FROM {source} LIMIT {FEW})"  # noqa: S608 - our own SQL
    shares = ask(
        [
            f"avg(CASE WHEN {condition} THEN 1.0 ELSE 0 END) FILTER (WHERE {text[2]} IS NOT NULL)"
            for condition, (text, _code, _test) in zip(conditions, wanted, strict=True)
        ],
        few,
    )
    return [
        finding
        for share, condition, (text, code, _test) in zip(shares, conditions, wanted, strict=True)
        if share is not None and share >= SUSPECTED
        for finding in _proven(ask, text, code, condition)
    ]


def _proven(ask: Ask, text: Text, code: str, condition: str) -> list[Finding]:
    position, name, cell, _identifier = text
    filled, fitting, misfit = ask(
        [
            f"count({cell})",
            f"count(*) FILTER (WHERE {condition})",
            f"min(n) FILTER (WHERE {cell} IS NOT NULL AND NOT ({condition}))",
        ]
    )
    if fitting < filled * NEARLY_ALL:
        return []
    count = fitting if code == "units_as_text" else filled - fitting
    return [
        Finding(code, 0 if code == "units_as_text" else misfit or 0, position, {"name": name, "count": count})
    ]


def _spaces(ask: Ask, texts: Sequence[Text]) -> list[Finding]:
    """Report text that begins or ends with blanks; it stays as it is."""
    if not texts:
        return []
    counts = ask([f"count(*) FILTER (WHERE {cell} <> trim({cell}, ' \t　'))" for _p, _n, cell, _i in texts])
    return [
        Finding("surrounding_space", 0, position, {"name": name, "count": count})
        for (position, name, _cell, _identifier), count in zip(texts, counts, strict=True)
        if count
    ]
