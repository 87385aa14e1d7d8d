"""Carry out what the gate allowed: the card becomes public, a version is kept; or it is hidden at once."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare import runtime
from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.domain.openness import narrows
from ckanext.govshare.domain.publication import WITHDRAWN
from ckanext.govshare.domain.release import is_public
from ckanext.govshare.logic.entry import card
from ckanext.govshare.model import Publication, Version, outbox


def stored_content(package: Any) -> dict[str, Any]:
    """Return the card as CKAN holds it, without what only the workflows write."""
    values = {
        **dict(package.extras),
        **{name: getattr(package, name) for name in ("title", "notes", "owner_org", "license_id")},
        "tags": [{"name": tag.name} for tag in package.get_tags()],
    }
    content = card.card_of(values)
    return {name: value for name, value in content.items() if name not in card.workflow_fields()}


def newest_version(entry_id: str) -> int:
    """Return the number of the newest published version, 0 when there is none."""
    return model.Session.scalar(sa.select(sa.func.max(Version.number)).filter_by(entry_id=entry_id)) or 0


def newest_content(entry_id: str) -> dict[str, Any] | None:
    """Return the card as it was last published."""
    query = sa.select(Version.content).filter_by(entry_id=entry_id).order_by(Version.number.desc()).limit(1)
    return model.Session.scalar(query)


def title_objections(entry_id: str | None, organization_id: str, content: dict[str, Any]) -> list[Reason]:
    """Name the clash when another entry of the department already has this title."""
    title = str(content.get("title") or "")
    query = sa.select(Publication.entry_id).where(
        Publication.organization_id == organization_id,
        Publication.title == title,
        Publication.state != WITHDRAWN,
        Publication.entry_id.is_distinct_from(entry_id),
    )
    if model.Session.scalar(query):
        return [Reason("entry.title_taken", {"title": title[:80]}, "title")]
    return []


def publish(kind: str, row: Any, package: Any, content: dict[str, Any], person: str, at: datetime) -> None:
    """Make ``content`` the entry's public card and keep it as the next version.

    A narrower class (收窄) takes effect here and now: files and rows are served only while the publication
    says so, and the card stops naming files; then the index follows, then the DataStore's rows go.
    """
    publication = row if kind == "publication" else model.Session.get(Publication, row.entry_id)
    if kind == "change":
        if narrows(publication.openness, content["openness"]):
            _name_no_files(package)
        _write_card(package, content)
        publication.version += 1
        publication.updated_at = at
        publication.published_at = at
        # A narrower class takes files and rows away, a new title is seen on them.
        outbox.put(model.Session, "release", package.id)
    publication.openness = content["openness"]
    publication.title = content["title"]
    publication.first_published_at = publication.first_published_at or at
    day = runtime.in_shanghai(publication.first_published_at).date().isoformat()
    package.extras["first_published"] = day
    package.private = not is_public(publication.state, publication.openness)
    touch(package, at)
    model.Session.add(
        Version(
            entry_id=package.id,
            number=newest_version(package.id) + 1,
            content=content,
            published_by=person,
            published_at=at,
        )
    )


def hide(package: Any, at: datetime) -> None:
    """Take the entry out of the public's sight."""
    package.private = True
    touch(package, at)


def _name_no_files(package: Any) -> None:
    for resource in package.resources_all:
        resource.state = "deleted"


def _write_card(package: Any, content: dict[str, Any]) -> None:
    for name in ("title", "notes", "license_id"):
        setattr(package, name, content.get(name, ""))
    for field in card.extra_fields():
        if field.name in content:
            package.extras[field.name] = card.write_list(content[field.name])
        elif field.written_by != "workflow" and field.name != "resource_code":
            package.extras.pop(field.name, None)
    write_tags(package, [word for word in str(content.get("tag_string", "")).split(",") if word])


def write_tags(package: Any, words: list[str]) -> None:
    """Give the entry exactly these keywords."""
    held = {tag.name for tag in package.get_tags()}
    for word in held - set(words):
        package.remove_tag(model.Tag.by_name(word))
    for word in dict.fromkeys(words):
        if word not in held:
            package.add_tag_by_name(word)


def touch(package: Any, at: datetime) -> None:
    """Note that the card changed at ``at``."""
    # CKAN keeps naive UTC; package_show trusts the index only while this instant agrees.
    package.metadata_modified = at.astimezone(timezone.utc).replace(tzinfo=None)
    model.Session.add(package)
