"""200,000 rows × 8 columns as files: ours through nginx against plain CKAN's /datastore/dump, in one run.

First byte and whole transfer, the best of three; both sides hold the same rows.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests

ROWS = 200_000
BATCH = 10_000
TIMES = 3
PATIENCE = 900  # seconds until our files must be there
COLUMNS = ("站点", "代码", "区域", "日期", "数量", "比例", "备注", "序号")
TYPES = ("text", "text", "text", "date", "int8", "numeric", "text", "int8")
REVIEW = {
    "basis": "中华人民共和国保守国家秘密法",
    "conclusion": "may_open",
    "answers": dict.fromkeys(("state_secret", "security", "trade_secret", "privacy"), True),
}
Row = tuple[str, str, str, str, int, str, str, int]


def main() -> int:
    """Deliver to both, then measure; print first byte, total and ratios."""
    accounts = Path(os.environ["GOVSHARE_ACCOUNTS"])
    if not accounts.is_file():
        print("没有演示帐号：先运行 ./govshare up（不带 --empty）。 Run ./govshare up first.")
        return 2
    rows = [row(number) for number in range(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)]
    people = json.loads(accounts.read_text())
    ours = deliver(
        rows, {person["name"]: person for person in (people.values() if isinstance(people, dict) else people)}
    )
    plain = push(rows, json.loads(Path(os.environ["GOVSHARE_PEER_ACCOUNT"]).read_text()))
    print(f"{len(rows)} 行 × {len(COLUMNS)} 列；{TIMES} 次中最好的一次 best of {TIMES}")
    for name, url in ours.items():
        report(name, url, plain.get(name))
    return 0


def row(number: int) -> Row:
    """Make one believable row; the number keeps rows apart."""
    day = f"2024-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
    ratio = f"{number % 1000 / 10:.1f}"
    return (
        f"云溪公交{number % 700}路",
        f"{number:09d}",
        f"第{number % 40}街道",
        day,
        number % 977,
        ratio,
        "正常运营，按时到站",
        number,
    )


def report(name: str, url: str, other: str | None) -> None:
    """Print one format's line."""
    first, total, size = best(url)
    line = f"{name:5} 本平台 ours: 首字节 {first * 1000:8.1f} ms  全部 {total:7.3f} s  {size / 1e6:6.1f} MB"
    if other:
        their_first, their_total, their_size = best(other)
        line += (
            f" | CKAN dump: {their_first * 1000:8.1f} ms  {their_total:7.3f} s  {their_size / 1e6:6.1f} MB"
        )
        line += f" | 倍数 ratio: 首字节 {their_first / first:.1f}  全部 {their_total / total:.1f}"
    print(line, flush=True)


def best(url: str) -> tuple[float, float, int]:
    """Return (first byte, whole, bytes) of the quickest of some transfers; uncompressed on both sides."""
    found = []
    for _ in range(TIMES):
        began = time.perf_counter()
        with requests.get(url, stream=True, headers={"Accept-Encoding": "identity"}, timeout=600) as answer:
            answer.raise_for_status()
            chunks = answer.iter_content(1 << 20)
            size = len(next(chunks))
            first = time.perf_counter() - began
            size += sum(len(chunk) for chunk in chunks)
        found.append((first, time.perf_counter() - began, size))
    return min(found, key=lambda item: item[1])


def deliver(rows: list[Row], people: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Release the rows as an edition of an open entry of the clerk's department; return its addresses."""
    base = os.environ["GOVSHARE_URL"]
    department = people["clerk"]["organization"]
    found = call(
        base, None, "package_search", fq=f"+organization:{department} +openness:unconditional", rows=1
    )
    entry = found["results"][0]
    text = io.StringIO()
    text.write(",".join(COLUMNS) + "\n")
    text.writelines(",".join(map(str, cells)) + "\n" for cells in rows)
    text.write(
        ",".join([*["合计"] * 3, "", "", "", uuid4().hex, ""]) + "\n"
    )  # no run delivers the bytes of another
    began = time.perf_counter()
    made = call(
        base, people["clerk"], "govshare_edition_create", upload=text.getvalue().encode(), entry=entry["id"]
    )
    wait(base, people, made["id"], lambda shown: shown["intake"] != "waiting")
    print(f"上传并解析 upload and read: {time.perf_counter() - began:.1f} s", flush=True)
    for who, move, more in (
        ("clerk", "declare", {"note": "测试数据"}),
        ("head", "confirm", {}),
        ("head", "review", {"review": REVIEW}),
        ("head", "release", {}),
    ):
        version = call(base, people["clerk"], "govshare_edition_show", id=made["id"])["version"]
        call(base, people[who], "govshare_edition_move", id=made["id"], move=move, version=version, **more)
    began = time.perf_counter()
    shown = wait(base, people, made["id"], lambda shown: shown["released_at"])
    print(f"全部格式 all formats: {time.perf_counter() - began:.1f} s", flush=True)
    files = {file["format"]: base + file["url"] for file in shown["files"]}
    return {name: files[name] for name in ("csv", "json", "xlsx")}


def wait(base: str, people: dict[str, Any], edition: str, ready: Any) -> dict[str, Any]:
    """Ask for the edition until it is as wanted."""
    deadline = time.perf_counter() + PATIENCE
    while not ready(shown := call(base, people["clerk"], "govshare_edition_show", id=edition)):
        if shown["problem"] or time.perf_counter() > deadline:
            raise SystemExit(f"not finished: {shown['problem']} {shown['progress']}")
        time.sleep(0.5)
    return shown


def push(rows: list[Row], sysadmin: dict[str, Any]) -> dict[str, str]:
    """Push the rows into plain CKAN's DataStore; return the addresses of its dumps."""
    base, name = os.environ["GOVSHARE_PEER_URL"], f"bench-{uuid4().hex[:12]}"
    organization = call(base, sysadmin, "organization_create", name=name)["id"]
    package = call(base, sysadmin, "package_create", name=name, owner_org=organization)["id"]
    fields = [{"id": name, "type": kind} for name, kind in zip(COLUMNS, TYPES, strict=True)]
    began = time.perf_counter()
    made = call(
        base, sysadmin, "datastore_create", resource={"package_id": package, "name": name}, fields=fields
    )
    for start in range(0, len(rows), BATCH):
        records = [dict(zip(COLUMNS, cells, strict=True)) for cells in rows[start : start + BATCH]]
        call(
            base,
            sysadmin,
            "datastore_upsert",
            resource_id=made["resource_id"],
            method="insert",
            records=records,
            force=True,
        )
        print(f"\r{start + len(records)}/{len(rows)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    print(f"CKAN datastore_upsert: {time.perf_counter() - began:.1f} s", flush=True)
    return {kind: f"{base}/datastore/dump/{made['resource_id']}?format={kind}" for kind in ("csv", "json")}


def call(
    base: str, person: dict[str, Any] | None, action: str, upload: bytes | None = None, **data: Any
) -> Any:
    """Call an action over HTTP."""
    headers = {"Authorization": person["token"]} if person else {}
    sent: dict[str, Any] = (
        {"data": data, "files": {"upload": ("表.csv", upload)}} if upload else {"json": data}
    )
    answer = requests.post(f"{base}/api/3/action/{action}", headers=headers, timeout=600, **sent)
    if answer.status_code != requests.codes.ok:
        raise SystemExit(f"{action}: {answer.status_code} {answer.text[:500]}")
    return answer.json()["result"]


if __name__ == "__main__":
    sys.exit(main())
