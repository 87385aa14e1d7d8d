"""A small proxy before the peer that counts what passes, and cuts, delays and lies when told to."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

WRITES = ("create", "update", "patch", "delete", "purge", "revise")
Lie = Callable[[str, bytes], "tuple[int, dict[str, str], bytes] | None"]


class Liar:
    """``lie`` gets action and true answer's bytes, and returns status, headers and body to send, or None."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.calls: Counter[str] = Counter()
        self.order: list[tuple[str, str]] = []
        self.lie: Lie | None = None
        self.cut = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
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
        self.lie, self.cut = None, False
        self.calls.clear()
        self.order.clear()

    def stop(self) -> None:
        """Close the door."""
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        liar = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                action = self.path.rpartition("/")[2]
                if liar.cut:
                    self.close_connection = True
                    return
                liar.calls[action] += 1
                if action.endswith(WRITES):
                    given = json.loads(body)
                    liar.order.append((action, str(given.get("name") or given.get("id"))))
                headers = {
                    name: value
                    for name, value in self.headers.items()
                    if name in ("Authorization", "Content-Type")
                }
                true = requests.post(liar.url + self.path, data=body, headers=headers, timeout=60)
                told = liar.lie(action, true.content) if liar.lie else None
                self._send(*(told or (true.status_code, {"Content-Type": "application/json"}, true.content)))

            def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler
