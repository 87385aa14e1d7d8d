"""The log of what is taken by a grant (取用记录): each download and each call, counted for holder and department."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare import runtime
from ckanext.govshare.logic.application import noting
from ckanext.govshare.model import Application, Grant, GrantUse
from ckanext.govshare.model.grant_use import ROWS

SHOWN = 50


def record_file(
    row: Grant, person: str, *, door: str, edition: int, place: int, format_name: str, first_byte: int
) -> None:
    """Write down a download or a part of one; its beginning stands in the journal as well. The caller commits."""
    _add(row, door=door, edition=edition, place=place, format=format_name, first_byte=first_byte)
    if first_byte:
        return
    application = model.Session.get_one(Application, row.application_id)
    facts = {"grant": row.number, "edition": edition, "table": place, "format": format_name}
    noting.note(application, "download", person, facts=facts)


def record_rows(row: Grant, *, edition: int, place: int, rows: int) -> None:
    """Write down a call for rows; the caller commits."""
    _add(row, door=ROWS, edition=edition, place=place, format="json", rows=rows)


def _add(row: Grant, **facts: Any) -> None:
    model.Session.add(GrantUse(grant_id=row.id, at=runtime.now(), **facts))


def counts(grant_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return by grant how often it was used: ``{downloads, calls, last_at}``."""
    downloads = sa.func.count().filter(GrantUse.first_byte == 0)
    calls = sa.func.count().filter(GrantUse.door == ROWS)
    query = (
        sa.select(GrantUse.grant_id, downloads, calls, sa.func.max(GrantUse.at))
        .where(GrantUse.grant_id.in_(list(grant_ids)))
        .group_by(GrantUse.grant_id)
    )
    return {
        grant: {"downloads": files, "calls": rows, "last_at": runtime.in_shanghai(last).isoformat()}
        for grant, files, rows, last in model.Session.execute(query)
    }


NONE = {"downloads": 0, "calls": 0, "last_at": None}


def newest(grant_id: str) -> list[dict[str, Any]]:
    """Return the newest takings of a grant."""
    query = sa.select(GrantUse).filter_by(grant_id=grant_id).order_by(GrantUse.id.desc()).limit(SHOWN)
    return [
        {
            "at": runtime.in_shanghai(row.at).isoformat(),
            "door": row.door,
            "edition": row.edition,
            "table": row.place,
            "format": row.format,
            "first_byte": row.first_byte,
            "rows": row.rows,
        }
        for row in model.Session.scalars(query)
    ]
