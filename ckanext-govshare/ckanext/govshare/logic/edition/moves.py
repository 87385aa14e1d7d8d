"""Take one move of an edition: the domain decides, everything is saved with journal and outbox in one transaction."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ckan import model

from ckanext.govshare import runtime
from ckanext.govshare.domain.desensitization.plan import Plan
from ckanext.govshare.domain.edition import EDITION, target_of
from ckanext.govshare.domain.openness import UNCONDITIONAL
from ckanext.govshare.domain.workflow import Actor
from ckanext.govshare.logic import moving, reviews, roles
from ckanext.govshare.logic.edition import cases, masking, scanning
from ckanext.govshare.logic.edition.cases import KIND, EditionCase
from ckanext.govshare.logic.edition.receiving import READ_AT_ONCE
from ckanext.govshare.logic.waking import wake
from ckanext.govshare.model import Edition, outbox

Context = dict[str, Any]
DataDict = dict[str, Any]


def move(context: Context, case: EditionCase, data_dict: DataDict) -> None:
    """Decide and take one move of a locked case."""
    name, seen = str(data_dict.get("move") or ""), data_dict.get("version")
    note = str(data_dict.get("note") or data_dict.get("reason") or "").strip()
    person = roles.user_id_of(context)
    if moving.is_repeated(KIND, case.row.id, case.row.version, seen, person=person, move=name):
        model.Session.rollback()
        return
    moving.refuse_stale(case.row.version, seen)
    review, objections = (
        reviews.read(data_dict.get("review"), UNCONDITIONAL) if name == "review" else (None, [])
    )
    plan = _plan(data_dict.get("plan")) if name == "plan" else None
    actor = roles.actor_of(person, case.row.organization_id, lock=True)
    moving.refuse_if(cases.judge(case, name, actor, note=note, review_objections=objections, plan=plan))
    _save(case, name, actor, note, review=review, plan=plan)
    model.Session.commit()
    _follow(name, case.row.id, case.row.raw_size)


def _plan(given: Any) -> Plan:
    """Read a plan as JSON or as plain data; what is no plan keeps every column."""
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            given = {}
    return Plan.from_dict(given if isinstance(given, dict) else {})


def _follow(name: str, edition_id: str, size: int) -> None:
    """Do at once what is short; the outbox holds it in any case."""
    work = {"mask": masking.mask, "scan": scanning.scan}
    if name in work and size <= READ_AT_ONCE:
        work[name](edition_id)
    elif name in (*work, "release", "withdraw"):
        wake()


def _save(
    case: EditionCase, name: str, actor: Actor, note: str, *, review: DataDict | None, plan: Plan | None
) -> None:
    row, at, person = case.row, runtime.now(), actor.person
    before, step = row.status, EDITION.move(name)
    given_up = {"plan": row.plan} if name == "undo" else None
    row.status = target_of(step, planned=row.plan is not None or plan is not None) if step else before
    if review is not None:
        reviews.write(KIND, row.id, person, review, row.content_hash or "", at)
    elif plan is not None:
        _save_plan(row, person, plan)
    elif name in EFFECTS:
        EFFECTS[name](row, person, note)
    cases.touch(row)
    told = _methods(row) if name == "plan" else given_up or {}
    facts = {**told, **moving.for_whom(actor, step)}
    cases.record(row, person, name, before, row.status, note=note, facts=facts)


def _save_plan(row: Edition, person: str, plan: Plan) -> None:
    """A new plan voids the check, and what was masked by another one."""
    _unmask(row)
    row.plan, row.planned_by, row.planned_at = plan.as_dict(), person, runtime.now()
    _take_back(row, person, "")
    row.checked_by = row.checked_at = row.checked_hash = None


def _methods(row: Edition) -> DataDict:
    """Return what the journal keeps of a plan: technique and parameters by column (GB/T 37964-2019)."""
    steps = (row.plan or {"columns": {}})["columns"]
    return {"methods": {name: [step["method"], step["parameters"]] for name, step in steps.items()}}


def _unmask(row: Edition) -> None:
    """Let the table that was read be the one that would become public."""
    if row.source:
        row.columns, row.rows, row.content_hash = (
            row.source[key] for key in ("columns", "rows", "content_hash")
        )
    row.masked = row.source = row.mask_asked_at = row.progress = None


def _ask_to_mask(row: Edition, _person: str, _note: str) -> None:
    row.mask_asked_at, row.problem = runtime.now(), None
    outbox.put(model.Session, "edition_mask", row.id)


def _ask_to_scan(row: Edition, person: str, _note: str) -> None:
    _take_back(row, person, "")
    row.scan = None
    outbox.put(model.Session, "edition_scan", row.id)


def _undo(row: Edition, _person: str, _note: str) -> None:
    _unmask(row)
    row.plan = row.planned_by = row.planned_at = None


def _answer_for(row: Edition, person: str, note: str) -> None:
    row.declared_by, row.declared_at, row.reason = person, runtime.now(), note


def _take_back(row: Edition, _person: str, _note: str) -> None:
    row.declared_by = row.declared_at = None


def _confirm(row: Edition, person: str, _note: str) -> None:
    row.checked_by, row.checked_at, row.checked_hash = person, runtime.now(), row.content_hash


def _ask_to_release(row: Edition, person: str, _note: str) -> None:
    row.asked_by, row.asked_at, row.problem = person, runtime.now(), None
    _bring_in_step(row, person, "")


def _bring_in_step(row: Edition, _person: str, _note: str) -> None:
    outbox.put(model.Session, "release", row.entry_id, {"edition": row.id})


# What a move writes beside the status.
EFFECTS: dict[str, Callable[[Edition, str, str], None]] = {
    "declare": _answer_for,
    "submit": _answer_for,
    "mask": _ask_to_mask,
    "scan": _ask_to_scan,
    "undo": _undo,
    "recall": _take_back,
    "reject": _take_back,
    "confirm": _confirm,
    "release": _ask_to_release,
    "withdraw": _bring_in_step,
}
