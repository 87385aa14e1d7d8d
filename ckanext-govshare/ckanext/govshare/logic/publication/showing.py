"""A case of the publication workflow as the pages and the API show it: content, moves, differences, history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckan import model

from ckanext.govshare import rulebook, runtime
from ckanext.govshare.domain.decision import Refused
from ckanext.govshare.domain.entry import warn_entry
from ckanext.govshare.domain.release import may_deliver_data
from ckanext.govshare.domain.workflow import Actor
from ckanext.govshare.domain.writing import way_to_edit
from ckanext.govshare.logic import reviews, roles
from ckanext.govshare.logic.delegation.listing import acting_for
from ckanext.govshare.logic.errors import describe, field_label, language
from ckanext.govshare.logic.journal import telling
from ckanext.govshare.logic.publication import cases, publishing
from ckanext.govshare.model import journal

Context = dict[str, Any]
DataDict = dict[str, Any]


def show(context: Context, case: cases.Case) -> DataDict:
    """Return a case as the pages and the API show it."""
    user_id = roles.user_id_of(context)
    actor = roles.actor_of(user_id, case.row.organization_id)
    review = reviews.newest(case.kind, case.id)
    change = cases.open_change(case)
    openness = str(case.content.get("openness", ""))
    return {
        "kind": case.kind,
        "id": case.id,
        "entry_id": case.row.entry_id,
        "name": case.package.name,
        "title": case.row.title,
        "organization_id": case.row.organization_id,
        "organization_title": getattr(model.Group.get(case.row.organization_id), "title", ""),
        "state": case.row.state,
        "version": case.row.version,
        "resource_code": getattr(case.row, "resource_code", case.content.get("resource_code")),
        "openness": openness,
        "content": case.content,
        "roles": sorted(actor.roles),
        "edit": way_to_edit(case.kind, case.row.state, actor.roles, already_open=change is not None),
        "takes_data": bool(may_deliver_data(openness)),
        "moves": [_offer(case, move.name, actor) for move in case.workflow.moves],
        "warnings": [describe(reason) for reason in warn_entry(case.content)],
        "defects": [describe(reason) for reason in cases.defects(case)],
        "review": reviews.as_dict(review, case.content_hash),
        "differences": _differences_from_public(case),
        "open_change": _told_change(change),
        "acting_for": acting_for(actor, case.workflow),
        "history": _history(case),
    }


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[DataDict]:
    """Return the fields in which two cards differ, in the order of the form, with labels and both values."""
    return [
        {
            "field": field.name,
            "label": field_label(field.name),
            "before": _readable(field, before.get(field.name)),
            "after": _readable(field, after.get(field.name)),
        }
        for field in rulebook.entry_fields()
        if (before.get(field.name) or "") != (after.get(field.name) or "")
    ]


def _offer(case: cases.Case, name: str, actor: Actor) -> DataDict:
    # The note and the review come with the move; they are asked for, not held against it.
    decision = cases.judge(case, name, actor, note="given")
    reasons = decision.reasons if isinstance(decision, Refused) else ()
    row = case.workflow.move(name)
    words = rulebook.words("moves")[name]
    return {
        "name": name,
        "label": words.get(language(), words["zh"]),
        "needs": list(row.needs) if row else [],
        "allowed": not reasons,
        "reasons": [describe(reason) for reason in reasons],
    }


def _differences_from_public(case: cases.Case) -> list[DataDict]:
    published = publishing.newest_content(case.row.entry_id)
    return differences(published, case.content) if published else []


def _readable(field: Any, value: Any) -> Any:
    if value in (None, "", []):
        return ""
    if field.vocabulary and isinstance(value, str):
        return rulebook.vocabulary(field.vocabulary).label(value, language())
    return value


def _history(case: cases.Case) -> list[DataDict]:
    rows = journal.history(model.Session, case.kind, case.id)
    who = telling.actors(rows)
    return [_told(row, who[row.id]) for row in rows]


def _told(row: Any, who: str) -> DataDict:
    words = rulebook.words("moves").get(row.move, {})
    return {
        "at": runtime.in_shanghai(row.at).isoformat(),
        "actor": who,
        "move": row.move,
        "label": words.get(language(), row.move),
        "from_state": row.from_state,
        "to_state": row.to_state,
        "note": row.note,
    }


def _told_change(row: Any) -> DataDict | None:
    return {"id": row.id, "state": row.state, "title": row.title, "version": row.version} if row else None
