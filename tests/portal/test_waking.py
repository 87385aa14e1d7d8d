"""The worker is woken once, however much has become due since it last looked."""

from __future__ import annotations

import pytest
from ckan.lib.jobs import get_queue
from ckan.plugins import toolkit
from ckanext.govshare.logic import waking
from rq import Queue

from tests.portal.mirroring import write_targets
from tests.portal.officers import Department

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")


@pytest.fixture
def queue():
    """The portal's queue, empty before and after."""
    queue = get_queue(waking.QUEUE)
    queue.empty()
    yield queue
    queue.empty()


def waiting(queue):
    return [job.func_name for job in queue.jobs]


def test_one_job_that_waits_is_enough(queue):
    for job in (waking.DRAIN, waking.FOLLOW, waking.DRAIN, waking.FOLLOW, waking.DRAIN):
        waking.wake(job)
    assert waiting(queue) == [waking.DRAIN, waking.FOLLOW]


def test_one_that_has_begun_may_have_looked_already(queue):
    waking.wake()
    Queue.dequeue_any([queue], timeout=None, connection=queue.connection)
    assert waiting(queue) == []
    waking.wake()
    assert waiting(queue) == [waking.DRAIN]


def test_for_mirrors_the_worker_is_woken_where_there_are_any(queue, tmp_path, monkeypatch):
    department = Department()
    department.published()
    assert waking.FOLLOW not in waiting(queue)
    file = write_targets(tmp_path, "http://portal.invalid", "token")
    monkeypatch.setitem(toolkit.config, "ckanext.govshare.mirror_targets", str(file))
    department.published()
    assert waking.FOLLOW in waiting(queue)
