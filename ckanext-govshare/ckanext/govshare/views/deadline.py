"""The public calculator (期限计算): when something is due and why, day by day; the address holds the question."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from ckan.plugins import toolkit
from flask import Blueprint, Response, request

from ckanext.govshare import rulebook, runtime
from ckanext.govshare.exports.as_ics import as_ics
from ckanext.govshare.logic.errors import language

blueprint = Blueprint("govshare_deadline", __name__)

FIELDS = ("duty", "received", "extension_days", "supplement_received")
DAYS_OF_A_WEEK = 7
Shown = dict[str, Any]


@blueprint.route("/deadline")
def calculator() -> str:
    """Show the form, and under it the answer to the question in the address."""
    asked, shown, errors = _asked(), None, {}
    if asked["duty"] or request.args:
        try:
            shown = toolkit.get_action("govshare_deadline_show")({}, asked)
        except toolkit.ValidationError as error:
            errors = error.error_dict
    if not request.args:
        asked = {**asked, "duty": "open_reply", "received": _today().isoformat()}
    return toolkit.render(
        "govshare/deadline.html",
        {
            "asked": asked,
            "shown": shown,
            "weeks": _weeks(shown["days"]) if shown else [],
            "errors": {field: errors.get(field, []) for field in FIELDS},
            "summary": _summary(errors),
            "duties": _duties(),
            "readings": _readings(),
            "query": urlencode({name: value for name, value in asked.items() if value}),
            "address": _address(asked),
        },
    )


@blueprint.route("/deadline.ics")
def calendar_file() -> Response:
    """Give the due date as an event for a calendar program."""
    asked = _asked()
    try:
        shown = toolkit.get_action("govshare_deadline_show")({}, asked)
    except toolkit.ValidationError:
        return toolkit.redirect_to("govshare_deadline.calculator", **asked)
    _ = toolkit._
    title = _("Due: %(duty)s") % {"duty": shown["label"]}
    text = _("Received on %(received)s, by %(article)s. The day counts to its end.") % {
        "received": shown["started_on"],
        "article": shown["article"],
    }
    uid = f"{runtime.content_hash(asked)[:32]}@govshare"
    body = as_ics(uid, title, text, date.fromisoformat(shown["due_on"]), _address(asked), runtime.now())
    name = f"deadline-{shown['duty']}-{shown['due_on']}.ics"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, mimetype="text/calendar", headers=headers)


def _asked() -> dict[str, str]:
    return {name: request.args.get(name, "").strip() for name in FIELDS}


def _today() -> date:
    return runtime.in_shanghai(runtime.now()).date()


def _address(asked: dict[str, str]) -> str:
    given = {name: value for name, value in asked.items() if value}
    return str(toolkit.url_for("govshare_deadline.calculator", _external=True, **given))


def _duties() -> list[dict[str, str]]:
    return [
        {"value": duty.code, "label": f"{duty.label[language()]}（{duty.article}）"}
        for duty in rulebook.duties().values()
    ]


def _readings() -> list[dict[str, str]]:
    said = language()
    return [
        {"question": row["question"][said], "reading": row["reading"][said], "basis": row["basis"]}
        for row in rulebook.readings()
        if row.get("clock")
    ]


def _summary(errors: dict[str, list[str]]) -> list[dict[str, str]]:
    return [
        {"field": field if field in FIELDS else "", "label": "", "text": text}
        for field, texts in errors.items()
        if field != "codes"
        for text in texts
    ]


def _weeks(days: list[Shown]) -> list[list[Shown | None]]:
    """Arrange the days in weeks from Monday, with None before the first and after the last."""
    first = date.fromisoformat(days[0]["date"])
    cells: list[Shown | None] = [None] * first.weekday()
    cells += [{**day, "day": _label(day, days[0])} for day in days]
    cells += [None] * (-len(cells) % DAYS_OF_A_WEEK)
    return [cells[n : n + DAYS_OF_A_WEEK] for n in range(0, len(cells), DAYS_OF_A_WEEK)]


def _label(day: Shown, first: Shown) -> str:
    """Return the day of the month, with the month where one begins."""
    on = date.fromisoformat(day["date"])
    return f"{on.month}/{on.day}" if day is first or on.day == 1 else str(on.day)
