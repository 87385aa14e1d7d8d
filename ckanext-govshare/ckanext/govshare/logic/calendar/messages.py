"""The sentences about importing a notice on holidays."""

from __future__ import annotations

from ckanext.govshare.logic.marking import N_

CALENDAR_MESSAGES: dict[str, str] = {
    "calendar.malformed": N_("The notice cannot be read: %(detail)s."),
    "calendar.unreadable": N_("The file is no text. Choose JSON, CSV or ICS."),
    "calendar.too_large": N_("The file is larger than %(limit_kb)s KB; a notice is never that long."),
    "calendar.csv_columns": N_("The first line must name the columns 日期, 类型, 名称 (date, kind, name)."),
    "calendar.csv_row": N_(
        "Row %(row)s cannot be read: it needs a date such as 2027-01-01, 休 or 班, and the holiday's name."
    ),
    "calendar.ics_event": N_(
        "Event %(number)s “%(title)s” has no day, no name, or lasts longer than a month."
    ),
    "calendar.empty": N_("The file names no holiday."),
    "calendar.upload_missing": N_("Choose the file of the notice."),
    "calendar.number_missing": N_("State the notice's number, such as 国办发明电〔2026〕9号."),
    "calendar.issued_missing": N_("State the day on which the notice was issued, such as 2026-11-05."),
    "calendar.known": N_("The notice %(number)s is known already; its days are counted."),
    "calendar.no_rest": N_("“%(name)s” has make-up working days but no day of rest."),
    "calendar.bad_span": N_("“%(name)s” ends before it begins, or lasts longer than %(limit)s days."),
    "calendar.other_year": N_("“%(name)s” holds %(day)s, which no notice of %(year)s arranges."),
    "calendar.make_up_weekday": N_("“%(name)s”: %(day)s is a weekday; only weekends are worked in exchange."),
    "calendar.rest_and_work": N_("“%(name)s”: %(day)s is both a day of rest and a working day."),
}
