"""Reminders (催办、逾期): what time has made due, for the officers whom it concerns."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ckanext.govshare.logic import roles
from ckanext.govshare.logic.clocks import listing

__all__ = ("govshare_reminder_list",)

LIMIT = 100


@toolkit.side_effect_free
def govshare_reminder_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Return the newest 100 reminders of the caller's departments, of all departments for the bureau.

    :rtype: list of ``{kind, label, case_kind, case_id, title, path, organization, duty, due_on, due_at}``
    """
    toolkit.check_access("govshare_reminder_list", context, data_dict)
    user_id = roles.user_id_of(dict(context))
    departments = None if roles.is_bureau(user_id) else list(roles.memberships(user_id))
    return listing.newest(model.Session(), departments, LIMIT)
