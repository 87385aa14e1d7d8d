"""Entries by the hundred: what is there, as the plan of an import knows it, and the one writer of new drafts.

A chunk is written by a handful of statements in the caller's transaction, with what CKAN's own form would
have written: the package, its membership, keywords, its publication and the first line of its journal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.govshare.domain.catalog_import import CHANGE_REQUEST, CHANGED, NEW, Existing, RowPlan
from ckanext.govshare.domain.publication import CHANGE_OVER, DRAFT, PUBLISHED
from ckanext.govshare.logic.entry import card
from ckanext.govshare.logic.entry.codes import allocate_codes
from ckanext.govshare.logic.entry.registering import follow
from ckanext.govshare.logic.entry.slug import unique_slugs
from ckanext.govshare.logic.publication import publishing
from ckanext.govshare.model import CatalogImportRow, Change, Publication, journal

CORE = ("title", "notes", "license_id")


class Stale(Exception):  # noqa: N818 - it tells of the plan
    """An entry left the drafts between plan and write; the chunk must be planned again."""


def existing_entries(
    organizations: Iterable[str], codes: Iterable[str] = (), titles: Iterable[str] | None = None
) -> list[Existing]:
    """Return the departments' entries, all or those with ``titles``, and all that hold one of ``codes``."""
    package = model.Package
    theirs = Publication.organization_id.in_(list(organizations))
    if titles is not None:
        theirs = sa.and_(theirs, Publication.title.in_(list(titles)))
    query = (
        sa.select(Publication, package.title, package.notes, package.license_id, package.extras)
        .join(package, package.id == Publication.entry_id)
        .where(package.state == "active", sa.or_(theirs, Publication.resource_code.in_(list(codes))))
    )
    rows = model.Session.execute(query).all()
    ids = [row.Publication.entry_id for row in rows]
    words, imported, changing = tag_words(ids), _imported(ids), _changing(ids)
    return [
        Existing(
            row.Publication.entry_id,
            row.Publication.organization_id,
            row.title,
            row.Publication.resource_code,
            row.Publication.state,
            row.Publication.entry_id in imported,
            card.card_of(
                {
                    **(row.extras or {}),
                    **{name: getattr(row, name) for name in CORE},
                    "tags": [{"name": word} for word in words.get(row.Publication.entry_id, ())],
                }
            ),
            row.Publication.entry_id in changing,
        )
        for row in rows
    ]


def tag_words(entry_ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the keywords of each entry, in order."""
    link, tag = model.PackageTag, model.Tag
    query = (
        sa.select(link.package_id, tag.name)
        .join(tag, tag.id == link.tag_id)
        .where(link.state == "active", link.package_id.in_(entry_ids))
        .order_by(tag.name)
    )
    words: dict[str, list[str]] = {}
    for entry_id, name in model.Session.execute(query):
        words.setdefault(entry_id, []).append(name)
    return words


def write(plans: Sequence[RowPlan], person: str, at: datetime) -> dict[int, str]:
    """Write what the plans say, in the caller's transaction; return row number → entry id.

    :raises sqlalchemy.exc.IntegrityError: a title, code or address was taken meanwhile
    """
    made = _write_new([plan for plan in plans if plan.outcome == NEW], person, at)
    for plan in plans:
        if plan.outcome == CHANGED:
            _write_draft(plan, person, at)
        elif plan.outcome == CHANGE_REQUEST:
            _propose(plan, person)
    model.Session.flush()
    return made | {plan.number: plan.entry_id for plan in plans if plan.entry_id}


def _write_new(plans: Sequence[RowPlan], person: str, at: datetime) -> dict[int, str]:
    if not plans:
        return {}
    ids = [str(uuid4()) for _ in plans]
    codes = _codes(plans)
    names = unique_slugs([plan.title for plan in plans])
    rows = [_package(*row, person, at) for row in zip(plans, ids, names, codes, strict=True)]
    model.Session.execute(sa.insert(model.Package.__table__), rows)
    model.Session.execute(
        sa.insert(model.Member.__table__),
        [_membership(row["id"], row["owner_org"]) for row in rows],
    )
    _write_tags({entry_id: _words(plan.values) for entry_id, plan in zip(ids, plans, strict=True)})
    for plan, entry_id, code in zip(plans, ids, codes, strict=True):
        _register(plan, entry_id, code, person, at)
    return {plan.number: entry_id for plan, entry_id in zip(plans, ids, strict=True)}


def _package(plan: RowPlan, entry_id: str, name: str, code: str, person: str, at: datetime) -> dict[str, Any]:
    naive = at.astimezone(timezone.utc).replace(tzinfo=None)
    return {
        "id": entry_id,
        "name": name,
        "title": plan.title,
        "notes": plan.values.get("notes"),
        "license_id": plan.values.get("license_id"),
        "type": "dataset",
        "owner_org": plan.organization_id,
        "creator_user_id": person,
        "metadata_created": naive,
        "metadata_modified": naive,
        "private": True,
        "state": "active",
        "extras": extras_of({**plan.values, "resource_code": code}),
    }


def extras_of(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields that CKAN keeps as extras, every value as text."""
    return {
        field.name: str(card.write_list(values[field.name]))
        for field in card.extra_fields()
        if values.get(field.name) not in (None, "", [])
    }


def _codes(plans: Sequence[RowPlan]) -> list[str]:
    """Return a resource code for each plan: the one the file gives, else the next of the department."""
    given = {str(plan.values["resource_code"]) for plan in plans if plan.values.get("resource_code")}
    wanted = Counter(plan.organization_id for plan in plans if not plan.values.get("resource_code"))
    pools = {organization: iter(_fresh(organization, count, given)) for organization, count in wanted.items()}
    return [
        str(plan.values.get("resource_code") or next(pools[plan.organization_id]))
        for plan in plans
        if plan.values.get("resource_code") or plan.organization_id in pools
    ]


def _fresh(organization_id: str, count: int, given: set[str]) -> list[str]:
    codes: list[str] = []
    while len(codes) < count:
        codes += [code for code in allocate_codes(organization_id, count - len(codes)) if code not in given]
    return codes


def _membership(entry_id: str, organization_id: str) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "table_name": "package",
        "table_id": entry_id,
        "capacity": "organization",
        "group_id": organization_id,
        "state": "active",
    }


def _words(values: Mapping[str, Any]) -> list[str]:
    return [word for word in str(values.get("tag_string") or "").split(",") if word]


def _write_tags(words_of: Mapping[str, Sequence[str]]) -> None:
    names = sorted({word for words in words_of.values() for word in words})
    if not names:
        return
    tag = model.Tag.__table__
    held = {name: tag_id for tag_id, name in model.Session.execute(_free_tags(names))}
    fresh = [{"id": str(uuid4()), "name": name} for name in names if name not in held]
    if fresh:
        model.Session.execute(insert(tag).on_conflict_do_nothing(), fresh)
        held |= {name: tag_id for tag_id, name in model.Session.execute(_free_tags(names))}
    links = [
        {"id": str(uuid4()), "package_id": entry_id, "tag_id": held[word], "state": "active"}
        for entry_id, words in words_of.items()
        for word in words
    ]
    model.Session.execute(sa.insert(model.PackageTag.__table__), links)


def _free_tags(names: Sequence[str]) -> Any:
    tag = model.Tag
    return sa.select(tag.id, tag.name).where(tag.vocabulary_id.is_(None), tag.name.in_(names))


def _register(plan: RowPlan, entry_id: str, code: str, person: str, at: datetime) -> None:
    model.Session.add(
        Publication(
            entry_id=entry_id,
            organization_id=plan.organization_id,
            title=plan.title,
            resource_code=code,
            openness=str(plan.values.get("openness") or ""),
            created_by=person,
            state=DRAFT,
            version=1,
            updated_at=at,
        )
    )
    _journal("publication", entry_id, plan.organization_id, "create", "", person, at)


def _write_draft(plan: RowPlan, person: str, at: datetime) -> None:
    package = model.Session.get(model.Package, plan.entry_id)
    publication = _locked(plan.entry_id, DRAFT)
    changed = {name: after for name, _before, after in plan.diff}
    for name in CORE:
        if name in changed:
            setattr(package, name, changed[name])
    package.extras.update(extras_of(changed))
    if "tag_string" in changed:
        publishing.write_tags(package, _words(changed))
    publishing.touch(package, at)
    model.Session.flush()
    follow(package, publication)
    _journal("publication", package.id, plan.organization_id, "edit", DRAFT, person, at)


def _locked(entry_id: str | None, state: str) -> Publication:
    row = model.Session.get(Publication, entry_id, with_for_update=True, populate_existing=True)
    if row is None or row.state != state:
        raise Stale(entry_id)
    return row


def _propose(plan: RowPlan, person: str) -> None:
    """Open a change request (变更申请): the public copy stays until the change is published."""
    _locked(plan.entry_id, PUBLISHED)
    package = model.Session.get(model.Package, plan.entry_id)
    content = publishing.stored_content(package) | {name: after for name, _before, after in plan.diff}
    change = Change(
        entry_id=package.id,
        organization_id=plan.organization_id,
        title=content["title"],
        base_version=publishing.newest_version(package.id),
        content=content,
        created_by=person,
        state=DRAFT,
        version=1,
    )
    model.Session.add(change)
    model.Session.flush()
    _journal("change", change.id, plan.organization_id, "create", "", person, None)


def _journal(
    kind: str, case_id: str, organization_id: str, move: str, before: str, person: str, at: datetime | None
) -> None:
    journal.record(
        model.Session,
        actor=person,
        case_kind=kind,
        case_id=case_id,
        organization_id=organization_id,
        move=move,
        from_state=before,
        to_state=DRAFT,
        at=at,
    )


def _imported(ids: Sequence[str]) -> set[str]:
    row = CatalogImportRow
    query = sa.select(row.entry_id).where(row.handled, row.outcome == NEW, row.entry_id.in_(ids))
    return set(model.Session.scalars(query))


def _changing(ids: Sequence[str]) -> set[str]:
    query = sa.select(Change.entry_id).where(Change.state.not_in(CHANGE_OVER), Change.entry_id.in_(ids))
    return set(model.Session.scalars(query))
