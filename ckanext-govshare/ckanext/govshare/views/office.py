"""A department's office profile: who answers for its data (第一责任人、专职机构、专职人员)."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from flask import Blueprint

from ckanext.govshare.helpers.workbench import govshare_office_word
from ckanext.govshare.logic import roles
from ckanext.govshare.views import officer

blueprint = Blueprint("govshare_office", __name__)
FIELDS = ("principal", "unit", "staff", "phone", "uscc")


@blueprint.route("/organization/<name>/office", methods=["GET", "POST"])
def office(name: str) -> Any:
    """Show the profile; officers of the department and the bureau fill it in."""
    shown = officer.show_or_404("govshare_office_show", {"id": name})
    user = toolkit.current_user
    mine = user.is_authenticated and bool(roles.roles_of(user.id, shown["organization_id"]))
    if toolkit.request.method != "POST":
        return _render(shown, shown, mine, [])
    typed = {field: toolkit.request.form.get(field, "").strip() for field in FIELDS}
    try:
        officer.call("govshare_office_update", {"id": shown["organization_id"], **typed})
    except toolkit.ValidationError as error:
        return _render(shown, typed, mine, officer.summary(error.error_dict, FIELDS)), 409
    except toolkit.NotAuthorized as error:
        toolkit.abort(403, str(error))
    toolkit.h.flash_success(toolkit._("The office profile has been saved."))
    return toolkit.redirect_to("govshare_office.office", name=shown["name"])


def _render(shown: dict[str, Any], typed: dict[str, Any], mine: bool, errors: list[dict[str, str]]) -> str:
    words = {field: govshare_office_word(field) for field in (*FIELDS, "classification_code")}
    return toolkit.render(
        "govshare/workbench/office.html",
        {"office": shown, "typed": typed, "mine": mine, "errors": errors, "words": words},
    )
