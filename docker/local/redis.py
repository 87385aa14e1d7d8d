"""Redis 7 on a unix socket only: sessions and job wake-ups, never the truth."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

from local.process import ANSWER, Part
from local.site import Site, as_user, give_to

USER = "redis"
PROGRAM = "/usr/bin/redis-server"


def part(site: Site) -> Part:
    """The server process, without any TCP port."""
    options = {
        "port": "0",
        "unixsocket": str(_socket(site)),
        "unixsocketperm": "700",
        "dir": str(_data(site)),
        "appendonly": "yes",
        "save": "",
        "daemonize": "no",
    }
    arguments = [word for key, value in options.items() for word in (f"--{key}", value)]
    command = [*as_user(USER), PROGRAM, *arguments]
    return Part(
        name="redis",
        title="队列 Redis",
        command=command,
        ready=lambda: _ping(_socket(site)),
        version=_version(),
        directory=Path("/"),
        state=" ".join(command),
    )


def ensure(site: Site) -> None:
    """Directory of its own user, and room for its socket."""
    give_to(USER, _data(site))
    give_to(USER, _socket(site).parent)


def url(site: Site, database: int) -> str:
    """Address of one of its numbered databases."""
    return f"unix://{_socket(site)}?db={database}"


def empty(site: Site, database: int) -> None:
    """Remove every key of one of its numbered databases."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(_socket(site)))
        client.sendall(f"SELECT {database}\r\nFLUSHDB\r\nQUIT\r\n".encode())
        while client.recv(256):
            pass


def _data(site: Site) -> Path:
    return site.servants / "redis"


def _socket(site: Site) -> Path:
    return site.sockets / "redis" / "redis.sock"


def _version() -> str:
    words = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout
    return words.partition("v=")[2].split()[0]


def _ping(address: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(ANSWER)
        try:
            client.connect(str(address))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False
