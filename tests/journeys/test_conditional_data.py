"""Data under conditions on the running portal: everybody reads the card, nobody finds a row behind any address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
from playwright.sync_api import expect

from tests.journeys.acting import CONDITIONAL, Call, publish, release
from tests.journeys.conftest import contents, fits

WORDS = ("金丝雀站", "金丝雀馆")
FORMATS = "CSV、XLSX、JSON、JSONL、XML、PARQUET"


@pytest.fixture(scope="module")
def entry(call: Call, accounts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A new conditional entry of the clerk's department."""
    title = f"分时充电记录{uuid4().hex[:6]}"
    made = publish(call, accounts["clerk"]["organization"], title, **CONDITIONAL)
    return dict(call("", "package_show", id=made))


@pytest.fixture(scope="module")
def edition(call: Call, entry: dict[str, Any]) -> dict[str, Any]:
    """A table released for holders of a grant, by the people and the worker of the running portal."""
    table = f"名称,编号{uuid4().hex[:6]},数量\n{WORDS[0]},7,1\n{WORDS[1]},8,2\n".encode()
    return release(call, entry["id"], "站点.csv", table)


def addresses(entry: dict[str, Any], edition: dict[str, Any]) -> Iterator[str]:
    """Give what somebody who knows the portal's addresses would try at the gateway."""
    name = entry["name"]
    for number in ("latest", edition["number"]):
        for ending in (".csv", "-bom.csv", ".xlsx", ".json", ".jsonl", ".xml", ".parquet", "-dictionary.csv"):
            yield f"/dataset/{name}/edition/{number}/{name}{ending}"
        yield f"/dataset/{name}/edition/{number}/SHA256SUMS"
    for prefix in (
        "_artifact",
        "artifacts",
        "vault",
        "storage",
        "webassets/../vault",
        "webassets/..%2fvault",
    ):
        yield f"/{prefix}/{edition['id'][:2]}/{edition['id']}/csv"
        yield f"/{prefix}/{edition['raw_sha256'][:2]}/{edition['raw_sha256']}"
    yield f"/dataset/{name}"
    yield f"/api/3/action/package_show?id={name}"
    yield f"/api/3/action/govshare_edition_list?id={name}"
    yield f"/api/3/action/govshare_edition_show?id={edition['id']}&preview=true"


@pytest.mark.parametrize("who", ["", "citizen", "clerk2", "operator"])
def test_no_address_gives_a_row(base_url, accounts, entry, edition, who):
    """Through the gateway: files, guesses, rows; a sysadmin gets no more than a stranger."""
    headers = {"Authorization": accounts[who]["token"]} if who else {}
    with requests.Session() as session:
        for address in addresses(entry, edition):
            answer = session.get(base_url + address, headers=headers, timeout=60, allow_redirects=False)
            assert answer.status_code < 500, address
            assert "/edition/" not in address or answer.status_code == 403, address
            assert not any(word.encode() in answer.content for word in WORDS), address


@pytest.mark.parametrize("kind", ["desk", "phone"])
def test_the_card_says_what_can_be_applied_for(request, kind, entry, edition, axe):
    """How many rows, which formats, under which condition; no link to a file."""
    page = request.getfixturevalue("page" if kind == "desk" else "phone")
    page.goto(f"/dataset/{entry['name']}")
    box = page.locator("#take")
    expect(box).to_contain_text(FORMATS)
    expect(box).to_contain_text("2 行 × 3 列")
    expect(box).to_contain_text(entry["openness_condition"])
    expect(page.locator("a[href*='/edition/latest/']")).to_have_count(0)
    fits(page)
    axe(page)


def test_the_officer_sees_that_it_lies_in_the_vault(log_in, entry, edition, axe):
    page = log_in("clerk")
    page.goto(f"/dataset/{entry['name']}/edition/{edition['number']}/")
    expect(page.locator(".gs-notice", has_text="存于数据保险库")).to_be_visible()
    expect(page.get_by_text(edition["raw_sha256"])).to_be_visible()
    axe(page)


def test_nothing_readable_lies_on_the_disk(ini, edition):
    """Neither on the shelf, nor in the work folder, nor in the vault itself."""
    for key in ("artifact_path", "work_path", "vault_path"):
        for path, content in contents(Path(ini[f"ckanext.govshare.{key}"])).items():
            assert not any(word.encode() in content for word in WORDS), path
