"""CKAN's own pages that this portal does otherwise: each address leads to ours, none to a dead end."""

from __future__ import annotations

from ckan.plugins import toolkit
from flask import Blueprint
from werkzeug.wrappers import Response

from ckanext.govshare.helpers.workbench import govshare_is_officer

blueprint = Blueprint("govshare_replaced", __name__)
WAYS = ["GET", "POST"]


@blueprint.route("/dataset/new", methods=WAYS)
def new_entry() -> Response:
    """Lead to our form, in the department that the address names."""
    return toolkit.redirect_to(
        "govshare_entry_form.new", organization=toolkit.request.args.get("group") or None
    )


@blueprint.route("/dataset/edit/<id>", methods=WAYS)
def edit_entry(id: str) -> Response:  # noqa: A002 - the address's word
    """Lead to our form."""
    return toolkit.redirect_to("govshare_entry_form.edit", id=id)


@blueprint.route("/dataset/delete/<id>", methods=WAYS)
def delete_entry(id: str) -> Response:  # noqa: A002 - the address's word
    """Lead to the entry's case, where a draft can be deleted and a published entry withdrawn."""
    return toolkit.redirect_to("govshare_workbench.publication", id=id, ask="delete")


@blueprint.route("/dataset/<id>/resource/new", methods=WAYS)
def new_file(id: str) -> Response:  # noqa: A002 - the address's word
    """Lead to the entry's editions: a file is delivered as one, checked and released."""
    return toolkit.redirect_to("govshare_edition.index", name=id)


@blueprint.route("/dataset/resources/<id>", methods=WAYS)
@blueprint.route("/dataset/groups/<id>", methods=WAYS)
@blueprint.route("/dataset/followers/<id>", methods=WAYS)
@blueprint.route("/dataset/collaborators/<id>", methods=WAYS)
@blueprint.route("/dataset/<id>/resource/<_resource>/edit", methods=WAYS)
@blueprint.route("/dataset/<id>/resource/<_resource>/delete", methods=WAYS)
@blueprint.route("/dataset/<id>/resource/<_resource>/views", methods=WAYS)
@blueprint.route("/dataset/<id>/resource/<_resource>/new_view", methods=WAYS)
@blueprint.route("/dataset/<id>/resource/<_resource>/edit_view/<_view>", methods=WAYS)
def parts_of_entry(id: str, _resource: str = "", _view: str = "") -> Response:  # noqa: A002
    """Lead to the entry: its files come from released editions, and it has no groups, followers or views."""
    return toolkit.redirect_to("dataset.read", id=id)


@blueprint.route("/organization/bulk_process/<id>", methods=WAYS)
def many_entries(id: str) -> Response:  # noqa: A002 - the address's word
    """Lead to the inbox of the department."""
    return toolkit.redirect_to("govshare_workbench.inbox", organization=id)


@blueprint.route("/dashboard", strict_slashes=False, methods=WAYS)
@blueprint.route("/dashboard/datasets", methods=WAYS)
@blueprint.route("/dashboard/organizations", methods=WAYS)
@blueprint.route("/dashboard/groups", methods=WAYS)
def desk() -> Response:
    """Lead officers to their inbox and everybody else to the home page."""
    if toolkit.current_user.is_anonymous:
        return toolkit.redirect_to("user.login", next="/dashboard")
    return toolkit.redirect_to("govshare_workbench.inbox" if govshare_is_officer() else "home.index")
