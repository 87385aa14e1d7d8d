"""Import of catalogs: file → columns → dry run → import with progress → result (目录导入)."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

from ckan.plugins import toolkit
from flask import Blueprint, Response, request, send_file
from werkzeug.wrappers import Response as AnyResponse

from ckanext.govshare.domain.catalog_import import OUTCOMES
from ckanext.govshare.logic.catalog import template as catalog_template
from ckanext.govshare.views import catalog_form
from ckanext.govshare.views.entry_search import pages

blueprint = Blueprint("govshare_catalog_import", __name__, url_prefix="/organization/<name>/import")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PER_PAGE = 50
WORKING = ("queued", "running")


@blueprint.route("", methods=["GET", "POST"])
def start(name: str) -> str | AnyResponse:
    """Take a file, or show the form with the department's earlier imports."""
    department = _department(name)
    errors: dict[str, Any] = {}
    if request.method == "POST":
        try:
            job = _action(
                "govshare_catalog_preview", organization=department["id"], upload=request.files.get("upload")
            )
        except toolkit.ValidationError as error:
            errors = error.error_dict
        else:
            return toolkit.redirect_to(_address(department, job["id"]))
    jobs = _action("govshare_catalog_import_list", organization=department["id"])
    return toolkit.render(
        "govshare/catalog_import/start.html", {"department": department, "jobs": jobs, "errors": errors}
    )


@blueprint.route("/template.xlsx")
def template(name: str) -> Response:
    """Send the empty form in the layout of 发改高技〔2017〕1272号."""
    department = _department(name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        catalog_template.write(path, department["title"])
        content = io.BytesIO(path.read_bytes())
    return send_file(content, mimetype=XLSX, as_attachment=True, download_name="目录导入模板.xlsx")


@blueprint.route("/<import_id>")
def read(name: str, import_id: str) -> str:
    """Show where the import stands: columns to be named, dry run, progress or result."""
    department = _department(name)
    page = max(_number(request.args.get("page")), 1)
    outcome = str(request.args.get("outcome") or "")
    job = _action(
        "govshare_catalog_import_show",
        id=import_id,
        outcome=outcome,
        offset=(page - 1) * PER_PAGE,
        limit=PER_PAGE,
    )
    if job["organization_id"] != department["id"]:
        toolkit.abort(404)
    if job["state"] in WORKING:
        return toolkit.render("govshare/catalog_import/progress.html", {"department": department, "job": job})
    if job["state"] == "mapping" or request.args.get("step") == "columns":
        return _columns_page(department, job, {})
    count = job["counts"][outcome] if outcome in OUTCOMES else job["total"]
    address = _address(department, import_id)
    return toolkit.render(
        "govshare/catalog_import/rows.html",
        {
            "department": department,
            "job": job,
            "outcome": outcome,
            "address": address,
            "pages": pages(page, count, lambda n: f"{address}?outcome={outcome}&page={n}", PER_PAGE),
        },
    )


@blueprint.route("/<import_id>/columns", methods=["POST"])
def columns(name: str, import_id: str) -> str | AnyResponse:
    """Read the file again as the person says; what cannot be is said beside the form, which keeps its choices."""
    department = _department(name)
    job = _action("govshare_catalog_import_show", id=import_id, limit=0)
    mapping = catalog_form.mapping_of_form(request.form, job)
    policy = request.form.get("policy", "ask")
    try:
        _action("govshare_catalog_preview", id=import_id, mapping=mapping, policy=policy)
    except toolkit.ValidationError as error:
        job = _action("govshare_catalog_import_show", id=import_id, limit=0)
        return _columns_page(department, {**job, "mapping": mapping, "policy": policy}, error.error_dict)
    return toolkit.redirect_to(_address(department, import_id))


@blueprint.route("/<import_id>/run", methods=["POST"])
def run(name: str, import_id: str) -> AnyResponse:
    """Begin the import; asking twice begins it once."""
    department = _department(name)
    try:
        _action(
            "govshare_catalog_import",
            id=import_id,
            all_or_nothing=bool(request.form.get("all_or_nothing")),
        )
    except toolkit.ValidationError as error:
        for sentences in (texts for field, texts in error.error_dict.items() if field != "codes"):
            toolkit.h.flash_error("；".join(sentences))
    return toolkit.redirect_to(_address(department, import_id))


@blueprint.route("/<import_id>/report.xlsx")
def report(name: str, import_id: str) -> Response:
    """Send the report, row by row and column by column."""
    _department(name)
    job = _action("govshare_catalog_import_show", id=import_id, limit=0)
    stem = Path(job["filename"]).stem[:80]
    return send_file(
        io.BytesIO(catalog_form.report(import_id)),
        mimetype=XLSX,
        as_attachment=True,
        download_name=f"{stem}-导入报告.xlsx",
    )


def _columns_page(department: dict[str, Any], job: dict[str, Any], errors: dict[str, Any]) -> str:
    return toolkit.render(
        "govshare/catalog_import/columns.html",
        {
            "department": department,
            "job": job,
            "errors": errors,
            "address": _address(department, job["id"]),
            **catalog_form.choices(job),
        },
    )


def _department(name: str) -> dict[str, Any]:
    """Return the department when the reader may import for it; strangers are asked to log in."""
    try:
        department = toolkit.get_action("organization_show")({}, {"id": name})
        _action("govshare_catalog_import_list", organization=department["id"])
    except toolkit.ObjectNotFound:
        toolkit.abort(404)
    return dict(department)


def _action(action: str, **data: Any) -> Any:
    context = {"user": toolkit.current_user.name, "auth_user_obj": toolkit.current_user}
    try:
        return toolkit.get_action(action)(context, data)
    except toolkit.NotAuthorized as error:
        toolkit.abort(403, str(error))
    except toolkit.ObjectNotFound as error:
        toolkit.abort(404, str(error))


def _address(department: dict[str, Any], import_id: str) -> str:
    return str(toolkit.url_for("govshare_catalog_import.read", name=department["name"], import_id=import_id))


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 1
