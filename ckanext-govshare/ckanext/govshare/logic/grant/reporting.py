"""Use reports (使用情况报告): a short form at the end of a grant, sealed, shown to holder and department."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare import notices, rulebook, runtime
from ckanext.govshare.domain.application_form import FormField, check_form
from ckanext.govshare.domain.decision import Refused
from ckanext.govshare.domain.use_report import may_report
from ckanext.govshare.logic import moving
from ckanext.govshare.logic.application import clock, form, granting, noting, sealed
from ckanext.govshare.logic.errors import language
from ckanext.govshare.model import Application, Grant, GrantReport

COLUMN = "grant_report.form"
DATA_STATE = "data_state"
LONGEST_TEXT = form.LONGEST_TEXT


def read(data_dict: Mapping[str, Any]) -> dict[str, str]:
    """Return the answers among ``data_dict`` as text, by field."""
    return {
        field.name: str(data_dict.get(field.name) or "").strip()[:LONGEST_TEXT]
        for field in rulebook.use_report_fields()
    }


def hand_in(row: Grant, person: str, data_dict: Mapping[str, Any]) -> None:
    """Keep the report of a locked grant, journal it and tell the department; commits."""
    reported = model.Session.get(GrantReport, row.id) is not None
    allowed = may_report(granting.fact(row), clock.today(), person=person, reported=reported)
    moving.refuse_if(allowed)
    values = read(data_dict)
    defects = check_form(values, rulebook.use_report_fields(), form.facts_today())
    if defects:
        moving.refuse_if(Refused(tuple(defects)))
    model.Session.add(
        GrantReport(
            grant_id=row.id,
            holder_id=person,
            form=sealed.seal(values, row=row.id, column=COLUMN),
            data_state=values[DATA_STATE],
            made_at=runtime.now(),
        )
    )
    application = model.Session.get_one(Application, row.application_id)
    facts = {"grant": row.number, DATA_STATE: values[DATA_STATE]}
    noting.note(application, "report", person, facts=facts)
    notices.tell_of_move(
        model.Session,
        case_kind="application",
        case_id=application.id,
        move="report",
        organization_id=row.organization_id,
        by=person,
        authors=(),
        facts={"number": row.number, "page": application.number},
    )
    model.Session.commit()


def shown(row: Grant) -> dict[str, Any] | None:
    """Return the report as holder and officers see it, words for codes; None before there is one."""
    report = model.Session.get(GrantReport, row.id)
    if report is None:
        return None
    values = sealed.unseal(report.form, row=row.id, column=COLUMN)
    return {
        "at": runtime.in_shanghai(report.made_at).isoformat(),
        "data_state": report.data_state,
        "rows": [
            {"name": field.name, "label": field.label[language()], "value": _words(field, values)}
            for field in rulebook.use_report_fields()
            if values.get(field.name)
        ],
    }


def reported(grant_ids: list[str]) -> set[str]:
    """Return those of the grants that have a report."""
    query = sa.select(GrantReport.grant_id).where(GrantReport.grant_id.in_(grant_ids))
    return set(model.Session.scalars(query))


def _words(field: FormField, values: Mapping[str, str]) -> str:
    text = values[field.name]
    return next((term.label[language()] for term in field.options if term.code == text), text)
