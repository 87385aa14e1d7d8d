"""The workbench (工作台): the officers' inbox, one case on one page, many cases at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ckan.plugins import toolkit
from flask import Blueprint
from werkzeug.wrappers import Response

from ckanext.govshare.domain.publication import PUBLICATION
from ckanext.govshare.domain.workflow import HEAD
from ckanext.govshare.helpers.words import govshare_instant, govshare_state_word
from ckanext.govshare.logic import roles
from ckanext.govshare.runtime import in_shanghai, now
from ckanext.govshare.views import bulk, calendar_form, case, officer, setup_check
from ckanext.govshare.views.entry_search import pages
from ckanext.govshare.views.inbox_address import PER_PAGE
from ckanext.govshare.views.inbox_question import KINDS, Question, desk

ROLES = roles.ROLE_OF_CAPACITY

blueprint = Blueprint("govshare_workbench", __name__, url_prefix="/workbench")
blueprint.before_request(officer.admit)


@blueprint.route("/", strict_slashes=False)
def inbox() -> str:
    """Show the cases that wait, the longest waiting first."""
    mine = my_roles()
    question = Question.of(toolkit.request.args, mine)
    found = officer.call("govshare_publication_list", question.asked())
    return toolkit.render(
        "govshare/workbench/inbox.html",
        {
            "question": question,
            "tabs": [_tab(question, state, found["counts"]) for state in PUBLICATION.states],
            "count": found["count"],
            "rows": [_row(question, row) for row in found["results"]],
            "pages": pages(question.page, found["count"], lambda number: question.url(page=number), PER_PAGE),
            "departments": officer.call("govshare_office_list"),
            "kinds": KINDS,
            "roles": mine,
            "moves": bulk.moves_for(question.state, mine),
            "filtered": bool(question.organization or question.kind or question.q),
            "elsewhere": desk(mine) if question.state != desk(mine) else "",
            "faults": setup_check.count() if "bureau" in mine else None,
        },
    )


@blueprint.route("/publication/<id>", methods=["GET", "POST"])
def publication(id: str) -> str | Response:  # noqa: A002 - the address's word
    """Show one entry's publication and take a move."""
    return case.page("publication", id, Question.of(toolkit.request.values, my_roles()))


@blueprint.route("/change/<id>", methods=["GET", "POST"])
def change(id: str) -> str | Response:  # noqa: A002 - the address's word
    """Show one change and take a move."""
    return case.page("change", id, Question.of(toolkit.request.values, my_roles()))


@blueprint.route("/publication/<id>/delete", methods=["POST"])
def delete(id: str) -> str | Response:  # noqa: A002 - the address's word
    """Delete a draft that was never public."""
    return case.delete(id, Question.of(toolkit.request.values, my_roles()))


@blueprint.route("/bulk", methods=["GET", "POST"])
def many() -> str | Response:
    """Ask once, then take one move on many cases, each judged alone."""
    question = Question.of(toolkit.request.values, my_roles())
    return bulk.take(question) if toolkit.request.method == "POST" else bulk.ask(question)


@blueprint.route("/calendar", methods=["GET", "POST"])
def calendar() -> str | Response | tuple[str, int]:
    """Show the bureau the calendar's notices; import one, first as a preview."""
    if "bureau" not in my_roles():
        toolkit.abort(403, toolkit._("Only the bureau sees this."))
    return calendar_form.page()


@blueprint.route("/reminders")
def reminders() -> str:
    """Show what time has made due for the reader's departments."""
    rows = officer.call("govshare_reminder_list")
    return toolkit.render("govshare/workbench/reminders.html", {"reminders": rows})


@blueprint.route("/late")
def late() -> str:
    """List the entries whose data are late: of the reader's departments, to the bureau of all."""
    titles = {row["organization_id"]: row["title"] for row in officer.call("govshare_office_list")}
    person = toolkit.current_user.id
    rows = [
        {**row, "mine": "clerk" in roles.roles_of(person, row["organization_id"])}
        for row in officer.call("govshare_edition_late_list")
    ]
    return toolkit.render("govshare/workbench/late.html", {"rows": rows, "titles": titles})


@blueprint.route("/setup")
def setup() -> str:
    """Show the bureau what has not been filled in: office profiles and site settings."""
    if "bureau" not in my_roles():
        toolkit.abort(403, toolkit._("Only the bureau sees this."))
    return toolkit.render(
        "govshare/workbench/setup.html",
        {"offices": setup_check.offices(), "settings": setup_check.settings()},
    )


def my_roles() -> frozenset[str]:
    """Return all roles that the reader holds anywhere, a head's too if they review entries in a head's place."""
    user = toolkit.current_user
    held = roles.memberships(user.id)
    mine = {ROLES[capacity] for capacity in held.values() if capacity in ROLES}
    if any("publication" in roles.acting(user.id, office) for office in held):
        mine.add(HEAD)
    return frozenset(mine | ({"bureau"} if roles.is_bureau(user.id) else set()))


def _tab(question: Question, state: str, counts: dict[str, int]) -> dict[str, Any]:
    return {
        "label": govshare_state_word(state),
        "url": question.url(state=state),
        "count": counts.get(state, 0),
        "active": state == question.state,
    }


def _row(question: Question, row: dict[str, Any]) -> dict[str, Any]:
    since = row["updated_at"]
    waited = (in_shanghai(now()).date() - in_shanghai(datetime.fromisoformat(since)).date()).days
    return {
        **row,
        "url": question.case_url(row["kind"], row["id"]),
        "pick": f"{row['kind']}:{row['id']}:{row['version']}",
        "since_text": govshare_instant(since),
        "waited": waited,
    }
