"""Where one entry stands (同步情况): its place at every target, with the time at which that was proven."""

from __future__ import annotations

from typing import Any

from ckan import model

from ckanext.govshare.domain.mirror import RESTRICTING
from ckanext.govshare.domain.mirror_place import GONE, NARROWED, LedgerFacts, place_of
from ckanext.govshare.logic.mirror import changes, telling
from ckanext.govshare.mirror.targets import Target, all_targets
from ckanext.govshare.model import MirrorChange, MirrorLedgerRow


def of_entry(entry_id: str) -> list[dict[str, Any]]:
    """Return the entry's place at each target: the word, when it last changed here, when that was proven, what is wrong."""
    newest = changes.newest_of(model.Session(), entry_id)
    return [_place(target, entry_id, newest) for target in all_targets()]


def _place(target: Target, entry_id: str, newest: MirrorChange | None) -> dict[str, Any]:
    row = model.Session.get(MirrorLedgerRow, (target.name, entry_id), populate_existing=True)
    state = place_of(_facts(row, newest))
    proven = state in (GONE, NARROWED)
    return {
        "name": target.name,
        "title": target.title,
        "state": state,
        "label": telling.word("mirror_places", state),
        "asked_at": telling.instant(newest.at if newest else None),
        "at": telling.instant((row.gone_at if proven else row.sent_at) if row else None),
        "problem": telling.fault(row.problem) if row and row.shown < row.wanted else "",
    }


def _facts(row: MirrorLedgerRow | None, newest: MirrorChange | None) -> LedgerFacts | None:
    if newest is None:
        return None
    restricts = newest.kind in RESTRICTING
    if row is None:
        return LedgerFacts(newest.number or 0, restricts, 0, 0, False, False, False)
    return LedgerFacts(
        newest=newest.number or 0,
        newest_restricts=restricts,
        wanted=row.wanted,
        shown=row.shown,
        restricts=row.urgency == 0,
        is_dead=row.dead_at is not None,
        is_gone=bool((row.answer or {}).get("gone")),
    )
