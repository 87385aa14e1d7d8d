"""1,000 entries through our importer and through a ``package_create`` loop on plain CKAN, in one run.

Both sides start with HTTP requests of an officer and end when the entries are found by a search of that officer.
"""

from __future__ import annotations

import csv
import io
import json
import os
import random
import string
import sys
import time
from pathlib import Path

import _asked
import requests

COUNT = 1000
PATIENCE = 600  # seconds until a search must find them all
GOAL = 15


def main() -> int:
    """Measure both and print the ratio; 1 when the goal is missed."""
    (count,) = _asked.numbers(__doc__, entries=COUNT)
    accounts = Path(os.environ["GOVSHARE_ACCOUNTS"])
    if not accounts.is_file():
        print("没有演示帐号：先运行 ./govshare up（不带 --empty）。 Run ./govshare up first.")
        return 2
    word = "".join(random.choices(string.ascii_lowercase, k=12))  # one token to every analyzer
    entries = [entry(word, number) for number in range(count)]
    ours = importer(entries, word, account(json.loads(accounts.read_text()), "clerk"))
    print(f"导入器 importer:          {count} 条  {ours:7.2f} s  {count / ours:8.1f} 条/s", flush=True)
    plain = create_loop(entries, word, json.loads(Path(os.environ["GOVSHARE_PEER_ACCOUNT"]).read_text()))
    print(f"package_create 循环 loop: {count} 条  {plain:7.2f} s  {count / plain:8.1f} 条/s")
    print(f"倍数 ratio: {plain / ours:.1f}（目标 goal ≥ {GOAL}）")
    return 0 if plain >= GOAL * ours else 1


def entry(word: str, number: int) -> dict[str, str]:
    """Make one card of the usual size."""
    return {
        "title": f"{word} 公共服务设施名录第{number}号",
        "notes": f"第{number}号名录：名称、地址、开放时间和服务电话，按月整理，来源为各区登记。" * 3,
        "tag_string": "公共服务,名录,设施",
        "update_cycle": "每月",
        "theme": "生活服务",
        "openness": "1",
        "share_type": "1",
        "format_detail": "CSV、XLSX",
        "contact_name": "数据管理科",
        "contact_phone": "0454-8888888",
        "contact_email": "data@example.org",
    }


def account(accounts: object, name: str) -> dict[str, str]:
    """Find a demonstration account by name."""
    rows = accounts.values() if isinstance(accounts, dict) else accounts
    return next(row for row in rows if row["name"] == name)


def importer(entries: list[dict[str, str]], word: str, clerk: dict[str, str]) -> float:
    """Send the file, begin the import, wait until the clerk's search finds every entry."""
    session = officer(clerk["token"])
    base = os.environ["GOVSHARE_URL"]
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, list(entries[0]))
    writer.writeheader()
    writer.writerows(entries)
    began = time.perf_counter()
    job = call(
        session,
        base,
        "govshare_catalog_preview",
        data={"organization": clerk["organization"]},
        files={"upload": ("catalog.csv", sheet.getvalue().encode())},
    )
    call(session, base, "govshare_catalog_import", json={"id": job["id"]})
    wait_until_found(session, base, word, len(entries))
    return time.perf_counter() - began


def create_loop(entries: list[dict[str, str]], word: str, sysadmin: dict[str, str]) -> float:
    """Create one entry after the other over one connection, as scripts do."""
    session = officer(sysadmin["token"])
    base = os.environ["GOVSHARE_PEER_URL"]
    organization = call(session, base, "organization_create", json={"name": word})["id"]
    began = time.perf_counter()
    for number, card in enumerate(entries, 1):
        call(session, base, "package_create", json=package(card, organization, f"{word}-{number}"))
        if number % 50 == 0:
            print(f"\r{number}/{len(entries)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    wait_until_found(session, base, word, len(entries))
    return time.perf_counter() - began


def package(card: dict[str, str], organization: str, name: str) -> dict[str, object]:
    """Put a card into plain CKAN's fields: what it does not know is an extra."""
    known = ("title", "notes", "tag_string")
    return {
        "name": name,
        "owner_org": organization,
        "private": True,
        "title": card["title"],
        "notes": card["notes"],
        "tags": [{"name": word} for word in card["tag_string"].split(",")],
        "extras": [{"key": key, "value": value} for key, value in card.items() if key not in known],
    }


def wait_until_found(session: requests.Session, base: str, word: str, count: int) -> None:
    """Ask for the word that all titles share until the search knows every entry."""
    deadline = time.perf_counter() + PATIENCE
    question = {"q": word, "rows": 0, "include_private": True}
    while (found := call(session, base, "package_search", json=question)["count"]) < count:
        if time.perf_counter() > deadline:
            raise SystemExit(f"只找到 {found}/{count} 条 only {found} of {count} were found")
        time.sleep(0.1)


def officer(token: str) -> requests.Session:
    """Return a session that speaks for somebody and reaches the machine itself, whatever proxies say."""
    session = requests.Session()
    session.trust_env = False
    session.headers["Authorization"] = token
    return session


def call(session: requests.Session, base: str, action: str, **arguments: object) -> dict[str, object]:
    """Call an action; stop with its answer when it fails."""
    answer = session.post(f"{base}/api/3/action/{action}", timeout=PATIENCE, **arguments)
    if not answer.ok:
        raise SystemExit(f"{action}: {answer.status_code} {answer.text[:500]}")
    return answer.json()["result"]


if __name__ == "__main__":
    sys.exit(main())
