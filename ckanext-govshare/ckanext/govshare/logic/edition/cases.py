"""Editions as cases: load them, let the domain judge them, and write down what was done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare import notices, runtime
from ckanext.govshare.domain.decision import Decision, Reason, Refused
from ckanext.govshare.domain.desensitization.clearance import Output, finding_objections
from ckanext.govshare.domain.desensitization.plan import Plan, check_plan
from ckanext.govshare.domain.edition import EDITION, VOID
from ckanext.govshare.domain.edition_table import of_table
from ckanext.govshare.domain.release import EditionFacts, may_release_edition
from ckanext.govshare.domain.workflow import Actor
from ckanext.govshare.domain.workflow import Case as Facts
from ckanext.govshare.logic import reviews, roles
from ckanext.govshare.logic.edition import tables
from ckanext.govshare.model import Edition, EditionTable, Publication, journal

Context = dict[str, Any]
DataDict = dict[str, Any]

KIND = "edition"


@dataclass(frozen=True)
class EditionCase:
    """An edition, the entry's publication and its package."""

    row: Edition
    publication: Publication
    package: Any


def load(context: Context, edition_id: str, *, lock: bool = False) -> EditionCase:
    """Load an edition for an officer; 404 for everybody else. With ``lock`` publication and edition are locked."""
    row = model.Session.get(Edition, edition_id)
    if row is None or not roles.roles_of(roles.user_id_of(context), row.organization_id):
        raise toolkit.ObjectNotFound(toolkit._("There is no such edition."))
    return locked(row.id) if lock else of(row)


def locked(edition_id: str) -> EditionCase:
    """Lock publication and edition, in this order everywhere, and read both afresh."""
    row = model.Session.get(Edition, edition_id)
    model.Session.get(Publication, row.entry_id, with_for_update=True, populate_existing=True)
    row = model.Session.get(Edition, edition_id, with_for_update=True, populate_existing=True)
    return of(row)


def of_entry(entry_id: str) -> list[Edition]:
    """Return all editions of an entry, newest first."""
    query = sa.select(Edition).filter_by(entry_id=entry_id).order_by(Edition.number.desc())
    return list(model.Session.scalars(query))


def current(entry_id: str) -> Edition | None:
    """Return the newest released edition that has not been withdrawn."""
    query = (
        sa.select(Edition)
        .where(Edition.entry_id == entry_id, Edition.released_at.is_not(None), Edition.status != VOID)
        .order_by(Edition.number.desc())
        .limit(1)
    )
    return model.Session.scalar(query)


def of(row: Edition) -> EditionCase:
    """Return an edition with what belongs to it."""
    return EditionCase(row, model.Session.get(Publication, row.entry_id), model.Package.get(row.entry_id))


def judge(
    case: EditionCase,
    name: str,
    actor: Actor,
    *,
    note: str,
    review_objections: list[Reason] | None = None,
    new_plan: tuple[EditionTable, Plan] | None = None,
) -> Decision:
    """Let the table of moves decide, with everything that speaks against the move; ``new_plan`` is to be saved."""
    row = case.row
    unmet = {
        "note": () if note else (Reason("workflow.note_missing", field="note"),),
        "unreleased": _not_released(row),
        "released": () if row.released_at else (Reason("edition.not_released"),),
        "secrecy_review": tuple(review_objections or ()),
        "gate": gate(case) if name == "release" else (),
        **_table_unmet(row),
        **_plan_unmet(row),
        "new_plan": tuple(_plan_objections(*new_plan)) if new_plan else (),
    }
    persons = {
        "delivered": row.created_by,
        "declared": row.declared_by,
        "planned": row.planned_by,
        "checked": row.checked_by,
    }
    return EDITION.step(Facts(row.status, persons, unmet), name, actor)


def _not_released(row: Edition) -> tuple[Reason, ...]:
    if row.released_at:
        return (Reason("edition.released"),)
    return (Reason("edition.release_under_way"),) if row.asked_at else ()


def _table_unmet(row: Edition) -> dict[str, tuple[Reason, ...]]:
    return {
        "table": () if row.content_hash else (Reason("edition.not_read", {"intake": row.intake}),),
        "scan": () if row.scanned or not row.content_hash else (Reason("edition.not_scanned", field="scan"),),
        **{
            need: tuple(
                reason
                for table in row.tables
                for reason in of_table(
                    objections(table, tables.output(row, table)), tables.name_of(row, table)
                )
            )
            for need, objections in _OF_TABLES.items()
        },
    }


# What a move needs of every table → what one has against it.
_OF_TABLES: dict[str, Callable[[EditionTable, Output], Iterable[Reason]]] = {
    "scan_clean": lambda table, _out: finding_objections(tables.found(table.scan), None),
    "output_clean": lambda _table, out: finding_objections(out.findings or (), out.plan),
    "risk": lambda _table, out: out.risk.objections(out.plan.thresholds) if out.plan and out.risk else (),
    "masked": lambda _table, out: () if out.follows_plan else (Reason("release.not_masked", field="plan"),),
    "plan": lambda table, out: _plan_objections(table, out.plan) if out.plan else (),
}


def _plan_objections(table: EditionTable, plan: Plan) -> tuple[Reason, ...]:
    decision = check_plan(tables.read_columns(table), tables.found(table.scan), plan)
    return decision.reasons if isinstance(decision, Refused) else ()


def _plan_unmet(row: Edition) -> dict[str, tuple[Reason, ...]]:
    planned = any(table.plan is not None for table in row.tables)
    return {
        "no_plan": (Reason("edition.has_plan", field="plan"),) if planned else (),
        "has_plan": () if planned else (Reason("edition.no_plan", field="plan"),),
        "not_masking": (Reason("edition.masking"),) if row.mask_asked_at else (),
    }


def gate(case: EditionCase) -> tuple[Reason, ...]:
    """Return what the gate holds against releasing this edition, as everything stands now."""
    row = case.row
    decision = may_release_edition(
        EditionFacts(
            publication_state=case.publication.state,
            openness=case.publication.openness,
            content_hash=row.content_hash or "",
            desensitization=row.status,
            operator=row.declared_by or "",
            checker=row.checked_by or "",
            checked_hash=row.checked_hash or "",
            review=reviews.as_fact(reviews.newest(KIND, row.id)),
            outputs=tuple(tables.output(row, table) for table in row.tables),
            under_way=(Reason("edition.release_under_way"),) if row.asked_at else (),
        )
    )
    return decision.reasons if isinstance(decision, Refused) else ()


def record(
    row: Edition, person: str, name: str, before: str, after: str, *, note: str = "", facts: Any = None
) -> None:
    """Add a line to the journal, and tell whom the move concerns."""
    journal.record(
        model.Session,
        actor=person,
        case_kind=KIND,
        case_id=row.id,
        organization_id=row.organization_id,
        move=name,
        from_state=before,
        to_state=after,
        note=note,
        facts={
            "number": row.number,
            "content_hash": row.content_hash,
            "version": row.version,
            **(facts or {}),
        },
    )
    package = model.Package.get(row.entry_id)
    notices.tell_of_move(
        model.Session,
        case_kind=KIND,
        case_id=row.id,
        move=name,
        organization_id=row.organization_id,
        # What a job brought about is told to whoever asked for it as well.
        by=person if EDITION.move(name) else "",
        authors=(row.created_by, row.asked_by),
        facts={"title": package.title, "number": row.number, "page": f"{package.name}/edition/{row.number}"},
    )


def touch(row: Edition) -> None:
    """Count the write, for stale-write checks."""
    row.version += 1
    row.updated_at = runtime.now()
