"""A site that is told by signed JSON: the receiver of config/mirror, run as the other side, shows what is public here."""

from __future__ import annotations

import importlib.util
import json
import threading
from pathlib import Path
from uuid import uuid4

import pytest
import requests
import sqlalchemy as sa
import yaml
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare import jobs, runtime
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.domain.mirror import hash_of
from ckanext.govshare.domain.mirror_letter import signed_by_sender
from ckanext.govshare.logic.mirror import changes, status
from ckanext.govshare.mirror import reconcile, relay, targets
from ckanext.govshare.model import MirrorChange, MirrorLedgerRow, MirrorRun, MirrorTarget, Notice

from tests.portal.officers import Department, act
from tests.portal.test_mirror_changes import CLOSED, CONDITIONAL, change

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")

FILE = Path(__file__).resolve().parents[2] / "config/mirror/receiver.py"
SECRET = "k" * 20 + uuid4().hex


def receiver_module():
    """The documented receiver, as somebody would run it."""
    specification = importlib.util.spec_from_file_location("receiver", FILE)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", params=["sha256", "sm3"])
def receiver(request):
    """The receiver, running; each digest once."""
    server = receiver_module().Receiver(SECRET, digest=request.param)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def address(receiver, path: str = "/take") -> str:
    return f"http://127.0.0.1:{receiver.server_port}{path}"


@pytest.fixture
def configured(tmp_path_factory, monkeypatch):
    """Write the file of targets with one webhook; return the target."""
    folder = tmp_path_factory.mktemp("mirror")
    (folder / "secret").write_text(SECRET)
    (folder / "secret").chmod(0o600)

    def write(**row):
        name = row.pop("name", "hook")
        row = {"kind": "webhook", "title": "市政务服务网", "credentials": "secret", **row}
        (folder / "targets.yaml").write_text(yaml.safe_dump({"targets": {name: row}}, allow_unicode=True))
        monkeypatch.setitem(toolkit.config, "ckanext.govshare.mirror_targets", str(folder / "targets.yaml"))
        return targets.target_of(name)

    return write


@pytest.fixture
def hook(receiver, configured):
    """The receiver as a target that lists what it holds, served to the end."""
    target = configured(
        name=f"hook-{receiver.digest}",
        url=address(receiver),
        listing=address(receiver, "/held"),
        digest=receiver.digest,
    )
    wake_up()
    relay.run_all()
    return target


def wake_up() -> None:
    """Let nothing rest: what waits for a later attempt is due now."""
    for table in (MirrorLedgerRow, MirrorTarget):
        model.Session.execute(sa.update(table).values(available_at=runtime.now()))
    model.Session.commit()


def held_by(receiver, entry: str) -> dict | None:
    """What the receiver shows of an entry."""
    return receiver.held.get(entry, {}).get("entry")


def row_of(target, entry: str) -> MirrorLedgerRow:
    """The ledger's row of an entry."""
    model.Session.rollback()
    return model.Session.get_one(MirrorLedgerRow, (target.name, entry), populate_existing=True)


def test_the_life_of_an_entry_at_the_receiver(receiver, hook):
    """Published, renamed, narrowed, closed: each time the receiver holds what is public here, and its receipt proves it."""
    department = Department()
    made = department.published()
    assert relay.run_all()["sent"] == 1
    there = held_by(receiver, made["id"])
    assert there == changes.newest_of(model.Session(), made["id"]).content
    row = row_of(hook, made["id"])
    assert (row.remote_id, row.sent_hash, row.shown) == (made["id"], hash_of(there), row.wanted)
    title = f"公共停车场（新）{uuid4().hex[:6]}"
    change(department, made["id"], title=title)
    relay.run_all()
    assert held_by(receiver, made["id"])["card"]["title"] == title
    change(department, made["id"], **CONDITIONAL)
    relay.run_all()
    assert held_by(receiver, made["id"])["apply"].endswith(f"/dataset/{made['name']}/apply")
    assert row_of(hook, made["id"]).gone_at is not None
    change(department, made["id"], **CLOSED)
    assert relay.run_all() == {"removed": 1}
    assert held_by(receiver, made["id"]) is None
    assert row_of(hook, made["id"]).answer == {"gone": True}
    places = act(department.clerk, "govshare_mirror_entry_show", id=made["id"])["targets"]
    assert [(place["state"], bool(place["at"])) for place in places] == [("gone", True)]


def test_a_new_target_is_told_of_everything_at_once(receiver, configured):
    """Several workers begin together, and none takes another's entry for one whose sender has died."""
    department = Department()
    for _ in range(12):
        department.published()
    for _ in range(4):
        target = configured(name=f"new-{uuid4().hex[:6]}", url=address(receiver), digest=receiver.digest)
        relay.run_all()
        waits = sa.select(MirrorLedgerRow.entry_id).where(
            MirrorLedgerRow.target == target.name, MirrorLedgerRow.shown < MirrorLedgerRow.wanted
        )
        assert list(model.Session.scalars(waits)) == []
        model.Session.rollback()


def test_what_was_changed_there_is_found_and_mended(receiver, hook):
    """Content altered, an entry lost, one too many: found by the list, mended, and all agree."""
    department = Department()
    altered, lost = department.published(), department.published()
    relay.run_all()
    receiver.held[altered["id"]]["entry"]["card"]["title"] = "被改的标题"
    del receiver.held[lost["id"]]
    receiver.held["nobody"] = {"time": 1, "entry": {"id": "nobody"}}
    run = reconcile.reconcile(hook)
    assert (run.missing, run.differing, run.extra, run.left, run.doubts) == (1, 1, 1, 0, [])
    assert held_by(receiver, altered["id"])["card"]["title"] == altered["title"]
    assert held_by(receiver, lost["id"]) is not None
    assert held_by(receiver, "nobody") is None
    assert {row["title"] for row in run.report if row["finding"] != "extra"} == {
        altered["title"],
        lost["title"],
    }
    assert status.show()["targets"][0]["state"] == "agrees"


def test_without_a_list_nothing_is_called_agreement(receiver, configured):
    """Receipts alone: the word is 未经核对, no comparison is made at night, and an entry is still proven gone."""
    target = configured(name=f"mute-{receiver.digest}", url=address(receiver), digest=receiver.digest)
    department = Department()
    made = department.published()
    relay.run_all()
    [shown] = status.show()["targets"]
    assert (shown["state"], shown["compared"], shown["reconciled_at"]) == ("unproven", False, None)
    assert reconcile.reconcile_due(runtime.now()) == 0
    department.move(department.head, made["id"], "withdraw", note="数据有误")
    assert relay.run_all() == {"removed": 1}
    assert row_of(target, made["id"]).gone_at is not None


def ask(
    receiver,
    body: bytes,
    *,
    secret: str = SECRET,
    at: int = 0,
    ahead: int = 0,
    nonce: str = "",
    method: str = "POST",
):
    """Send the receiver a request of our own making, ``at`` a time or so much ``ahead`` of now."""
    at, nonce = at or milliseconds() + ahead, nonce or uuid4().hex
    other = receiver_module().Receiver(secret, digest=receiver.digest)
    signature = other.sign(signed_by_sender(at, nonce, body))
    other.server_close()
    headers = {
        "X-Govshare-Time": str(at), "X-Govshare-Nonce": nonce, "X-Govshare-Signature": signature,
    }  # fmt: skip
    return requests.request(method, address(receiver), data=body, headers=headers, timeout=600)


def milliseconds() -> int:
    """The time as a letter says it."""
    return int(runtime.now().timestamp() * 1000)


def tombstone(entry: str) -> bytes:
    return json.dumps({"change": "tombstone", "id": entry, "hash": None}).encode()


HOUR = 3600 * 1000


@pytest.mark.parametrize(
    ("forged", "says"),
    [
        ({"secret": "another" * 6}, "signature"),
        ({"at": 1}, "clocks"),
        ({"ahead": HOUR}, "clocks"),
    ],
    ids=["another secret", "an old letter", "a letter from the future"],
)
def test_the_receiver_believes_only_its_sender(receiver, forged, says):
    """Forged, replayed late, dated ahead: refused, and nothing is held."""
    entry = uuid4().hex
    answer = ask(receiver, tombstone(entry), **forged)
    assert (answer.status_code, says in answer.json()["error"]) == (401, True)
    assert "X-Govshare-Signature" not in answer.headers
    assert entry not in receiver.held


def test_a_letter_caught_on_the_way_is_of_no_use(receiver):
    """Sent a second time it is refused; an older one of the same entry never overwrites a newer."""
    at, nonce, entry = milliseconds(), uuid4().hex, uuid4().hex
    assert ask(receiver, tombstone(entry), at=at, nonce=nonce).status_code == 200
    assert "used before" in ask(receiver, tombstone(entry), at=at, nonce=nonce).json()["error"]
    older = json.dumps({"change": "put", "id": entry, "hash": "h", "entry": {"id": entry}}).encode()
    assert ask(receiver, older, at=at - 1000).json() == {"id": entry, "hash": None}


def lying(receiver, monkeypatch, tell):
    """Let the receiver answer each letter with what ``tell`` makes of the true answer, signed all the same."""
    truly = receiver.take
    monkeypatch.setattr(receiver, "take", lambda letter, sent: tell(truly(letter, sent)))


@pytest.mark.parametrize(
    ("tell", "code"),
    [
        (lambda true: {**true, "hash": "0" * 64}, "mirror.answer_differs"),
        (lambda true: {**true, "hash": None}, "mirror.answer_differs"),
        (lambda true: {**true, "id": "another"}, "mirror.not_json"),
        (lambda _true: [], "mirror.not_json"),
        (lambda _true: {"ok": True}, "mirror.not_json"),
    ],
    ids=["another hash", "nothing held", "another entry", "a list", "merely ok"],
)
def test_an_answer_that_does_not_say_the_hash_proves_nothing(receiver, hook, monkeypatch, tell, code):
    """The entry stays due; the reason is kept."""
    lying(receiver, monkeypatch, tell)
    made = Department().published()
    relay.run_all()
    row = row_of(hook, made["id"])
    assert (row.problem["code"], row.shown < row.wanted) == (code, True)


def test_a_receiver_that_keeps_what_was_withdrawn_is_found_out(receiver, hook, monkeypatch):
    """It says "gone" to the tombstone and still lists the entry: not proven."""
    department = Department()
    made = department.published()
    relay.run_all()
    monkeypatch.setattr(receiver, "take", lambda letter, _sent: {"id": letter["id"], "hash": None})
    department.move(department.head, made["id"], "withdraw", note="数据有误")
    relay.run_all()
    row = row_of(hook, made["id"])
    assert (row.problem["code"], row.gone_at) == ("mirror.still_there", None)


def test_an_unsigned_answer_is_not_believed(receiver, hook, monkeypatch):
    """A page in between, or the letter's own signature thrown back, is no receipt."""
    truly = receiver.sign
    throw_back = lambda text: truly(text.removeprefix(b"answer\n"))  # noqa: E731
    for sign in (lambda _text: "hmac-sha256=00", throw_back):
        monkeypatch.setattr(
            receiver, "sign", lambda text, sign=sign: (sign if text.startswith(b"answer") else truly)(text)
        )
        made = Department().published()
        wake_up()
        relay.run_all()
        assert row_of(hook, made["id"]).shown == 0
        # Who answers so is not believed in anything: the target rests as a whole.
        assert model.Session.get_one(MirrorTarget, hook.name).problem["code"] == "mirror.answer_unsigned"


def test_the_secret_stands_nowhere_but_in_its_file(receiver, hook, caplog, capfd):
    """Not in a row, not in a notice, not in the log; a file that others can read or a short secret is refused."""
    Department().published()
    relay.run_all()
    jobs.alarm()
    for table in (MirrorChange, MirrorLedgerRow, MirrorTarget, MirrorRun, Notice):
        assert SECRET not in repr(model.Session.execute(sa.select(table.__table__)).all())
    assert SECRET not in caplog.text + str(capfd.readouterr())
    hook.credentials.chmod(0o644)
    with pytest.raises(RuleError) as caught:
        targets.secret_of(hook)
    assert caught.value.code == "mirror.credentials_open"
    hook.credentials.chmod(0o600)
    hook.credentials.write_text("short")
    with pytest.raises(RuleError) as caught:
        targets.secret_of(hook)
    assert caught.value.code == "mirror.short_secret"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"digest": "md5"}, "mirror.bad_targets"),
        ({"listing": "http://10.0.0.1/held"}, "mirror.foreign_listing"),
        ({"url": "http://www.yunxi.example/take"}, "mirror.plain_http"),
        ({"kind": "ftp"}, "mirror.bad_targets"),
    ],
)
def test_a_target_that_cannot_be_meant(configured, row, code):
    """A digest, an address or a kind that nobody means is refused when the file is read."""
    with pytest.raises(RuleError) as caught:
        configured(**{"url": "http://127.0.0.1:9/take", **row})
    assert caught.value.code == code
