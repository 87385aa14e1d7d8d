"""Journal lines about an application that are no moves: a look, a download, a report; it stays in its state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ckan import model

from ckanext.govshare.model import Application, journal


def note(
    row: Application,
    what: str,
    actor: str,
    *,
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> None:
    """Write down what happened to an application, by whom and why; the caller commits."""
    journal.record(
        model.Session,
        actor=actor,
        case_kind="application",
        case_id=row.id,
        organization_id=row.organization_id,
        move=what,
        from_state=row.state,
        to_state=row.state,
        note=reason,
        facts=facts,
        at=at,
    )
