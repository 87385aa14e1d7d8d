"""An application as the pages and the API show it: to the applicant, to the department, to the bureau."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare import rulebook, runtime
from ckanext.govshare.domain.application import APPLICATION, PROPOSAL, is_with, waits_for
from ckanext.govshare.domain.application_duty import extension_waits
from ckanext.govshare.domain.application_needs import unmet_by_case
from ckanext.govshare.domain.decision import Refused
from ckanext.govshare.domain.workdays import Calendar
from ckanext.govshare.domain.workflow import Case as Facts
from ckanext.govshare.logic.application import clock, granting, papers, sealed
from ckanext.govshare.logic.application.cases import Case
from ckanext.govshare.logic.delegation.listing import acting_for
from ckanext.govshare.logic.errors import describe, language
from ckanext.govshare.logic.grant import renewing
from ckanext.govshare.logic.grant import showing as grants
from ckanext.govshare.logic.journal import telling
from ckanext.govshare.model import Application, ApplicationEntry, journal

DataDict = dict[str, Any]

# What the office does among itself; the applicant is told its outcome.
INTERNAL = ("propose", "reveal", "look", "ask_extension", "deny_extension")


def show(case: Case) -> DataDict:
    """Return one application; personal values are masked for everybody."""
    row = case.row
    values = sealed.unseal(row.form, row=row.id)
    officer = bool(case.actor.roles - {"applicant"})
    shown = {
        **_head(row, _title(case.entries)),
        "organization_title": _organization_title(row.organization_id),
        "applicant": {"kind": row.applicant_kind, "name": sealed.name_of(values)},
        "mine": case.actor.person == row.applicant_id,
        "roles": sorted(case.actor.roles),
        "form": sealed.shown(values),
        "entries": _entries(case.entries),
        "attachments": papers.listed(papers.of_application(row, case.actor.person)),
        "deadline": clock.shown(row),
        "supplement": _supplement(row),
        "extension": _extension(row, officer=officer),
        "reply": row.reply,
        "moves": [_offer(case, move.name) for move in APPLICATION.moves if "system" not in move.roles],
        "history": _history(row, officer=officer),
        "grants": grants.listed(granting.of_application(row.id), case.actor),
        "renews": renewing.renewed_by(row.id),
    }
    if officer:
        shown["acting_for"] = acting_for(case.actor, APPLICATION)
        shown["waits_for"] = _waits_for(row)
        shown["proposal"] = row.proposal
        shown["may_propose"] = bool(PROPOSAL.step(Facts(row.state, row.persons(), {}), "propose", case.actor))
        shown["earlier"] = _earlier(row)
    return shown


def brief(row: Application, title: str, organization_title: str, calendar: Calendar) -> DataDict:
    """Return an application as a line of a list; the name is masked."""
    values = sealed.unseal(row.form, row=row.id)
    return {
        **_head(row, title),
        "organization_title": organization_title,
        "applicant": {"kind": row.applicant_kind, "name": sealed.name_of(values)},
        "left": clock.left(row, calendar),
        "waits_for": _waits_for(row),
    }


def in_hand(row: Application, names: Mapping[str, str]) -> DataDict | None:
    """Return who has an open application in hand, in a word, and the clerk who received it where it is theirs."""
    role = is_with(row.state, **_pending(row))
    if not role:
        return None
    person = names.get(row.accepted_by or "", "") if role == "clerk" else ""
    return {"role": role, "label": rulebook.words("roles")[role][language()], "person": person}


def _waits_for(row: Application) -> str:
    return waits_for(row.state, **_pending(row))


def _pending(row: Application) -> dict[str, bool]:
    asked, decided = row.extension_asked_at is not None, row.extension_decided_at is not None
    pending = extension_waits(asked=asked, decided=decided, due_on=row.due_on, today=clock.today())
    return {"extension_pending": pending, "drafted": row.proposal is not None}


def _head(row: Application, title: str) -> DataDict:
    return {
        "kind": "application",
        "id": row.id,
        "number": row.number,
        "title": title,
        "state": row.state,
        "version": row.version,
        "organization_id": row.organization_id,
        "received_at": _instant(row.received_at),
        "updated_at": _instant(row.updated_at),
        "accepted_at": _instant(row.accepted_at),
        "decided_at": _instant(row.decided_at),
        "closed_at": _instant(row.closed_at),
        "due_on": row.due_on.isoformat() if row.due_on else None,
    }


def _title(entries: Iterable[ApplicationEntry]) -> str:
    return "、".join(entry.title for entry in entries)


def _entries(entries: Iterable[ApplicationEntry]) -> list[DataDict]:
    ids = [entry.entry_id for entry in entries]
    query = sa.select(model.Package.id, model.Package.name).where(model.Package.id.in_(ids))
    names = {row.id: row.name for row in model.Session.execute(query)}
    return [
        {
            "id": entry.entry_id,
            "name": names.get(entry.entry_id, ""),
            "title": entry.title,
            "columns": entry.columns,
        }
        for entry in entries
    ]


def _organization_title(organization_id: str) -> str:
    query = sa.select(model.Group.title).where(model.Group.id == organization_id)
    return model.Session.scalar(query) or ""


def _supplement(row: Application) -> DataDict | None:
    if row.supplement_asked_at is None:
        return None
    return {
        "asked_at": _instant(row.supplement_asked_at),
        "missing": row.supplement_missing,
        "due_on": row.supplement_due_on.isoformat() if row.supplement_due_on else None,
        "received_at": _instant(row.supplement_received_at),
    }


def _extension(row: Application, *, officer: bool) -> DataDict | None:
    if row.extension_asked_at is None or not (officer or row.extension_granted):
        return None
    return {
        "asked_at": _instant(row.extension_asked_at),
        "days": row.extension_days,
        "reason": row.extension_reason,
        "decided_at": _instant(row.extension_decided_at),
        "granted": row.extension_granted,
    }


def _offer(case: Case, name: str) -> DataDict:
    # What comes with the move is asked for by its form, not held against it.
    row = APPLICATION.move(name)
    lacks = unmet_by_case(clock.facts(case.row, case.asked), rulebook.application_limits())
    decision = APPLICATION.step(Facts(case.row.state, case.row.persons(), lacks), name, case.actor)
    reasons = decision.reasons if isinstance(decision, Refused) else ()
    return {
        "name": name,
        "label": rulebook.words("application_moves")[name][language()],
        "needs": list(row.needs) if row else [],
        "clock": row.clock if row else "",
        "allowed": not reasons,
        "possible": bool(row) and case.row.state in row.sources,
        "reasons": [describe(reason) for reason in reasons],
    }


def _history(row: Application, *, officer: bool) -> list[DataDict]:
    lines = [
        line
        for line in journal.history(model.Session, "application", row.id)
        if officer or line.move not in INTERNAL
    ]
    who = telling.actors(lines) if officer else {}
    words = rulebook.words("application_moves")
    return [
        {
            "at": _instant(line.at),
            # The applicant deals with the department, not with its staff.
            "actor": who.get(line.id, "") if line.actor != row.applicant_id else "",
            "by_applicant": line.actor == row.applicant_id,
            "move": line.move,
            "label": words.get(line.move, {}).get(language(), line.move),
            "from_state": line.from_state,
            "to_state": line.to_state,
            "note": line.note,
        }
        for line in lines
    ]


def _earlier(row: Application) -> list[DataDict]:
    """Return what the same person or body has asked of this department before."""
    query = (
        sa.select(Application.number, Application.state, Application.received_at, ApplicationEntry.title)
        .join(ApplicationEntry, ApplicationEntry.application_id == Application.id)
        .where(
            Application.identity == row.identity,
            Application.organization_id == row.organization_id,
            Application.id != row.id,
        )
        .order_by(Application.received_at.desc())
        .limit(20)
    )
    return [
        {
            "number": found.number,
            "state": found.state,
            "received_at": _instant(found.received_at),
            "title": found.title,
        }
        for found in model.Session.execute(query)
    ]


def _instant(instant: Any) -> str | None:
    return runtime.in_shanghai(instant).isoformat() if instant else None
