"""The sentences about what is done by a grant: what stands against it, and what to do now."""

from __future__ import annotations

from ckanext.govshare.logic.marking import N_

GRANT_MESSAGES: dict[str, str] = {
    "grant.link_unknown": N_("There is no such download link. Make a new one on the page of the grant."),
    "grant.link_of_other_session": N_(
        "This link works only in the browser in which it was made, while you stay logged in. "
        "Make a new one on the page of the grant."
    ),
    "grant.link_expired": N_(
        "This link has not been used in time and is over. Make a new one on the page of the grant."
    ),
    "grant.link_used": N_(
        "This link has been used; each link serves one download. Make a new one on the page of the grant."
    ),
    "grant.column_not_granted": N_(
        "“%(column)s” is not among the granted items, so it can be neither shown nor sorted or filtered by. "
        "Granted are: %(columns)s."
    ),
    "grant.filters_not_understood": N_("Write the filters as an object: item → condition."),
    "grant.filter_not_understood": N_(
        "The condition on “%(column)s” does not fit its type. Numbers: 5, 1~5, >=5; dates: 2024, 2024-05, "
        "2024-01-01~2024-03-31."
    ),
    "grant.bad_number": N_("This is a whole number from 0 to %(limit)s."),
    "grant.rows_too_costly": N_(
        "The question took more than %(seconds)s seconds or too much memory. Narrow it by filters, or take the file."
    ),
    "grant.reported": N_("The use report has been handed in already."),
    "grant.revoked_not_renewed": N_(
        "A grant that was revoked cannot be renewed. Apply anew on the page of the data."
    ),
    "grant.entry_not_renewed": N_(
        "The data are no longer open on conditions, so the grant cannot be renewed; see the page of the data."
    ),
    "grant.renews_other": N_("An application renews a grant of the same data, for the same person only."),
}
