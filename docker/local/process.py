"""Start, find and stop the processes of a stack.

A part leads its own session, so that whatever it leaves behind after a kill -9 can be found and
ended. The record in `var/pids/<part>.json` names the process by pid, start time and boot, because a
number alone may by now belong to somebody else.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.failure import Failure
from local.site import Site

PAUSE = 0.05
PATIENCE = 300.0
"""Seconds for a start on a busy machine; a part that has died is noticed at once."""
ANSWER = 30.0
"""Seconds in which a part that listens answers, however busy the machine is; one that does not listen says so at once."""
GRACE = 30.0


@dataclass(frozen=True)
class Part:
    """One long-running process: how it is started, when it is ready, how it wants to be stopped."""

    name: str
    title: str
    command: Sequence[str]
    ready: Callable[[], bool]
    version: str = ""
    port: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: Path | None = None
    stop_signal: int = signal.SIGTERM
    state: str = ""
    """Fingerprint of what the process has read at its start; another one asks for a restart."""


def start(site: Site, part: Part) -> None:
    """Start a part in the background; its output goes to `var/log/<part>.log`."""
    log = site.directory("log") / f"{part.name}.log"
    with log.open("ab") as output:
        child = subprocess.Popen(
            list(part.command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=site.environment | dict(part.environment),
            cwd=part.directory or site.root,
            start_new_session=True,
        )
    record = {
        "pid": child.pid,
        "began": _began(child.pid),
        "boot": _boot(),
        "started_at": time.time(),
        "state": part.state,
    }
    (site.directory("pids") / f"{part.name}.json").write_text(json.dumps(record))


def pid_of(site: Site, name: str) -> int | None:
    """Process id of a running part, None when it does not run."""
    record = _record(site, name)
    if record and record["boot"] == _boot() and _began(record["pid"]) == record["began"]:
        return int(record["pid"])
    return None


def state_of(site: Site, name: str) -> str:
    """Fingerprint the running process was started with."""
    return str((_record(site, name) or {}).get("state", ""))


def age_of(site: Site, name: str) -> float:
    """Seconds since a running part was started, 0 when it does not run."""
    record = _record(site, name)
    return time.time() - float(record["started_at"]) if record and pid_of(site, name) else 0.0


def wait(site: Site, part: Part, patience: float = PATIENCE) -> None:
    """Return when the part is ready; Failure with the end of its log when it died or took too long."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if pid_of(site, part.name) is None:
            raise Failure(
                f"{part.title}启动失败，日志 {log_of(site, part.name)} 的末尾：\n{tail(site, part.name)}",
                f"{part.name} ended while starting; see its log above.",
            )
        if part.ready():
            return
        time.sleep(PAUSE)
    raise Failure(
        f"{part.title}在 {patience:.0f} 秒内没有就绪，日志 {log_of(site, part.name)} 的末尾：\n"
        f"{tail(site, part.name)}",
        f"{part.name} was not ready in time; see its log above.",
    )


def ask_to_stop(site: Site, name: str, number: int = signal.SIGTERM) -> bool:
    """Tell a part to end without waiting for it; True when it ran."""
    pid = pid_of(site, name)
    if pid:
        send(pid, number)
    return pid is not None


def stop(site: Site, name: str, number: int = signal.SIGTERM) -> None:
    """Stop a part and everything it left behind."""
    ask_to_stop(site, name, number)
    see_off(site, name)


def see_off(site: Site, name: str) -> None:
    """Wait until a part that was asked to stop has ended, and end what it left behind."""
    record = _record(site, name)
    if not record or record["boot"] != _boot():
        return
    _wait_gone(lambda: pid_of(site, name) is None)
    for other in _session(record["pid"]):
        send(other, signal.SIGKILL)
    _wait_gone(lambda: not _session(record["pid"]))
    (site.directory("pids") / f"{name}.json").unlink(missing_ok=True)


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not waited for does not."""
    return bool(_began(pid))


def working_in(directory: Path) -> list[int]:
    """Live processes whose working directory this is."""
    return [pid for pid in _pids() if _directory_of(pid) == str(directory) and alive(pid)]


def send(pid: int, number: int) -> None:
    """Send a signal to a process that may have ended meanwhile."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def log_of(site: Site, name: str) -> Path:
    """Log file of a part."""
    return site.var / "log" / f"{name}.log"


def tail(site: Site, name: str, lines: int = 15) -> str:
    """The last lines of a part's log."""
    log = log_of(site, name)
    if not log.exists():
        return ""
    with log.open("rb") as handle:
        handle.seek(max(0, log.stat().st_size - 65536))
        return "\n".join(handle.read().decode("utf-8", "replace").splitlines()[-lines:])


def _record(site: Site, name: str) -> dict[str, Any] | None:
    file = site.var / "pids" / f"{name}.json"
    try:
        record: dict[str, Any] = json.loads(file.read_text())
    except (OSError, ValueError):
        return None
    return record


def _wait_gone(gone: Callable[[], bool]) -> None:
    end = time.monotonic() + GRACE
    while not gone() and time.monotonic() < end:
        time.sleep(PAUSE)


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _stat(pid: int) -> list[str]:
    """Fields of /proc/<pid>/stat after the command name: state first; empty when there is none."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _began(pid: int) -> str:
    """Start time of a live process in clock ticks since boot, empty for a dead one."""
    fields = _stat(pid)
    return fields[19] if fields and fields[0] not in "ZX" else ""


def _session(leader: int) -> list[int]:
    """Live processes of the session a part led."""
    return [pid for pid in _pids() if _stat(pid)[3:4] == [str(leader)] and alive(pid)]


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _directory_of(pid: int) -> str:
    try:
        return str(Path(f"/proc/{pid}/cwd").readlink())
    except OSError:
        return ""
