"""Use report (使用情况报告) and renewal (续期): what follows when a grant comes to its end.

The undertaking of the application: the holder reports the use and the results, and says whether the data are deleted.
Silence has no consequence but to be seen: the duty is soft.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from ckanext.govshare.domain.deadline import SHANGHAI
from ckanext.govshare.domain.decision import Decision, Reason, decide
from ckanext.govshare.domain.grant import ENDED, REVOKED, WAITING, Grant, Standing, status
from ckanext.govshare.domain.openness import CONDITIONAL
from ckanext.govshare.domain.publication import PUBLISHED

DUTY = "use_report"
RULE = "安全承诺书 5"


def may_report(grant: Grant, today: date, *, person: str, reported: bool) -> Decision:
    """Decide whether a use report may be handed in: by the holder, once, from the first day of the grant on."""
    found = []
    if grant.holder != person:
        found.append(Reason("grant.not_yours", rule=RULE))
    if reported:
        found.append(Reason("grant.reported"))
    if status(grant, today) == WAITING:
        found.append(Reason("grant.not_yet"))
    return decide(found)


def is_over(grant: Grant, today: date) -> bool:
    """Tell whether nothing can be taken by a grant any more, ever."""
    return status(grant, today) in (ENDED, REVOKED)


def owes_report(grant: Grant, today: date, *, taken: bool, reported: bool) -> bool:
    """Tell whether a report is awaited: of a grant that is over, by which something was taken."""
    return is_over(grant, today) and taken and not reported


def over_since(grant: Grant) -> datetime:
    """Return the instant from which the report's period runs: the end of the last day, or of the day of revocation."""
    day = grant.ends_on if grant.revoked_on is None else min(grant.ends_on, grant.revoked_on)
    return datetime.combine(day, time(0, tzinfo=SHANGHAI)) + timedelta(hours=23, minutes=59)


def may_renew(grant: Grant, today: date, entry: Standing, *, person: str) -> Decision:
    """Decide whether a grant may be renewed: an application anew, by its holder, unless it was revoked."""
    found = []
    if grant.holder != person:
        found.append(Reason("grant.not_yours", rule=RULE))
    if status(grant, today) == REVOKED:
        found.append(Reason("grant.revoked_not_renewed"))
    if entry.publication_state != PUBLISHED or entry.openness != CONDITIONAL:
        found.append(Reason("grant.entry_not_renewed"))
    return decide(found)


def may_follow(grant: Grant, *, applicant: str, entries: frozenset[str]) -> Decision:
    """Decide whether an application may name a grant as the one that it renews: the applicant's own, of an entry asked for."""
    found = []
    if grant.holder != applicant or grant.entry_id not in entries:
        found.append(Reason("grant.renews_other", field="renews"))
    return decide(found)
