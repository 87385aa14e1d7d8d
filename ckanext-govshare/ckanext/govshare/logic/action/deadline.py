"""Deadlines (时限): what is due when, and why, for everybody."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ckanext.govshare.domain.deadline import due
from ckanext.govshare.domain.decision import Reason, Refused
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.logic.deadline import asking, calendars, show
from ckanext.govshare.logic.errors import refuse
from ckanext.govshare.logic.places import told

__all__ = ("govshare_deadline_show",)


@toolkit.side_effect_free
def govshare_deadline_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return when a duty is due and why: each day, counted or not, with the reason and the notice.

    :param duty: code of the duty: open_reply, share_reply, correction, catalog_update, catalog_report, …
    :param received: the instant of receipt with its offset (2026-02-14T09:00:00+08:00), or the day alone
    :param extension_days: working days of the extension, if one was granted
    :param supplement_received: when what was missing came in; the period starts anew then
    :rtype: dict: ``due_on``, ``base_due_on``, ``due_at``, ``provisional``, ``calendar_version`` and
        ``days``: a list of ``{date, counted, number, reason, notice}``; answers 409 with the field otherwise
    """
    toolkit.check_access("govshare_deadline_show", context, data_dict)
    try:
        duty, facts = asking.question(data_dict)
        return show.shown(due(duty, facts, calendars.current()))
    except RuleError as error:
        refuse(Refused((Reason(error.code, told(error.facts), error.field or "received"),)))
