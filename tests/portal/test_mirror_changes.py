"""The change feed: every change of what is public is in it, in the order of the commits, and nothing else."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare.logic.mirror import changes
from ckanext.govshare.model import MirrorChange
from sqlalchemy.exc import SQLAlchemyError

from tests.portal.officers import REVIEW, Department, act, card, system

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")

CONDITIONAL = {
    "openness": "conditional",
    "share_type": "conditional",
    "openness_condition": "用于交通研究",
    "openness_basis": [{"title": "某条例", "article": "第一条", "level": "local_regulation"}],
}
CLOSED = {
    "openness": "closed",
    "openness_reason": "涉及公共安全",
    "openness_basis": [{"title": "某条例", "article": "第一条", "level": "local_regulation"}],
}


def change(department: Department, entry: str, **content) -> None:
    """Take a change of a published entry all the way to the public."""
    case = act(department.clerk, "govshare_change_create", id=entry, content=content)["id"]
    for who, move, more in (
        (department.clerk, "submit", {}),
        (department.head, "approve", {"review": REVIEW}),
        (department.bureau, "publish", {}),
    ):
        version = act(who, "govshare_change_show", id=case)["version"]
        act(who, "govshare_change_move", id=case, move=move, version=version, **more)


def kinds_of(entry: str) -> list[str]:
    """The changes noted of one entry, oldest first."""
    query = sa.select(MirrorChange.kind).filter_by(entry_id=entry).order_by(MirrorChange.number)
    return list(model.Session.scalars(query))


def feed_of(entry: str) -> list[dict]:
    """What the whole feed says of one entry."""
    told, after = [], 0
    while True:
        page = act(None, "govshare_mirror_changes", after=after, limit=1000)
        told += [row for row in page["changes"] if row["id"] == entry]
        after = page["cursor"]
        if not page["more"]:
            return told


def test_the_life_of_an_entry():
    """Publish, rename, narrow, withdraw, publish again: each is noted once; drafts and reviews leave no trace."""
    department = Department()
    entry = department.draft()["id"]
    assert kinds_of(entry) == []
    department.move(department.clerk, entry, "submit")
    department.move(department.head, entry, "approve", review=REVIEW)
    assert kinds_of(entry) == []
    department.move(department.bureau, entry, "publish")
    change(department, entry, title=f"公共停车场（新）{uuid4().hex[:6]}")
    change(department, entry, **CONDITIONAL)
    department.move(department.head, entry, "withdraw", note="数据有误")
    department.move(department.clerk, entry, "reopen")
    assert kinds_of(entry) == ["put", "put", "narrow", "tombstone"]
    for who, move, more in (
        (department.clerk, "submit", {}),
        (department.head, "approve", {"review": REVIEW}),
        (department.bureau, "publish", {}),
    ):
        department.move(who, entry, move, **more)
    assert kinds_of(entry) == ["put", "put", "narrow", "tombstone", "put"]


def test_an_entry_narrowed_to_closed_is_a_nameless_tombstone():
    """After the narrowing the feed says the id and that it is gone; title and name are nowhere in it."""
    department = Department()
    made = department.published()
    change(department, made["id"], **CLOSED)
    told = feed_of(made["id"])
    assert [row["change"] for row in told] == ["superseded", "tombstone"]
    assert made["title"] not in json.dumps(told, ensure_ascii=False)
    assert made["name"] not in json.dumps(told)


def test_a_closed_entry_that_was_never_public_leaves_no_trace():
    """Registered as closed, an entry is not in the feed at all."""
    department = Department()
    closed = department.published(**CLOSED)
    assert feed_of(closed["id"]) == []


def test_the_conditional_entry_travels_with_condition_and_way_to_apply():
    """No file, but why it is conditional and where to apply."""
    department = Department()
    made = department.published(**CONDITIONAL)
    [told] = feed_of(made["id"])
    assert told["entry"]["card"]["openness_condition"] == CONDITIONAL["openness_condition"]
    assert told["entry"]["apply"].endswith(f"/dataset/{made['name']}/apply")
    assert told["entry"]["files"] == []


def test_what_nobody_noted_is_found():
    """A department's new title changes the copies of its entries although no entry was touched."""
    department = Department()
    made = department.published()
    title = f"市改名局{uuid4().hex[:6]}"
    toolkit.get_action("organization_patch")(system(), {"id": department.name, "title": title})
    assert changes.catch_up() >= 1
    assert feed_of(made["id"])[-1]["entry"]["organization"]["title"] == title
    assert changes.catch_up() == 0


WRITERS, EACH = 6, 12


def test_numbers_follow_commits_without_gaps():
    """Six writers commit and fail at random; a reader that only goes forward misses no change and sees no gap.

    A serial number taken when the row is written would be seen out of order: 8 before 7 commits.
    """
    start, written, seen = changes.latest_number(), [], []
    done, all_have_written = threading.Event(), threading.Barrier(WRITERS, timeout=600)

    def write(writer: int) -> None:
        for turn in range(EACH):
            session = model.meta.create_local_session()
            entry = f"w{writer}-{turn}-{uuid4().hex[:6]}"
            try:
                row = MirrorChange(entry_id=entry, kind="tombstone", hash="x", content=None, at=sa.func.now())
                session.add(row)
                session.flush()
                all_have_written.wait()  # and nobody has committed: who commits first is chance
                if turn % 4 == writer % 4:
                    session.execute(sa.text("SELECT 1 / 0"))
                session.commit()
                written.append(entry)
            except SQLAlchemyError:
                session.rollback()
            finally:
                session.close()

    def read() -> None:
        after = start
        while True:
            last = done.is_set()
            session = model.meta.create_local_session()
            query = sa.select(MirrorChange.number, MirrorChange.entry_id)
            rows = session.execute(
                query.where(MirrorChange.number > after).order_by(MirrorChange.number)
            ).all()
            session.close()
            seen.extend(rows)
            after = rows[-1].number if rows else after
            if last:
                return

    reader = threading.Thread(target=read)
    reader.start()
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    done.set()
    reader.join()
    assert [row.number for row in seen] == list(range(start + 1, start + 1 + len(written)))
    assert {row.entry_id for row in seen} == set(written)
    assert 0 < len(written) < WRITERS * EACH


def test_the_page_of_the_feed(app):
    """Cursor by cursor, cached by tag, refused in words when the cursor cannot be."""
    department = Department()
    department.published()
    latest = changes.latest_number()
    answer = app.get(f"/feed/changes?after={latest - 1}&limit=5")
    assert answer.status_code == 200
    assert (answer.json["cursor"], answer.json["more"], len(answer.json["changes"])) == (latest, False, 1)
    same = app.get(
        f"/feed/changes?after={latest - 1}&limit=5", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert (same.status_code, same.data) == (304, b"")
    department.published()
    newer = app.get(
        f"/feed/changes?after={latest - 1}&limit=5", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert (newer.status_code, newer.json["cursor"]) == (200, latest + 1)
    assert app.get(f"/feed/changes?after={latest + 100}").status_code == 409
    for wrong in ("after=-1", "after=x", "limit=0", "limit=1001", "after=1.5", "after=%C2%B2"):
        assert app.get(f"/feed/changes?{wrong}").status_code == 400


def test_the_snapshot_and_the_feed_say_the_same(app):
    """Snapshot plus nothing more equals the feed read from the beginning."""
    Department().published()
    first, *copies = [json.loads(line) for line in app.get("/feed/snapshot").text.splitlines()]
    standing, after = {}, 0
    while after < first["cursor"]:
        page = app.get(f"/feed/changes?after={after}&limit=1000").json
        for row in page["changes"]:
            if row["change"] == "put":
                standing[row["id"]] = row["entry"]
        after = page["cursor"]
    assert {copy["id"]: copy for copy in copies} == standing
    assert first["count"] == len(copies)


def test_a_change_of_a_card_without_effect_is_no_change():
    """Publishing the same content again is not told to anybody."""
    department = Department()
    made = department.published()
    change(department, made["id"], notes=card()["notes"])
    assert kinds_of(made["id"]) == ["put"]
