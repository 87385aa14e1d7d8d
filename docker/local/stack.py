"""The parts in their order: bring a stack up, take it down, say how it is."""

from __future__ import annotations

import errno
import fcntl
import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from local import ckan, mail, nginx, packages, peer, portal, postgres, process, redis, solr, venv
from local.ckan import Ckan
from local.failure import Failure
from local.process import Part
from local.progress import step
from local.site import Site, free_port, in_use, refuse_if_taken

STORES = ("postgres", "redis", "solr", "mail")
ORDER = (*STORES, "portal", "worker", "scheduler", "nginx", "peer")
FIRST_START_BYTES = 3 << 30
EVERY_START_BYTES = 200 << 20


def install(site: Site, *, tests: bool = False) -> None:
    """Everything that must be on the machine before a part can start."""
    _refuse_full_disk(site)
    packages.ensure(browser=tests)
    venv.ensure(site)
    if tests:
        venv.ensure(site, extra="test")
    solr.ensure(site)


def start_stores(site: Site) -> None:
    """PostgreSQL, Redis, Solr and the mailbox, all at once."""
    postgres.ensure(site)
    redis.ensure(site)
    stores = [postgres.part(site), redis.part(site), solr.part(site), mail.part(site)]
    _run(site, stores, "启动数据库、队列、检索、邮件")


def start_portal(site: Site, port: int | None = None) -> None:
    """The portal's processes behind nginx; the stores run already."""
    claim_door(site, port)
    ready(site, ckan.PORTAL)
    nginx.ensure(site)
    _run(site, [*portal.parts(site), nginx.part(site)], "启动门户、任务、定时、网关")


def claim_door(site: Site, port: int | None = None) -> None:
    """Settle the portal's port: the wanted, the remembered, else 5000; Failure when another holds it."""
    wanted = port or site.remembered_port("http") or 5000
    if process.pid_of(site, "nginx") is None or site.remembered_port("http") != wanted:
        process.stop(site, "nginx")
        refuse_if_taken(wanted)
    site.port("http", wanted)


def free_door(site: Site) -> int:
    """A free port for a stack that nobody looks for at 5000."""
    remembered = site.remembered_port("http")
    return remembered if remembered and not in_use(remembered) else free_port()


def start_peer(site: Site) -> None:
    """The unmodified CKAN; the stores run already."""
    ckan.configure(site, ckan.PEER)
    ckan.prepare(site, ckan.PEER, sysadmin=peer.account(site))
    _run(site, [peer.part(site)], "启动对照 CKAN")


def ready(site: Site, of: Ckan) -> None:
    """Configuration and database of a CKAN, up to date."""
    ckan.configure(site, of)
    ckan.prepare(site, of)


def down(site: Site) -> list[str]:
    """Stop everything, the stores last; names of what ran."""
    stopped = []
    for group in (ORDER[len(STORES) :], STORES):
        stopped += [name for name in group if process.ask_to_stop(site, name, _stop_signal(name))]
        for name in group:
            process.see_off(site, name)
    return stopped


def status(site: Site) -> list[dict[str, Any]]:
    """One row per part: name, title, pid, port, ready, version; a part that does not run has no pid."""
    return [_row(site, part) for part in _known(site)]


def dead(site: Site) -> list[str]:
    """Parts that were started and have died since."""
    records = {file.stem for file in (site.var / "pids").glob("*.json")}
    return [name for name in ORDER if name in records and process.pid_of(site, name) is None]


@contextmanager
def only_one(site: Site) -> Iterator[None]:
    """Keep two launchers from working on one stack at the same time."""
    with (site.directory(".") / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Failure(
                "另一个 ./govshare 正在操作这套服务，请等它结束",
                "Another ./govshare is at work on this stack; wait for it to end.",
            ) from error
        yield


def full_disk(error: OSError) -> Failure | None:
    """The sentence for a disk that filled up on the way, None for another error."""
    if error.errno not in (errno.ENOSPC, errno.EDQUOT):
        return None
    return Failure("磁盘已满，请清理后重新启动", "The disk is full; free some space and start again.")


def _known(site: Site) -> Iterator[Part]:
    """Parts whose description can be made: all after a first start, none before."""
    if not ckan.PORTAL.ini(site).exists():
        return
    nginx_part = [nginx.part(site)] if (site.var / "nginx/nginx.conf").exists() else []
    yield from (postgres.part(site), redis.part(site), solr.part(site), mail.part(site))
    yield from (*portal.parts(site), *nginx_part)
    if ckan.PEER.ini(site).exists():
        yield peer.part(site)


def _row(site: Site, part: Part) -> dict[str, Any]:
    pid = process.pid_of(site, part.name)
    return {
        "name": part.name,
        "title": part.title,
        "pid": pid,
        "port": part.port,
        "ready": pid is not None and part.ready(),
        "version": part.version,
    }


def _run(site: Site, parts: Sequence[Part], sentence: str) -> None:
    """Start what does not run or runs with an older state; wait until all are ready."""
    to_start = [part for part in parts if _needs_start(site, part)]
    if not to_start:
        for part in parts:
            process.wait(site, part)
        return
    with step(sentence):
        for part in to_start:
            process.stop(site, part.name, part.stop_signal)
            if part.port and in_use(part.port):
                refuse_if_taken(part.port)
            process.start(site, part)
        for part in parts:
            process.wait(site, part)


def _stop_signal(name: str) -> int:
    """PostgreSQL takes SIGTERM for "when the last client has gone"."""
    return signal.SIGINT if name == "postgres" else signal.SIGTERM


def _needs_start(site: Site, part: Part) -> bool:
    return process.pid_of(site, part.name) is None or process.state_of(site, part.name) != part.state


def _refuse_full_disk(site: Site) -> None:
    first = not (site.tools / "lib/solr").exists()
    needed = FIRST_START_BYTES if first else EVERY_START_BYTES
    free = shutil.disk_usage(site.directory(".")).free
    if free < needed:
        raise Failure(
            f"磁盘空间不足：{site.var} 所在磁盘只剩 {free >> 20} MB，需要 {needed >> 20} MB",
            "Not enough free disk space; free some and start again, or set GOVSHARE_VAR to another disk.",
        )


def erase(site: Site) -> None:
    """Delete the state of a stack that is down, but not its tools."""
    link = site.var / "servants"
    if link.is_symlink():
        shutil.rmtree(link.resolve(), ignore_errors=True)
    kept = {"venv", "lib", ".lock", "test"}
    for entry in site.var.iterdir():
        if entry.name in kept:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
