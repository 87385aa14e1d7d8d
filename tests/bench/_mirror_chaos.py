"""The mirror under kills and cuts: what was asked for, what passed the line, what the peer has seen.

The officers change, withdraw and publish again while relay, portal, peer and PostgreSQL are killed and the line is
cut, slow and lying. The portal's own worker and scheduler serve the mirror, so there are two relays at any time.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import re
import signal
import subprocess
import threading
import time
from collections import Counter as Tally
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import requests
import yaml
from _mirror_stage import Stage
from liar import Liar
from local import ckan, process, stack
from local.progress import Counter

ROOT = Path(__file__).resolve().parents[2]
WRITERS = 4  # officers at work side by side, each with entries of their own
ENTRIES = 20
PATIENCE = 300.0  # seconds until the portal must answer again
SETTLING = 420.0  # seconds until nothing waits: the longest rest and a doubtful write are over by then
AT_WORK = 5.0  # seconds within which the worker has something to do
SHARE_OF_WITHDRAWALS = 0.2
STEP = re.compile(r"〔(\w+)\.(\d+)〕$")
REVIEW = "中华人民共和国保守国家秘密法"
PUBLICATION, CHANGE = "govshare_publication", "govshare_change"
WAY = {
    "draft": ("clerk", "submit"),
    "department_review": ("head", "approve"),
    "bureau_review": ("bureau", "publish"),
}
VICTIMS = ("relay", "worker", "portal", "peer", "postgres")
FAULTS = ("cut", "delay", "lies")
LOST, TWICE, DISORDER = FAULTS_FOUND = ("丢失 lost", "重复 twice", "乱序 out of order")


@dataclass
class Step:
    """One change that was asked for and done: a new title, or the entry's disappearance."""

    number: int
    kind: str
    at: str


@dataclass
class Entry:
    """One entry that is changed again and again."""

    id: str
    name: str
    title: str
    public: bool = True
    steps: list[Step] = field(default_factory=list)


class Office:
    """The officers, by the portal's API; whatever is not answered is asked again."""

    def __init__(self, word: str) -> None:
        told = json.loads(Path(os.environ["GOVSHARE_ACCOUNTS"]).read_text())
        rows = {row["name"]: row for row in (told.values() if isinstance(told, dict) else told)}
        self.tokens = {name: row["token"] for name, row in rows.items()}
        self.organization = rows["clerk"]["organization"]
        self.word = word
        questions = yaml.safe_load((ROOT / "config/statutes/secrecy_review.yaml").read_text())["questions"]
        answers = {question["code"]: True for question in questions}
        self.review = {"basis": REVIEW, "conclusion": "may_open", "answers": answers}

    def made(self, number: int) -> Entry:
        """Publish a new entry."""
        title = f"同步演练第{number}号 {self.word}"
        card = {
            "title": title,
            "notes": "中断演练用的目录条目。",
            "format_class": "spreadsheet",
            "data_items": [{"name": "名称", "type": "C"}],
            "theme": "transport",
            "share_type": "unconditional",
            "openness": "unconditional",
            "license_id": "cc-by-4.0",
            "update_cycle": "monthly",
            "contact_phone": "0454-8888888",
            "owner_org": self.organization,
        }
        made = self.ask("clerk", "package_create", **card)
        entry = Entry(made["id"], made["name"], title)
        self._to_public(PUBLICATION, entry.id)
        return entry

    def rename(self, entry: Entry, number: int) -> None:
        """Give a public entry its next title by the whole way: proposed, submitted, approved, published."""
        title = self.title(entry, number)
        while (shown := self._case(PUBLICATION, entry.id))["title"] != title:
            case = shown["open_change"]  # one whose answer was lost
            if case is None:
                proposal = {"id": entry.id, "content": {"title": title}}
                case = self._try("clerk", "govshare_change_create", **proposal)
            if case is not None:
                self._to_public(CHANGE, case["id"])

    def withdraw(self, entry: Entry, _number: int) -> None:
        """Take an entry out of the public's sight."""
        while (shown := self._case(PUBLICATION, entry.id))["state"] == "published":
            self._move("head", PUBLICATION, shown, "withdraw", note="数据有误")

    def publish_again(self, entry: Entry, number: int) -> None:
        """Bring a withdrawn entry back with its next title."""
        while (shown := self._case(PUBLICATION, entry.id))["state"] == "withdrawn":
            self._move("clerk", PUBLICATION, shown, "reopen")
        self.ask("clerk", "package_patch", id=entry.id, title=self.title(entry, number))
        self._to_public(PUBLICATION, entry.id)

    def title(self, entry: Entry, number: int) -> str:
        """The title that carries the number of a change."""
        return f"{entry.title}〔{self.word}.{number}〕"

    def ask(self, who: str, action: str, **data: Any) -> Any:
        """Call an action until the portal answers; a refusal ends the measurement."""
        status, answer = self._asked(who, action, data)
        if status != requests.codes.ok:
            raise SystemExit(f"{action}: {status} {answer}")
        return answer["result"]

    def _try(self, who: str, action: str, **data: Any) -> Any:
        """Call an action until the portal answers; None when it refuses, perhaps because it was done already."""
        status, answer = self._asked(who, action, data)
        return answer["result"] if status == requests.codes.ok else None

    def _to_public(self, kind: str, case: str) -> None:
        shown = self._case(kind, case)
        while step := WAY.get(shown["state"]):
            who, move = step
            more = {"review": self.review} if move == "approve" else {}
            shown = self._move(who, kind, shown, move, **more) or self._case(kind, case)

    def _case(self, kind: str, case: str) -> dict[str, Any]:
        return self.ask("clerk", f"{kind}_show", id=case)

    def _move(self, who: str, kind: str, shown: dict[str, Any], move: str, **more: Any) -> Any:
        return self._try(who, f"{kind}_move", id=shown["id"], move=move, version=shown["version"], **more)

    def _asked(self, who: str, action: str, data: dict[str, Any]) -> tuple[int, Any]:
        until = time.monotonic() + PATIENCE
        url = f"{os.environ['GOVSHARE_URL']}/api/3/action/{action}"
        while time.monotonic() < until:
            with contextlib.suppress(requests.RequestException, ValueError):
                answer = requests.post(
                    url, json=data, headers={"Authorization": self.tokens[who]}, timeout=60
                )
                if answer.status_code < requests.codes.server_error:
                    return answer.status_code, answer.json()
            time.sleep(0.3)
        raise SystemExit(f"{action}: 门户没有答复 the portal does not answer")


class Line:
    """The proxy between portal and peer: keeps what passed, and is cut, slow or lying for moments."""

    def __init__(self, url: str) -> None:
        self.liar = Liar(url)
        self.passed: list[tuple[str, str, str, str]] = []
        self.faults: Tally[str] = Tally()
        self._honest()

    def trouble(self, over: threading.Event) -> None:
        """Be in trouble again and again until it is over."""
        while not over.wait(random.uniform(2, 6)):
            fault = random.choice(FAULTS)
            self.faults[fault] += 1
            if fault == "cut":
                self.liar.cut = True
            elif fault == "delay":
                self.liar.delay = random.uniform(0.2, 2.5)
            else:
                self.liar.lie = self._lie
            over.wait(random.uniform(0.5, 3))
            self._honest()
        self._honest()

    def told_of(self, entry: Entry) -> list[str]:
        """What passed about an entry, a line each."""
        return [" ".join(row) for row in self.passed if entry.id in row[3] or entry.name in row[3]]

    def _honest(self) -> None:
        self.liar.cut, self.liar.delay, self.liar.lie = False, 0.0, None
        self.liar.bar = self._note

    def _note(self, action: str, given: dict[str, Any]) -> None:
        about = given.get("update") or given
        what = [str(about.get(name) or given.get(name) or "") for name in ("id", "name", "title")]
        if action.endswith(("create", "revise", "delete")):
            at = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
            self.passed.append(
                (at, action, what[2], " ".join([*what, json.dumps(given, ensure_ascii=False)]))
            )

    def _lie(self, _action: str, _true: bytes) -> Any:
        html = {"Content-Type": "text/html"}
        return random.choice(
            [
                None,
                (500, {}, b"oops"),
                (502, html, b"<h1>Bad Gateway</h1>"),
                (200, html, b"<h1>Maintenance</h1>"),
                (200, {}, b'{"success": true, "result": []}'),
                (200, {}, b'{"success": true, "resu'),
                (302, {"Location": "http://169.254.169.254/"}, b""),
            ]
        )


class Killer:
    """Kills at random and starts again, as the launcher does."""

    def __init__(self, stage: Stage, kills: int) -> None:
        self.site = stage.site
        rounds = -(-kills // len(VICTIMS))
        self.plan = [victim for _ in range(rounds) for victim in random.sample(VICTIMS, len(VICTIMS))][:kills]
        self.done: Tally[str] = Tally()

    def strike(self) -> None:
        """Kill the next victim, leave it down for a moment, start it again."""
        victim = self.plan[self.done.total()]
        self._kill(victim)
        time.sleep(random.random())  # how long it is down: the fault itself, nothing is waited for
        with stack.only_one(self.site), contextlib.redirect_stdout(io.StringIO()):
            stack.start_stores(self.site)
            stack.start_portal(self.site)
            stack.start_peer(self.site)
        self.done[victim] += 1

    def _kill(self, victim: str) -> None:
        """Kill -9, the whole group or the relay at its work; PostgreSQL by an immediate stop."""
        pid = process.pid_of(self.site, "worker" if victim == "relay" else victim)
        if pid is None:
            return
        if victim == "postgres":
            os.kill(pid, signal.SIGQUIT)
        elif victim == "relay":
            until = time.monotonic() + AT_WORK
            while not (horses := _children(pid)) and time.monotonic() < until:
                time.sleep(0.01)
            for horse in horses:
                process.send(horse, signal.SIGKILL)
        else:
            os.killpg(os.getpgid(pid), signal.SIGKILL)


def run(stage: Stage, changes: int, kills: int) -> int:
    """Change, kill and cut; then let everything run, and judge what the peer has seen; return the faults found."""
    office, line, killer = Office(stage.word), Line(stage.url), Killer(stage, kills)
    stage.aim(line.liar.address)
    entries = [office.made(number) for number in range(ENTRIES)]
    began = time.monotonic()
    try:
        storm = Storm(office, line, killer, changes)
        storm.run(entries)
        minutes = (time.monotonic() - began) / 60
        _settle(stage)
        dry = stage.mirror("reconcile", "--dry-run")
        faults = sum(_judge(stage, line, entry) for entry in entries)
    finally:
        line.liar.stop()
        for entry in entries:
            office.withdraw(entry, 0)
    told = "、".join(f"{name} {count}" for name, count in (killer.done + line.faults).items())
    print(
        f"变更 changes {storm.made}（{ENTRIES} 条目录），{minutes:.1f} 分钟；中断 kills {killer.done.total()}：{told}"
    )
    if dry.returncode:
        print(dry.stdout)
    agrees, ghosts, exposed = _verdict(dry)
    print(
        f"对方检索残影 ghosts in the peer's search: {ghosts}（其中显示已撤下内容 of what was withdrawn {exposed}）"
    )
    counts = "，".join(f"{word} {_tally[word]}" for word in FAULTS_FOUND)
    told = f"{counts}，核对 comparison {'一致 agrees' if agrees else '不一致 differs'}"
    print(f"{'✓' if agrees and not faults else '✗'} chaos: {told}", flush=True)
    return faults + (not agrees)


def _verdict(dry: subprocess.CompletedProcess[str]) -> tuple[bool, int, int]:
    """Tell whether a comparison agrees, how many ghosts the peer's search has, and how many of what was withdrawn.

    A kill of the peer or of its database between index and commit leaves a ghost; nothing of ours differs by it.
    """
    counts = dict(re.findall(r"^  (\w+): (\d+)$", dry.stdout, re.MULTILINE))
    ghosts = re.findall(r"^  ghost(_exposed)?  ", dry.stdout, re.MULTILINE)
    doubts = len(re.findall(r"^  ! ", dry.stdout, re.MULTILINE))
    told = bool(counts) and counts["left"] == counts["conflicts"] == "0" and doubts == int(any(ghosts))
    return dry.returncode == 0 or told, len(ghosts), sum(map(bool, ghosts))


class Storm:
    """Writers at work, a line in trouble, and a killer who keeps step with the writers."""

    def __init__(self, office: Office, line: Line, killer: Killer, changes: int) -> None:
        self.office, self.line, self.killer, self.changes = office, line, killer, changes
        self.made = 0
        self.over = threading.Event()
        self.failures: list[BaseException] = []
        self._turn = iter(range(1, changes + 1))
        self._lock = threading.Lock()
        self._count = Counter(changes, "变更 changes ")

    def run(self, entries: list[Entry]) -> None:
        """Make all changes; raise what a writer failed with."""
        threads = [threading.Thread(target=self._write, args=(entries[n::WRITERS],)) for n in range(WRITERS)]
        trouble = threading.Thread(target=self.line.trouble, args=(self.over,))
        for thread in (trouble, *threads):
            thread.start()
        try:
            self._kill()
            for thread in threads:
                thread.join()
        finally:
            self.over.set()
            for thread in (trouble, *threads):
                thread.join()
        for failure in self.failures:
            raise failure

    def _kill(self) -> None:
        """Strike whenever as much of the work is done as of the kills."""
        plan = len(self.killer.plan)
        while self.killer.done.total() < plan and not self.over.is_set():
            if self.made / self.changes >= self.killer.done.total() / plan - 0.02:
                self.killer.strike()
            else:
                time.sleep(0.1)

    def _write(self, own: list[Entry]) -> None:
        try:
            while not self.over.is_set() and (number := self._next()):
                self._wait_for_kills(number)
                _change(self.office, random.choice(own), number)
                with self._lock:
                    self.made += 1
                    self._count(self.made, f"kills {self.killer.done.total()}")
        except (Exception, SystemExit) as failure:  # noqa: BLE001 - raised again by `run`
            self.failures.append(failure)
            self.over.set()

    def _next(self) -> int | None:
        with self._lock:
            return next(self._turn, None)

    def _wait_for_kills(self, number: int) -> None:
        """Let nobody run ahead of the kills: they shall fall into the work, not after it."""
        due = number / self.changes * len(self.killer.plan) - 1
        while self.killer.done.total() < due and not self.over.wait(0.1):
            pass


def _change(office: Office, entry: Entry, number: int) -> None:
    if not entry.public:
        kind, change = "put", office.publish_again
    elif random.random() < SHARE_OF_WITHDRAWALS:
        kind, change = "gone", office.withdraw
    else:
        kind, change = "put", office.rename
    change(entry, number)
    entry.public = kind == "put"
    at = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    entry.steps.append(Step(number, kind, at))


def _settle(stage: Stage) -> None:
    """Push until nothing waits any more."""
    until = time.monotonic() + SETTLING
    began = time.monotonic()
    while time.monotonic() < until:
        stage.mirror("push")
        shown = json.loads(stage.mirror("status", "--json").stdout)
        if not shown["targets"][0]["waiting"]:
            print(f"追平 caught up after {time.monotonic() - began:.0f} s")
            return
        time.sleep(5)
    print(f"仍有条目未同步 still waiting: {shown['targets'][0]}")


def _judge(stage: Stage, line: Line, entry: Entry) -> int:
    """Count what is wrong with one entry, and tell its case."""
    last = entry.steps[-1] if entry.steps else None
    shown = stage.stranger_sees(entry.name)
    seen = _seen(stage, entry)
    numbers = [number for number in seen if number]
    wrong = []
    if last and (shown is None) != (last.kind == "gone"):
        wrong.append(f"{LOST}: it must be " + ("gone" if last.kind == "gone" else "there"))
    if last and shown is not None and last.kind == "put" and _number(stage, shown["title"]) != last.number:
        wrong.append(f"{LOST}: {last.number} is wanted, {shown['title']} is shown")
    if len(numbers) != len(set(numbers)):
        wrong.append(TWICE)
    if numbers != sorted(numbers):
        wrong.append(DISORDER)
    _tally.update(word.split(":")[0] for word in wrong)
    if wrong:
        print(f"\n✗ {entry.name} {entry.id}\n  " + "\n  ".join(wrong))
        print(
            "  要求 asked:", " ".join(f"{step.number}:{step.kind}@{step.at[11:23]}" for step in entry.steps)
        )
        print("  对方所见 seen by the peer:", " ".join(str(number or "gone") for number in seen))
        query = "SELECT row_to_json(l) FROM govshare_mirror_ledger l WHERE target = %s AND entry_id = %s"
        print("  台账 ledger:", stage.execute(ckan.PORTAL, query, [stage.word, entry.id]))
        for row in line.told_of(entry)[-40:]:
            print("  经过代理 passed:", row[:300])
    return len(wrong)


_tally: Tally[str] = Tally()


def _seen(stage: Stage, entry: Entry) -> list[int]:
    """Numbers in the titles that a dataset has had at the peer, in order, 0 where it was taken away."""
    rows: list[dict[str, Any]] = []
    name = f"{stage.word}-{entry.name}"
    while page := stage.there.action.package_activity_list(id=name, limit=100, offset=len(rows)):
        rows += page
    seen = []
    for row in sorted(rows, key=lambda row: row["timestamp"]):
        package = row["data"]["package"]
        gone = row["activity_type"] == "deleted package" or package.get("state") == "deleted"
        seen.append(0 if gone else _number(stage, package["title"]))
    return [number for number in seen if number is not None]


def _number(stage: Stage, title: str) -> int | None:
    found = STEP.search(title)
    return int(found[2]) if found and found[1] == stage.word else None


def _children(pid: int) -> list[int]:
    task = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in task.read_text().split()] if task.exists() else []
