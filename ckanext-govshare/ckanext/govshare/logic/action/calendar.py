"""The working-day calendar (工作日历): its notices for everybody, importing one for the bureau."""

from __future__ import annotations

import json
from typing import Any

from ckan import model
from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ckanext.govshare.domain.decision import Reason, Refused
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.domain.holidays import Notice
from ckanext.govshare.intake.calendar_file import Given, read_calendar
from ckanext.govshare.logic import roles
from ckanext.govshare.logic.calendar import importing
from ckanext.govshare.logic.deadline import calendars
from ckanext.govshare.logic.errors import refuse
from ckanext.govshare.logic.places import told
from ckanext.govshare.model import calendar as stored

__all__ = ("govshare_calendar_import", "govshare_calendar_show")


@toolkit.side_effect_free
def govshare_calendar_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return the calendar's version and the notices that it was made of, newest first.

    :rtype: dict: ``version``, ``decreed`` (years), ``notices`` (list of ``{number, year, issued, source, imported}``)
    """
    toolkit.check_access("govshare_calendar_show", context, data_dict)
    calendar = calendars.current()
    imported = {notice.number for notice in stored.imported(model.Session())}
    return {
        "version": calendar.version,
        "decreed": sorted(calendar.decreed),
        "notices": [
            {
                "number": notice.number,
                "year": notice.year,
                "issued": notice.issued.isoformat(),
                "source": notice.source,
                "imported": notice.number in imported,
            }
            for notice in sorted(calendar.notices, key=lambda notice: notice.issued, reverse=True)
        ],
    }


def govshare_calendar_import(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Take a notice on holidays; every open clock is counted anew, none is shortened (导入放假安排).

    :param upload: the file: JSON in the form of ``config/statutes/workdays``, or a list of days as JSON, CSV or ICS
    :param content: the text of such a file (instead of ``upload``)
    :param number: the notice's number, where the file does not hold it
    :param issued: the day of issue, where the file does not hold it
    :param source: the notice's address, where the file does not hold it
    :param preview: true: only say what would change
    :rtype: dict: ``imported``, ``notices``, ``days`` (that change), ``clocks`` (``due_on_before`` → ``due_on``),
        ``moved`` and ``kept`` (how many), ``version_before``, ``version``
    """
    toolkit.check_access("govshare_calendar_import", context, data_dict)
    try:
        notices = _notices(data_dict)
    except RuleError as error:
        refuse(Refused((Reason(error.code, told(error.facts), error.field or "upload"),)))
    if toolkit.asbool(data_dict.get("preview", False)):
        return importing.preview(notices)
    return importing.take(notices, roles.user_id_of(dict(context)))


def _notices(data_dict: DataDict) -> tuple[Notice, ...]:
    upload, content = data_dict.get("upload"), data_dict.get("content")
    if getattr(upload, "filename", ""):
        raw = upload.stream.read()
    elif content:
        raw = (content if isinstance(content, str) else json.dumps(content)).encode("utf-8")
    else:
        raise RuleError("calendar.upload_missing", "upload")
    given = (str(data_dict.get(name) or "").strip() for name in ("number", "issued", "source"))
    return read_calendar(raw, Given(*given))
