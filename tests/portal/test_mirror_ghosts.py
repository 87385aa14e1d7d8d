"""The government portal's search beside its database: what it shows and does not have, has and does not show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg2
import pytest
import requests
import sqlalchemy as sa
from ckan import model
from ckanext.govshare.domain.mirror_relay import ATTEMPTS
from ckanext.govshare.logic.mirror import status
from ckanext.govshare.mirror import reconcile, relay
from ckanext.govshare.model import MirrorLedgerRow
from local import ckan, postgres
from local.site import Site

from tests.conftest import ROOT
from tests.portal.mirroring import PeersIndex, at_peer, edit_at_peer, extras_of, row_of, wake_up
from tests.portal.officers import Department
from tests.portal.test_mirror_changes import CONDITIONAL, change

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context", "government_portal")

FORGET = """
    DELETE FROM resource_view WHERE resource_id IN (SELECT id FROM resource WHERE package_id = %(id)s);
    DELETE FROM resource WHERE package_id = %(id)s;
    DELETE FROM package_tag WHERE package_id = %(id)s;
    DELETE FROM package WHERE id = %(id)s;
"""


@pytest.fixture
def index(peer):
    """The index of the peer's search, without ghosts afterwards."""
    made = PeersIndex()
    yield made
    made.clear_ghosts(peer)


def found_by_search(peer, name: str) -> list[str]:
    """The ids under which the peer's search shows a name."""
    question = {"fq": f'name:"{name}"', "rows": 10}
    return [row["id"] for row in edit_at_peer(peer, "package_search", **question)["results"]]


def ghosts_in(run) -> list[tuple[str, str]]:
    """The ghosts that a run has named."""
    return [(row["finding"], row["remote_id"]) for row in run.report if row["finding"].startswith("ghost")]


def pushed(**fields) -> tuple[Department, dict, str]:
    """A public entry that stands at the peer, and its id there."""
    department = Department()
    made = department.published(**fields)
    relay.run_all()
    return department, made, row_of(made["id"]).remote_id


def peers_database() -> Any:
    """The database behind the peer, as its operator reaches it."""
    connection = psycopg2.connect(postgres.url(Site.of(ROOT), ckan.PEER.name, ckan.PEER.name))
    connection.autocommit = True
    return connection


def restore_without(remote_id: str) -> None:
    """Leave the peer's database as a backup from before the dataset leaves it; the index keeps what it has."""
    connection = peers_database()
    with connection.cursor() as cursor:
        cursor.execute(FORGET, {"id": remote_id})
    connection.close()


@contextmanager
def no_commit() -> Iterator[None]:
    """Let the peer's database fail in the commit of a new dataset, after all statements have gone well."""
    raises = "$$BEGIN RAISE EXCEPTION 'the connection is lost'; END$$"
    connection = peers_database()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS {raises}")
        cursor.execute(
            "CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON package DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION fail()"
        )
        try:
            yield
        finally:
            cursor.execute("DROP FUNCTION fail CASCADE")
            connection.close()


def test_how_a_ghost_comes_about(peer, government_portal, liar, index):
    """The peer indexes before it commits: what fails in between is found there, and the next attempt stands beside it."""
    with no_commit():
        made = Department().published()
        relay.run_all()
    assert at_peer(peer, made["name"]) is None
    [ghost] = found_by_search(peer, made["name"])
    wake_up()
    relay.run_all()
    remote_id = row_of(made["id"]).remote_id
    assert set(found_by_search(peer, made["name"])) == {remote_id, ghost}
    assert (at_peer(peer, remote_id)["name"], at_peer(peer, ghost)) == (made["name"], None)
    run = reconcile.reconcile(government_portal)
    assert (run.extra, run.left, run.agreeing, run.doubts) == (0, 0, run.wanted, [])
    assert ghosts_in(run) == [("ghost", ghost)]


def test_a_ghost_is_no_dataset(peer, government_portal, liar, index):
    """Listed beside the real one and answered with 404: named with what to do, counted nowhere, nothing deleted."""
    _, made, remote_id = pushed()
    ghost = index.ghost_of(remote_id)
    assert set(found_by_search(peer, made["name"])) == {remote_id, ghost}
    liar.honest()
    run = reconcile.reconcile(government_portal)
    assert (run.extra, run.left, run.awaiting_person, run.doubts) == (0, 0, 0, [])
    assert (run.agreeing, liar.writes) == (run.wanted, 0)
    named = {"finding": "ghost", "id": made["id"], "name": made["name"], "remote_id": ghost}
    assert run.report == [named | {"title": made["title"]}]
    [shown] = status.findings()
    assert f"ckan search-index clear {ghost}" in shown["note"]
    assert status.show()["targets"][0]["state"] == "agrees"
    index.lose(ghost)
    assert reconcile.reconcile(government_portal).report == []


def test_nothing_that_we_may_do_clears_a_ghost(peer, index):
    """The peer answers 404 whatever is asked of it: only its operator's command reaches the index."""
    _, _, remote_id = pushed()
    ghost = index.ghost_of(remote_id)
    for action in ("package_show", "package_delete", "package_patch", "dataset_purge"):
        answer = requests.post(
            f"{peer.url}/api/3/action/{action}",
            json={"id": ghost},
            headers={"Authorization": peer.token},
            timeout=600,
        )
        assert answer.status_code == 404, action
    assert index.document(ghost)["id"] == ghost


@pytest.mark.parametrize("how", ["withdrawn", "narrowed"])
def test_a_ghost_that_shows_what_was_taken_away(peer, government_portal, liar, index, how):
    """The dataset is gone or has no files, the search still shows both: not proven gone, and a doubt the bureau reads."""
    department, made, remote_id = pushed()
    file = {"url": "https://data.example/parking.csv", "format": "CSV", "name": "公共停车场"}
    ghost = index.ghost_of(remote_id, resources=[file])
    if how == "withdrawn":
        department.move(department.head, made["id"], "withdraw", note="数据有误")
    else:
        change(department, made["id"], **CONDITIONAL)
    liar.honest()
    relay.run_all()
    row = row_of(made["id"])
    assert (row.gone_at, row.problem) == (None, {"code": "mirror.still_found", "facts": {"remote_id": ghost}})
    run = reconcile.reconcile(government_portal)
    assert [(doubt["code"], doubt["facts"]) for doubt in run.doubts] == [
        ("mirror.ghosts_exposed", {"count": 1})
    ]
    assert (run.extra, run.left) == (0, 0)
    assert ghosts_in(run) == [("ghost_exposed", ghost)]
    assert ghost not in [key for _, key in liar.order]
    [target] = status.show()["targets"]
    assert target["state"] == "wrong"
    assert "mirror.doubtful" in [alarm["code"] for alarm in target["alarms"]]
    index.lose(ghost)
    wake_up()
    relay.run_all()
    row = row_of(made["id"])
    assert (row.problem, row.shown, row.gone_at is None) == (None, row.wanted, False)
    assert reconcile.reconcile(government_portal).doubts == []


def test_given_up_for_a_ghost_that_is_cleared(peer, government_portal, index, clock):
    """Tried until it was a dead letter; when the operator has cleared the ghost, the next comparison proves it gone."""
    department, made, remote_id = pushed()
    ghost = index.ghost_of(remote_id)
    department.move(department.head, made["id"], "withdraw", note="数据有误")
    for _ in range(ATTEMPTS):
        clock.forward(hours=1)
        relay.run_all()
    assert row_of(made["id"]).dead_at is not None
    reconcile.reconcile(government_portal)
    assert row_of(made["id"]).dead_at is not None, "nothing has changed"
    index.lose(ghost)
    reconcile.reconcile(government_portal)
    row = row_of(made["id"])
    assert (row.dead_at, row.problem, row.shown, row.gone_at is None) == (None, None, row.wanted, False)


def test_a_database_that_was_restored_without_its_index(peer, government_portal, index):
    """The search still shows everything as it must; the register does not have it: not agreeing, and made again."""
    _, made, remote_id = pushed()
    restore_without(remote_id)
    assert found_by_search(peer, made["name"]) == [remote_id]
    dry = reconcile.reconcile(government_portal, dry_run=True)
    assert (dry.missing, dry.differing, dry.left, dry.agreeing) == (1, 0, 1, dry.wanted - 1)
    run = reconcile.reconcile(government_portal)
    assert (run.mended, run.left, run.agreeing, run.doubts) == (1, 0, run.wanted, [])
    assert at_peer(peer, made["name"])["id"] == row_of(made["id"]).remote_id != remote_id
    assert ghosts_in(run) == [("ghost", remote_id)]


def test_withdrawn_before_the_second_attempt(peer, index, clock):
    """Nothing stands there, only the ghost of the first attempt: that is not gone."""
    department = Department()
    with no_commit():
        made = department.published()
        relay.run_all()
    [ghost] = found_by_search(peer, made["name"])
    department.move(department.head, made["id"], "withdraw", note="数据有误")
    clock.forward(minutes=4)
    relay.run_all()
    row = row_of(made["id"])
    assert (row.gone_at, row.problem["facts"]) == (None, {"remote_id": ghost})
    index.lose(ghost)
    clock.forward(minutes=4)
    relay.run_all()
    assert row_of(made["id"]).gone_at is not None


def test_a_ghost_is_never_taken_for_the_real_one(peer, government_portal, liar, index):
    """Listed first, with an acknowledgement that was lost: the real dataset is the one that is kept."""
    _, made, remote_id = pushed()
    index.ghost_of(remote_id, ghost=f"00000000{str(uuid4())[8:]}")
    forgotten = sa.update(MirrorLedgerRow).where(MirrorLedgerRow.entry_id == made["id"])
    model.Session.execute(forgotten.values(remote_id=None, shown=0))
    model.Session.commit()
    liar.honest()
    run = reconcile.reconcile(government_portal)
    assert (run.extra, run.left, run.agreeing) == (0, 0, run.wanted)
    assert [action for action, _ in liar.order if action == "package_delete"] == []
    wake_up()
    relay.run_all()
    assert row_of(made["id"]).remote_id == remote_id
    assert at_peer(peer, made["name"])["id"] == remote_id


def test_what_the_search_has_lost_is_indexed_again(peer, government_portal, liar, index):
    """There by its id and not to be found: one write, conditional and without a change, and it is found."""
    _, made, remote_id = pushed()
    before = at_peer(peer, remote_id)
    index.lose(remote_id)
    dry = reconcile.reconcile(government_portal, dry_run=True)
    assert (dry.missing, dry.differing, dry.left) == (0, 1, 1)
    [row] = dry.report
    assert row["differences"] == [{"field": "listed", "ours": True, "theirs": False}]
    liar.honest()
    run = reconcile.reconcile(government_portal)
    assert (run.differing, run.mended, run.left) == (1, 1, 0)
    assert [action for action, _ in liar.order] == ["package_revise"]
    assert found_by_search(peer, made["name"]) == [remote_id]
    after = at_peer(peer, remote_id)
    same = ("id", "name", "title", "notes", "state", "metadata_modified", "resources")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert extras_of(after) == extras_of(before)
    liar.honest()
    assert (reconcile.reconcile(government_portal).left, liar.writes) == (0, 0)


def test_what_the_search_shows_otherwise_is_indexed_again(peer, government_portal, index):
    """The dataset is right and the search shows another title: mended, instead of reported night after night."""
    _, made, remote_id = pushed()
    index.change(remote_id, title="没有写成的标题")
    assert at_peer(peer, remote_id)["title"] == made["title"]
    run = reconcile.reconcile(government_portal)
    assert (run.differing, run.mended, run.left) == (1, 1, 0)
    [found] = edit_at_peer(peer, "package_search", fq=f'id:"{remote_id}"')["results"]
    assert found["title"] == made["title"]


def test_lost_by_ledger_and_search(peer, government_portal, index):
    """Neither acknowledged nor found, but there: taken for what it is and indexed, not made twice."""
    _, made, remote_id = pushed()
    index.lose(remote_id)
    forgotten = sa.update(MirrorLedgerRow).where(MirrorLedgerRow.entry_id == made["id"])
    model.Session.execute(forgotten.values(remote_id=None, shown=0))
    model.Session.commit()
    run = reconcile.reconcile(government_portal)
    assert (run.missing, run.left, run.agreeing) == (1, 0, run.wanted)
    assert found_by_search(peer, made["name"]) == [remote_id]
