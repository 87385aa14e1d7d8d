"""Where a stack lives: its directories, remembered ports and secrets.

Everything a stack writes is below `var` (`$GOVSHARE_VAR`); what can be made again and is costly
(Python environment, Solr's jars) is below `tools` (`$GOVSHARE_TOOLS`, default `var`), so that the
stack of the tests shares it.
"""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import secrets
import shutil
import socket
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from local.failure import Failure

LOOPBACK = "127.0.0.1"
KEYRING_REMARK = """\
# Key-encryption keys: "id  64 hexadecimal digits" on a line, the last one is the current one.
# Without them nothing sealed can be read: keep a copy apart from the backups of database and files.
"""
LONGEST_SOCKET_PATH = 100  # the kernel's limit is 107 bytes; file names of sockets come on top


@dataclass(frozen=True)
class Site:
    """The places of one stack."""

    root: Path
    var: Path
    tools: Path

    @classmethod
    def of(cls, root: Path) -> Site:
        """The site the environment names, by default `var/` of the project."""
        var = Path(os.environ.get("GOVSHARE_VAR") or root / "var").resolve()
        return cls(root, var, Path(os.environ.get("GOVSHARE_TOOLS") or var).resolve())

    def for_tests(self, room: str) -> Site:
        """The stack of a room of tests: own state, same tools, never the portal of the developer."""
        return Site(self.root, self.var / "test" / room, self.tools)

    @property
    def venv(self) -> Path:
        """The Python environment."""
        return self.tools / "venv"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.venv / "bin" / "python"

    @property
    def environment(self) -> dict[str, str]:
        """Environment of child processes: this site's tools first, no foreign CKAN settings."""
        own = {k: v for k, v in os.environ.items() if not k.startswith(("CKAN_", "PYTHON"))}
        path = f"{self.venv / 'bin'}:{os.environ.get('PATH', '/usr/bin:/bin')}:/usr/sbin"
        return own | {
            "PATH": path,
            "GOVSHARE_VAR": str(self.var),
            "GOVSHARE_TOOLS": str(self.tools),
            "LC_ALL": "C.UTF-8",
            "TZ": "Asia/Shanghai",
        }

    def directory(self, name: str) -> Path:
        """A directory below `var`, made when absent."""
        path = self.var / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    @cached_property
    def servants(self) -> Path:
        """Home of what runs as another user (PostgreSQL, Redis) and of the sockets.

        It is `var`, unless the unprivileged user cannot get there (a clone below /root or a private
        temporary directory) or the path is too long for a socket; then a link in `var` names the place.
        """
        if os.geteuid() == 0 and not _open_to_others(self.var):
            return self._elsewhere(Path("/var/lib/govshare"))
        if len(str(self.var)) > LONGEST_SOCKET_PATH - len("/run/.s.PGSQL.5432"):
            return self._elsewhere(Path(tempfile.gettempdir()) / f"govshare-{os.geteuid()}")
        return self.var

    def _elsewhere(self, base: Path) -> Path:
        home = base / hashlib.sha256(str(self.var).encode()).hexdigest()[:12]
        link = self.directory(".") / "servants"
        if not link.is_symlink():
            shutil.rmtree(home, ignore_errors=True)  # of an earlier clone at the same place
            home.mkdir(parents=True)
            link.symlink_to(home)
        return home

    @cached_property
    def sockets(self) -> Path:
        """Directory of the unix sockets."""
        path = self.servants / "run"
        path.mkdir(parents=True, exist_ok=True)
        return path

    def port(self, name: str, wanted: int | None = None) -> int:
        """Port of a part: the wanted one, else the remembered one, else a free one; remembered."""
        file = self.directory(".") / "ports.json"
        ports: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
        chosen = wanted or ports.get(name) or free_port(ports.values())
        if ports.get(name) != chosen:
            file.write_text(json.dumps(ports | {name: chosen}, indent=2) + "\n")
        return chosen

    def remembered_port(self, name: str) -> int | None:
        """Port chosen at an earlier start, None before the first."""
        file = self.var / "ports.json"
        return json.loads(file.read_text()).get(name) if file.exists() else None

    def secret(self, name: str) -> str:
        """A secret of 32 random bytes in hex, made at first use and kept in a file of mode 0600."""
        file = self.directory("secrets") / name
        if not file.exists():
            file.parent.chmod(0o700)
            write_private(file, secrets.token_hex(32))
        return file.read_text().strip()

    def keyring(self, name: str) -> Path:
        """The file of key-encryption keys, one line each, made with one key at first use (mode 0600)."""
        file = self.directory("secrets") / f"{name}-keyring"
        if not file.exists():
            file.parent.chmod(0o700)
            write_private(file, KEYRING_REMARK + f"first  {secrets.token_hex(32)}\n")
        return file


def write_private(file: Path, text: str) -> None:
    """Write a file that nobody but its owner can read, whole or not at all."""
    draft = file.with_name(f".{file.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(text)
    draft.replace(file)


def in_use(port: int) -> bool:
    """Whether something listens on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def free_port(taken: object = ()) -> int:
    """A loopback port that is free now and not among `taken`."""
    while True:
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            port = int(probe.getsockname()[1])
        if port not in set(taken):  # type: ignore[call-overload]
            return port


def refuse_if_taken(port: int) -> None:
    """Stop with a sentence when another program holds the port."""
    if in_use(port):
        raise Failure(
            f"端口 {port} 已被其他程序占用；请换一个端口：./govshare up --port {port + 1}",
            f"Port {port} is in use by another program; choose another one with --port.",
        )


def as_user(name: str) -> list[str]:
    """Prefix by which root gives up its rights; by exec, so that the pid stays the program's own."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam(name)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--init-groups"]


def give_to(name: str, path: Path) -> None:
    """Make a directory, owned by the user its program runs as."""
    path.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0 and path.owner() != name:
        shutil.chown(path, name, pwd.getpwnam(name).pw_gid)


def _open_to_others(path: Path) -> bool:
    """Whether every existing directory on the way may be entered by everybody."""
    return all(p.stat().st_mode & 0o001 for p in [path, *path.parents] if p.exists())
