"""The operator's story: start twice, lose a part, lose all of them, and find everything as it was."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import urllib.request
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import redis
from local.site import Site
from local.stack import ORDER

from tests.journeys.acting import PATIENCE
from tests.journeys.conftest import eventually

PARTS = [name for name in ORDER if name != "peer"]
KEYS = {"name", "title", "pid", "port", "ready", "version"}


def launcher(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ./govshare on the stack under test, or on another one named in the environment."""
    return subprocess.run(
        [str(root / "govshare"), *arguments],
        capture_output=True,
        text=True,
        timeout=900,
        env=os.environ | environment,
        check=False,
    )


def up(root: Path) -> None:
    """Bring the stack up."""
    done = launcher(root, "up", "--detach", "--empty")
    assert done.returncode == 0, done.stdout + done.stderr


def status(root: Path) -> dict[str, dict[str, Any]]:
    """The parts by name."""
    rows = json.loads(launcher(root, "status", "--json").stdout)
    return {row["name"]: row for row in rows if row["name"] != "peer"}


def facts(base_url: str) -> list[Any]:
    """What a visitor counts: entries and departments, by the database and by the index."""
    answers = []
    for action in ("package_search?rows=0", "organization_list", "package_list"):
        with urllib.request.urlopen(f"{base_url}/api/3/action/{action}", timeout=PATIENCE) as answer:
            answers.append(json.load(answer)["result"])
    answers[0] = answers[0]["count"]
    return answers


def test_status_names_every_part_with_pid_port_and_version(root):
    parts = status(root)
    assert list(parts) == PARTS
    for row in parts.values():
        assert set(row) == KEYS
        assert row["ready"] is True
        assert isinstance(row["pid"], int)
        assert Path(f"/proc/{row['pid']}").exists()
    assert parts["postgres"]["version"].startswith("15.")
    assert parts["solr"]["version"] == "9.10.1"
    assert parts["portal"]["version"] == "2.12.0"


def test_second_up_restarts_and_changes_nothing(root, base_url):
    before = status(root), facts(base_url)
    up(root)
    assert (status(root), facts(base_url)) == before


@pytest.mark.parametrize("name", PARTS)
def test_a_killed_part_comes_back_and_the_others_stay(root, base_url, name):
    before, known = status(root), facts(base_url)
    os.kill(before[name]["pid"], signal.SIGKILL)
    up(root)
    after = status(root)
    changed = {part for part in PARTS if after[part]["pid"] != before[part]["pid"]}
    assert changed == {name}
    assert all(row["ready"] for row in after.values())
    assert facts(base_url) == known


def test_everything_killed_at_once_comes_back_with_all_data(root, base_url, ini):
    session = redis.from_url(ini["ckan.redis.url"])
    session.set("test-stack", "kept")
    # What Redis has answered stands in its log as soon as nothing of it waits to be written.
    assert eventually(lambda: session.info("persistence")["aof_buffer_length"] == 0)
    before, known = status(root), facts(base_url)
    for row in before.values():
        os.kill(row["pid"], signal.SIGKILL)
    up(root)
    assert facts(base_url) == known
    assert session.get("test-stack") == b"kept"


def test_nothing_is_reachable_from_other_machines(root):
    ports = {row["port"] for row in status(root).values()} - {None}
    listening = [
        line.split()[1].split(":")
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        for line in Path(table).read_text().splitlines()[1:]
        if line.split()[3] == "0A"
    ]
    ours = {address for address, port in listening if int(port, 16) in ports}
    assert ours <= {"0100007F", "0000000000000000FFFF00000100007F"}


def test_secrets_are_long_and_private(root):
    site = Site.of(root)
    files = [*site.directory("secrets").iterdir(), site.var / "govshare.ini"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    # Of a file of keys the last word is the current key; a mirror's token was made by the other site, in its own form.
    secrets = {file.name: file.read_text().split()[-1] for file in site.directory("secrets").iterdir()}
    made_here = [secret for name, secret in secrets.items() if not name.startswith("mirror-")]
    assert all(len(bytes.fromhex(secret)) >= 32 for secret in made_here)
    assert all(len(secret) >= 32 for secret in secrets.values())
    assert len(set(secrets.values())) == len(secrets)


def test_a_port_in_use_is_one_sentence_and_nothing_is_started(root, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = launcher(root, "up", "--detach", "--empty", "--port", str(port), GOVSHARE_VAR=str(tmp_path))
    assert done.returncode == 1
    assert f"端口 {port} 已被其他程序占用" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "pids").exists()


def test_reset_asks_first(root, tmp_path):
    done = launcher(root, "reset", GOVSHARE_VAR=str(tmp_path))
    assert done.returncode == 1
    assert "--yes" in done.stderr


def test_mail_is_kept_as_a_file(root):
    import smtplib

    site, port, mark = Site.of(root), status(root)["mail"]["port"], uuid4().hex
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.sendmail("a@example.org", ["b@example.org"], f"Subject: 收件\n\n正文{mark}".encode())
    kept = [
        file.read_text(encoding="utf-8") for file in site.directory("mail").glob("*.eml")
    ]  # others write as well
    assert [f"正文{mark}" in letter for letter in kept].count(True) == 1


def test_in_the_foreground_it_watches_and_ctrl_c_stops_everything(root, tmp_path):
    own = {"GOVSHARE_VAR": str(tmp_path)}
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [str(root / "govshare"), "up", "--empty", "--port", str(port)]
    with (tmp_path / "up.log").open("w") as log:
        running = subprocess.Popen(command, stdout=log, env=os.environ | own)
    try:
        assert eventually(lambda: "Ctrl-C" in (tmp_path / "up.log").read_text(), 900)
        rows = {row["name"]: row for row in json.loads(launcher(root, "status", "--json", **own).stdout)}
        os.kill(rows["redis"]["pid"], signal.SIGKILL)
        assert eventually(lambda: "redis 意外停止" in (tmp_path / "up.log").read_text())
        assert eventually(lambda: launcher(root, "status", "--json", **own).returncode == 0)
        running.send_signal(signal.SIGINT)
        running.wait(timeout=PATIENCE)
    finally:
        launcher(root, "down", **own)
    assert not [row for row in json.loads(launcher(root, "status", "--json", **own).stdout) if row["pid"]]
