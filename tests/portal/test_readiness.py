"""What the portal refuses to serve with, each on the real thing."""

from __future__ import annotations

import secrets
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit


@pytest.fixture(autouse=True)
def _patience(monkeypatch):
    """Let every part take its time to answer: the tests are about who answers, not how fast."""
    monkeypatch.setattr("ckanext.govshare.readiness.reach.TIMEOUT", 600.0)
    monkeypatch.setattr("ckanext.govshare.readiness.search_index.TIMEOUT", 600.0)


def sentences(module: str, **changes: Any) -> list[str]:
    """What one check says about the configuration under test with some settings changed."""
    from importlib import import_module

    check = import_module(f"ckanext.govshare.readiness.{module}").check
    settings = {name.replace("__", "."): value for name, value in changes.items()}
    return [fault.sentence for fault in check({**toolkit.config, **settings})]


def test_only_what_the_tests_themselves_change_is_wrong(app):
    """The shipped configuration has no fault; /readyz tells, answers 503 and never 500."""
    answer = app.get("/readyz")
    assert answer.status_code == 503
    faults = answer.json["faults"]
    assert [key for fault in faults for key in ("testing", "SESSION_TYPE") if f" {key} " in fault] == [
        "testing",
        "SESSION_TYPE",
    ]
    assert len(faults) == 2


def test_pages_are_refused_while_a_fault_stands(app, monkeypatch):
    """Everything but the state of health answers 503 with a sentence and the time to come back."""
    from ckanext.govshare import readiness

    monkeypatch.setattr(readiness, "refuses", lambda: readiness.Readiness().refuses())
    for path in ("/", "/dataset/", "/api/3/action/status_show", "/user/login"):
        answer = app.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30"), path
        assert "no-store" in answer.headers["Cache-Control"]
    assert app.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", secrets.token_hex(31)),
        ("SECRET_KEY", secrets.token_urlsafe(31)),
        ("SECRET_KEY", "CHANGE_ME" + secrets.token_hex(32)),
        ("SECRET_KEY", "ab" * 40),
        ("WTF_CSRF_SECRET_KEY", "1234567890123456"),
        ("api_token.jwt.encode.secret", "string:short"),
        ("api_token.jwt.decode.secret", ""),
    ],
)
def test_a_short_or_known_secret_is_refused(key, value):
    """One sentence that names the setting and never the secret."""
    found = sentences("secret_keys", **{key: value})
    assert len(found) == 1
    assert key in found[0]
    assert not value or value not in found[0]


def test_tokens_have_a_secret_of_their_own():
    """CKAN's default makes it the sessions' key."""
    own = toolkit.config["SECRET_KEY"]
    assert (
        "api_token.jwt.encode.secret"
        in sentences("secret_keys", api_token__jwt__encode__secret=f"string:{own}")[0]
    )
    assert sentences("secret_keys", SECRET_KEY=secrets.token_urlsafe(32)) == []


def test_every_secure_setting_is_checked():
    """Each key of the table, set to anything else, is one more sentence that names it."""
    from ckanext.govshare.readiness.settings import REQUIRED

    usual = len(sentences("settings"))
    for key, wanted in REQUIRED.items():
        if key in ("testing", "SESSION_TYPE"):
            continue
        other = not wanted if isinstance(wanted, bool) else f"{wanted}x"
        found = sentences("settings", **{key: other})
        assert len(found) == usual + 1, key
        assert any(key in sentence for sentence in found)


@pytest.mark.parametrize("plugin", ["resource_proxy", "activity"])
def test_plugins_that_open_doors_are_refused(plugin):
    """A proxy to any address, and a history that keeps what was hidden."""
    assert plugin in sentences("settings", ckan__plugins=["govshare", plugin])[-1]


def test_mail_in_the_clear_is_refused():
    """Only a server on this machine may be spoken to without TLS."""
    usual = sentences("settings")
    assert (
        len(sentences("settings", smtp__server="mail.example.org:25", smtp__starttls=False)) == len(usual) + 1
    )
    assert sentences("settings", smtp__server="mail.example.org:25", smtp__starttls=True) == usual


@pytest.mark.usefixtures("with_plugins")
def test_a_rival_for_labels_or_form_is_named(monkeypatch):
    """CKAN asks one plugin only; whoever takes our place is refused by name."""

    class Rival:
        name = "rival"

    assert sentences("rivals") == []
    monkeypatch.setattr("ckanext.govshare.readiness.rivals.get_permission_labels", Rival)
    monkeypatch.setattr("ckanext.govshare.readiness.rivals.lookup_package_plugin", lambda _type: Rival())
    found = sentences("rivals")
    assert ["IPermissionLabels" in found[0], "IDatasetForm" in found[1]] == [True, True]
    assert all("rival" in sentence for sentence in found)


@contextmanager
def altered(statement: str, back: str) -> Iterator[None]:
    """The database changed by hand, and put right again."""
    with model.ensure_engine().begin() as connection:
        connection.execute(sa.text(statement))
    try:
        yield
    finally:
        with model.ensure_engine().begin() as connection:
            connection.execute(sa.text(back))


@pytest.mark.parametrize(
    ("table", "name"), [("govshare_alembic_version", "govshare"), ("alembic_version", "CKAN")]
)
def test_a_schema_that_is_behind_is_refused(table, name):
    """Ours and CKAN's own."""
    with model.ensure_engine().connect() as connection:
        head = connection.execute(sa.text(f"SELECT version_num FROM {table}")).scalar_one()  # noqa: S608
    with altered(f"UPDATE {table} SET version_num = '000'", f"UPDATE {table} SET version_num = '{head}'"):  # noqa: S608
        found = sentences("database")
    assert len(found) == 1
    assert name in found[0]
    assert "000" in found[0]
    assert sentences("database") == []


def test_a_gate_that_is_switched_off_is_refused():
    """Whoever disables the trigger to repair something must put it back."""
    off, on = (f"ALTER TABLE package {word} TRIGGER govshare_gate" for word in ("DISABLE", "ENABLE"))
    with altered(off, on):
        assert "govshare_gate" in sentences("database")[0]
    assert sentences("database") == []


def test_a_foreign_schema_of_solr_is_refused(solr_of_ckan):
    """CKAN's own schema knows no Chinese fields."""
    found = sentences("search_index", solr_url=solr_of_ckan)
    assert len(found) == 1
    assert "title_bi" in found[0]


@pytest.fixture
def solr_of_ckan():
    """The core of the unmodified CKAN, in the same Solr."""
    return toolkit.config["solr_url"].rpartition("/")[0] + "/peer"


def test_parts_that_are_down_make_the_portal_not_ready_but_are_no_leak():
    """Each says so in one sentence; pages go on."""
    from ckanext.govshare.readiness import job_queue, search_index

    nobody = f"127.0.0.1:{free_port()}"
    for check, settings in (
        (search_index.check, {"solr_url": f"http://{nobody}/solr/ckan"}),
        (job_queue.check, {"ckan.redis.url": f"redis://{nobody}/0"}),
    ):
        faults = list(check({**toolkit.config, **settings}))
        assert [fault.refuses for fault in faults] == [False]


def test_solr_open_to_the_outside_is_refused():
    """Reached by us at 127.0.0.1, but listening everywhere: the setting alone proves nothing."""
    place = urlsplit(toolkit.config["solr_url"])
    assert sentences("search_index") == []
    with forwarded("0.0.0.0", place.port) as port:  # noqa: S104
        found = sentences("search_index", solr_url=f"http://127.0.0.1:{port}{place.path}")
    assert len(found) >= 1
    assert str(port) in found[0]


@pytest.mark.parametrize(
    ("options", "refused"),
    [
        (["--bind", "0.0.0.0", "--protected-mode", "no"], True),  # noqa: S104
        (["--bind", "0.0.0.0", "--protected-mode", "no", "--requirepass", "x" * 40], False),  # noqa: S104
        (["--bind", "0.0.0.0", "--protected-mode", "yes"], False),  # noqa: S104
        (["--bind", "127.0.0.1"], False),
    ],
)
@pytest.mark.parametrize("by_socket", [False, True])
def test_redis_open_to_the_outside_is_refused(options, refused, by_socket, tmp_path):
    """A real server, asked from this machine's own outer address, however we reach it ourselves."""
    with redis_server(options, tmp_path) as (port, path):
        password = ":" + "x" * 40 + "@" if "--requirepass" in options else ""
        url = f"unix://{password}{path}?db=0" if by_socket else f"redis://{password}127.0.0.1:{port}/0"
        found = sentences("job_queue", ckan__redis__url=url)
    assert bool(found) is refused
    assert all(str(port) in sentence for sentence in found)


@contextmanager
def redis_server(options: list[str], folder: Path) -> Iterator[tuple[int, Path]]:
    """A Redis on a free port and a unix socket."""
    port, path = free_port(), folder / "s"
    fixed = ["--port", str(port), "--unixsocket", str(path), "--save", "", "--dir", str(folder)]
    with subprocess.Popen(["/usr/bin/redis-server", *fixed, *options], stdout=subprocess.DEVNULL) as server:
        try:
            while not path.exists():
                assert server.poll() is None, "it ended"
                time.sleep(0.05)
            yield port, path
        finally:
            server.terminate()


@contextmanager
def forwarded(address: str, to_port: int | None) -> Iterator[int]:
    """A port on ``address`` that leads to a port of 127.0.0.1."""

    def carry(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while chunk := one.recv(65536):
                other.sendall(chunk)
            other.shutdown(socket.SHUT_WR)

    def serve() -> None:
        with suppress(OSError):
            while True:
                client, server = listener.accept()[0], socket.create_connection(("127.0.0.1", to_port))
                lines.extend((client, server))
                for way in ((client, server), (server, client)):
                    threading.Thread(target=carry, args=way, daemon=True).start()

    lines: list[socket.socket] = []
    with socket.create_server((address, 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield int(listener.getsockname()[1])
    for line in lines:
        line.close()


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
