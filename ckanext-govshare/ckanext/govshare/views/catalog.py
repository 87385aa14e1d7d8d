"""The list of entries, the departments, each department's page; and the ways there from CKAN's own pages."""

from __future__ import annotations

from ckan.plugins import toolkit
from flask import Blueprint
from werkzeug.wrappers import Response

from ckanext.govshare.logic import roles
from ckanext.govshare.views.entry_search import search
from ckanext.govshare.views.question import Question

blueprint = Blueprint("govshare_catalog", __name__)


@blueprint.route("/dataset/", strict_slashes=False)
def entries() -> str:
    """Show the list of entries with its filters."""
    return toolkit.render(
        "govshare/catalog.html", search(Question.of_request(toolkit.url_for("dataset.search")))
    )


@blueprint.route("/organization/", strict_slashes=False)
def departments() -> str:
    """Show all departments with what each has opened."""
    figures = toolkit.get_action("govshare_statistics_show")({}, {})
    return toolkit.render("govshare/departments.html", {"departments": figures["departments"]})


@blueprint.route("/organization/<name>")
def department(name: str) -> str:
    """Show one department: who answers for its data, and its entries."""
    try:
        organization = toolkit.get_action("organization_show")({}, {"id": name, "include_extras": True})
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        toolkit.abort(404)
    path = toolkit.url_for("organization.read", id=organization["name"])
    answer = search(Question.of_request(path, {"organization": (organization["name"],)}))
    office = toolkit.get_action("govshare_office_show")({}, {"id": organization["id"]})
    user = toolkit.current_user
    may_work = user.is_authenticated and bool(roles.roles_of(user.id, organization["id"]))
    return toolkit.render(
        "govshare/department.html",
        {**answer, "department": organization, "office": office, "may_work": may_work},
    )


@blueprint.route("/group/", strict_slashes=False)
@blueprint.route("/group/<path:_name>")
def themes(_name: str = "") -> Response:
    """Lead from CKAN's groups, which the portal does not use, to the themes."""
    return toolkit.redirect_to(toolkit.url_for("home.index") + "#themes")


@blueprint.route("/api/i18n/zh_Hans-CN")
def script_messages() -> Response:
    """Lead CKAN's scripts to their messages; they misspell the name of a locale with two hyphens."""
    return toolkit.redirect_to("api.i18n_js_translations", lang="zh_Hans_CN", locale="default")


@blueprint.route("/about")
def about() -> Response:
    """Lead from CKAN's page about the site to the guide."""
    return toolkit.redirect_to("govshare_guide.guide")
