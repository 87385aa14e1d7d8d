"""Ask the worker to look into the outbox now; without Redis the next tick does it."""

from __future__ import annotations

import logging

from ckan.lib.jobs import get_queue
from ckan.plugins import toolkit

log = logging.getLogger(__name__)

QUEUE = "govshare"
DRAIN = "ckanext.govshare.jobs.drain"  # by name: jobs know the rooms that call this, not the other way
FOLLOW = "ckanext.govshare.jobs.follow"
TIMEOUT = 3600  # seconds; CKAN's 180 would cut a long import or release short


def wake(job: str = DRAIN) -> None:
    """Let one job wait on the queue, after the commit; the outbox is the truth, waking is a courtesy.

    A job that still waits begins after this, and sees what was committed before: one is enough.
    """
    try:
        if not any(waiting.func_name == job for waiting in get_queue(QUEUE).jobs):
            toolkit.enqueue_job(job, queue=QUEUE, title=job, rq_kwargs={"timeout": TIMEOUT})
    except Exception:  # noqa: BLE001 - whatever Redis has, the event is safe in the outbox
        log.warning("the job queue cannot be reached; the next tick will do the work")
