"""The unmodified CKAN as the government portal: what is public here stands there, and is proven to.

Only faults come from a small proxy of ours (liar.py); everything else is the real peer over HTTP.
"""

from __future__ import annotations

import itertools
import json
from functools import partial
from time import sleep
from uuid import uuid4

import pytest
import requests
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare.logic.mirror import status
from ckanext.govshare.mirror import ckan_site, reconcile, relay
from ckanext.govshare.mirror.guarded_http import GuardedSession
from ckanext.govshare.model import MirrorChange, MirrorLedgerRow, MirrorRun, MirrorTarget

from tests.portal.mirroring import at_peer, edit_at_peer, extras_of, row_of, run_in_turn, wake_up
from tests.portal.officers import REVIEW, Department
from tests.portal.test_mirror_changes import CLOSED, CONDITIONAL, change

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context", "government_portal")


def test_the_life_of_an_entry_at_the_peer(peer):
    """Published, renamed, narrowed, withdrawn, published again: each time the peer shows what is public here."""
    department = Department()
    made = department.published()
    assert relay.run_all()["sent"] == 1
    there = at_peer(peer, made["name"])
    assert (there["title"], there["organization"]["name"]) == (made["title"], department.name)
    assert extras_of(there)["开放类型"] == "无条件开放"
    assert row_of(made["id"]).remote_id == there["id"] != made["id"]
    title = f"公共停车场（新）{uuid4().hex[:6]}"
    change(department, made["id"], title=title)
    relay.run_all()
    assert at_peer(peer, there["id"])["title"] == title
    change(department, made["id"], **CONDITIONAL)
    relay.run_all()
    narrowed = at_peer(peer, there["id"])
    assert narrowed["resources"] == []
    assert extras_of(narrowed)["开放条件"] == CONDITIONAL["openness_condition"]
    assert extras_of(narrowed)["申请使用"].endswith("/apply")
    assert row_of(made["id"]).gone_at is not None
    department.move(department.head, made["id"], "withdraw", note="数据有误")
    assert relay.run_all() == {"removed": 1}
    assert at_peer(peer, there["id"]) is None
    department.move(department.clerk, made["id"], "reopen")
    for who, move, more in (
        (department.clerk, "submit", {}),
        (department.head, "approve", {"review": REVIEW}),
        (department.bureau, "publish", {}),
    ):
        department.move(who, made["id"], move, **more)
    relay.run_all()
    assert at_peer(peer, made["name"])["id"] == there["id"]


def test_closed_means_gone(peer):
    """Narrowed to closed, an entry is taken away and proven gone; a closed one never gets there."""
    department = Department()
    made = department.published()
    hidden = department.published(**CLOSED)
    relay.run_all()
    assert at_peer(peer, hidden["name"]) is None
    there = at_peer(peer, made["name"])
    change(department, made["id"], **CLOSED)
    relay.run_all()
    assert at_peer(peer, there["id"]) is None
    row = row_of(made["id"])
    assert (row.shown, row.gone_at is not None) == (row.wanted, True)


def test_what_takes_away_goes_before_what_adds(government_portal, liar):
    """A withdrawal made last is carried out first."""
    department = Department()
    gone = department.published()
    relay.run_all()
    fresh = [department.published() for _ in range(2)]
    department.move(department.head, gone["id"], "withdraw", note="数据有误")
    liar.honest()
    run_in_turn(government_portal)
    written = [key for action, key in liar.order if action.startswith("package")]
    assert written[0] == row_of(gone["id"]).remote_id
    assert set(written[1:]) == {entry["name"] for entry in fresh}


def test_edited_by_hand_at_the_peer(peer, government_portal, liar):
    """A title changed there, a file added, the mark taken off, an entry deleted: reported field by field, mended."""
    department = Department()
    edited, unmarked, deleted = (department.published() for _ in range(3))
    relay.run_all()
    ids = {entry["id"]: row_of(entry["id"]).remote_id for entry in (edited, unmarked, deleted)}
    edit_at_peer(peer, "package_patch", id=ids[edited["id"]], title="被改的标题")
    edit_at_peer(peer, "resource_create", package_id=ids[edited["id"]], url="http://example.org/x", name="x")
    edit_at_peer(peer, "package_patch", id=ids[unmarked["id"]], extras=[])
    edit_at_peer(peer, "package_delete", id=ids[deleted["id"]])
    dry = reconcile.reconcile(government_portal, dry_run=True)
    assert (dry.missing, dry.differing, dry.left, dry.doubts) == (1, 2, 3, [])
    found = {row["id"]: row for row in dry.report}
    assert [d["field"] for d in found[edited["id"]]["differences"]] == ["title", "resources"]
    assert found[edited["id"]]["differences"][0]["theirs"] == "被改的标题"
    assert found[deleted["id"]]["finding"] == "missing"
    run = reconcile.reconcile(government_portal)
    assert (run.mended, run.left, run.agreeing) == (3, 0, run.wanted)
    assert at_peer(peer, ids[edited["id"]])["title"] == edited["title"]
    assert {at_peer(peer, entry["name"])["id"] for entry in (edited, unmarked, deleted)} == set(ids.values())


def test_unchanged_means_no_write(government_portal, liar):
    """Compared a second time, nothing is written at all; pushed again, neither."""
    Department().published()
    reconcile.reconcile(government_portal)
    liar.honest()
    run = reconcile.reconcile(government_portal)
    assert (run.left, run.agreeing, run.doubts) == (0, run.wanted, [])
    assert (liar.writes, liar.calls["package_search"] >= 1) == (0, True)
    assert status.show()["targets"][0]["state"] == "agrees"


def test_a_strangers_dataset_is_never_touched(peer, government_portal):
    """A name that somebody else holds at the peer is a conflict that a person must solve; it stays as it is."""
    department = Department()
    made = department.draft()
    edit_at_peer(peer, "organization_create", name=f"stranger-{uuid4().hex[:6]}")
    theirs = edit_at_peer(
        peer, "package_create", name=made["name"], title="别人的数据", owner_org=department_at_peer(peer)
    )
    department.move(department.clerk, made["id"], "submit")
    department.move(department.head, made["id"], "approve", review=REVIEW)
    department.move(department.bureau, made["id"], "publish")
    relay.run_all()
    assert row_of(made["id"]).problem["code"] == "mirror.name_taken"
    run = reconcile.reconcile(government_portal)
    assert at_peer(peer, theirs["id"]) == theirs
    assert run.left >= 1
    [shown] = status.show()["targets"]
    assert shown["state"] == "wrong"
    assert "mirror.conflicts" in [alarm["code"] for alarm in shown["alarms"]]
    edit_at_peer(peer, "dataset_purge", id=theirs["id"])
    assert reconcile.reconcile(government_portal).left == 0


def department_at_peer(peer) -> str:
    """Some organization at the peer."""
    answer = requests.post(f"{peer.url}/api/3/action/organization_list", json={}, timeout=600)
    return answer.json()["result"][0]


def test_a_peer_that_is_down_catches_up_in_order(peer, government_portal, liar, clock):
    """While the peer is away nothing is lost; when it is back only the newest state of each entry is written."""
    department = Department()
    one, two = department.published(), department.published()
    relay.run_all()
    clock.stop()
    liar.cut = True
    titles = [f"第{n}次改名{uuid4().hex[:6]}" for n in range(3)]
    for title in titles:
        change(department, one["id"], title=title)
        relay.run_all()
    department.move(department.head, two["id"], "withdraw", note="数据有误")
    relay.run_all()
    [shown] = status.show()["targets"]
    assert (shown["state"], shown["waiting"]) == ("behind", 2)
    liar.honest()
    assert relay.run_all() == {}, "the target rests before it is tried again"
    wake_up()
    assert run_in_turn(government_portal) == {"sent": 1, "removed": 1}
    assert at_peer(peer, one["name"])["title"] == titles[-1]
    assert at_peer(peer, two["name"]) is None
    assert [key for _, key in liar.order] == [row_of(two["id"]).remote_id, one["name"]]


def test_killed_between_the_write_and_its_answer(peer, liar, clock):
    """The peer has written, the relay dies before it knows: the second try finds it and writes nothing twice."""
    department = Department()
    made = department.published()

    def lost(action, _true):
        if action == "package_create":
            liar.cut = True
        return (502, {}, b"") if action == "package_create" else None

    liar.lie = lost
    relay.run_all()
    assert row_of(made["id"]).shown == 0
    liar.honest()
    wake_up()
    relay.run_all()
    there = at_peer(peer, made["name"])
    assert row_of(made["id"]).remote_id == there["id"]
    clock.forward(minutes=4)
    relay.run_all()
    assert row_of(made["id"]).shown == row_of(made["id"]).wanted
    assert liar.writes == 0, "found by its mark"


def test_killed_before_the_answer_and_then_withdrawn(peer, liar):
    """What the peer wrote without our knowing is found by its mark and taken away."""
    department = Department()
    made = department.published()
    liar.lie = lambda action, _: (502, {}, b"") if action == "package_create" else None
    relay.run_all()
    assert at_peer(peer, made["name"]) is not None
    department.move(department.head, made["id"], "withdraw", note="数据有误")
    liar.honest()
    wake_up()
    relay.run_all()
    assert at_peer(peer, made["name"]) is None


def listing(change_results):
    """A lie about every page of the listing."""

    def lie(action, true):
        if action != "package_search":
            return None
        answer = json.loads(true)
        change_results(answer["result"])
        return 200, {"Content-Type": "application/json"}, json.dumps(answer).encode()

    return lie


def emptied(result):
    result.update(count=0, results=[])


def halved(result):
    """The first half, and nothing when asked for more."""
    rows = result["results"]
    result["results"] = rows[: len(rows) // 2] if len(rows) == result["count"] else []


def halved_and_counted(result):
    result["results"] = result["results"][: len(result["results"]) // 2]
    result["count"] = len(result["results"])


def doubled(result):
    result["results"] *= 2
    result["count"] = len(result["results"])


def always(status, body):
    """A lie about everything: the same answer whatever is asked."""
    return lambda *_: (status, {}, body)


def page_of_html(action, true):
    return (
        (200, {"Content-Type": "text/html"}, b"<h1>Maintenance</h1>") if action == "package_search" else None
    )


def redirected(action, _true):
    headers = {"Location": "http://169.254.169.254/latest/meta-data/"}
    return (302, headers, b"") if action == "package_search" else None


def ten_gigabytes(_action, _true):
    return 200, {"Content-Length": str(10 << 30)}, itertools.repeat(b" " * (1 << 20), 10 << 10)


def byte_by_byte(_action, _true):
    return 200, {}, (sleep(0.05) or b" " for _ in itertools.count())


@pytest.mark.parametrize(
    ("lie", "codes"),
    [
        (listing(emptied), {"mirror.list_empty"}),
        (listing(halved), {"mirror.list_short", "mirror.list_lost"}),
        (listing(halved_and_counted), {"mirror.list_lost"}),
        (listing(doubled), {"mirror.list_duplicates"}),
        (page_of_html, {"mirror.not_json"}),
        (redirected, {"mirror.redirected"}),
        (always(500, b"oops"), {"mirror.failing"}),
        (always(200, b"\x00" * (33 << 20)), {"mirror.too_large"}),
        (ten_gigabytes, {"mirror.too_large"}),
        (byte_by_byte, {"mirror.too_slow"}),
        (always(200, b'{"success": true, "result": []}'), {"mirror.not_json"}),
    ],
    ids=[
        "empty",
        "half",
        "half, counted",
        "twice",
        "error page",
        "redirect",
        "500",
        "33 MB",
        "10 GB",
        "slow bytes",
        "wrong shape",
    ],
)
def test_wrong_answers_delete_nothing_and_are_named(government_portal, liar, monkeypatch, lie, codes):
    """Whatever the peer answers to the listing: no write, and the run says what cannot be true."""
    department = Department()
    for _ in range(4):
        department.published()
    reconcile.reconcile(government_portal)
    liar.honest()
    liar.lie = lie
    if lie is byte_by_byte:
        impatient = partial(GuardedSession, seconds=1.0)
        monkeypatch.setattr(ckan_site, "GuardedSession", impatient)
    run = reconcile.reconcile(government_portal)
    assert {doubt["code"] for doubt in run.doubts} == codes
    assert liar.writes == 0
    assert status.show()["targets"][0]["state"] == "wrong"


def test_many_extras_wait_for_a_person(peer, government_portal):
    """Our mark on datasets that nobody here knows: few are removed, many only after a person has agreed."""
    source, department = toolkit.config["ckan.site_id"], Department()
    department.published()
    relay.run_all()

    def plant(count: int) -> None:
        for _ in range(count):
            mark = [{"key": "govshare_origin", "value": f"{source}:{uuid4()}"}]
            edit_at_peer(
                peer, "package_create", name=f"x-{uuid4().hex}", owner_org=department.name, extras=mark
            )

    plant(2)
    run = reconcile.reconcile(government_portal)
    assert (run.extra, run.awaiting_person, run.left) == (2, 0, 0)
    count = max(4, run.wanted // 5)
    plant(count)
    run = reconcile.reconcile(government_portal)
    assert (run.extra, run.awaiting_person, run.left) == (count, count, count)
    assert reconcile.reconcile(government_portal, confirmed=count - 1).left == count
    assert reconcile.reconcile(government_portal, confirmed=count).left == 0


def test_credentials_stand_nowhere_but_in_their_file(peer, caplog):
    """Not in a row of the database, not in the log."""
    Department().published()
    relay.run_all()
    for table in (MirrorChange, MirrorLedgerRow, MirrorTarget, MirrorRun):
        rows = model.Session.execute(sa.select(table.__table__)).all()
        assert peer.token not in repr(rows)
    assert peer.token not in caplog.text
