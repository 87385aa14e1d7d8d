"""Receive an application (收到申请): everything is judged at once, saved in one transaction, sent once however often.

The receipt is the commit: when the number is shown, the application is in the database.
"""

from __future__ import annotations

import secrets
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare import notices, runtime
from ckanext.govshare.domain.application import APPLICATION, DRAFT, SUBMITTED
from ckanext.govshare.domain.decision import Reason, Refused
from ckanext.govshare.domain.workflow import Actor, Case
from ckanext.govshare.logic import moving, roles
from ckanext.govshare.logic.application import cases, clock, drafts, form, numbers, papers, sealed
from ckanext.govshare.logic.errors import refuse
from ckanext.govshare.logic.grant import renewing
from ckanext.govshare.model import Application, ApplicationEntry, journal

Context = dict[str, Any]
DataDict = dict[str, Any]

LONGEST_KEY = 100


def receive(context: Context, data_dict: DataDict, key: str) -> Application:
    """Return the application that this form became, or became before under the same key."""
    user_id = roles.user_id_of(context)
    if key and (earlier := _by_key(user_id, key)):
        return earlier
    values = form.read(data_dict)
    rows = form.wanted(data_dict.get("entries"))
    packages = form.entries_of(context, rows, lock=True)
    for row, package in zip(rows, packages, strict=True):
        row["columns"] = row["columns"] or form.columns_of(package)
    renewed = renewing.followed(user_id, data_dict.get("renews"), [package.id for package in packages])
    try:
        _refuse_unless_complete(user_id, values, rows, packages)
    except toolkit.ValidationError:
        # The same form sent twice at once: what stands open since a moment ago is this very one.
        if key and (earlier := _by_key(user_id, key)):
            return earlier
        raise
    try:
        received, left = _save(user_id, values, list(zip(rows, packages, strict=True)), key)
        if renewed:
            renewing.note(received, renewed)
        model.Session.commit()
    except sa.exc.IntegrityError:
        # Somebody was faster: the same form sent twice at once, or two windows for the same entry.
        model.Session.rollback()
        if key and (earlier := _by_key(user_id, key)):
            return earlier
        refuse(Refused(tuple(form.already_open(user_id, packages))))
    papers.destroy(left)
    return received


def _refuse_unless_complete(
    user_id: str, values: DataDict, rows: list[DataDict], packages: list[Any]
) -> None:
    unmet: dict[str, tuple[Reason, ...]] = {
        "complete": (*form.defects(values, complete=True), *form.unknown_columns(rows, packages)),
        "eligible": tuple(form.eligibility(packages)),
        "none_open": tuple(form.already_open(user_id, packages)),
    }
    actor = Actor(user_id, frozenset({"applicant"}))
    decision = APPLICATION.step(Case(DRAFT, {}, unmet), "submit", actor)
    moving.refuse_if(decision)


def _save(
    user_id: str, values: DataDict, asked: list[tuple[DataDict, Any]], key: str
) -> tuple[Application, list[str]]:
    """Write the application with all that goes with it; return it and what of the vault is to be destroyed then."""
    row = _made(user_id, values, asked[0][1].owner_org, key)
    model.Session.add(row)
    model.Session.flush()
    model.Session.add_all(_entries(row, asked))
    drafts.remember(user_id, values)
    entry_ids = [package.id for _wanted, package in asked]
    draft_id = drafts.sent_from(user_id, key, entry_ids[0])
    handed_in = papers.hand_in(draft_id, row.id, row.received_at) if draft_id else []
    left = drafts.forget(user_id, entry_ids)
    _journal(row, handed_in)
    _tell(row)
    return row, left


def _made(user_id: str, values: DataDict, organization_id: str, key: str) -> Application:
    """Return the application as it was received now, its form sealed and its clock started."""
    at = runtime.now()
    row = Application(
        id=str(uuid4()),
        number=numbers.new("SQ"),
        organization_id=organization_id,
        applicant_id=user_id,
        applicant_kind=values["applicant_kind"],
        idempotency_key=key[:LONGEST_KEY] or secrets.token_hex(16),
        state=SUBMITTED,
        version=1,
        identity=sealed.identity(values),
        received_at=at,
        updated_at=at,
        supplement_missing=[],
        extension_reason="",
    )
    row.form = sealed.seal(values, row=row.id)
    clock.keep(row)
    return row


def _entries(row: Application, asked: list[tuple[DataDict, Any]]) -> list[ApplicationEntry]:
    return [
        ApplicationEntry(
            application_id=row.id,
            entry_id=package.id,
            applicant_id=row.applicant_id,
            position=position,
            title=package.title,
            columns=wanted["columns"],
            open=True,
        )
        for position, (wanted, package) in enumerate(asked)
    ]


def _journal(row: Application, handed_in: list[str]) -> None:
    journal.record(
        model.Session,
        actor=row.applicant_id,
        case_kind="application",
        case_id=row.id,
        organization_id=row.organization_id,
        move="submit",
        from_state="",
        to_state=SUBMITTED,
        facts={
            "version": 1,
            "due_on": str(row.due_on),
            "calendar_version": row.calendar_version,
            **papers.journalled(handed_in),
        },
        at=row.received_at,
    )


def _tell(row: Application) -> None:
    """Give the applicant the receipt, and tell the department."""
    told = {"case_kind": "application", "case_id": row.id, "facts": cases.told_facts(row)}
    notices.tell(model.Session, kind="application.receipt", recipient_user_id=row.applicant_id, **told)
    notices.tell_of_move(
        model.Session,
        move="submit",
        organization_id=row.organization_id,
        by=row.applicant_id,
        authors=(),
        **told,
    )


def _by_key(user_id: str, key: str) -> Application | None:
    query = sa.select(Application).filter_by(applicant_id=user_id, idempotency_key=key[:LONGEST_KEY])
    return model.Session.scalar(query)
