"""A small proxy before the peer that counts what passes, and cuts, delays, keeps back and lies when told to."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

WRITES = ("create", "update", "patch", "delete", "purge", "revise")
Answer = tuple[int, dict[str, str], "bytes | Iterable[bytes]"]
Lie = Callable[[str, bytes], "Answer | None"]
Barrier = Callable[[str, dict[str, Any]], "Answer | None"]


class Liar:
    """Between the portal and the peer.

    ``lie`` gets action and true answer's bytes, ``bar`` action and question before the peer is asked; each returns
    status, headers and body to send instead, or None. What ``hold`` says yes to is kept back: the portal hears
    nothing, and the peer gets it when :meth:`deliver` is called, as from a line that was slow.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.calls: Counter[str] = Counter()
        self.order: list[tuple[str, str]] = []
        self.held: list[tuple[str, bytes, dict[str, str]]] = []
        self._one_at_a_time = threading.Lock()
        self.honest()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def writes(self) -> int:
        """How many calls have passed that change something."""
        return sum(count for action, count in self.calls.items() if action.endswith(WRITES))

    def honest(self) -> None:
        """Tell the truth again and forget what passed."""
        self.lie: Lie | None = None
        self.bar: Barrier | None = None
        self.hold: Callable[[str, dict[str, Any]], bool] = lambda *_: False
        self.cut = False
        self.delay = 0.0
        self.calls.clear()
        self.order.clear()
        self.held.clear()

    def deliver(self) -> list[int]:
        """Let the peer have what was kept back; return what it answered."""
        late, self.held = self.held, []
        return [self._ask(*question).status_code for question in late]

    def stop(self) -> None:
        """Close the door."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, body: bytes, headers: dict[str, str]) -> Answer | None:
        """Return what a question is answered with; None cuts the line."""
        if self.cut:
            return None
        time.sleep(self.delay)
        action, given = path.rpartition("/")[2], json.loads(body)
        with self._one_at_a_time:  # adding to a count is two steps
            self.calls[action] += 1
            if action.endswith(WRITES):
                self.order.append((action, _key(given)))
        if self.hold(action, given):
            self.held.append((path, body, headers))
            return 504, {}, b""
        if barred := self.bar and self.bar(action, given):
            return barred
        true = self._ask(path, body, headers)
        told = self.lie(action, true.content) if self.lie else None
        return told or (true.status_code, {"Content-Type": "application/json"}, true.content)

    def _ask(self, path: str, body: bytes, headers: dict[str, str]) -> requests.Response:
        return requests.post(self.url + path, data=body, headers=headers, timeout=600)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        liar = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                passed = ("Authorization", "Content-Type")
                headers = {name: value for name, value in self.headers.items() if name in passed}
                with suppress(
                    requests.RequestException, OSError
                ):  # the peer is down, or nobody listens any more
                    if answer := liar.answer(self.path, body, headers):
                        self._send(*answer)
                        return
                self.close_connection = True

            def _send(self, status: int, headers: dict[str, str], body: bytes | Iterable[bytes]) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if isinstance(body, bytes):
                    self.send_header("Content-Length", str(len(body)))
                    body = [body]
                else:
                    self.close_connection = True
                self.end_headers()
                for piece in body:
                    self.wfile.write(piece)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler


class _Server(ThreadingHTTPServer):
    """A thread for each line, and room for all that come at once."""

    daemon_threads = True
    request_queue_size = 128


def _key(given: dict[str, Any]) -> str:
    """What a write is about: the name it gives, else the id it goes to."""
    fields = given.get("update") or given
    return str(fields.get("name") or given.get("id") or given.get("match", {}).get("id"))
