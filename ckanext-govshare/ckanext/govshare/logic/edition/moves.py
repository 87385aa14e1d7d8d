"""Take one move of an edition: the domain decides, everything is saved with journal and outbox in one transaction."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ckan import model

from ckanext.govshare import runtime
from ckanext.govshare.domain.decision import Reason, Refused
from ckanext.govshare.domain.desensitization.plan import Plan
from ckanext.govshare.domain.edition import EDITION, target_of
from ckanext.govshare.domain.openness import UNCONDITIONAL
from ckanext.govshare.domain.workflow import Actor
from ckanext.govshare.logic import moving, reviews, roles
from ckanext.govshare.logic.edition import cases, masking, scanning, tables
from ckanext.govshare.logic.edition.cases import KIND, EditionCase
from ckanext.govshare.logic.edition.receiving import READ_AT_ONCE
from ckanext.govshare.logic.waking import wake
from ckanext.govshare.model import Edition, EditionTable, outbox

Context = dict[str, Any]
DataDict = dict[str, Any]
NewPlan = tuple[EditionTable, Plan]


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
    new_plan = _new_plan(case.row, data_dict) if name == "plan" and case.row.tables else None
    actor = roles.actor_of(person, case.row.organization_id, lock=True)
    moving.refuse_if(
        cases.judge(case, name, actor, note=note, review_objections=objections, new_plan=new_plan)
    )
    _save(case, name, actor, note, review=review, new_plan=new_plan)
    model.Session.commit()
    _follow(name, case.row.id, case.row.raw_size)


def _new_plan(row: Edition, data_dict: DataDict) -> NewPlan:
    """Return the plan that is given, and the table that it is for: the first one when none is named."""
    given = str(data_dict.get("table") or row.tables[0].place)
    table = tables.at(row, int(given)) if given.isascii() and given.isdigit() else None
    if table is None:
        moving.refuse_if(Refused((Reason("edition.no_such_table", {"place": given}, "table"),)))
    return table, _plan(data_dict.get("plan"))


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
    case: EditionCase,
    name: str,
    actor: Actor,
    note: str,
    *,
    review: DataDict | None,
    new_plan: NewPlan | None,
) -> None:
    row, at, person = case.row, runtime.now(), actor.person
    before, step = row.status, EDITION.move(name)
    given_up = tables.given_up(row) if name == "undo" else {}
    row.status = target_of(step, planned=bool(row.planned_by or new_plan)) if step else before
    if review is not None:
        reviews.write(KIND, row.id, person, review, row.content_hash or "", at)
    elif new_plan is not None:
        _save_plan(row, person, *new_plan)
    elif name in EFFECTS:
        EFFECTS[name](row, person, note)
    cases.touch(row)
    told = _methods(*new_plan) if new_plan else given_up
    facts = {**told, **moving.for_whom(actor, step)}
    cases.record(row, person, name, before, row.status, note=note, facts=facts)


def _save_plan(row: Edition, person: str, table: EditionTable, plan: Plan) -> None:
    """A new plan voids the check, and what was masked of its table by another one."""
    _unmask(row, table)
    table.plan, row.planned_by, row.planned_at = plan.as_dict(), person, runtime.now()
    _take_back(row, person, "")
    row.checked_by = row.checked_at = row.checked_hash = None


def _methods(table: EditionTable, plan: Plan) -> DataDict:
    """Return what the journal keeps of a plan: technique and parameters by column (GB/T 37964-2019)."""
    steps = {name: [step.method, dict(step.parameters)] for name, step in plan.columns.items()}
    return {"table": table.place, "methods": steps}


def _unmask(row: Edition, *unmasked: EditionTable) -> None:
    """Let the tables that were read be those that would become public."""
    for table in unmasked:
        if table.source:
            table.columns, table.rows, table.content_hash = (
                table.source[key] for key in ("columns", "rows", "content_hash")
            )
        table.masked = table.source = None
    row.content_hash = tables.hash_of(row)
    row.masked_at = row.mask_asked_at = row.progress = None


def _ask_to_mask(row: Edition, _person: str, _note: str) -> None:
    row.mask_asked_at, row.problem = runtime.now(), None
    outbox.put(model.Session, "edition_mask", row.id)


def _ask_to_scan(row: Edition, person: str, _note: str) -> None:
    _take_back(row, person, "")
    for table in row.tables:
        table.scan = None
    outbox.put(model.Session, "edition_scan", row.id)


def _undo(row: Edition, _person: str, _note: str) -> None:
    _unmask(row, *row.tables)
    for table in row.tables:
        table.plan = None
    row.planned_by = row.planned_at = None


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
