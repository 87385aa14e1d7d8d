"""Entries whose data are late (逾期未更新): the update cycle they promise against their last edition."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare import rulebook
from ckanext.govshare.domain.freshness import is_late, update_due
from ckanext.govshare.domain.publication import PUBLISHED
from ckanext.govshare.model import Publication
from ckanext.govshare.runtime import in_shanghai, now

Late = dict[str, Any]


def cycle_days(cycle: str) -> int | None:
    """Return the longest time between two updates of a cycle; None when it promises nothing."""
    term = rulebook.vocabulary("update_cycle").by_code.get(cycle)
    days = term.facts.get("days") if term else None
    return int(str(days)) if days else None


def due_of(updated: str, cycle: str) -> date | None:
    """Return the day by which an entry's data had to be updated, once it has passed in Shanghai; else None."""
    try:
        last = date.fromisoformat(updated[:10])
    except ValueError:
        return None
    days = cycle_days(cycle)
    return update_due(last, days) if is_late(last, days, in_shanghai(now()).date()) else None


def late_entries(organizations: Collection[str] | None) -> list[Late]:
    """Return the published entries of these departments (None: of all) that are late, the longest late first."""
    today = in_shanghai(now()).date()
    found = []
    for name, title, owner, updated, cycle in model.Session.execute(_published(organizations)):
        due = due_of(updated, cycle)
        if due:
            found.append(
                {
                    "name": name,
                    "title": title,
                    "organization_id": owner,
                    "update_cycle": cycle,
                    "data_updated": updated[:10],
                    "due": due.isoformat(),
                    "days_late": (today - due).days,
                }
            )
    return sorted(found, key=lambda row: (-row["days_late"], row["name"]))


def _published(organizations: Collection[str] | None) -> Any:
    package = model.Package
    updated, cycle = package.extras["data_updated"].astext, package.extras["update_cycle"].astext
    query = (
        sa.select(package.name, package.title, package.owner_org, updated, cycle)
        .join(Publication, Publication.entry_id == package.id)
        .where(Publication.state == PUBLISHED, package.state == "active")
        .where(updated.is_not(None), cycle.is_not(None))
    )
    return query if organizations is None else query.where(package.owner_org.in_(organizations))
