"""Figures of applications that were counted already: they hold until a move is journalled or the day ends.

Every fact that a figure derives from is written with its journal row, and the journal's head moves with the commit, in
the order of commits. While head, day and calendar are the same, counting again would find the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ckan import model

from ckanext.govshare.domain.deadline import shanghai_date
from ckanext.govshare.domain.workdays import Calendar
from ckanext.govshare.logic.application import figures
from ckanext.govshare.model import chain

MOST = 500  # questions whose answers one process keeps


@dataclass(frozen=True)
class Counted:
    """The rows of :func:`figures.of_year` and the years with applications, as they were found ``at`` an instant."""

    at: datetime
    rows: tuple[tuple[int | None, str | None, figures.Figures], ...]
    years: tuple[int, ...]


_Stamp = tuple[Any, ...]
_kept: dict[tuple[_Stamp, _Stamp], Counted] = {}


def of_year(
    year: int, at: datetime, calendar: Calendar, *, organization_id: str = "", breakdown: bool = False
) -> Counted:
    """Return the figures of ``year`` as they stand ``at`` this instant, counted then or before; nobody may change them."""
    # The head first: what is committed after this look is counted, and counted again by the next.
    stamp = (chain.head(model.Session()), shanghai_date(at), calendar.version)
    asked = (year, organization_id, breakdown)
    found = _kept.get((stamp, asked))
    if found is None:
        rows = figures.of_year(year, at, calendar, organization_id=organization_id, breakdown=breakdown)
        found = Counted(at, tuple(rows), tuple(figures.years()))
        _keep(stamp, asked, found)
    return found


def _keep(stamp: _Stamp, asked: _Stamp, found: Counted) -> None:
    """Keep an answer; those of an earlier head are nobody's any more."""
    if len(_kept) >= MOST or any(of != stamp for of, _asked in _kept):
        _kept.clear()
    _kept[(stamp, asked)] = found
