"""A table of 8 columns as files and as rows: ours through nginx against plain CKAN's /datastore/dump, in one run.

    ./govshare bench download [ROWS]

Both sides hold the same rows. First byte and whole transfer of each format, the best of three; rows a second into
the DataStore, ours by COPY, the peer's by ``datastore_upsert``. Beside them stands how loaded the machine was.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import _asked
import requests

ROWS = 200_000
BATCH = 10_000
TIMES = 3
PATIENCE = 1800  # seconds until our files must be there
FORMATS = ("csv", "json", "xml", "xlsx")
DUMPS = ("csv", "json", "xml")  # plain CKAN makes no workbook
FASTER = {"csv": 20, "json": 100, "xml": 100}  # goals: how many times, of the whole transfer
FIRST_BYTE = 0.010  # goal: seconds
LOADED = 10  # goal: how many times the rows a second into the DataStore
COLUMNS = ("站点", "代码", "区域", "日期", "数量", "比例", "备注", "序号")
TYPES = ("text", "text", "text", "date", "int8", "numeric", "text", "int8")
REVIEW = {
    "basis": "中华人民共和国保守国家秘密法",
    "conclusion": "may_open",
    "answers": dict.fromkeys(("state_secret", "security", "trade_secret", "privacy"), True),
}
Row = tuple[str, str, str, str, int, str, str, int]


@dataclass(frozen=True)
class Transfer:
    """Seconds to the first byte of the body and to the last, and how many bytes came."""

    first: float
    total: float
    size: int

    def __str__(self) -> str:
        """Show it as cells of the table."""
        return f"{self.first * 1000:10.1f} {self.total:9.3f} {self.size / 1e6:8.1f}"


def main() -> int:
    """Deliver to both, then measure; 1 when a goal is missed."""
    accounts = Path(os.environ["GOVSHARE_ACCOUNTS"])
    if not accounts.is_file():
        print("没有演示帐号：先运行 ./govshare up（不带 --empty）。 Run ./govshare up first.")
        return 2
    (count,) = _asked.numbers(__doc__, rows=ROWS)
    people = json.loads(accounts.read_text())
    named = {row["name"]: row for row in (people.values() if isinstance(people, dict) else people)}
    edition = deliver(count, named)
    plain, upsert = push(count, json.loads(Path(os.environ["GOVSHARE_PEER_ACCOUNT"]).read_text()))
    ours = {file["format"]: os.environ["GOVSHARE_URL"] + file["url"] for file in edition["files"]}
    kept = [report(name, ours[name], plain.get(name)) for name in FORMATS]
    return 0 if all([*kept, report_rows(count, copy(edition["id"]), upsert)]) else 1


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


def lines(count: int) -> Iterator[str]:
    """Yield the rows as CSV, and one more, so that no run delivers the bytes of another."""
    yield ",".join(COLUMNS) + "\n"
    for number in range(count):
        yield ",".join(map(str, row(number))) + "\n"
    yield ",".join([*["合计"] * 3, "", "", "", uuid4().hex, ""]) + "\n"


def report(name: str, url: str, other: str | None) -> bool:
    """Print one format's line; tell whether its goals are met."""
    if name == FORMATS[0]:
        print(f"\n{TIMES} 次中最好的一次 best of {TIMES}；首字节 first byte，全部 whole")
        print(
            "格式   本平台 ms         s       MB |   CKAN ms         s       MB | 首字节× 全部×  目标 goal  负载 load"
        )
    ours = best(url)
    theirs = best(other) if other else None
    goal = FASTER.get(name)
    ratios = (
        f"{theirs.first / ours.first:7.1f} {theirs.total / ours.total:6.1f}"
        if theirs
        else f"{'–':>7} {'–':>6}"
    )
    wanted = f"≥ {goal}, < {FIRST_BYTE * 1000:.0f} ms" if goal else f"< {FIRST_BYTE * 1000:.0f} ms"
    met = ours.first < FIRST_BYTE and (theirs is None or theirs.total >= goal * ours.total)
    line = f"{name:5} {ours} | {theirs or ' ' * 29} | {ratios}  {wanted}"
    print(f"{line} {'✓' if met else '✗'}  {os.getloadavg()[0]:.1f}", flush=True)
    return met


def report_rows(count: int, ours: float, theirs: float) -> bool:
    """Print how fast rows enter the DataStore; tell whether the goal is met."""
    met = theirs >= LOADED * ours
    print(
        f"入库 rows into the DataStore: COPY {count / ours:,.0f}/s | datastore_upsert {count / theirs:,.0f}/s"
        f" | {theirs / ours:.1f}×  ≥ {LOADED} {'✓' if met else '✗'}  {os.getloadavg()[0]:.1f}"
    )
    return met


def best(url: str) -> Transfer:
    """Return the best first byte and the best whole of some transfers; uncompressed on both sides."""
    found = [transfer(url) for _ in range(TIMES)]
    return Transfer(min(one.first for one in found), min(one.total for one in found), found[0].size)


def transfer(url: str) -> Transfer:
    """Fetch an address over a connection of its own, by a client that does as little as possible."""
    parts = urlsplit(url)
    target = parts._replace(scheme="", netloc="").geturl()
    buffer = memoryview(bytearray(1 << 20))
    began = time.perf_counter()
    connection = HTTPConnection(parts.netloc, timeout=900)
    try:
        connection.request("GET", target, headers={"Accept-Encoding": "identity"})
        answer = connection.getresponse()
        size = answer.readinto(buffer[:1])
        first = time.perf_counter() - began
        while read := answer.readinto(buffer):
            size += read
    finally:
        connection.close()
    if answer.status != requests.codes.ok:
        raise SystemExit(f"{url}: {answer.status}")
    return Transfer(first, time.perf_counter() - began, size)


def deliver(count: int, people: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Release the rows as an edition of an open entry of the clerk's department; return it as everyone sees it."""
    base = os.environ["GOVSHARE_URL"]
    department = people["clerk"]["organization"]
    found = call(
        base, None, "package_search", fq=f"+organization:{department} +openness:unconditional", rows=1
    )
    with TemporaryDirectory() as folder:
        table = Path(folder) / "table.csv"
        with table.open("w", encoding="utf-8") as sink:
            sink.writelines(lines(count))
        print(
            f"{count:,} 行 × {len(COLUMNS)} 列 rows × columns，CSV {table.stat().st_size / 1e6:.0f} MB",
            flush=True,
        )
        began = time.perf_counter()
        made = call(
            base, people["clerk"], "govshare_edition_create", upload=table, entry=found["results"][0]["id"]
        )
    wait(base, people, made["id"], lambda shown: shown["scanned"])
    print(f"上传、解析、扫描 upload, read, scan: {time.perf_counter() - began:.1f} s", flush=True)
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
    return shown


def wait(
    base: str, people: dict[str, Any], edition: str, ready: Callable[[dict[str, Any]], object]
) -> dict[str, Any]:
    """Ask for the edition until it is as wanted."""
    deadline = time.perf_counter() + PATIENCE
    while not ready(shown := call(base, people["clerk"], "govshare_edition_show", id=edition)):
        if shown["problem"] or time.perf_counter() > deadline:
            raise SystemExit(f"not finished: {shown['problem']} {shown['progress']}")
        time.sleep(0.5)
    return shown


def push(count: int, sysadmin: dict[str, Any]) -> tuple[dict[str, str], float]:
    """Push the rows into plain CKAN's DataStore; return the addresses of its dumps, and the seconds it took."""
    base, name = os.environ["GOVSHARE_PEER_URL"], f"bench-{uuid4().hex[:12]}"
    organization = call(base, sysadmin, "organization_create", name=name)["id"]
    package = call(base, sysadmin, "package_create", name=name, owner_org=organization)["id"]
    fields = [{"id": name, "type": kind} for name, kind in zip(COLUMNS, TYPES, strict=True)]
    began = time.perf_counter()
    made = call(
        base, sysadmin, "datastore_create", resource={"package_id": package, "name": name}, fields=fields
    )
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        records = [dict(zip(COLUMNS, row(number), strict=True)) for number in numbers]
        call(
            base,
            sysadmin,
            "datastore_upsert",
            resource_id=made["resource_id"],
            method="insert",
            records=records,
            force=True,
        )
        print(f"\r{numbers[-1] + 1}/{count}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    seconds = time.perf_counter() - began
    return {kind: f"{base}/datastore/dump/{made['resource_id']}?format={kind}" for kind in DUMPS}, seconds


def copy(edition_id: str) -> float:
    """Load the released rows into a table of their own as a release does; return the seconds it took."""
    from ckan import model
    from ckan.cli import CKANConfigLoader
    from ckan.config.middleware import make_app
    from ckanext.govshare.logic.edition import artifacts, datastore_rows, tables
    from ckanext.govshare.model import Edition

    application = make_app(CKANConfigLoader(os.environ["GOVSHARE_INI"]).get_config())
    with application._wsgi_app.test_request_context():
        columns = tables.columns(model.Session.get(Edition, edition_id).tables[0])
        table, resource = artifacts.place(artifacts.of_table(edition_id)["csv"]), str(uuid4())
        began = time.perf_counter()
        try:
            datastore_rows.load(resource, edition_id, columns, table)
            return time.perf_counter() - began
        finally:
            datastore_rows.drop(resource)


def call(
    base: str, person: dict[str, Any] | None, action: str, upload: Path | None = None, **data: Any
) -> Any:
    """Call an action over HTTP."""
    headers = {"Authorization": person["token"]} if person else {}
    sent: dict[str, Any] = (
        {"data": data, "files": {"upload": ("表.csv", upload.read_bytes())}} if upload else {"json": data}
    )
    answer = requests.post(f"{base}/api/3/action/{action}", headers=headers, timeout=600, **sent)
    if answer.status_code != requests.codes.ok:
        raise SystemExit(f"{action}: {answer.status_code} {answer.text[:500]}")
    return answer.json()["result"]


if __name__ == "__main__":
    sys.exit(main())
