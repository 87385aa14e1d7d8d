"""Lists of applications: an officer's inbox, the oldest due first; an applicant's own, the newest first."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare import runtime
from ckanext.govshare.domain.application import ACCEPTED, OPEN
from ckanext.govshare.domain.application_duty import EXTENDING
from ckanext.govshare.domain.deadline_status import windows
from ckanext.govshare.logic import roles
from ckanext.govshare.logic.application import showing, waiting
from ckanext.govshare.logic.deadline import calendars
from ckanext.govshare.logic.journal import telling
from ckanext.govshare.model import Application, ApplicationEntry

DataDict = dict[str, Any]
WINDOWS = ("overdue", "due_today", "soon")


def mine(user_id: str, *, offset: int, limit: int) -> DataDict:
    """Return one page of what the caller has applied for, newest first."""
    where = [Application.applicant_id == user_id]
    count = model.Session.scalar(sa.select(sa.func.count()).select_from(Application).where(*where))
    return {**_page(where, _NEWEST, offset, limit), "count": count or 0}


def of_offices(
    user_id: str,
    *,
    state: str = "",
    organization: str = "",
    due: str = "",
    duty: str = "",
    extension: bool = False,
    drafted: bool = False,
    words: str = "",
    offset: int = 0,
    limit: int = 50,
) -> DataDict:
    """Return one page of what the caller's departments handle, the oldest due first, with counts by state.

    ``due`` is ``overdue``, ``due_today`` or ``soon`` (within three working days); ``duty`` leaves what waits for the user.
    """
    where: list[Any] = (
        [] if roles.is_bureau(user_id) else [Application.organization_id.in_(_offices(user_id))]
    )
    if organization:
        group = model.Group.get(organization)
        where.append(Application.organization_id == (group.id if group else organization))
    if due in WINDOWS:
        where += _due(due)
    if duty:
        where += waiting.waits_for(waiting.OF_NAME[duty], user_id)
    if extension:
        where += waiting.waits(EXTENDING)
    if drafted:
        where += [Application.proposed_at.is_not(None), Application.state == ACCEPTED]
    if words:
        where.append(_says(words))
    query = sa.select(Application.state, sa.func.count()).where(*where).group_by(Application.state)
    counts = {found[0]: found[1] for found in model.Session.execute(query)}
    states = OPEN if state == "open" else (state,) if state else tuple(counts)
    if state:
        where.append(Application.state.in_(states))
    count = sum(counts.get(code, 0) for code in states)
    return {**_page(where, _OLDEST_DUE, offset, limit, officer=True), "count": count, "counts": counts}


_NEWEST = (Application.received_at.desc(), Application.id)
_OLDEST_DUE = (Application.due_on.asc().nulls_last(), Application.received_at, Application.id)


def _page(
    where: list[Any], order: tuple[Any, ...], offset: int, limit: int, *, officer: bool = False
) -> DataDict:
    query = sa.select(Application).where(*where).order_by(*order).offset(offset).limit(limit)
    rows = list(model.Session.scalars(query))
    calendar = calendars.current()
    titles, offices = _titles([row.id for row in rows]), _office_titles({row.organization_id for row in rows})
    # The applicant deals with the department, not with its staff.
    names = telling.names(row.accepted_by for row in rows if row.accepted_by) if officer else {}
    return {
        "results": [
            {
                **showing.brief(row, titles.get(row.id, ""), offices.get(row.organization_id, ""), calendar),
                **({"in_hand": showing.in_hand(row, names)} if officer else {}),
            }
            for row in rows
        ],
    }


def _due(due: str) -> list[Any]:
    first, last = windows(runtime.now(), calendars.current())[due]
    found: list[Any] = [Application.state.in_(OPEN), Application.due_on.is_not(None)]
    found += [Application.due_on >= first] if first else []
    return found + ([Application.due_on <= last] if last else [])


def _says(words: str) -> Any:
    """Match a number from its beginning, or words of the entries' titles; names are sealed and not searched."""
    titled = sa.select(ApplicationEntry.application_id).where(
        ApplicationEntry.title.icontains(words, autoescape=True)
    )
    return sa.or_(Application.number.istartswith(words, autoescape=True), Application.id.in_(titled))


def _titles(ids: list[str]) -> dict[str, str]:
    query = (
        sa.select(ApplicationEntry.application_id, ApplicationEntry.title)
        .where(ApplicationEntry.application_id.in_(ids))
        .order_by(ApplicationEntry.position)
    )
    titles: dict[str, list[str]] = {}
    for row in model.Session.execute(query):
        titles.setdefault(row.application_id, []).append(row.title)
    return {key: "、".join(names) for key, names in titles.items()}


def _office_titles(ids: set[str]) -> dict[str, str]:
    query = sa.select(model.Group.id, model.Group.title).where(model.Group.id.in_(ids))
    return {row.id: row.title for row in model.Session.execute(query)}


def _offices(user_id: str) -> list[str]:
    held = roles.memberships(user_id)
    return [office for office, capacity in held.items() if capacity in roles.ROLE_OF_CAPACITY]
