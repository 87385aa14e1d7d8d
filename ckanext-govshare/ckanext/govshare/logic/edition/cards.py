"""Editions as the pages and the API show them: to the public what was released, to officers the whole case."""

from __future__ import annotations

from typing import Any

from ckan import model

from ckanext.govshare import rulebook, runtime
from ckanext.govshare.domain.decision import Reason, Refused
from ckanext.govshare.domain.edition import (
    AWAITING_CHECK,
    CLEARED,
    EDITION,
    READ,
    REJECTED,
    UNREADABLE,
    VOID,
    WAITING,
)
from ckanext.govshare.domain.edition_table import IN_TABLE
from ckanext.govshare.exports.formats import BY_NAME
from ckanext.govshare.logic import reviews, roles
from ckanext.govshare.logic.delegation.listing import acting_for
from ckanext.govshare.logic.edition import artifacts, clearing_card, suggesting, tables, urls
from ckanext.govshare.logic.edition.cases import KIND, EditionCase, gate, judge
from ckanext.govshare.logic.errors import describe, language, sentence
from ckanext.govshare.logic.journal import telling
from ckanext.govshare.logic.places import told
from ckanext.govshare.model import Artifact, Edition, EditionTable, journal

Context = dict[str, Any]
DataDict = dict[str, Any]


def public(row: Edition, package: Any) -> DataDict:
    """Return a released edition as everyone may see it, its files in the order of offer."""
    return {
        "id": row.id,
        "number": row.number,
        "released_at": _at(row.released_at),
        "rows": row.rows,
        "tables": [_table(row, table) for table in row.tables],
        "files": _files(row, package) if row.status != VOID else [],
        "withdrawn": row.status == VOID,
    }


def _table(row: Edition, table: EditionTable) -> DataDict:
    return {
        "table": table.place,
        "name": tables.name_of(row, table),
        "rows": table.rows,
        "columns": table.columns,
    }


def brief(row: Edition, package: Any) -> DataDict:
    """Return an edition as a line of the officers' list."""
    return {
        **public(row, package),
        "status": row.status,
        "intake": row.intake,
        "filename": row.filename,
        "created_at": _at(row.created_at),
        "created_by": _person(row.created_by),
        "releasing": bool(row.asked_at and not row.released_at),
    }


def show(context: Context, case: EditionCase, *, preview: bool) -> DataDict:
    """Return the whole case, with every move and for each closed one why."""
    row = case.row
    actor = roles.actor_of(roles.user_id_of(context), row.organization_id)
    return {
        **brief(row, case.package),
        "kind": KIND,
        "entry": {"id": row.entry_id, "name": case.package.name, "title": case.package.title},
        "organization_id": row.organization_id,
        "version": row.version,
        "raw_sha256": row.raw_sha256,
        "raw_size": row.raw_size,
        "raw_deleted_at": _at(row.raw_deleted_at),
        "options": row.options,
        "problem": _problem(row),
        "report": [_finding(finding) for finding in row.report],
        "content_hash": row.content_hash,
        "reason": row.reason,
        "suggested_reason": suggesting.reason(row),
        "suggested_basis": suggesting.basis(row),
        "tables": [
            {**_table(row, table), **clearing_card.show(row, table, samples_too=preview)}
            for table in row.tables
        ],
        "scanned": row.scanned,
        "masking": row.mask_asked_at is not None,
        "masked_at": _at(row.masked_at),
        "drift": clearing_card.drift(row),
        "planned": _step(row.planned_by, row.planned_at),
        "declared": _step(row.declared_by, row.declared_at),
        "checked": _step(row.checked_by, row.checked_at),
        "review": reviews.as_dict(reviews.newest(KIND, row.id), row.content_hash or ""),
        "working": _is_worked_on(row),
        "progress": row.progress,
        "gate": [describe(reason) for reason in gate(case) if reason.code != "edition.release_under_way"],
        "roles": sorted(actor.roles),
        "steps": _steps(case),
        "moves": [_offer(case, move.name, actor) for move in EDITION.moves],
        "acting_for": acting_for(actor, EDITION),
        "history": _history(row),
    }


def _is_worked_on(row: Edition) -> bool:
    """Tell whether the portal is reading, scanning or masking it, so that its people have to wait."""
    scanning = row.intake == READ and not row.scanned and row.status != VOID
    return row.intake == WAITING or scanning or row.mask_asked_at is not None


def _files(row: Edition, package: Any) -> list[DataDict]:
    return [
        {
            "table": file.place,
            "format": file.format,
            "label": BY_NAME[file.format].label if file.format in BY_NAME else "",
            "rows": file.rows,
            **({} if file.vaulted else _address(file, row, package)),
        }
        for file in artifacts.of_edition(row.id)
    ]


def _address(file: Artifact, row: Edition, package: Any) -> DataDict:
    """Return what everyone may know of a file that everyone may take."""
    return {
        "filename": file.filename,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "url": urls.path(package.name, row.number, file.format, file.place),
    }


def _steps(case: EditionCase) -> list[DataDict]:
    """Return where the edition stands on its way: done, now, next or bad for each station."""
    row = case.row
    review = reviews.newest(KIND, row.id)
    done = {
        "upload": True,
        "read": row.intake == READ,
        "scan": row.scanned,
        "plan": row.status in (AWAITING_CHECK, *CLEARED),
        "check": row.checked_by is not None,
        "review": review is not None and review.content_hash == row.content_hash,
        "release": row.released_at is not None,
    }
    first = next((name for name, is_done in done.items() if not is_done), "")
    stuck = row.status in (VOID, REJECTED) or row.intake == UNREADABLE
    return [
        {
            "name": name,
            "status": "done" if is_done else ("bad" if stuck else "now") if name == first else "next",
        }
        for name, is_done in done.items()
    ]


def _offer(case: EditionCase, name: str, actor: Any) -> DataDict:
    # The note and the review come with the move; they are asked for, not held against it.
    decision = judge(case, name, actor, note="given")
    reasons = decision.reasons if isinstance(decision, Refused) else ()
    row, words = EDITION.move(name), rulebook.words("moves")[name]
    return {
        "name": name,
        "label": words.get(language(), words["zh"]),
        "needs": list(row.needs) if row else [],
        "allowed": not reasons,
        "possible": bool(row and case.row.status in row.sources),
        "reasons": [describe(reason) for reason in reasons],
    }


def _finding(finding: DataDict) -> DataDict:
    facts = told({**finding["facts"], "row": finding["row"], "column": finding["column"]})
    told_of = {IN_TABLE: finding["table"]} if finding.get("table") else {}
    return {
        **finding,
        "letter": facts["letter"],
        "message": sentence(Reason(f"found.{finding['code']}", {**facts, **told_of})),
    }


def _problem(row: Edition) -> DataDict | None:
    if not row.problem:
        return None
    facts = told(row.problem["facts"])
    return {**row.problem, "message": sentence(Reason(row.problem["code"], facts))}


def _step(person: str | None, at: Any) -> DataDict | None:
    return {"by": _person(person), "at": _at(at)} if person else None


def _person(user_id: str | None) -> str:
    user = model.User.get(user_id) if user_id else None
    return user.display_name if user else str(user_id or "")


def _at(instant: Any) -> str | None:
    return runtime.in_shanghai(instant).isoformat() if instant else None


def _history(edition: Edition) -> list[DataDict]:
    rows = journal.history(model.Session, KIND, edition.id)
    who = telling.actors(rows)
    return [_line(row, who[row.id]) for row in rows]


def _line(row: Any, who: str) -> DataDict:
    words = rulebook.words("moves").get(row.move, {})
    return {
        "at": _at(row.at),
        "actor": who,
        "move": row.move,
        "label": words.get(language(), row.move),
        "from_state": row.from_state,
        "to_state": row.to_state,
        "note": row.note,
    }
