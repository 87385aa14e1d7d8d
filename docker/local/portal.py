"""What runs CKAN's code: web workers, job worker and scheduler."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Callable

from local import ckan, process
from local.ckan import Ckan
from local.process import ANSWER, Part
from local.site import LOOPBACK, Site

VERSION = "2.12.0"
WATCHED = ("*.py", "*.yaml", "*.html", "*.yml", "*.mo")
SETTLED = 2.0


def web(site: Site, of: Ckan, title: str, bind: str, state: str) -> Part:
    """Gunicorn with one sync worker per core.

    No preload: forked workers would share PostgreSQL's sockets. No threads: kept connections all land
    on one worker. Long bodies are buffered by nginx, so a worker is busy only while it computes.
    """
    options = {
        "workers": str(max(2, os.cpu_count() or 2)),
        "bind": bind,
        "timeout": "120",
        "graceful-timeout": "20",
        "worker-tmp-dir": "/dev/shm",  # noqa: S108 - only a heartbeat, off the disk
        "chdir": str(site.root / "docker"),
    }
    flags = [word for key, value in options.items() for word in (f"--{key}", value)]
    return Part(
        name=of.name,
        title=title,
        command=[str(site.venv / "bin/gunicorn"), *flags, "--no-control-socket", "wsgi:application"],
        ready=lambda: _answers(bind),
        version=VERSION,
        port=None if bind.startswith("unix:") else int(bind.rpartition(":")[2]),
        environment={"CKAN_INI": str(of.ini(site))},
        state=state,
    )


def bind_of(site: Site) -> str:
    """Where the portal listens for nginx."""
    return f"unix:{site.sockets / 'portal.sock'}"


def parts(site: Site) -> list[Part]:
    """Web workers, job worker and scheduler of the portal."""
    state = _code_state(site, ckan.PORTAL)
    scheduler = [str(site.python), str(site.root / "docker/scheduler.py"), str(ckan.PORTAL.ini(site))]
    return [
        web(site, ckan.PORTAL, "门户", bind_of(site), state),
        Part(
            name="worker",
            title="任务",
            command=ckan.command(site, ckan.PORTAL, "jobs", "worker", "default", "govshare"),
            ready=_lives(site, "worker"),
            version=VERSION,
            state=state,
        ),
        Part(
            name="scheduler",
            title="定时",
            command=scheduler,
            ready=_lives(site, "scheduler"),
            version=VERSION,
            state=state,
        ),
    ]


def _code_state(site: Site, of: Ckan) -> str:
    """Changes with the configuration and with any file the processes have read."""
    seen = hashlib.sha256(of.ini(site).read_bytes())
    for folder in ("ckanext-govshare", "theme", "i18n", "config/statutes", "docker"):
        for pattern in WATCHED:
            for file in sorted((site.root / folder).rglob(pattern)):
                if "local" not in file.parts:
                    seen.update(f"{file} {file.stat().st_mtime_ns}".encode())
    return seen.hexdigest()


def _lives(site: Site, name: str) -> Callable[[], bool]:
    """A worker has no door to knock at: it is ready when it has outlived CKAN's start-up checks."""
    return lambda: process.age_of(site, name) > SETTLED


def _answers(bind: str) -> bool:
    """Whether CKAN answers a status request at a unix socket or an address."""
    request = b"GET /api/3/action/status_show HTTP/1.0\r\nHost: localhost\r\n\r\n"
    try:
        with _connect(bind) as client:
            client.sendall(request)
            return client.recv(64).split(b" ")[1:2] == [b"200"]
    except OSError:
        return False


def _connect(bind: str) -> socket.socket:
    unix = bind.startswith("unix:")
    client = socket.socket(socket.AF_UNIX if unix else socket.AF_INET)
    client.settimeout(ANSWER)
    address = bind.removeprefix("unix:") if unix else (LOOPBACK, int(bind.rpartition(":")[2]))
    try:
        client.connect(address)
    except OSError:
        client.close()
        raise
    return client
