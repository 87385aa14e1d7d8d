"""Public figures of applications (依申请开放情况): each application stands in one bucket, by the status of its clock.

佳木斯 arts 26, 38; 政府信息公开条例 arts 49, 50. What each figure means is told by ``config/statutes/statistics.yaml``.
"""

from __future__ import annotations

from ckanext.govshare.domain import application
from ckanext.govshare.domain import deadline_status as clock
from ckanext.govshare.domain.deadline import Deadline, shanghai_date

ON_TIME, LATE = "on_time", "late"
IN_HAND, OVERDUE, AWAITING = "in_hand", "overdue", "awaiting"
WITHDRAWN, LAPSED = "withdrawn", "lapsed"

BUCKETS = (ON_TIME, LATE, IN_HAND, OVERDUE, AWAITING, WITHDRAWN, LAPSED)
# The states of an application that was answered, the most favourable first.
OUTCOMES = (
    application.APPROVED,
    application.PARTLY_APPROVED,
    application.REFUSED,
    application.REDIRECTED,
    application.NOT_ACCEPTED,
    application.RETURNED,
)

_BUCKET_OF = {
    clock.DONE: ON_TIME,
    clock.DONE_LATE: LATE,
    clock.RUNNING: IN_HAND,
    clock.DUE_TODAY: IN_HAND,
    clock.OVERDUE: OVERDUE,
    clock.STOPPED: AWAITING,
}


def bucket(state: str, stands: clock.Status) -> str:
    """Return the one bucket of an application that was received; of what is closed unanswered the state says why."""
    if stands.code == clock.CLOSED:
        return LAPSED if state == application.LAPSED else WITHDRAWN
    return _BUCKET_OF[stands.code]


def days_taken(deadline: Deadline) -> int | None:
    """Return the working days from the start of the period to the answer; None while there is none."""
    if deadline.facts.done is None:
        return None
    return deadline.calendar.count(deadline.started_on, shanghai_date(deadline.facts.done))


def on_time_share(on_time: int, late: int, overdue: int) -> int | None:
    """Return the share answered on time (按期答复率) in whole per cent, rounded down; None when nothing was due.

    What is overdue counts against it, so that not answering never mends the figure.
    """
    settled = on_time + late + overdue
    return on_time * 100 // settled if settled else None
