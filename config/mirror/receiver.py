"""A receiver for the portal's webhook, in plain Python: python3 receiver.py SECRET_FILE [PORT] [sha256|sm3].

It keeps what it is sent in memory and answers with the hash of what it holds; README.md has the protocol.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from urllib.parse import parse_qs, urlsplit

SKEW = 300_000  # milliseconds by which the two clocks may differ
LARGEST = 32 << 20  # bytes


class Receiver(ThreadingHTTPServer):
    """What is held of each entry, and the numbers that were used already."""

    def __init__(self, secret: str, port: int = 0, digest: str = "sha256") -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.secret, self.digest, self.lock = secret.encode(), digest, Lock()
        self.held: dict[str, dict] = {}  # id → {"time", "entry"}; of a gone entry the time alone
        self.used: dict[str, int] = {}  # number → when

    def sign(self, text: bytes) -> str:
        """Return the signature of a text."""
        return f"hmac-{self.digest}=" + hmac.new(self.secret, text, self.digest).hexdigest()

    def objection(self, sent: int, number: str, body: bytes, signature: str) -> str:
        """Say why a request is not believed, nothing when it is."""
        now = int(time.time() * 1000)
        self.used = {known: at for known, at in self.used.items() if now - at <= 2 * SKEW}
        if not hmac.compare_digest(self.sign(f"{sent}\n{number}\n".encode() + body), signature):
            return "the signature is wrong"
        if abs(now - sent) > SKEW:
            return "the clocks differ by more than five minutes"
        if number in self.used:
            return "the number was used before"
        self.used[number] = now
        return ""

    def take(self, letter: dict, sent: int) -> dict:
        """Hold what a letter brings, unless a later one came before it; return what is held now."""
        if sent > self.held.get(letter["id"], {"time": 0})["time"]:
            self.held[letter["id"]] = {"time": sent, "entry": letter.get("entry")}
        return self.row(letter["id"])

    def row(self, entry_id: str) -> dict:
        """Return the hash of an entry, computed from what is really held."""
        entry = self.held.get(entry_id, {}).get("entry")
        text = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return {"id": entry_id, "hash": hashlib.sha256(text.encode()).hexdigest() if entry else None}

    def listing(self, wanted: list[str]) -> dict:
        """Return everything that is held, or what is held of the entries asked for."""
        rows = [self.row(entry_id) for entry_id in wanted or list(self.held)]
        rows = [row for row in rows if row["hash"]]
        return {"count": len(rows), "entries": rows}


class Handler(BaseHTTPRequestHandler):
    """POST takes a letter, GET lists; both ask for a signature and sign their answer."""

    server: Receiver

    def do_POST(self) -> None:
        """Take a letter."""
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), LARGEST))
        self.answer(body, lambda sent: self.server.take(json.loads(body), sent))

    def do_GET(self) -> None:
        """List what is held."""
        wanted = parse_qs(urlsplit(self.path).query).get("id", [])
        self.answer(b"", lambda _sent: self.server.listing(wanted))

    def answer(self, body: bytes, tell) -> None:  # noqa: ANN001 - a function from time to answer
        """Answer a request that is to be believed, refuse any other."""
        asked, number = self.headers, self.headers.get("X-Govshare-Nonce", "")
        time_text = asked.get("X-Govshare-Time", "")
        sent = int(time_text) if time_text.isascii() and time_text.isdigit() else 0
        with self.server.lock:
            wrong = self.server.objection(sent, number, body, asked.get("X-Govshare-Signature", ""))
            told = {"error": wrong} if wrong else tell(sent)
        text = json.dumps(told).encode()
        self.send_response(401 if wrong else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        if not wrong:
            signed = self.server.sign(f"answer\n{sent}\n{number}\n".encode() + text)
            self.send_header("X-Govshare-Signature", signed)
        self.end_headers()
        self.wfile.write(text)


if __name__ == "__main__":
    secret_file, port, digest = [*sys.argv[1:], *("", "8000", "sha256")[len(sys.argv) - 1 :]][:3]
    Receiver(Path(secret_file).read_text().strip(), int(port), digest).serve_forever()
