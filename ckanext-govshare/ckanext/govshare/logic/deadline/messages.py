"""The sentences about due dates and the calendar that they are counted by."""

from __future__ import annotations

from ckanext.govshare.logic.marking import N_

DEADLINE_MESSAGES: dict[str, str] = {
    "deadline.bad_instant": N_(
        "“%(value)s” is no date. Write it as 2026-02-14 or 2026-02-14T09:00:00+08:00 (in an address, + is written %%2B)."
    ),
    "deadline.bad_number": N_("“%(value)s” is no number of working days."),
    "deadline.naive_instant": N_(
        "“%(value)s” says no time zone. Write it as 2026-02-14T09:00:00+08:00 (in an address, + is written %%2B), or give the day only: 2026-02-14."
    ),
    "deadline.not_started": N_("State when the period began."),
    "deadline.wrong_order": N_("This cannot be earlier than “%(earlier)s”."),
    "deadline.unknown_duty": N_("There is no duty called “%(value)s”. Choose one of: %(known)s."),
    "deadline.no_extension": N_("This period cannot be extended."),
    "deadline.extension_too_long": N_(
        "The extension is between 1 and %(limit)s working days; %(days)s is not."
    ),
    "workdays.out_of_range": N_(
        "No calendar can be computed for %(year)s. Dates from %(first)s to %(last)s can be computed."
    ),
}
