"""An SMTP server that delivers nothing: each message becomes a file that can be opened and read.

mailbox.py PORT FOLDER [ADDRESS]
"""

from __future__ import annotations

import asyncio
import sys
import time
from itertools import count
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Folder:
    """Writes each accepted message to `<time>-<number>.eml`, envelope first."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.numbers = count(1)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        """Keep one message, whole before it is visible."""
        name = f"{time.strftime('%Y%m%dT%H%M%S')}-{next(self.numbers):04d}.eml"
        head = f"X-MailFrom: {envelope.mail_from}\nX-RcptTo: {', '.join(envelope.rcpt_tos)}\n"
        draft = self.folder / f".{name}.part"  # no letter yet for whoever lists *.eml
        draft.write_bytes(head.encode() + (envelope.original_content or b""))
        draft.rename(self.folder / name)
        return "250 OK"


async def serve(port: int, folder: Path, address: str) -> None:
    """Listen until the process is ended."""
    keep = Folder(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(keep, hostname="localhost"), address, port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), (sys.argv[3:] or ["127.0.0.1"])[0]))
