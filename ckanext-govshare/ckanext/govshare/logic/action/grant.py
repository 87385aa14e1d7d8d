"""Grant (授权): agree to what was approved, use it, report on it, renew it, revoke it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare.logic import roles
from ckanext.govshare.logic.application import cases, granting, sealed, showing
from ckanext.govshare.logic.grant import files, renewing, reporting, rows
from ckanext.govshare.logic.grant import showing as grants
from ckanext.govshare.model import Application, Grant

__all__ = [
    "govshare_grant_create",
    "govshare_grant_list",
    "govshare_grant_renew",
    "govshare_grant_report",
    "govshare_grant_revoke",
    "govshare_grant_rows",
    "govshare_grant_show",
]

Context = dict[str, Any]
DataDict = dict[str, Any]


def govshare_grant_create(context: Context, data_dict: DataDict) -> DataDict:
    """Accept the agreement (开放利用协议) of an approved application; the grants begin today.

    :param id: number or id of the application
    :param terms_version: the version of the terms that were read
    :param name: the applicant's name, as in the application
    :returns: the application as ``govshare_application_show`` does
    """
    toolkit.check_access("govshare_grant_create", context, data_dict)
    case = cases.load(context, data_dict, lock=True)
    values = sealed.unseal(case.row.form, row=case.row.id)
    granting.agree(case.row, values, case.actor.person, data_dict)
    return showing.show(case)


@toolkit.side_effect_free
def govshare_grant_list(context: Context, data_dict: DataDict) -> list[DataDict]:
    """List my grants, newest first."""
    toolkit.check_access("govshare_grant_list", context, data_dict)
    query = sa.select(Grant).filter_by(holder_id=roles.user_id_of(context))
    return grants.listed(list(model.Session.scalars(query.order_by(Grant.agreed_at.desc()))))


@toolkit.side_effect_free
def govshare_grant_show(context: Context, data_dict: DataDict) -> DataDict:
    """Show a grant to its holder, the department and the bureau: tables and formats, every taking, use report, renewals.

    :param id: number or id of the grant
    """
    toolkit.check_access("govshare_grant_show", context, data_dict)
    return grants.show(*granting.load(context, data_dict))


@toolkit.side_effect_free
def govshare_grant_rows(context: Context, data_dict: DataDict) -> DataDict:
    """Return rows of the granted items, to the holder alone; types and order are those of the files. Each call is recorded.

    :param id: number or id of the grant
    :param table: which table of the edition, by its number; the first when absent
    :param fields: items to return, a list or with commas between them; all granted ones when absent
    :param filters: ``{item: condition}``: text is contained; numbers ``5``, ``1~5``, ``>=5``; dates ``2024-05``
    :param sort: ``item, item desc``; rows that it leaves equal come as in the file
    :param limit: rows to return, 100 unless told, at most 1,000
    :param offset: rows to pass over
    :returns: ``{grant, edition, table, fields: [{id, type}], records, total, limit, offset}``
    """
    toolkit.check_access("govshare_grant_rows", context, data_dict)
    return rows.answer(context, data_dict)


def govshare_grant_report(context: Context, data_dict: DataDict) -> DataDict:
    """Hand in the use report (使用情况报告) of a grant, once.

    :param id: number or id of the grant
    :param made: what was done with the data
    :param results: what came of it
    :param data_state: destroyed, results_only, renewed or kept
    :param …: the other fields of the form by name
    :returns: the grant as ``govshare_grant_show`` does
    """
    toolkit.check_access("govshare_grant_report", context, data_dict)
    row, actor = granting.load(context, data_dict, lock=True)
    reporting.hand_in(row, actor.person, data_dict)
    return grants.show(row, actor)


def govshare_grant_renew(context: Context, data_dict: DataDict) -> DataDict:
    """Begin the renewal (续期) of a grant: a draft that points to it, filled in with what was said for it.

    :param id: number or id of the grant
    :returns: the draft as ``govshare_application_draft_show`` does
    """
    toolkit.check_access("govshare_grant_renew", context, data_dict)
    return renewing.begin(context, data_dict)


def govshare_grant_revoke(context: Context, data_dict: DataDict) -> DataDict:
    """Revoke a grant at once.

    :param id: number or id of the grant
    :param note: the reason, told to its holder
    """
    toolkit.check_access("govshare_grant_revoke", context, data_dict)
    row, actor = granting.load(context, data_dict, lock=True)
    application = model.Session.get_one(Application, row.application_id)
    granting.revoke(row, application, actor, str(data_dict.get("note") or ""))
    files.destroy_of(row.id)
    return granting.shown(row)
