"""The one way out: nothing that a peer or a name server answers leads anywhere else or holds the portal up."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from time import sleep

import pytest
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.mirror import guarded_http
from ckanext.govshare.mirror.guarded_http import GuardedSession
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"


@pytest.fixture
def serve():
    """Serve each connection by a function of its socket; return the port."""
    listeners = []

    def start(answer: Callable[[socket.socket], None], context: ssl.SSLContext | None = None) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def loop() -> None:
            while True:
                try:
                    line, _ = listener.accept()
                except OSError:
                    return
                try:
                    line = context.wrap_socket(line, server_side=True) if context else line
                    line.recv(65536)
                    answer(line)
                except OSError:
                    pass
                finally:
                    line.close()

        threading.Thread(target=loop, daemon=True).start()
        return listener.getsockname()[1]

    yield start
    for listener in listeners:
        listener.close()


def refused(url: str, path: str = "/", **options) -> str:
    """The code of the fault that a request ends in."""
    with pytest.raises(RuleError) as caught:
        GuardedSession(url, **options).get(url + path)
    return caught.value.code


def trickle(before: bytes) -> Callable[[socket.socket], None]:
    """An answer that begins and then comes byte by byte for ever."""

    def answer(line: socket.socket) -> None:
        line.sendall(before)
        while True:
            line.sendall(b"x")
            sleep(0.02)

    return answer


@pytest.mark.parametrize(
    "before",
    [b"HTTP/1.1 200 OK\r\nX-A: ", HEAD % 10**9, b"HTTP/1.1 200 OK\r\n\r\n"],
    ids=["head", "body", "body that ends with the line"],
)
def test_slow_bytes_are_cut_off(serve, before):
    """A peer that keeps the line alive byte by byte does not keep the portal."""
    port = serve(trickle(before))
    assert refused(f"http://127.0.0.1:{port}", seconds=0.5) == "mirror.too_slow"


def test_a_line_that_comes_too_late_is_cut_off_as_well(serve, monkeypatch):
    """Patience is lost while the session still connects; its next question has a line and a patience of its own."""
    answers = iter((trickle(HEAD % 10**9), lambda line: line.sendall(HEAD % 0)))

    def answer(line: socket.socket) -> None:
        next(answers)(line)

    url = f"http://127.0.0.1:{serve(answer)}"
    session, connect = GuardedSession(url, seconds=0.1), guarded_http.create_connection

    def late(*given, **more):
        while not session.lines.is_cut:
            sleep(0.01)
        return connect(*given, **more)

    with monkeypatch.context() as slow:
        slow.setattr(guarded_http, "create_connection", late)
        with pytest.raises(RuleError) as caught:
            session.get(url + "/")
    assert caught.value.code == "mirror.too_slow"
    session.seconds = 60.0
    assert session.get(url + "/").status_code == 200


def test_an_answer_without_end_is_cut_off(serve):
    """Whatever its length says."""

    def answer(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            line.sendall(b"x" * 65536)

    assert refused(f"http://127.0.0.1:{serve(answer)}", largest_mb=1) == "mirror.too_large"


def test_a_bomb_is_measured_unpacked(serve):
    """One kilobyte that unpacks to megabytes counts as megabytes."""
    packed = gzip.compress(b"\x00" * (4 << 20))
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    port = serve(lambda line: line.sendall(head + packed))
    assert refused(f"http://127.0.0.1:{port}", largest_mb=1) == "mirror.too_large"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirections_are_not_followed(serve, status):
    """Neither to a private address nor anywhere else."""
    asked = []
    elsewhere = serve(asked.append)
    head = b"HTTP/1.1 %d Moved\r\nLocation: http://127.0.0.1:%d/\r\nContent-Length: 0\r\n\r\n"
    port = serve(lambda line: line.sendall(head % (status, elsewhere)))
    assert refused(f"http://127.0.0.1:{port}") == "mirror.redirected"
    assert asked == []


def test_another_host_is_not_spoken_to(serve):
    """A session knows its own peer only."""
    port, other = serve(lambda line: line.sendall(HEAD % 0)), serve(lambda line: line.sendall(HEAD % 0))
    session = GuardedSession(f"http://127.0.0.1:{port}")
    assert session.get(f"http://127.0.0.1:{port}/").status_code == 200
    with pytest.raises(RuleError) as caught:
        session.get(f"http://127.0.0.1:{other}/")
    assert caught.value.code == "mirror.unreachable"


def resolving(monkeypatch, *addresses: str) -> None:
    """Let a name resolve to these addresses, one after the other; addresses stay what they are."""
    answers, really = iter(addresses), socket.getaddrinfo

    def getaddrinfo(host, port, *rest, **options):
        if host[0].isdigit():
            return really(host, port, *rest, **options)
        address = next(answers)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr("ckanext.govshare.mirror.guarded_http.socket.getaddrinfo", getaddrinfo)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "0.0.0.0"])  # noqa: S104
def test_a_name_that_leads_inside_is_refused_before_connecting(monkeypatch, address):
    """DNS of a foreign name answers with an address of ours."""
    resolving(monkeypatch, address)
    with pytest.raises(RuleError) as caught:
        GuardedSession("https://portal.example")
    assert caught.value.code == "mirror.forbidden_address"


def test_the_address_is_pinned(serve, monkeypatch):
    """A name is resolved once; what it resolves to later (rebinding) is not asked for."""
    port = serve(lambda line: line.sendall(HEAD % 0))
    resolving(monkeypatch, "127.0.0.1")  # a second question would find no answer
    url = f"http://localhost:{port}"
    session = GuardedSession(url)
    assert [session.get(url + "/").status_code for _ in range(2)] == [200, 200]


def test_no_proxy_is_taken_from_the_environment(serve, monkeypatch):
    """An environment that names a proxy does not send credentials there."""
    asked = []
    proxy = serve(asked.append)
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy}")
    monkeypatch.delenv("no_proxy", raising=False)
    port = serve(lambda line: line.sendall(HEAD % 0))
    url = f"http://127.0.0.1:{port}"
    assert GuardedSession(url).get(url + "/").status_code == 200
    assert asked == []


@pytest.fixture
def certificate(tmp_path):
    """A certificate that is its own authority, for one name."""

    def make(name: str) -> tuple[str, ssl.SSLContext]:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        day = datetime.now(timezone.utc)
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(day - timedelta(days=1))
            .not_valid_after(day + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        file = tmp_path / f"{name}.pem"
        pem = made.public_bytes(serialization.Encoding.PEM)
        file.write_bytes(pem)
        both = tmp_path / f"{name}-key.pem"
        both.write_bytes(
            pem
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(both)
        return str(file), context

    return make


@pytest.mark.parametrize(
    ("name", "trusted", "passes"),
    [("localhost", True, True), ("localhost", False, False), ("other.example", True, False)],
    ids=["right", "unknown authority", "wrong name"],
)
def test_certificates_are_verified(serve, certificate, name, trusted, passes):
    """Authority and name must both be right, although the connection goes to a pinned address."""
    cafile, context = certificate(name)
    port = serve(lambda line: line.sendall(HEAD % 0), context)
    url = f"https://localhost:{port}"
    options = {"cafile": cafile} if trusted else {}
    if passes:
        assert GuardedSession(url, **options).get(url + "/").status_code == 200
    else:
        assert refused(url, **options) == "mirror.untrusted"
