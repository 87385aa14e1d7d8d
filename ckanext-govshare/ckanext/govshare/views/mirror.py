"""``/mirror``: how far the government portal agrees with us, for everybody; and for the bureau what stands in the way."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from flask import Blueprint
from werkzeug.wrappers import Response

from ckanext.govshare.helpers.words import govshare_instant
from ckanext.govshare.logic import roles
from ckanext.govshare.logic.errors import field_label
from ckanext.govshare.logic.mirror.status import COUNTS
from ckanext.govshare.views import officer
from ckanext.govshare.views.entry_search import last_page, pages
from ckanext.govshare.views.inbox_address import page_of

blueprint = Blueprint("govshare_mirror", __name__)

LONGEST_VALUE = 300
PER_PAGE = 20


@blueprint.route("/mirror")
def mirror() -> str:
    """Show each target's word with figure and time, and the history of its reconciliations."""
    user = toolkit.current_user
    shown = toolkit.get_action("govshare_mirror_show")({}, {})
    return toolkit.render(
        "govshare/mirror.html",
        {
            "shown": shown,
            "targets": [
                {
                    **target,
                    "runs": _runs(target["history"]),
                    "gone": [_restriction(row) for row in target["restrictions"]],
                    "told": [_alarm(row) for row in target["alarms_told"]],
                }
                for target in shown["targets"]
            ],
            "columns": _columns(),
            "is_bureau": user.is_authenticated and roles.is_bureau(user.id),
        },
    )


@blueprint.route("/workbench/mirror", methods=["GET"])
def problems() -> str | Response:
    """Show the bureau what could not be sent, what was proven gone, and what the last comparison found."""
    if stopped := officer.admit():
        return stopped
    try:
        shown = officer.call("govshare_mirror_problem_list")
    except toolkit.NotAuthorized as error:
        toolkit.abort(403, str(error))
    paged = _paged(len(shown["findings"]))
    here = slice(paged["first_row"] - 1, paged["last_row"])
    return toolkit.render(
        "govshare/workbench/mirror.html",
        {
            **shown,
            "pages": paged,
            "findings": [{**row, "rows": _differences(row)} for row in shown["findings"][here]],
            "restrictions": [_restriction(row) for row in shown["restrictions"]],
            "alarms": [_alarm(row) for row in shown["alarms"]],
        },
    )


@blueprint.route("/workbench/mirror", methods=["POST"])
def retry() -> Response:
    """Send one entry once more."""
    if stopped := officer.admit():
        return stopped
    form = toolkit.request.form
    try:
        officer.call(
            "govshare_mirror_retry", {"target": form.get("target"), "entry_id": form.get("entry_id")}
        )
    except (toolkit.NotAuthorized, toolkit.ObjectNotFound, toolkit.ValidationError) as error:
        toolkit.h.flash_error(str(error))
    else:
        toolkit.h.flash_success(toolkit._("It is being sent once more; the outcome appears here."))
    return toolkit.redirect_to("govshare_mirror.problems")


def _paged(count: int) -> dict[str, Any]:
    """Return the pages of so many findings; one beyond the last is the last."""
    return pages(
        min(page_of(toolkit.request.args), last_page(count, PER_PAGE)),
        count,
        lambda number: toolkit.url_for("govshare_mirror.problems", page=number, _anchor="findings-title"),
        PER_PAGE,
    )


def _columns() -> list[dict[str, str]]:
    _ = toolkit._
    labels = {
        "wanted": _("Public here"),
        "agreeing": _("Agreeing"),
        "missing": _("Missing there"),
        "extra": _("Extra there"),
        "differing": _("Different"),
        "unacknowledged": _("Not acknowledged"),
        "conflicts": _("Name conflicts"),
        "awaiting_person": _("Waiting for a person"),
        "mended": _("Mended"),
        "left": _("Left"),
    }
    counts = [{"key": name, "label": labels[name], "kind": "number"} for name in COUNTS]
    return [{"key": "time", "label": _("Compared at"), "kind": "head"}, *counts]


def _runs(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**run, "time": govshare_instant(run["finished_at"])} for run in history]


def _differences(finding: dict[str, Any]) -> list[dict[str, str]]:
    """Return the differences with the words that people know; of an additional field there the name says enough."""
    words = {
        "resources": toolkit._("Files"),
        "organization": toolkit._("Department"),
        "url": toolkit._("Address"),
        "listed": toolkit._("In the search there"),
    }
    return [
        {
            "field": words.get(row["field"]) or field_label(row["field"].rpartition("/")[2]),
            "ours": _readable(row["ours"]),
            "theirs": _readable(row["theirs"]),
        }
        for row in finding.get("differences", ())
    ]


def _readable(value: Any) -> str:
    if value in (None, "", [], {}):
        return toolkit._("nothing")
    if isinstance(value, bool):
        return toolkit._("Yes") if value else toolkit._("No")
    text = value if isinstance(value, str) else toolkit.h.dump_json(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"


def _restriction(row: dict[str, Any]) -> dict[str, Any]:
    gone = govshare_instant(row["gone_at"]) if row["gone_at"] else toolkit._("not yet proven")
    return {**row, "asked": govshare_instant(row["asked_at"]), "gone": gone}


def _alarm(row: dict[str, Any]) -> dict[str, Any]:
    ended = govshare_instant(row["until"]) if row["until"] else toolkit._("not over yet")
    return {**row, "began": govshare_instant(row["since"]), "ended": ended}
