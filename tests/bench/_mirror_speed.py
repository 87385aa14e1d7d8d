"""How fast a first full push is beside a plain loop, and what a comparison of what has not changed costs."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from _mirror_stage import Stage
from liar import Liar
from local import ckan, postgres

GOAL = 3
NEAR = 0.8  # of what the processors allow counts as reached: peer, stores and portal share them here
PLAIN = 100  # datasets of the plain loop, at most
WARM = 10
FILL = Path(__file__).with_name("_mirror_fill.py")
# The public entry with the most files stands for all.
TEMPLATE = """
SELECT p.entry_id FROM govshare_publication p JOIN resource r ON r.package_id = p.entry_id AND r.state = 'active'
WHERE p.state = 'published' AND p.openness = 'unconditional' GROUP BY p.entry_id ORDER BY count(*) DESC, 1 LIMIT 1
"""


def push(stage: Stage, sample: int) -> int:
    """Time the first full push, and a loop of ``package_create`` with the same datasets; 1 when the goal is missed."""
    with stage.only_our_relay(), _published(stage, sample):
        stage.aim_at_nothing()
        stage.mirror("push")  # what the portal has to note of its own is noted before
        idle = stage.cpu()["ours"]
        stage.mirror("push")
        start = stage.cpu()["ours"] - idle  # what a command costs that has nothing to do
        stage.aim(stage.url)
        _warm(stage)
        before = stage.cpu()
        told = stage.mirror("push").stdout
        between = stage.cpu()
        between["ours"] -= start
        sent, seconds = int(_figure(told, "sent")), _figure(told, "seconds")
        made = [row for row in stage.at_peer() if not row["name"].startswith(f"{stage.word}-plain")][:PLAIN]
        middle = stage.cpu()
        plain = _plain_loop(stage, made)
        after = stage.cpu()
    ours, theirs = Loop(sent, seconds, _spent(before, between)), Loop(len(made), plain, _spent(middle, after))
    return _judge(stage, ours, theirs)


@dataclass
class Loop:
    """So many datasets written in so many seconds, and the processor time by who has used it."""

    count: int
    seconds: float
    cpu: dict[str, float]

    @property
    def rate(self) -> float:
        """Datasets a second."""
        return self.count / self.seconds

    def possible(self, *without: str) -> float:
        """Datasets a second if no processor ever waited, and who is named in ``without`` used none."""
        used = sum(seconds for name, seconds in self.cpu.items() if name not in without)
        return (os.cpu_count() or 1) * self.count / used

    def told(self) -> str:
        """All of it in one line."""
        each = " ".join(f"{name} {seconds / self.count * 1000:.0f}" for name, seconds in self.cpu.items())
        total = sum(self.cpu.values()) / self.count * 1000
        return (
            f"{self.count} 条  {self.seconds:6.1f} s  {self.rate:6.1f} 条/s"
            f"  每条处理器毫秒 CPU ms each {total:.0f}（{each}）"
        )


def _spent(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    return {name: after[name] - before[name] for name in after}


def _judge(stage: Stage, ours: Loop, plain: Loop) -> int:
    """Print both, what the processors allow at most, and the verdict; 1 when neither goal nor bound is reached."""
    ratio, bound = ours.rate / plain.rate, ours.possible() / plain.rate
    free, busy = (
        ours.possible("ours") / plain.rate,
        ours.possible() / plain.possible() * (os.cpu_count() or 1),
    )
    print(f"首次全量同步 first push: {ours.told()}")
    print(f"ckanapi 循环 plain loop: {plain.told()}")
    print(
        f"上限 bound: {os.cpu_count()} 核 cores、对方 {stage.peer_workers} 个进程 workers：最多 at most {bound:.2f}×；"
        f"发送方不耗处理器时 with a sender that costs nothing {free:.2f}×；"
        f"循环从不等待时 if the loop never waited {busy:.2f}×；负载 load {os.getloadavg()[0]:.1f}"
    )
    reached = ratio >= GOAL
    near = ratio >= NEAR * bound
    mark = "✓" if reached else "△" if near else "✗"
    why = "" if reached else f"，处理器上限的 of what the processors allow {ratio / bound:.0%}"
    print(f"{mark} push: 倍数 ratio {ratio:.2f}×（目标 goal ≥ {GOAL}{why}）", flush=True)
    return int(not (reached or near))


def compare(stage: Stage, entries: int) -> int:
    """Time a comparison of so many unchanged entries and count what it writes; 1 when it writes or disagrees."""
    with stage.only_our_relay():
        stage.aim(stage.url)
        stage.mirror("push")
        with _published(stage, entries):
            _fill(stage, "mirror", stage.word, postgres.url(stage.site, ckan.PEER.name, ckan.PEER.name))
            stage.index_peer()
            liar = Liar(stage.url)
            try:
                stage.aim(liar.address)
                began = time.perf_counter()
                done = stage.mirror("reconcile")
                seconds = time.perf_counter() - began
            finally:
                liar.stop()
    agreeing, own = int(_figure(done.stdout, "agreeing")), _figure(done.stdout, "seconds")
    print(
        f"核对 unchanged: {agreeing} 条  {own:.1f} s（连启动 with start {seconds:.1f} s）"
        f"  写入 writes {liar.writes}  请求 calls {liar.calls.total()}",
        flush=True,
    )
    if done.returncode:
        print(done.stdout)
    wrong = bool(liar.writes or done.returncode)
    print(f"{'✗' if wrong else '✓'} unchanged: 写入 writes {liar.writes}，{own:.1f} s", flush=True)
    return int(wrong)


def _warm(stage: Stage) -> None:
    """Let every worker of the peer have written something."""
    [row] = stage.there.action.organization_list_for_user(permission="create_dataset")[:1]
    for number in range(WARM):
        stage.there.action.package_create(name=f"{stage.word}-warm-{number}", owner_org=row["id"])
    for number in range(WARM):
        stage.there.action.dataset_purge(id=f"{stage.word}-warm-{number}")


def _plain_loop(stage: Stage, datasets: list[dict[str, Any]]) -> float:
    """Create the same datasets again under other names, one after the other; return the seconds."""
    began = time.perf_counter()
    for number, dataset in enumerate(datasets):
        stage.there.action.package_create(**_plain(dataset, f"{stage.word}-plain-{number}"))
    return time.perf_counter() - began


def _plain(dataset: dict[str, Any], name: str) -> dict[str, Any]:
    kept = ("title", "notes", "url", "license_id", "owner_org", "private")
    return {
        **{key: dataset[key] for key in kept},
        "name": name,
        "tags": [{"name": tag["name"]} for tag in dataset["tags"]],
        "extras": dataset["extras"],
        "resources": [
            {key: resource[key] for key in ("name", "url", "format", "mimetype", "hash", "size")}
            for resource in dataset["resources"]
        ],
    }


@contextmanager
def _published(stage: Stage, count: int) -> Iterator[None]:
    """Let there be so many more public entries, here and, once they are pushed, at the peer."""
    [[template]] = stage.execute(ckan.PORTAL, TEMPLATE)
    _fill(stage, "publish", template, str(count))
    try:
        yield
    finally:
        _fill(stage, "forget")
        stage.purge()


def _fill(stage: Stage, *arguments: str) -> None:
    command = [str(stage.site.python), str(FILL), str(ckan.PORTAL.ini(stage.site)), *arguments]
    subprocess.run(command, env=stage.site.environment, check=True)


def _figure(told: str, name: str) -> float:
    """Read a figure from what a command has printed."""
    found = re.search(rf"^\s*{name}: ([\d.]+)", told, re.MULTILINE)
    if not found:
        raise SystemExit(f"no {name} in:\n{told}")
    return float(found[1])
