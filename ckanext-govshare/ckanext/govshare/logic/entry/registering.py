"""An entry's publication beside its card: born with it, in step with it while it is a draft."""

from __future__ import annotations

from typing import Any

from ckan import model

from ckanext.govshare.domain.publication import DRAFT
from ckanext.govshare.model import Publication, journal

Context = dict[str, Any]


def register(package: Any, context: Context) -> None:
    """Write the publication that an entry is born with, and its first line in the journal."""
    user = context.get("auth_user_obj") or model.User.get(str(context.get("user") or ""))
    person = str(getattr(user, "id", "") or "")
    model.Session.add(
        Publication(
            entry_id=package.id,
            organization_id=package.owner_org,
            title=package.title,
            resource_code=package.extras["resource_code"],
            openness=package.extras.get("openness", ""),
            created_by=person or None,
            state=DRAFT,
            version=1,
        )
    )
    journal.record(
        model.Session,
        actor=person,
        case_kind="publication",
        case_id=package.id,
        organization_id=package.owner_org,
        move="create",
        from_state="",
        to_state=DRAFT,
    )
    model.Session.flush()


def follow(package: Any, publication: Publication) -> None:
    """Bring the publication's copy of title, code and class in step with the draft's card."""
    seen = (publication.title, publication.resource_code, publication.openness)
    card_says = (package.title, package.extras["resource_code"], package.extras.get("openness", ""))
    if seen != card_says:
        publication.title, publication.resource_code, publication.openness = card_says
        publication.version += 1
        model.Session.flush()
