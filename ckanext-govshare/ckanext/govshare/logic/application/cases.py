"""The cases of the application workflow: load and lock, let the domain decide, save with the journal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare import notices, rulebook, runtime
from ckanext.govshare.domain.application import APPLICATION, CLOSED, PROPOSAL, REPLIES, may_know
from ckanext.govshare.domain.application_needs import Given, Scope, unmet
from ckanext.govshare.domain.decision import Decision, Reason
from ckanext.govshare.domain.workflow import Actor
from ckanext.govshare.domain.workflow import Case as Facts
from ckanext.govshare.logic import moving, roles
from ckanext.govshare.logic.application import clock, effects, papers, supplementing
from ckanext.govshare.model import Application, ApplicationEntry, journal

Context = dict[str, Any]
DataDict = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One application, what it asks for, and who looks at it."""

    row: Application
    entries: tuple[ApplicationEntry, ...]
    actor: Actor

    @property
    def asked(self) -> Scope:
        """Columns asked for, by entry."""
        return {entry.entry_id: tuple(entry.columns) for entry in self.entries}


def load(context: Context, data_dict: DataDict, *, lock: bool = False) -> Case:
    """Load an application by id or number; 404 for whoever may not know of it."""
    wanted = str(toolkit.get_or_bust(data_dict, "id"))
    query = sa.select(Application).where(sa.or_(Application.id == wanted, Application.number == wanted))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = model.Session.scalar(query)
    user_id = roles.user_id_of(context)
    if row is None or not may_know(actor := actor_towards(user_id, row, lock=lock), row.applicant_id):
        model.Session.rollback()
        raise toolkit.ObjectNotFound(toolkit._("There is no such application."))
    return Case(row, _entries_of(row), actor)


def _entries_of(row: Application) -> tuple[ApplicationEntry, ...]:
    query = sa.select(ApplicationEntry).filter_by(application_id=row.id).order_by(ApplicationEntry.position)
    return tuple(model.Session.scalars(query))


def actor_towards(user_id: str, row: Application, *, lock: bool = False) -> Actor:
    """Return somebody as the workflow sees them: their offices, and whether they are the applicant."""
    actor = roles.actor_of(user_id, row.organization_id, lock=lock)
    return replace(actor, roles=actor.roles | {"applicant"}) if user_id == row.applicant_id else actor


def move(case: Case, data_dict: DataDict) -> Case:
    """Decide and take one move: the row is locked, the domain judges, everything is saved at once."""
    name = str(data_dict.get("move") or "")
    person, row = case.actor.person, case.row
    if moving.is_repeated(
        "application", row.id, row.version, data_dict.get("version"), person=person, move=name
    ):
        model.Session.rollback()
        return case
    moving.refuse_stale(case.row.version, data_dict.get("version"))
    given = read(data_dict)
    corrected = supplementing.read(row, case.entries, data_dict) if name == "supplement" else None
    defects = supplementing.defects(row, case.entries, corrected) if corrected else []
    moving.refuse_if(judge(case, name, given, defects))
    carry_out(case, name, given, corrected)
    model.Session.commit()
    return replace(case, entries=_entries_of(row))


def carry_out(case: Case, name: str, given: Given, corrected: supplementing.Correction | None = None) -> None:
    """Save what the domain allowed; the caller commits."""
    at, before = runtime.now(), case.row.state
    row = APPLICATION.move(name)
    assert row is not None  # noqa: S101 - the domain has just allowed it
    effects.write(case.row, name, given, case.actor.person, at)
    handed_in: list[str] = []
    if corrected is not None:
        supplementing.write(case.row, case.entries, corrected)
        handed_in = papers.hand_in(None, case.row.id, at)
    case.row.enter(row.target, at)
    if row.target in CLOSED:
        for entry in case.entries:
            entry.open = False
    clock.keep(case.row)
    _journal(case, name, before, given.note, handed_in)


def propose(case: Case, data_dict: DataDict) -> Case:
    """Keep the reply that a clerk drafts (拟答复); the head decides on it, or on another one."""
    moving.refuse_stale(case.row.version, data_dict.get("version"))
    name, given = str(data_dict.get("move") or ""), read(data_dict)
    lacking = () if name in REPLIES else (Reason("workflow.unknown_move", {"move": name}, "move"),)
    lacks = {"reply": (*lacking, *_what_the_reply_lacks(case, name, given))}
    moving.refuse_if(PROPOSAL.step(Facts(case.row.state, case.row.persons(), lacks), "propose", case.actor))
    row, at = case.row, runtime.now()
    row.proposal = effects.reply_of(name, given)
    row.proposed_by, row.proposed_at = case.actor.person, at
    row.enter(row.state, at)
    _journal(case, "propose", row.state, given.note)
    model.Session.commit()
    return case


def judge(case: Case, name: str, given: Given, defects: Iterable[Reason] = ()) -> Decision:
    """Return what the workflow says about one move."""
    lacks = {
        **unmet(clock.facts(case.row, case.asked), given, rulebook.application_limits()),
        "complete": tuple(defects),
    }
    return APPLICATION.step(Facts(case.row.state, case.row.persons(), lacks), name, case.actor)


def read(data_dict: Mapping[str, Any]) -> Given:
    """Return what comes with a move, as the domain judges it; what makes no sense counts as not given."""
    text = {name: str(data_dict.get(name) or "").strip() for name in _TEXTS}
    missing = data_dict.get("missing") or []
    lines = missing.splitlines() if isinstance(missing, str) else [str(line) for line in missing]
    days = str(data_dict.get("days") or "")
    return Given(
        **text,
        missing=tuple(line.strip() for line in lines if line.strip()),
        days=int(days) if days.isascii() and days.isdecimal() else 0,
        scope=_scope(data_dict.get("scope")),
        ends_on=_date(data_dict.get("ends_on")),
    )


_TEXTS = ("note", "elsewhere", "refusal_reason", "redirect_kind", "purpose", "terms_version")


def _scope(given: Any) -> Scope:
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            given = None
    if not isinstance(given, Mapping):
        return {}
    return {
        str(entry): tuple(str(name) for name in columns)
        for entry, columns in given.items()
        if isinstance(columns, (list, tuple))
    }


def _date(given: Any) -> date | None:
    try:
        return date.fromisoformat(str(given or ""))
    except ValueError:
        return None


def _what_the_reply_lacks(case: Case, name: str, given: Given) -> list[Reason]:
    row = APPLICATION.move(name)
    lacks = unmet(clock.facts(case.row, case.asked), given, rulebook.application_limits())
    return [reason for need in (row.needs if row else ()) for reason in lacks.get(need, ())]


def _journal(case: Case, name: str, before: str, note: str, handed_in: Iterable[str] = ()) -> None:
    row = case.row
    journal.record(
        model.Session,
        actor=case.actor.person,
        case_kind="application",
        case_id=row.id,
        organization_id=row.organization_id,
        move=name,
        from_state=before,
        to_state=row.state,
        note=note,
        facts={
            "version": row.version,
            "due_on": row.due_on.isoformat() if row.due_on else None,
            "calendar_version": row.calendar_version,
            **papers.journalled(handed_in),
            **moving.for_whom(case.actor, APPLICATION.move(name)),
        },
    )
    notices.tell_of_move(
        model.Session,
        case_kind="application",
        case_id=row.id,
        move=name,
        organization_id=row.organization_id,
        by=case.actor.person,
        authors=(row.applicant_id,),
        facts=told_facts(row),
    )


def told_facts(row: Application) -> DataDict:
    """Return what a notice of an application says: its number and its due day, and nothing of a person."""
    return {
        "number": row.number,
        "page": row.number,
        "due_on": row.due_on.isoformat() if row.due_on else "—",
    }
