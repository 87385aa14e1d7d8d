"""Catalog import (目录导入): dry run, import, show; the mappings that departments keep."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare import runtime
from ckanext.govshare.domain.catalog_import import ASK, OUTCOMES
from ckanext.govshare.domain.catalog_mapping import CatalogMapping, parse_mapping
from ckanext.govshare.domain.decision import Reason, Refused
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.logic import roles, waking
from ckanext.govshare.logic.catalog import files as catalog_files
from ckanext.govshare.logic.catalog import show as catalog_show
from ckanext.govshare.logic.catalog import start as catalog_start
from ckanext.govshare.logic.errors import field_errors, refuse
from ckanext.govshare.model import CatalogImport, CatalogLayout
from ckanext.govshare.model.catalog import FAILED, PLANNED

__all__ = [
    "govshare_catalog_import",
    "govshare_catalog_import_list",
    "govshare_catalog_import_show",
    "govshare_catalog_mapping_delete",
    "govshare_catalog_mapping_list",
    "govshare_catalog_preview",
]

Context = dict[str, Any]
DataDict = dict[str, Any]
PAGE = 50


def govshare_catalog_preview(context: Context, data_dict: DataDict) -> DataDict:
    """Read a catalog file and say row by row what an import would do; no entry is written (试导入).

    Either a new file, or another mapping for one that is already there.

    :param organization: id or name of the department (with ``upload``)
    :param upload: the file: .xlsx, .xls, .csv or .json, at most 50 MB and 20,000 rows
    :param id: id of an import that is not yet begun (instead of ``upload``)
    :param mapping: ``{columns: {column: field}, constants: {field: text}, values: {field: {text: text}},
        leave_out: [field], header_row, sheet}``; proposed when left out
    :param policy: what to do with a name that the department already has: ask, update or rename
    :returns: the import with ``state`` ``planned``, or ``mapping`` when the columns must be named first
    """
    toolkit.check_access("govshare_catalog_preview", context, data_dict)
    mapping = _mapping(data_dict.get("mapping"))
    policy = str(data_dict.get("policy") or ASK)
    if data_dict.get("id"):
        return _again(data_dict, mapping, policy)
    organization = _organization(data_dict)
    upload = data_dict.get("upload")
    if not getattr(upload, "filename", ""):
        raise toolkit.ValidationError(field_errors([Reason("catalog.upload_missing", {}, "upload")]))
    try:
        job = catalog_start.start(
            organization.id,
            roles.user_id_of(context),
            str(upload.filename),
            lambda import_id: catalog_files.keep(upload.stream, import_id),
            mapping=mapping,
            policy=policy,
        )
    except RuleError as error:
        raise _unreadable(error) from error
    return catalog_show.show(job)


def govshare_catalog_import(context: Context, data_dict: DataDict) -> DataDict:
    """Import what was planned, in the background; entries become drafts of the department (目录导入).

    :param id: id of a planned import, or of one that was stopped because not all rows could be taken
    :param all_or_nothing: true: not a single row is written when one cannot be taken
    """
    toolkit.check_access("govshare_catalog_import", context, data_dict)
    job = _import(data_dict, lock=True)
    _refuse_unless(job, PLANNED, FAILED)
    catalog_start.queue(job, all_or_nothing=toolkit.asbool(data_dict.get("all_or_nothing", False)))
    waking.wake()
    return catalog_show.show(job)


@toolkit.side_effect_free
def govshare_catalog_import_show(context: Context, data_dict: DataDict) -> DataDict:
    """Show an import: state, counts, and its rows with what is wrong in which cell and what would change.

    :param id: id of the import
    :param outcome: new, changed, change_request, unchanged, doubtful or refused; all rows when left out
    :param offset: how many rows to skip
    :param limit: at most how many rows, 0 to 500
    """
    toolkit.check_access("govshare_catalog_import_show", context, data_dict)
    job = _import(data_dict)
    outcome = str(data_dict.get("outcome") or "")
    limit = min(_whole(data_dict, "limit", PAGE), 500)
    rows = (
        catalog_show.rows(
            job,
            outcome=outcome if outcome in OUTCOMES else "",
            offset=_whole(data_dict, "offset", 0),
            limit=limit,
        )
        if limit
        else []
    )
    return {**catalog_show.show(job), "rows": rows}


@toolkit.side_effect_free
def govshare_catalog_import_list(context: Context, data_dict: DataDict) -> list[DataDict]:
    """List a department's newest imports, without their rows.

    :param organization: id or name of the department
    """
    toolkit.check_access("govshare_catalog_import_list", context, data_dict)
    return [catalog_show.show(job) for job in catalog_start.newest(_organization(data_dict).id, PAGE)]


@toolkit.side_effect_free
def govshare_catalog_mapping_list(context: Context, data_dict: DataDict) -> list[DataDict]:
    """List the mappings that a department keeps, the last used first.

    :param organization: id or name of the department
    """
    toolkit.check_access("govshare_catalog_mapping_list", context, data_dict)
    query = sa.select(CatalogLayout).filter_by(organization_id=_organization(data_dict).id)
    return [
        {
            "layout": row.layout,
            "columns": row.columns,
            "mapping": row.content,
            "updated_at": runtime.in_shanghai(row.updated_at).isoformat(timespec="seconds"),
        }
        for row in model.Session.scalars(query.order_by(CatalogLayout.updated_at.desc()))
    ]


def govshare_catalog_mapping_delete(context: Context, data_dict: DataDict) -> None:
    """Forget a mapping; the next file of its layout is proposed one anew.

    :param organization: id or name of the department
    :param layout: the layout, as the list gives it
    """
    toolkit.check_access("govshare_catalog_mapping_delete", context, data_dict)
    row = model.Session.get(
        CatalogLayout, (_organization(data_dict).id, toolkit.get_or_bust(data_dict, "layout"))
    )
    if row is None:
        raise toolkit.ObjectNotFound(toolkit._("There is no such mapping."))
    model.Session.delete(row)
    model.Session.commit()


def _again(data_dict: DataDict, mapping: CatalogMapping | None, policy: str) -> DataDict:
    job = _import(data_dict, lock=True)
    _refuse_unless(job, *catalog_start.OPEN, FAILED)
    try:
        found = catalog_start.replan(job, mapping or parse_mapping(job.mapping), policy)
    except RuleError as error:
        model.Session.rollback()
        raise _unreadable(error) from error
    if found:
        refuse(Refused(tuple(found)))
    return catalog_show.show(job)


def _refuse_unless(job: CatalogImport, *wanted: str) -> None:
    refused = catalog_start.refusal(job, *wanted)
    if refused is not None:
        model.Session.rollback()
        refuse(refused)


def _import(data_dict: DataDict, *, lock: bool = False) -> CatalogImport:
    import_id = str(toolkit.get_or_bust(data_dict, "id"))
    job = model.Session.get(CatalogImport, import_id, with_for_update=lock or None, populate_existing=True)
    if job is None:
        raise toolkit.ObjectNotFound(toolkit._("There is no such import."))
    return job


def _organization(data_dict: DataDict) -> Any:
    organization = model.Group.get(toolkit.get_or_bust(data_dict, "organization"))
    if organization is None or not organization.is_organization or organization.state != "active":
        raise toolkit.ObjectNotFound(toolkit._("There is no such department."))
    return organization


def _mapping(content: object) -> CatalogMapping | None:
    """Read a mapping given as JSON text (with an upload) or as an object."""
    if not content:
        return None
    try:
        return parse_mapping(json.loads(content) if isinstance(content, str) else content)
    except ValueError as error:
        reason = Reason("catalog.mapping_shape", {"part": "JSON"}, "mapping")
        raise toolkit.ValidationError(field_errors([reason])) from error
    except RuleError as error:
        raise _unreadable(error, "mapping") from error


def _unreadable(error: RuleError, field: str = "upload") -> toolkit.ValidationError:
    reason = Reason(error.code, error.facts, field)
    return toolkit.ValidationError({**field_errors([reason]), "codes": [error.code]})


def _whole(data_dict: DataDict, name: str, default: int) -> int:
    try:
        return max(int(data_dict.get(name, default)), 0)
    except (TypeError, ValueError):
        return default
