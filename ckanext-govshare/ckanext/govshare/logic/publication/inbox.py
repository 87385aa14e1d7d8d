"""The inbox: publications and changes that somebody may handle, the longest waiting first."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare import runtime
from ckanext.govshare.domain.publication import DRAFT
from ckanext.govshare.logic import roles
from ckanext.govshare.model import Change, Publication

DataDict = dict[str, Any]


def page(
    user_id: str,
    *,
    state: str | None,
    organization: str | None,
    kind: str | None,
    words: str | None,
    offset: int,
    limit: int,
) -> DataDict:
    """Return one page of the cases that the user may handle, and how many wait in each state."""
    rows = _cases_table(kind)
    mine = (
        [rows.c.organization_id.in_(_departments(user_id))]
        if not roles.is_bureau(user_id)
        else [sa.or_(rows.c.state != DRAFT, rows.c.organization_id.in_(_departments(user_id)))]
    )
    if organization:
        group = model.Group.get(organization)
        mine.append(rows.c.organization_id == (group.id if group else organization))
    if words:
        mine.append(rows.c.title.icontains(words, autoescape=True))
    by_state = sa.select(rows.c.state, sa.func.count()).where(*mine).group_by(rows.c.state)
    counts = {row[0]: row[1] for row in model.Session.execute(by_state)}
    where = [*mine, rows.c.state == state] if state else mine
    wanted = sa.select(rows).where(*where).order_by(rows.c.updated_at, rows.c.id).offset(offset).limit(limit)
    titles = _organization_titles()
    return {
        "count": counts.get(state, 0) if state else sum(counts.values()),
        "counts": counts,
        "results": [
            {
                **row,
                "updated_at": runtime.in_shanghai(row["updated_at"]).isoformat(),
                "organization_title": titles.get(row["organization_id"], ""),
            }
            for row in model.Session.execute(wanted).mappings()
        ],
    }


def _cases_table(kind: str | None) -> Any:
    columns = (
        "entry_id",
        "organization_id",
        "title",
        "state",
        "version",
        "updated_at",
        "submitted_by",
        "submitted_at",
    )
    selects = {
        "publication": sa.select(
            sa.literal("publication").label("kind"),
            Publication.entry_id.label("id"),
            Publication.openness,
            *(getattr(Publication, name) for name in columns),
        ),
        "change": sa.select(
            sa.literal("change").label("kind"),
            Change.id,
            Change.content["openness"].astext.label("openness"),
            *(getattr(Change, name) for name in columns),
        ),
    }
    wanted = [selects[kind]] if kind in selects else list(selects.values())
    return sa.union_all(*wanted).subquery("cases")


def _departments(user_id: str) -> list[str]:
    held = roles.memberships(user_id)
    return [organization for organization, capacity in held.items() if capacity in roles.ROLE_OF_CAPACITY]


def _organization_titles() -> dict[str, str]:
    query = sa.select(model.Group.id, model.Group.title).where(model.Group.is_organization.is_(True))
    return {row[0]: row[1] for row in model.Session.execute(query)}
