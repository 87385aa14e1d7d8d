"""Drafts (草稿): what an applicant has typed so far, saved step by step, theirs alone until it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.govshare import rulebook, runtime
from ckanext.govshare.logic.application import form, papers, sealed
from ckanext.govshare.logic.errors import describe
from ckanext.govshare.model import ApplicantProfile, ApplicationDraft

DataDict = dict[str, Any]


def find(user_id: str, entry_id: str) -> ApplicationDraft | None:
    """Return the applicant's draft for an entry."""
    query = sa.select(ApplicationDraft).filter_by(applicant_id=user_id, entry_id=entry_id)
    return model.Session.scalar(query)


def touched(user_id: str, package: Any) -> str:
    """Return the id of the draft, made when there is none and locked until the end of the transaction."""
    row = find(user_id, package.id)
    draft_id = row.id if row else str(save(user_id, package, {})["id"])
    model.Session.execute(sa.update(ApplicationDraft).filter_by(id=draft_id).values(updated_at=runtime.now()))
    return draft_id


def show(user_id: str, package: Any) -> DataDict:
    """Return the draft with what it still lacks; before the first save, what the profile and the entry suggest."""
    row = find(user_id, package.id)
    values = sealed.unseal(row.form, row=row.id, column=sealed.DRAFT) if row else _fresh(user_id, package)
    return {
        "id": row.id if row else "",
        "entry": {"id": package.id, "name": package.name, "title": package.title},
        "values": {key: value for key, value in values.items() if key not in ("entries", "renews")},
        "entries": values.get("entries") or [],
        "renews": values.get("renews", ""),
        "defects": [describe(reason) for reason in form.defects(values, complete=True)],
        "saved": bool(row),
        "attachments": papers.listed(papers.of_draft(row.id), full=True) if row else [],
    }


def save(user_id: str, package: Any, data_dict: DataDict) -> DataDict:
    """Keep what was given over what was typed before; gaps may stay, and so may mistakes until it is sent."""
    known = show(user_id, package)
    values = {**known["values"], **form.read(data_dict)}
    values["entries"] = form.wanted(data_dict["entries"]) if "entries" in data_dict else known["entries"]
    values["renews"] = str(data_dict.get("renews", known["renews"]) or "")
    draft_id = known["id"] or str(uuid4())
    blob = sealed.seal(values, row=draft_id, column=sealed.DRAFT)
    # Two windows of one applicant may save at once: the row that came first stays, with its id.
    statement = insert(ApplicationDraft).values(
        id=draft_id, applicant_id=user_id, entry_id=package.id, form=blob, updated_at=runtime.now()
    )
    model.Session.execute(statement.on_conflict_do_nothing(constraint="govshare_application_draft_entry"))
    row = find(user_id, package.id)
    assert row is not None  # noqa: S101 - it was there or has just been made
    row.form = sealed.seal(values, row=row.id, column=sealed.DRAFT)
    row.updated_at = runtime.now()
    model.Session.commit()
    return show(user_id, package)


def remember(user_id: str, values: Mapping[str, Any]) -> None:
    """Keep what the applicant said about themselves for the next time; written with the application."""
    steps = {field.name: field.step for field in rulebook.application_fields()}
    own = {name: value for name, value in values.items() if steps.get(name) == sealed.APPLICANT_STEP}
    row = model.Session.get(ApplicantProfile, user_id)
    blob = sealed.seal(own, row=user_id, column=sealed.PROFILE)
    if row is None:
        model.Session.add(ApplicantProfile(user_id=user_id, form=blob, updated_at=runtime.now()))
    else:
        row.form, row.updated_at = blob, runtime.now()


def sent_from(user_id: str, key: str, entry_id: str) -> str | None:
    """Return the draft that is being sent: the one that ``key`` names, else the one for the first entry."""
    mine = sa.select(ApplicationDraft.id).filter_by(applicant_id=user_id)
    return model.Session.scalar(mine.filter_by(id=key)) or model.Session.scalar(
        mine.filter_by(entry_id=entry_id)
    )


def forget(user_id: str, entry_ids: list[str]) -> list[str]:
    """Take away the drafts that have been sent, written with the application.

    Papers that lay with other drafts for the same entries go too: returns their parts of the vault, to be destroyed
    after the commit.
    """
    sent = sa.select(ApplicationDraft.id).where(
        ApplicationDraft.applicant_id == user_id, ApplicationDraft.entry_id.in_(entry_ids)
    )
    draft_ids = list(model.Session.scalars(sent))
    left = papers.forget(draft_ids)
    model.Session.execute(sa.delete(ApplicationDraft).where(ApplicationDraft.id.in_(draft_ids)))
    return left


def _fresh(user_id: str, package: Any) -> DataDict:
    profile = model.Session.get(ApplicantProfile, user_id)
    known = sealed.unseal(profile.form, row=user_id, column=sealed.PROFILE) if profile else {}
    return {**known, "entries": [{"id": package.id, "columns": form.columns_of(package)}]}
