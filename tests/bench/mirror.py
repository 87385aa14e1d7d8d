"""The mirror under kills and cuts: nothing lost, nothing twice, in order; and how fast it pushes and compares.

    ./govshare bench mirror [--changes 30] [--kills 6] [--seed N]

Changes are made by the officers' own actions while relay, portal, peer and PostgreSQL are killed at random and
a small proxy cuts the line. What the peer has seen is read from its own activity stream.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import ckanapi
import requests
import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "docker"), str(ROOT / "tests/portal")]

from liar import Liar  # noqa: E402
from local import ckan, peer, process, stack  # noqa: E402
from local.site import Site  # noqa: E402

GOAL = 3
SAMPLE = 30  # datasets of the plain loop
ENTRIES = 5  # whose titles are changed again and again
PATIENCE = 300.0
STEP = re.compile(r"〔(\w+)\.(\d+)〕$")  # run and number of a change, at the end of a title
REVIEW = "中华人民共和国保守国家秘密法"
STEPS = {
    "draft": ("clerk", "submit"),
    "department_review": ("head", "approve"),
    "bureau_review": ("bureau", "publish"),
}
VICTIMS = ("relay", "portal", "peer", "postgres", "line")


def main() -> int:
    """Measure and print; 1 when something was lost, came twice or out of order."""
    options = _options()
    site = Site.of(ROOT)
    random.seed(options.seed)
    account = json.loads(Path(os.environ["GOVSHARE_PEER_ACCOUNT"]).read_text())
    there = ckanapi.RemoteCKAN(os.environ["GOVSHARE_PEER_URL"], apikey=account["token"])
    liar = Liar(os.environ["GOVSHARE_PEER_URL"])
    targets = ckan.mirror_targets(site, ckan.PORTAL)
    before = targets.read_text() if targets.exists() else None
    word = f"b{random.randrange(16**6):06x}"
    try:
        _enroll(site, targets, liar, word)
        _push(site, there, word)
        _compare(site, liar)
        return _chaos(site, there, liar, word, options)
    finally:
        liar.stop()
        if before is None:
            targets.unlink(missing_ok=True)
        else:
            targets.write_text(before)
        for left in _at_peer(there, word):
            there.action.package_delete(id=left["id"])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=30)
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    return parser.parse_args()


def _enroll(site: Site, targets: Path, liar: Liar, word: str) -> None:
    """Make the peer behind the proxy the only target, with a mark and names of its own."""
    peer.enroll(site)
    row = yaml.safe_load(targets.read_text())["targets"]["portal"]
    mapping = yaml.safe_load(Path(row["mapping"]).read_text()) | {
        "prefix": f"{word}-",
        "mark": f"origin_{word}",
    }
    map_file = targets.with_name(f"mirror-{word}.yaml")
    map_file.write_text(yaml.safe_dump(mapping, allow_unicode=True))
    row |= {"url": liar.address, "mapping": str(map_file), "title": word}
    targets.write_text(yaml.safe_dump({"targets": {word: row}}, allow_unicode=True))


def _push(site: Site, there: Any, word: str) -> None:
    """Time the first full push, and the same datasets once more by a plain loop."""
    began = time.perf_counter()
    _mirror(site, "push")
    ours = time.perf_counter() - began
    made = _at_peer(there, word)
    sample = made[:SAMPLE]
    began = time.perf_counter()
    for number, dataset in enumerate(sample):
        there.action.package_create(**_plain(dataset, f"{word}-plain-{number}"))
    plain = time.perf_counter() - began
    rate, plain_rate = len(made) / ours, len(sample) / plain
    print(f"首次全量同步 first push:   {len(made)} 条  {ours:6.1f} s  {rate:6.1f} 条/s（含启动）")
    print(f"ckanapi 循环 plain loop:   {len(sample)} 条  {plain:6.1f} s  {plain_rate:6.1f} 条/s")
    print(f"倍数 ratio: {rate / plain_rate:.2f}（目标 goal ≥ {GOAL}）", flush=True)
    for number in range(len(sample)):
        there.action.package_delete(id=f"{word}-plain-{number}")


def _plain(dataset: dict[str, Any], name: str) -> dict[str, Any]:
    kept = ("title", "notes", "url", "license_id", "owner_org", "private")
    return {
        **{key: dataset[key] for key in kept},
        "name": name,
        "tags": [{"name": tag["name"]} for tag in dataset["tags"]],
        "extras": [row for row in dataset["extras"] if not row["key"].startswith("origin_")],
        "resources": [
            {key: resource[key] for key in ("name", "url", "format", "mimetype", "hash", "size")}
            for resource in dataset["resources"]
        ],
    }


def _compare(site: Site, liar: Liar) -> None:
    """Time a comparison of what has not changed, and count what it writes."""
    liar.honest()
    began = time.perf_counter()
    done = _mirror(site, "reconcile")
    print(
        f"核对 unchanged: {time.perf_counter() - began:.1f} s（含启动），写入 writes {liar.writes}",
        flush=True,
    )
    if done.returncode:
        print(done.stdout)


def _chaos(site: Site, there: Any, liar: Liar, word: str, options: argparse.Namespace) -> int:
    """Change, kill and cut; then let everything run and read what the peer has seen."""
    over = threading.Event()
    pushing = threading.Thread(target=_keep_pushing, args=(site, over))
    pushing.start()
    moments = {random.randrange(options.changes): None for _ in range(options.kills * 3)}
    moments = dict.fromkeys(list(moments)[: options.kills])
    officers = {row["name"]: row for row in _rows(json.loads(ckan.accounts(site).read_text()))}
    entries = _entries(officers)
    kills = []
    try:
        for number in range(options.changes):
            strike = threading.Thread(target=_strike, args=(site, liar, VICTIMS[len(kills) % len(VICTIMS)]))
            if number in moments:
                kills.append(VICTIMS[len(kills) % len(VICTIMS)])
                strike.start()
            _change(officers, entries[number % len(entries)], word, number)
            if number in moments:
                strike.join()
            print(
                f"\r{number + 1}/{options.changes}  kills {len(kills)}", end="", file=sys.stderr, flush=True
            )
    finally:
        over.set()
        pushing.join()
    _settle(site)
    return _verdict(site, there, word, entries, options, kills)


def _keep_pushing(site: Site, over: threading.Event) -> None:
    """Run the relay again and again; it is one of the victims."""
    while not over.is_set():
        _mirror(site, "push")


_relay: list[subprocess.Popen[str]] = []


def _mirror(site: Site, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ckan.command(site, ckan.PORTAL, "govshare", "mirror", *arguments)
    with subprocess.Popen(
        command, env=site.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as child:
        _relay[:] = [child]
        out, _ = child.communicate()
    return subprocess.CompletedProcess(command, child.returncode, out)


def _strike(site: Site, liar: Liar, victim: str) -> None:
    """Kill at a random moment, leave it down for a while, then start it again."""
    time.sleep(random.random() * 2)
    _kill(site, liar, victim)
    time.sleep(random.random())
    _mend(site, liar)


def _kill(site: Site, liar: Liar, victim: str) -> None:
    """Kill -9 what the launcher or this program has started, PostgreSQL by an immediate stop, or cut the line."""
    if victim == "line":
        liar.cut = True
    elif victim == "relay":
        if _relay:
            _relay[0].kill()
    elif pid := process.pid_of(site, victim):
        if victim == "postgres":
            os.kill(pid, signal.SIGQUIT)
        else:
            os.killpg(os.getpgid(pid), signal.SIGKILL)


def _mend(site: Site, liar: Liar) -> None:
    """Start again what is down, as the launcher does."""
    liar.cut = False
    with stack.only_one(site):
        stack.start_stores(site)
        stack.start_portal(site)
        stack.start_peer(site)


def _settle(site: Site) -> None:
    """Push until nothing waits any more."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        _mirror(site, "push")
        shown = json.loads(_mirror(site, "status", "--json").stdout)
        if not shown["targets"][0]["waiting"]:
            return
        time.sleep(2)
    print("仍有条目未同步 entries are still waiting")


def _verdict(
    site: Site,
    there: Any,
    word: str,
    entries: list[dict[str, Any]],
    options: argparse.Namespace,
    kills: list[str],
) -> int:
    dry = _mirror(site, "reconcile", "--dry-run")
    lost = twice = disordered = 0
    for index, entry in enumerate(entries):
        seen = _steps(there, word, f"{word}-{entry['name']}")
        asked = [number for number in range(options.changes) if number % len(entries) == index]
        lost += not seen or seen[-1] != asked[-1]
        twice += len(seen) - len(set(seen))
        disordered += seen != sorted(seen)
    print(
        f"\n变更 changes {options.changes}，中断 kills {len(kills)}（{'、'.join(kills)}），seed {options.seed}"
    )
    print(f"丢失 lost {lost}，重复 twice {twice}，乱序 out of order {disordered}")
    print(f"核对 comparison: {'一致 agrees' if dry.returncode == 0 else dry.stdout}")
    return 1 if lost or twice or disordered or dry.returncode else 0


def _steps(there: Any, word: str, name: str) -> list[int]:
    """Numbers of this run in the titles that a dataset has had at the peer, in order, as its activities tell."""
    activities = there.action.package_activity_list(id=name, limit=100)
    titles = [activity["data"]["package"]["title"] for activity in reversed(activities)]
    return [int(found[2]) for title in titles if (found := STEP.search(title)) and found[1] == word]


def _at_peer(there: Any, word: str) -> list[dict[str, Any]]:
    question = {"fq": f"origin_{word}:*", "rows": 1000}
    return there.action.package_search(**question)["results"]


def _rows(accounts: Any) -> list[dict[str, Any]]:
    return list(accounts.values() if isinstance(accounts, dict) else accounts)


def _entries(officers: dict[str, Any]) -> list[dict[str, Any]]:
    """Published entries of the demonstration department without an open change."""
    question = {"fq": f"organization:{officers['clerk']['organization']}", "rows": ENTRIES}
    found = _ask(officers["clerk"], "package_search", **question)["results"]
    if not found:
        raise SystemExit("没有演示目录：先运行 ./govshare up（不带 --empty）。 Run ./govshare up first.")
    return found


def _change(officers: dict[str, Any], entry: dict[str, Any], word: str, number: int) -> None:
    """Give an entry its next title by the whole way: proposed, submitted, approved, published."""
    title = f"{STEP.sub('', entry['title'])}〔{word}.{number}〕"
    while (shown := _ask(officers["clerk"], "govshare_publication_show", id=entry["id"]))["title"] != title:
        opened = shown["open_change"]  # ours, or one that an earlier run has left
        content = {"id": entry["id"], "content": {"title": title}}
        case = opened["id"] if opened else _ask(officers["clerk"], "govshare_change_create", **content)["id"]
        _publish(officers, case)


def _publish(officers: dict[str, Any], case: str) -> None:
    """Take a change from wherever it stands to the public."""
    while step := STEPS.get((seen := _ask(officers["clerk"], "govshare_change_show", id=case))["state"]):
        who, move = step
        review = (
            {"basis": REVIEW, "conclusion": "may_open", "answers": _answers()} if move == "approve" else None
        )
        _ask(
            officers[who], "govshare_change_move", id=case, move=move, version=seen["version"], review=review
        )


def _answers() -> dict[str, bool]:
    questions = yaml.safe_load((ROOT / "config/statutes/secrecy_review.yaml").read_text())["questions"]
    return {question["code"]: True for question in questions}


def _ask(who: dict[str, Any], action: str, **data: Any) -> Any:
    """Call an action until the portal answers; a repeated move is answered as if it were the first."""
    until = time.monotonic() + PATIENCE
    url = f"{os.environ['GOVSHARE_URL']}/api/3/action/{action}"
    while True:
        try:
            answer = requests.post(url, json=data, headers={"Authorization": who["token"]}, timeout=30)
            if answer.status_code < 500:
                break
        except requests.RequestException:
            pass
        if time.monotonic() > until:
            raise SystemExit(f"{action}: 门户没有答复 the portal does not answer")
        time.sleep(0.5)
    if not answer.ok:
        raise SystemExit(f"{action}: {answer.status_code} {answer.text[:500]}")
    return answer.json()["result"]


if __name__ == "__main__":
    sys.exit(main())
