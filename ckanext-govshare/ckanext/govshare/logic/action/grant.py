"""Grant (授权): agree to what was approved, list one's own, revoke."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare.logic import roles
from ckanext.govshare.logic.application import cases, granting, sealed, showing
from ckanext.govshare.model import Application, Grant

__all__ = ["govshare_grant_create", "govshare_grant_list", "govshare_grant_revoke"]

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
    return [granting.shown(row) for row in model.Session.scalars(query.order_by(Grant.agreed_at.desc()))]


def govshare_grant_revoke(context: Context, data_dict: DataDict) -> DataDict:
    """Revoke a grant at once.

    :param id: number or id of the grant
    :param note: the reason, told to its holder
    """
    toolkit.check_access("govshare_grant_revoke", context, data_dict)
    row, actor = granting.load(context, data_dict, lock=True)
    application = model.Session.get_one(Application, row.application_id)
    granting.revoke(row, application, actor, str(data_dict.get("note") or ""))
    return granting.shown(row)
