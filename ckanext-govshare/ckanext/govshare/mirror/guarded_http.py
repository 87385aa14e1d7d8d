"""The one way out: HTTP to a configured peer, its address resolved once and pinned, bounded in size and time.

No redirect is followed, no proxy or password is taken from the environment, certificates are verified against
the peer's name. What goes wrong is a :class:`RuleError` that names it.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakSet

import requests
from requests.adapters import HTTPAdapter
from typing_extensions import Self
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.connection import create_connection

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.domain.mirror_peer import objections_to_addresses

CONNECT_SECONDS = 5.0
SILENCE_SECONDS = 20.0  # between two pieces of an answer
WHOLE_SECONDS = 60.0
LARGEST_MB = 32
PIECE = 64 * 1024
SERVER_FAULT = 500
TOO_MANY = 429


class GuardedSession(requests.Session):
    """A session that speaks to one peer only, at the address its name had when the session began."""

    def __init__(
        self,
        url: str,
        *,
        networks: Sequence[str] = (),
        cafile: str = "",
        seconds: float = WHOLE_SECONDS,
        largest_mb: int = LARGEST_MB,
    ) -> None:
        super().__init__()
        self.trust_env = False
        self.verify = cafile or True
        self.seconds = seconds
        self.largest_mb = largest_mb
        self.home = urlsplit(url)
        self.lines = _Lines()
        self.adapters.clear()
        adapter = _PinnedAdapter(_address_of(url, networks), self.lines)
        self.mount(f"{self.home.scheme}://{self.home.netloc}", adapter)

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """Send one request and read its answer whole, within the bounds; a redirection is a fault."""
        options.update(allow_redirects=False, stream=True, timeout=(CONNECT_SECONDS, SILENCE_SECONDS))
        host = self.home.hostname or ""
        with _Patience(self.seconds, self.lines) as patience:
            try:
                answer = super().send(request, **options)
                answer._content = self._read(answer)  # noqa: SLF001 - as requests itself fills it
            except (requests.exceptions.RequestException, OSError) as error:
                if patience.lost or isinstance(error, requests.exceptions.ReadTimeout):
                    raise RuleError("mirror.too_slow", seconds=int(self.seconds)) from error
                untrusted = isinstance(error, requests.exceptions.SSLError)
                code = "mirror.untrusted" if untrusted else "mirror.unreachable"
                raise RuleError(code, host=host) from error
        if patience.lost:
            raise RuleError("mirror.too_slow", seconds=int(self.seconds))
        if answer.is_redirect or answer.is_permanent_redirect:
            raise RuleError("mirror.redirected", host=host)
        if answer.status_code >= SERVER_FAULT or answer.status_code == TOO_MANY:
            raise RuleError("mirror.failing", status=answer.status_code)
        return answer

    def _read(self, answer: requests.Response) -> bytes:
        limit, pieces, size = self.largest_mb * 1024 * 1024, [], 0
        for piece in answer.iter_content(PIECE):
            size += len(piece)
            pieces.append(piece)
            if size > limit:
                answer.close()
                raise RuleError("mirror.too_large", limit=self.largest_mb)
        return b"".join(pieces)


class _Lines:
    """The sockets of a session; once cut, those that are still to come are cut as they come."""

    def __init__(self) -> None:
        self._held: WeakSet[socket.socket] = WeakSet()
        self.is_cut = False
        self._lock = threading.Lock()

    def add(self, line: socket.socket) -> None:
        """Hold one more."""
        with self._lock:
            self._held.add(line)
            if self.is_cut:
                _shut(line)

    def cut(self) -> None:
        """End them all, whatever is under way."""
        with self._lock:
            self.is_cut = True
            for line in self._held:
                _shut(line)

    def mend(self) -> None:
        """Let new ones be used again."""
        with self._lock:
            self.is_cut = False


def _shut(line: socket.socket) -> None:
    with suppress(OSError):  # closed in the same instant
        line.shutdown(socket.SHUT_RDWR)


class _Patience:
    """Cuts the session's connections when an answer takes longer than allowed, whatever trickles in."""

    def __init__(self, seconds: float, lines: _Lines) -> None:
        self.lost = False
        self._lines = lines
        self._timer = threading.Timer(seconds, self._lose)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._lines.mend()
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()  # what it cuts is this request's, never the next one's

    def _lose(self) -> None:
        self.lost = True
        self._lines.cut()


def _address_of(url: str, networks: Sequence[str]) -> str:
    """Resolve the peer's name once; every address it has must be one that the portal may connect to."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        found = socket.getaddrinfo(host, parts.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise RuleError("mirror.unreachable", host=host) from error
    addresses = [str(row[4][0]) for row in found]
    for reason in objections_to_addresses(host, addresses, networks):
        raise RuleError(reason.code, **reason.facts)
    return addresses[0]


class _PinnedAdapter(HTTPAdapter):
    """Connects to one address whatever the name may resolve to later (DNS rebinding)."""

    def __init__(self, address: str, lines: _Lines) -> None:
        self.pinned = {
            "http": _pinned(HTTPConnection, address, lines),
            "https": _pinned(HTTPSConnection, address, lines),
        }
        super().__init__()

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: Any,
        proxies: Mapping[str, str] | None = None,
        cert: Any = None,
    ) -> Any:
        """Return requests' own pool, its connections bound to the address."""
        pool = super().get_connection_with_tls_context(request, verify, proxies=proxies, cert=cert)
        pool.ConnectionCls = self.pinned[pool.scheme]
        return pool


def _pinned(base: type[HTTPConnection], address: str, lines: _Lines) -> type[HTTPConnection]:
    """Return connections to one address that give their sockets to ``lines``.

    Sockets, because a connection forgets its own as soon as an answer has begun that ends with the line.
    """

    class Pinned(base):  # type: ignore[valid-type,misc]
        def connect(self) -> None:
            super().connect()
            lines.add(self.sock)

        def _new_conn(self) -> socket.socket:
            line = create_connection(
                (address, self.port), CONNECT_SECONDS, socket_options=self.socket_options
            )
            lines.add(line)  # before TLS: a handshake can be slow as well
            return line

    return Pinned
