"""A grant as the pages and the API show it: what may be taken now, what was taken, the report, renewals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare import rulebook
from ckanext.govshare.domain.deadline import Facts, due
from ckanext.govshare.domain.use_report import DUTY, may_renew, may_report, over_since, owes_report
from ckanext.govshare.domain.workflow import Actor
from ckanext.govshare.logic.application import clock, granting
from ckanext.govshare.logic.deadline import calendars
from ckanext.govshare.logic.grant import files, judging, renewing, reporting, uses
from ckanext.govshare.model import Application, Grant

DataDict = dict[str, Any]


def listed(rows: Sequence[Grant], actor: Actor | None = None) -> list[DataDict]:
    """Return grants as lines of an application or a list: tables and their formats, how often used, whether reported."""
    ids = [row.id for row in rows]
    counts, reported = uses.counts(ids), reporting.reported(ids)
    return [
        {
            **granting.shown(row),
            "tables": files.offered(row),
            "used": counts.get(row.id, uses.NONE),
            "report": _report(row, counts.get(row.id, uses.NONE), reported=row.id in reported),
            **({"revocable": granting.revocable(row, actor)} if actor else {}),
        }
        for row in rows
    ]


def show(row: Grant, actor: Actor) -> DataDict:
    """Return one grant with its log; to its holder also whether it may be renewed and reported on."""
    application = model.Session.get_one(Application, row.application_id)
    entry = model.Session.execute(
        sa.select(model.Package.name, model.Package.title).where(model.Package.id == row.entry_id)
    ).first()
    mine, fact, today = actor.person == row.holder_id, granting.fact(row), clock.today()
    shown = listed([row], actor)[0]
    answers = reporting.shown(row)
    return {
        **shown,
        "mine": mine,
        "application": application.number,
        "organization_title": model.Group.get(row.organization_id).title,
        "entry": {"name": entry.name if entry else "", "title": entry.title if entry else ""},
        "report": {**shown["report"], "answers": answers},
        "uses": uses.newest(row.id),
        "renewals": renewing.renewals(row.id),
        "may_report": mine and bool(may_report(fact, today, person=actor.person, reported=bool(answers))),
        "may_renew": mine
        and bool(may_renew(fact, today, judging.standing(row.entry_id), person=actor.person)),
    }


def _report(row: Grant, used: DataDict, *, reported: bool) -> DataDict:
    """Return how the use report stands: handed in, owed until a day, or not asked for yet."""
    fact = granting.fact(row)
    taken = bool(used["downloads"] or used["calls"])
    owed = owes_report(fact, clock.today(), taken=taken, reported=reported)
    facts = Facts(received=over_since(fact))
    due_on = due(rulebook.duty(DUTY), facts, calendars.current()).due_on if owed else None
    return {"handed_in": reported, "due_on": due_on.isoformat() if due_on else None}
