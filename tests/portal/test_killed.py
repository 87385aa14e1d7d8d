"""Jobs killed with SIGKILL half-way: nothing half-made is public, nothing plain stays, the next run does the rest."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare import config, jobs, runtime
from ckanext.govshare.exports import shelf
from ckanext.govshare.logic.edition import artifacts, masking
from ckanext.govshare.model import Edition, EditionTable
from ckanext.govshare.vault import scratch

from tests import persons
from tests.portal.officers import Department, act
from tests.portal.test_conditional import change_class
from tests.portal.test_desensitization import COUNT, personal, rows_of
from tests.portal.test_edition import SMALL, cleared, released, step

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")

CLOSED = {
    "openness": "closed",
    "openness_reason": "涉及国家秘密",
    "openness_basis": [{"title": "中华人民共和国保守国家秘密法", "article": "第九条", "level": "law"}],
}
# Each is a process of its own that says "here" at the place where it is to die, and waits there.
_START = """
import sys, time
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app

def here(*_args, **_more):
    print("here", flush=True)
    time.sleep(600)

app = make_app(CKANConfigLoader(sys.argv[1]).get_config())._wsgi_app
"""
_RELEASE = """
with app.test_request_context():
    from ckanext.govshare.logic.edition import artifacts, releasing
    true_build = artifacts.build
    artifacts.build = lambda *args, **more: here(true_build(*args, **more))
    releasing.release(sys.argv[2], {"edition": sys.argv[3]})
"""
_MASK = """
with app.test_request_context():
    from ckanext.govshare.logic.edition import masking
    true_keep = masking.files.keep_masked
    module, name, instead = {
        "rows": (masking.progress, "teller", lambda *_: here),
        "rescan": (masking.scanning, "findings_of", here),
        "kept": (masking.files, "keep_masked", lambda *args: here(true_keep(*args))),
    }[sys.argv[3]]
    setattr(module, name, instead)
    masking.mask(sys.argv[2])
"""


def own_table() -> bytes:
    """A table whose files no other entry has, the dictionary among them."""
    return SMALL.replace("名称".encode(), f"名称{uuid4().hex}".encode())


def killed(code: str, *arguments: str) -> None:
    """Run ``code`` until it is where it is to die, and kill it there."""
    command = [sys.executable, "-c", _START + code, toolkit.config["__file__"], *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as worker:
        try:
            assert worker.stdout.readline() == b"here\n"
        finally:
            worker.send_signal(signal.SIGKILL)
    assert worker.returncode == -signal.SIGKILL
    model.Session.rollback()


def on_shelf() -> set[Path]:
    """The finished files that lie where nginx can reach them."""
    root = config.folder("artifact_path")
    return {shelf.place(root, sha) for sha, _built in shelf.files(root)}


def age(path: Path, hours: float) -> None:
    then = (datetime.now(timezone.utc) - timedelta(hours=hours)).timestamp()
    os.utime(path, (then, then))


def test_files_built_for_nobody_are_swept_when_they_are_old_enough():
    """Killed between building and publishing, closed meanwhile: no edition names the files, and tick removes them."""
    office = Department()
    public = released(office, office.published(), own_table())
    named = {artifacts.place(file) for file in artifacts.of_edition(public["id"])}
    entry, before = office.published(), on_shelf()
    edition = cleared(office, entry, own_table())
    step(office.clerk, edition, "release")
    killed(_RELEASE, entry["id"], edition["id"])
    left = on_shelf() - before
    assert len(left) == len(named)
    change_class(office, entry["id"], **CLOSED)
    jobs.drain()
    shown = act(office.clerk, "govshare_edition_show", id=edition["id"])
    assert (shown["released_at"], shown["problem"]["code"]) == (None, "release.closed")

    hours = config.number("stray_keep_hours")
    for path in (*left, *named):
        age(path, hours - 0.1)
    jobs.all_due()
    assert left | named <= on_shelf()
    for path in (*left, *named):
        age(path, hours + 0.1)
    jobs.all_due()
    assert not left & on_shelf()
    assert named <= on_shelf()


def test_a_release_that_counts_on_swept_files_builds_them_again(monkeypatch):
    """The sweep comes between building and publishing, however old the files seem."""
    office = Department()
    entry = office.published()
    edition = cleared(office, entry, own_table())
    step(office.clerk, edition, "release")
    true_build, builds = artifacts.build, []

    def build(*args: Any, **more: Any) -> Any:
        made = true_build(*args, **more)
        builds.append(args[0])
        if builds.count(edition["id"]) == 1:
            artifacts.sweep(runtime.now() + timedelta(hours=config.number("stray_keep_hours") + 1))
        return made

    monkeypatch.setattr(artifacts, "build", build)
    jobs.drain()
    assert builds.count(edition["id"]) == 2
    files = artifacts.of_edition(edition["id"])
    assert files
    assert all(artifacts.place(file).exists() for file in files)


def state_of(edition_id: str) -> dict[str, Any]:
    """Everything that the database says of an edition."""
    model.Session.expire_all()
    row = model.Session.get(Edition, edition_id)
    tables = [
        {c.name: getattr(table, c.name) for c in EditionTable.__table__.columns} for table in row.tables
    ]
    return {
        **{column.name: getattr(row, column.name) for column in Edition.__table__.columns},
        "tables": tables,
    }


@pytest.mark.parametrize("place", ["rows", "rescan", "kept"])
def test_a_killed_masking_leaves_the_edition_as_it_was_and_is_done_again(monkeypatch, place):
    """While rows are written, while the result is scanned, or when it is sealed but not yet written down."""
    office = Department()
    edition = personal(office)
    step(office.clerk, edition, "plan", plan=persons.PLAN)
    with monkeypatch.context() as patch:
        patch.setattr(masking, "mask", lambda _id: None)  # only asked for
        step(office.clerk, edition, "mask")
    before = state_of(edition["id"])
    assert (before["tables"][0]["masked"], before["mask_asked_at"] is None) == (None, False)

    killed(_MASK, edition["id"], place)
    assert state_of(edition["id"]) == before
    assert len(rows_of(edition["id"], "read")) == COUNT
    monkeypatch.setattr(scratch, "YOUNG", -1.0)
    jobs.sweep()
    assert not [path for root in (scratch._memory(), scratch._disk()) if root for path in root.iterdir()]

    jobs.drain()
    after = state_of(edition["id"])
    assert (after["tables"][0]["rows"], after["mask_asked_at"], after["version"]) == (
        COUNT,
        None,
        before["version"] + 1,
    )
    assert after["content_hash"] != before["content_hash"]
    assert {row[0] for row in rows_of(edition["id"], "masked")} <= {f"{name}**" for name in persons.SURNAMES}
    assert step(office.clerk, edition, "submit")["status"] == "awaiting_check"
