"""The mirror when things fail: late writes, a peer away for an hour, killed stores, two relays, little permission.

Time is the portal's clock, put forward; the line fails at the proxy (liar.py); everything else is real.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import sleep
from uuid import uuid4

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare import runtime
from ckanext.govshare.logic.mirror import status
from ckanext.govshare.mirror import ledger, reconcile, relay
from ckanext.govshare.mirror.ckan_site import CkanSite
from ckanext.govshare.model import MirrorLedgerRow, MirrorTarget
from sqlalchemy.exc import SQLAlchemyError

from tests.portal.mirroring import at_peer, edit_at_peer, row_of, run_in_turn, wake_up
from tests.portal.officers import REVIEW, Department, act
from tests.portal.test_mirror_changes import CONDITIONAL, change

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context", "government_portal")

JSON = {"Content-Type": "application/json"}


def takes_away(_action: str, given: dict) -> bool:
    """Whether a write makes a dataset disappear."""
    return given.get("update") == {"state": "deleted"}


def refusal(**fields: list[str]) -> tuple[int, dict[str, str], bytes]:
    """What CKAN answers to what it does not take."""
    error = {"success": False, "error": {"__type": "Validation Error", **fields}}
    return 409, JSON, json.dumps(error).encode()


def titles_of(peer, key: str) -> list[str]:
    """The titles that a dataset has had at the peer, oldest first."""
    rows = edit_at_peer(peer, "package_activity_list", id=key, limit=100)
    return [row["data"]["package"]["title"] for row in reversed(rows)]


def rests() -> bool:
    """Whether the target as a whole waits until it answers again."""
    model.Session.rollback()
    return model.Session.get_one(MirrorTarget, "portal", populate_existing=True).unreachable_since is not None


def publish_again(department: Department, entry: str) -> None:
    """Take a withdrawn entry the whole way to the public."""
    department.move(department.clerk, entry, "reopen")
    department.move(department.clerk, entry, "submit")
    department.move(department.head, entry, "approve", review=REVIEW)
    department.move(department.bureau, entry, "publish")


def withdraw(department: Department, entry: str) -> None:
    """Take an entry out of the public's sight."""
    department.move(department.head, entry, "withdraw", note="数据有误")


def test_a_dead_letter_is_sent_again_by_the_bureau(liar):
    """Refused eight times an entry waits for a person; the bureau reads why and sends it again, a head may not."""
    department = Department()
    made = department.published()
    liar.bar = lambda action, _: refusal(title=["no"]) if action == "package_create" else None
    for _ in range(9):
        wake_up()
        relay.run_all()
    assert (liar.calls["package_create"], row_of(made["id"]).dead_at is not None) == (8, True)
    [shown] = status.show()["targets"]
    assert (shown["state"], shown["dead"]) == ("wrong", 1)
    problems = act(department.bureau, "govshare_mirror_problem_list")["problems"]
    told = next(row for row in problems if row["entry_id"] == made["id"])
    assert (told["dead"], "no" in told["problem"]) == (True, True)
    again = {"target": "portal", "entry_id": made["id"]}
    for who in (department.head, department.clerk, None):
        with pytest.raises(toolkit.NotAuthorized):
            act(who, "govshare_mirror_retry", **again)
    liar.honest()
    act(department.bureau, "govshare_mirror_retry", **again)
    relay.run_all()
    row = row_of(made["id"])
    assert (row.shown, row.dead_at, row.problem) == (row.wanted, None, None)


def test_a_new_entry_that_arrives_after_its_withdrawal_is_taken_away(peer, liar, clock):
    """The line keeps a new entry back; it is withdrawn, nothing stands there, and then the entry arrives."""
    department = Department()
    made = department.published()
    liar.hold = lambda action, _: action == "package_create"
    relay.run_all()
    withdraw(department, made["id"])
    wake_up()
    relay.run_all()
    row = row_of(made["id"])
    assert (row.shown < row.wanted, row.gone_at) == (True, None), "nobody knows where the first letter is"
    assert liar.deliver() == [200]
    assert at_peer(peer, made["name"]) is not None
    clock.forward(minutes=4)
    assert relay.run_all() == {"removed": 1}
    row = row_of(made["id"])
    assert (at_peer(peer, made["name"]), row.shown, row.gone_at is None) == (None, row.wanted, False)


def test_a_late_change_never_covers_a_newer_one(peer, liar, clock):
    """The line keeps a title back and delivers it after the next: the peer refuses it, and never shows it."""
    department = Department()
    made = department.published()
    relay.run_all()
    old, new = (f"第{n}次改名{uuid4().hex[:6]}" for n in (1, 2))
    liar.hold = lambda _, given: given.get("update", {}).get("title") == old
    change(department, made["id"], title=old)
    relay.run_all()
    change(department, made["id"], title=new)
    wake_up()
    relay.run_all()
    assert at_peer(peer, made["name"])["title"] == new, row_of(made["id"]).problem
    assert liar.deliver() == [409]
    assert titles_of(peer, made["name"]) == [made["title"], new]
    clock.forward(minutes=4)
    relay.run_all()
    row = row_of(made["id"])
    assert (row.shown, liar.calls["package_revise"]) == (row.wanted, 2), "looked at once more, not written"


@pytest.mark.parametrize("title", ["", "改名"], ids=["as it was", "renamed"])
def test_a_late_withdrawal_hits_nothing(peer, liar, clock, title):
    """The line keeps a deletion back until the entry is public again, changed or not: the peer refuses it."""
    department = Department()
    made = department.published()
    relay.run_all()
    liar.hold = takes_away
    withdraw(department, made["id"])
    relay.run_all()
    liar.hold = lambda *_: False
    if title:
        department.move(department.clerk, made["id"], "reopen")
        act(department.clerk, "package_patch", id=made["id"], title=f"{made['title']}{title}")
        department.move(department.clerk, made["id"], "submit")
        department.move(department.head, made["id"], "approve", review=REVIEW)
        department.move(department.bureau, made["id"], "publish")
    else:
        publish_again(department, made["id"])
    wake_up()
    relay.run_all()
    written = liar.writes
    assert liar.deliver() == [409]
    assert at_peer(peer, made["name"])["title"] == f"{made['title']}{title}"
    clock.forward(minutes=4)
    relay.run_all()
    row = row_of(made["id"])
    assert (row.shown, row.writing_since, liar.writes) == (row.wanted, None, written), (
        "looked at, not written"
    )


def test_a_withdrawal_is_not_held_up_by_the_peers_own_rules(peer, liar):
    """A dataset that the peer would not take as it stands is deleted all the same."""
    department = Department()
    made = department.published()
    relay.run_all()
    liar.bar = lambda action, given: refusal(notes=["Missing value"]) if takes_away(action, given) else None
    withdraw(department, made["id"])
    assert relay.run_all() == {"removed": 1}
    assert (at_peer(peer, made["name"]), liar.calls["package_delete"]) == (None, 1)


def test_away_for_an_hour(peer, government_portal, liar, clock):
    """Whatever was tried meanwhile: the peer is back, and within five minutes all is there, what takes away first."""
    department = Department()
    gone, renamed = department.published(), department.published()
    relay.run_all()
    liar.cut = True
    withdraw(department, gone["id"])
    change(department, renamed["id"], title=f"改名{uuid4().hex[:6]}")
    fresh = department.published()
    for _ in range(62):
        clock.forward(minutes=1)
        relay.run_all()
    assert "mirror.unreachable_long" in [alarm["code"] for alarm in status.show()["targets"][0]["alarms"]]
    last = f"又改名{uuid4().hex[:6]}"
    change(department, renamed["id"], title=last)
    liar.honest()
    clock.forward(minutes=5)
    assert run_in_turn(government_portal) == {"removed": 1, "sent": 2}
    keys = [key for action, key in liar.order if action.startswith("package")]
    assert keys[0] == row_of(gone["id"]).remote_id
    assert set(keys[1:]) == {renamed["name"], fresh["name"]}
    assert at_peer(peer, renamed["name"])["title"] == last
    assert {row_of(entry["id"]).dead_at for entry in (gone, renamed, fresh)} == {None}


def test_one_entry_that_breaks_the_peer_holds_up_no_other(peer, liar):
    """The peer answers one entry with an error of its own, and is well otherwise: the others go on."""
    department = Department()
    poison, *others = (department.published() for _ in range(6))

    def broken(action, given):
        return (500, {}, b"oops") if given.get("name") == poison["name"] and "create" in action else None

    liar.bar = broken
    relay.run_all()
    assert all(at_peer(peer, entry["name"]) for entry in others)
    assert row_of(poison["id"]).problem["code"] == "mirror.failing"
    assert not rests()


def test_a_peer_that_answers_everything_with_errors_rests(liar):
    """An error page for every question is the peer's fault: nothing is held against the entries."""
    department = Department()
    entries = [department.published() for _ in range(3)]
    liar.bar = lambda *_: (502, {}, b"Bad Gateway")
    relay.run_all()
    assert rests()
    assert {row_of(entry["id"]).attempts for entry in entries} == {0}


def test_two_relays_write_nothing_twice(peer, liar):
    """Two relays at once share the work: each entry is written once."""
    department = Department()
    entries = [department.published() for _ in range(8)]
    liar.delay = 0.05
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: relay.run_all(), range(2)))
    assert sum(one["sent"] for one in done) == 8
    created = [key for action, key in liar.order if action == "package_create"]
    assert sorted(created) == sorted(entry["name"] for entry in entries)


def test_the_database_dies_between_claim_and_commit(peer, liar, clock):
    """The peer has written, our database has lost the answer: seen again, nothing is written twice."""
    department = Department()
    made = department.published()

    def kill(action, _true):
        if action == "package_create":
            with model.meta.engine.begin() as connection:
                connection.execute(
                    sa.text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'"
                        " AND datname = current_database() AND query LIKE '%govshare_mirror_ledger%'"
                    )
                )

    liar.lie = kill
    model.Session.rollback()
    with pytest.raises(SQLAlchemyError):
        relay.run_all()
    row = row_of(made["id"])
    assert (row.shown, row.remote_id, row.writing_since is None) == (0, None, False)
    liar.lie = None
    wake_up()
    relay.run_all()
    clock.forward(minutes=4)
    relay.run_all()
    row = row_of(made["id"])
    assert (row.remote_id, row.shown) == (at_peer(peer, made["name"])["id"], row.wanted)
    assert titles_of(peer, made["name"]) == [made["title"]]


def test_overtaken_between_announcing_and_writing(liar):
    """Who loses the row to another relay while announcing writes nothing."""
    department = Department()
    made = department.published()
    key = ("portal", made["id"])
    mine, other = model.meta.create_local_session(), model.meta.create_local_session()
    ledger.spread(mine, "portal", runtime.now())
    row = ledger.claim(mine, "portal", runtime.now())
    assert row.entry_id == made["id"]
    really = mine.commit

    def commit() -> None:
        really()
        other.get(MirrorLedgerRow, key, with_for_update=True)

    mine.commit = commit
    with pytest.raises(ledger.OvertakenError):
        ledger.announce(mine, row, runtime.now())
    for session in (mine, other):
        session.close()


@contextmanager
def held_up(connection: sa.Connection) -> Iterator[None]:
    """Let who looks for work see what is due, and lock it only when ``connection`` lets go of lock 7."""

    def wait(_connection, _cursor, statement, parameters, *_rest):
        looks = statement.startswith("SELECT govshare_mirror_ledger.entry_id") and "SKIP LOCKED" in statement
        gate = "WHERE pg_advisory_xact_lock_shared(7) IS NOT NULL AND "
        return (statement.replace("WHERE ", gate, 1) if looks else statement), parameters

    connection.execute(sa.text("SELECT pg_advisory_lock(7)"))
    sa.event.listen(model.meta.engine, "before_cursor_execute", wait, retval=True)
    try:
        yield
    finally:
        sa.event.remove(model.meta.engine, "before_cursor_execute", wait)
        connection.execute(sa.text("SELECT pg_advisory_unlock(7)"))


def test_who_looks_for_work_holds_only_what_they_found(liar):
    """A row that is taken between the look and the lock is let go: who has announced a write there need not wait."""
    department = Department()
    first, second = (department.published()["id"] for _ in range(2))
    mine, other = model.meta.create_local_session(), model.meta.create_local_session()
    ledger.spread(mine, "portal", runtime.now())
    row = ledger.claim(mine, "portal", runtime.now())
    assert row.entry_id == first
    waits = sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7 AND NOT granted")
    with model.meta.engine.connect() as gate, ThreadPoolExecutor(1) as pool:
        with held_up(gate):
            found = pool.submit(ledger.claim, other, "portal", runtime.now())
            while not gate.scalar(waits):
                sleep(0.01)
            row.available_at = runtime.now() + ledger.TAKEN
            mine.commit()
        assert found.result().entry_id == second
        mine.get(MirrorLedgerRow, ("portal", first), with_for_update={"nowait": True}, populate_existing=True)
    for session in (mine, other):
        session.close()


def test_narrowed_before_the_ledger_knew(government_portal):
    """A narrowing that comes between the claim and the sending is proven like any other."""
    department = Department()
    made = department.published()
    relay.run_all()
    change(department, made["id"], title=f"改名{uuid4().hex[:6]}")
    session, site = model.meta.create_local_session(), CkanSite(government_portal)
    ledger.spread(session, "portal", runtime.now())
    row = ledger.claim(session, "portal", runtime.now())
    change(department, made["id"], **CONDITIONAL)
    assert relay.carry_out(session, site, row) == "sent"
    session.commit()
    session.close()
    site.close()
    assert row_of(made["id"]).gone_at is not None


@pytest.fixture
def editor(peer, government_portal):
    """An account at the peer as a real portal gives it: no sysadmin, editor of one organization."""
    name = f"editor-{uuid4().hex[:8]}"
    edit_at_peer(peer, "user_create", name=name, email=f"{name}@example.org", password=uuid4().hex)
    made = edit_at_peer(peer, "api_token_create", user=name, name="mirror")
    government_portal.credentials.write_text(made["token"])
    return name


def employ(peer, editor: str, department: Department) -> None:
    """Make the department's organization at the peer and the account its editor."""
    edit_at_peer(peer, "organization_create", name=department.name, title="市测试局")
    edit_at_peer(peer, "organization_member_create", id=department.name, username=editor, role="editor")


def test_an_editor_is_enough(peer, government_portal, editor):
    """The whole life of an entry with the permissions of an editor of its organization."""
    department = Department()
    employ(peer, editor, department)
    made, files = department.published(), department.published()
    relay.run_all()
    there = at_peer(peer, made["name"])
    assert there["organization"]["name"] == department.name
    title = f"改名{uuid4().hex[:6]}"
    change(department, made["id"], title=title)
    change(department, files["id"], **CONDITIONAL)
    relay.run_all()
    assert at_peer(peer, made["name"])["title"] == title
    withdraw(department, made["id"])
    relay.run_all()
    assert (at_peer(peer, there["id"]), row_of(made["id"]).gone_at is None) == (None, False)
    publish_again(department, made["id"])
    relay.run_all()
    assert at_peer(peer, made["name"])["id"] == there["id"]
    edit_at_peer(peer, "package_patch", id=there["id"], title="被改的标题")
    run = reconcile.reconcile(government_portal)
    assert (run.differing, run.left, run.doubts) == (1, 0, []), run.report


def test_an_editor_without_the_organization(peer, liar, editor):
    """What the account may not do holds up no other entry, and the bureau reads what is missing."""
    denied = {"success": False, "error": {"__type": "Authorization Error", "message": "no"}}
    denied = 403, JSON, json.dumps(denied).encode()  # what a portal says that lets nobody make organizations
    liar.bar = lambda action, _: denied if action == "organization_create" else None
    known, unknown, foreign = Department(), Department(), Department()
    employ(peer, editor, known)
    edit_at_peer(peer, "organization_create", name=foreign.name, title="市测试局")
    strange = [unknown.published(), foreign.published()]
    made = known.published()
    relay.run_all()
    assert at_peer(peer, made["name"]) is not None
    codes = [(row_of(entry["id"]).problem or {}).get("code") for entry in strange]
    assert codes == ["mirror.no_organization", "mirror.not_authorized"]
    assert not rests()


def test_an_editor_meets_a_name_that_he_may_not_see(peer, editor):
    """A stranger's private dataset holds the name: a conflict for a person, not a fault of the peer."""
    department = Department()
    employ(peer, editor, department)
    other = edit_at_peer(peer, "organization_create", name=f"stranger-{uuid4().hex[:6]}")
    made = department.draft()
    theirs = {"name": made["name"], "owner_org": other["id"], "private": True}
    held = edit_at_peer(peer, "package_create", **theirs)
    department.move(department.clerk, made["id"], "submit")
    department.move(department.head, made["id"], "approve", review=REVIEW)
    department.move(department.bureau, made["id"], "publish")
    relay.run_all()
    assert row_of(made["id"]).problem["code"] == "mirror.name_taken"
    edit_at_peer(peer, "dataset_purge", id=held["id"])


def test_a_revoked_token_is_the_targets_fault(liar, peer, editor):
    """Credentials that are accepted for nothing let the target rest; no entry is given up."""
    department = Department()
    employ(peer, editor, department)
    made = department.published()
    edit_at_peer(peer, "user_delete", id=editor)
    relay.run_all()
    row = row_of(made["id"])
    assert (row.problem["code"], row.attempts) == ("mirror.not_authorized", 0)
    assert rests()


def test_a_peer_that_gives_few_at_once_is_listed_whole(government_portal, liar):
    """A site with a smaller limit than our page is read in smaller pages."""
    department = Department()
    for _ in range(3):
        department.published()
    relay.run_all()

    def few(action, true):
        if action != "package_search":
            return None
        told = json.loads(true)
        told["result"]["results"] = told["result"]["results"][:2]
        return 200, JSON, json.dumps(told).encode()

    liar.lie = few
    run = reconcile.reconcile(government_portal)
    assert (run.doubts, run.left, run.agreeing) == ([], 0, run.wanted)
    assert liar.calls["package_search"] >= run.wanted // 2
