"""Delegations (委托代行): a head's form, what stands and what stood; the bureau sees those of all departments."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from flask import Blueprint

from ckanext.govshare.domain.delegation import KINDS
from ckanext.govshare.domain.workflow import HEAD
from ckanext.govshare.helpers.entry import govshare_word
from ckanext.govshare.logic import roles
from ckanext.govshare.logic.journal.telling import names
from ckanext.govshare.runtime import in_shanghai, now
from ckanext.govshare.views import officer

blueprint = Blueprint("govshare_delegation", __name__, url_prefix="/workbench/delegation")
blueprint.before_request(officer.admit)

Page = "str | Response | tuple[str, int]"
FIELDS = ("organization", "delegate", "kinds", "from_on", "to_on")


@blueprint.route("/", methods=["GET", "POST"], strict_slashes=False)
def page() -> Page:
    """Show the delegations of the reader's departments; heads delegate by the form."""
    if toolkit.request.method != "POST":
        return _page([])
    form = toolkit.request.form
    given = {**{name: form.get(name, "") for name in FIELDS}, "kinds": form.getlist("kinds")}
    try:
        made = officer.call("govshare_delegation_create", given)
    except toolkit.ValidationError as error:
        return _page(officer.summary(error.error_dict, FIELDS)), 409
    except toolkit.ObjectNotFound as error:
        return _page([{"field": "organization", "text": str(error)}]), 409
    except toolkit.NotAuthorized as error:
        return _page([{"field": "", "text": str(error)}]), 403
    told = toolkit._("%(delegate)s acts for you from %(first)s to %(last)s.")
    toolkit.h.flash_success(
        told % {"delegate": made["delegate"], "first": _day(made["from_on"]), "last": _day(made["to_on"])}
    )
    return toolkit.redirect_to("govshare_delegation.page")


@blueprint.route("/<id>/revoke", methods=["POST"])
def revoke(id: str) -> Page:  # noqa: A002 - the address's word
    """Revoke one at once."""
    try:
        row = officer.call("govshare_delegation_revoke", {"id": id})
    except toolkit.ObjectNotFound:
        toolkit.abort(404, toolkit._("There is no such delegation."))
    except toolkit.ValidationError as error:
        return _page(officer.summary(error.error_dict)), 409
    except toolkit.NotAuthorized as error:
        return _page([{"field": "", "text": str(error)}]), 403
    told = toolkit._("%(delegate)s no longer acts for %(head)s; that holds at once.")
    toolkit.h.flash_success(told % {"delegate": row["delegate"], "head": row["delegator"]})
    return toolkit.redirect_to("govshare_delegation.page")


def _page(errors: list[dict[str, str]]) -> str:
    form, posted = toolkit.request.form, toolkit.request.method == "POST"
    offices = _headed()
    chosen = toolkit.request.values.get("organization", "")
    office = next(
        (row for row in offices if chosen == row["organization_id"]), offices[0] if offices else None
    )
    today = in_shanghai(now()).date().isoformat()
    rows = officer.call("govshare_delegation_list")
    return toolkit.render(
        "govshare/workbench/delegation.html",
        {
            "errors": errors,
            "offices": offices,
            "office": office,
            "clerks": _clerks(office["organization_id"]) if office else [],
            "kinds": [{"value": kind, "label": govshare_word("delegation_kinds", kind)} for kind in KINDS],
            "today": today,
            "typed": {
                "delegate": form.get("delegate", ""),
                "kinds": form.getlist("kinds") if posted else list(KINDS),
                "from_on": form.get("from_on", today),
                "to_on": form.get("to_on", ""),
            },
            "present": [row for row in rows if row["standing"] in ("current", "coming")],
            "past": [row for row in rows if row["standing"] not in ("current", "coming")],
        },
    )


def _headed() -> list[dict[str, Any]]:
    """Return the departments whose head the reader is."""
    held = roles.memberships(toolkit.current_user.id)
    mine = {office for office, capacity in held.items() if roles.ROLE_OF_CAPACITY.get(capacity) == HEAD}
    return [row for row in officer.call("govshare_office_list") if row["organization_id"] in mine]


def _clerks(organization_id: str) -> list[dict[str, str]]:
    ids = roles.persons(organization_id, "clerk")
    told = names(ids)
    return [{"value": person, "label": told[person]} for person in ids]


def _day(text: str) -> str:
    return str(toolkit.h.govshare_date(text))
