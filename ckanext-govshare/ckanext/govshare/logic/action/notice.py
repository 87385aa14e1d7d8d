"""Notices (通知): mine, newest first; and that I have read them."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare import runtime
from ckanext.govshare.logic import roles
from ckanext.govshare.logic.errors import language
from ckanext.govshare.model import Notice, notice
from ckanext.govshare.notices import wording

__all__ = ["govshare_notice_list", "govshare_notice_read"]

Context = dict[str, Any]
DataDict = dict[str, Any]
PAGE = 50


@toolkit.side_effect_free
def govshare_notice_list(context: Context, data_dict: DataDict) -> DataDict:
    """List my notices, newest first.

    :param offset: how many to skip
    :returns: ``{unread, more, results: [{id, kind, subject, body, url, created_at, read}]}``
    """
    toolkit.check_access("govshare_notice_list", context, data_dict)
    me = roles.user_id_of(context)
    offset = toolkit.get_validator("natural_number_validator")(data_dict.get("offset") or 0, context)
    rows = notice.of_person(model.Session, me, offset, PAGE + 1)
    return {
        "unread": notice.unread(model.Session, me),
        "more": len(rows) > PAGE,
        "results": [_shown(row) for row in rows[:PAGE]],
    }


def govshare_notice_read(context: Context, data_dict: DataDict) -> DataDict:
    """Note that I have read one of my notices, or all of them.

    :param id: id of the notice; all when left out
    :returns: ``{unread}``: how many are left
    """
    toolkit.check_access("govshare_notice_read", context, data_dict)
    me, one = roles.user_id_of(context), str(data_dict.get("id") or "")
    if one and getattr(model.Session.get(Notice, one), "recipient_id", None) != me:
        raise toolkit.ObjectNotFound(toolkit._("There is no such notice."))
    notice.mark_read(model.Session, me, one or None, runtime.now())
    model.Session.commit()
    return {"unread": notice.unread(model.Session, me)}


def _shown(row: Notice) -> DataDict:
    return {
        "id": row.id,
        "kind": row.kind,
        "subject": wording.subject(row, language()),
        "body": wording.body(row, language()),
        "url": wording.path(row),
        "created_at": runtime.in_shanghai(row.created_at).isoformat(),
        "read": row.read_at is not None,
    }
