"""The bureau's story: the government portal is in step, and everybody can see that it is proven.

The government portal is the unmodified CKAN; commands are those that an operator and the clock run.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from uuid import uuid4

import pytest
import requests
import yaml
from local import ckan as ckan_part
from local import peer as peer_part
from local.site import Site
from playwright.sync_api import expect

from tests.journeys import acting
from tests.journeys.conftest import DESK, PHONE, eventually, fits
from tests.portal.liar import Liar

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the portal."""
    site = Site.of(ROOT)
    command = ckan_part.command(site, ckan_part.PORTAL, "govshare", "mirror", *arguments)
    return subprocess.run(command, env=site.environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def government_portal(peer):
    """The peer as the city's government portal, served and compared once."""
    site = Site.of(ROOT)
    # Other tests have put entries of a portal of their own there, some under the names of this city's.
    question = {"fq": "govshare_origin:*", "rows": 1000}
    for left in ask(peer.url, "package_search", peer.token, **question).json()["result"]["results"]:
        ask(peer.url, "package_delete", peer.token, id=left["id"]).raise_for_status()
    peer_part.enroll(site)
    try:
        assert run("push").returncode == 0
        done = run("reconcile")
        assert done.returncode == 0, done.stdout + done.stderr
        yield peer
    finally:  # a target that is left behind is out of reach when the next run begins
        ckan_part.mirror_targets(site, ckan_part.PORTAL).unlink()


def ask(url: str, action: str, token: str = "", **data) -> requests.Response:
    headers = {"Authorization": token} if token else {}
    return requests.post(f"{url}/api/3/action/{action}", json=data, headers=headers, timeout=acting.PATIENCE)


@pytest.fixture(scope="module")
def compared(government_portal):
    """What the command line says of the comparison."""
    return json.loads(run("status", "--json").stdout)


@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_everybody_sees_that_both_agree(compared, new_page, axe, width):
    """One big word with figure and time, readable by everybody, on a phone as well."""
    [target] = compared["targets"]
    assert (target["state"], target["acknowledged"]) == ("agrees", compared["entries"])
    page = new_page(viewport=width)
    page.goto("/mirror")
    axe(page)
    expect(page.locator(".gs-mirror-word")).to_have_text("一致")
    expect(page.locator(".gs-mirror-figure")).to_contain_text(f"{compared['entries']:,}")
    page.locator(".gs-mirror-history summary").first.click()
    axe(page)
    fits(page)


@pytest.fixture
def entry(call, accounts, government_portal):
    """A new open entry of the clerk's department, which the government portal shows as well."""
    made = acting.publish(call, accounts["clerk"]["organization"], f"镜像充电站{uuid4().hex[:6]}")
    shown = call("", "package_show", id=made)
    carried(government_portal, shown["name"], {200})
    return shown


def carried(portal, name, status):
    """The portal's own worker carries what has changed, and takes its time."""
    assert eventually(lambda: ask(portal.url, "package_show", id=name).status_code in status)


def confirmed(page, entry):
    """Look at the bureau's page until what became of an entry is confirmed; return its row."""
    row = page.locator("tr", has_text=entry["title"]).first

    def shown():
        page.goto("/workbench/mirror")
        return row.count() == 1 and "尚未确认" not in row.inner_text()

    assert eventually(shown)
    return row


def test_a_withdrawal_is_proven_gone(government_portal, base_url, accounts, entry, log_in, axe):
    """The bureau withdraws; the portal's copy disappears, and the bureau reads when that was proven."""
    token = accounts["bureau"]["token"]
    case = ask(base_url, "govshare_publication_show", token, id=entry["id"]).json()["result"]
    moved = ask(
        base_url,
        "govshare_publication_move",
        token,
        id=entry["id"],
        move="withdraw",
        version=case["version"],
        note="数据有误",
    )
    assert moved.status_code == 200
    carried(government_portal, entry["name"], {403, 404})
    page = log_in("bureau")
    row = confirmed(page, entry)
    axe(page)
    expect(row.locator("td").last).to_contain_text("年")


CLOSED = {
    "openness": "closed",
    "openness_reason": "涉及公共安全",
    "openness_basis": [{"title": "某条例", "article": "第一条", "level": "local_regulation"}],
}
MOVES = (("clerk", "submit"), ("head", "approve"), ("bureau", "publish"))


def review() -> dict:
    """A secrecy review that says the change may be made."""
    questions = yaml.safe_load((ROOT / "config/statutes/secrecy_review.yaml").read_text())["questions"]
    answers = {question["code"]: True for question in questions}
    return {"basis": "中华人民共和国保守国家秘密法", "conclusion": "may_open", "answers": answers}


@pytest.fixture
def line(government_portal):
    """A proxy before the government portal that lets us look at the moment of a write."""
    targets, liar = ckan_part.mirror_targets(Site.of(ROOT), ckan_part.PORTAL), Liar(government_portal.url)
    before = targets.read_text()

    def write(text):  # in one piece: the portal's worker reads it at any moment
        draft = targets.with_suffix(".draft")
        draft.write_text(text)
        draft.replace(targets)

    write(before.replace(government_portal.url, liar.address))
    yield liar
    write(before)
    liar.stop()


def test_narrowing_goes_from_the_doors_outwards(
    government_portal, base_url, accounts, entry, call, line, log_in
):
    """Closed: when the copy is taken away our files and our search have closed before; then it is proven gone."""
    acting.release(call, entry["id"], "站点.csv", "名称,桩数\n甲,1\n乙,2\n".encode())
    files = [resource["url"] for resource in call("", "package_show", id=entry["id"])["resources"]]
    assert {requests.get(url, timeout=acting.PATIENCE).status_code for url in files} == {200}
    seen = []

    def look(_action, given):
        if given.get("update") == {"state": "deleted"}:
            doors = {requests.get(url, timeout=acting.PATIENCE).status_code for url in files}
            listed = ask(base_url, "package_search", fq=f"id:{entry['id']}").json()["result"]["count"]
            there = ask(government_portal.url, "package_show", id=entry["name"]).status_code
            seen.append((doors, listed, there))

    line.bar = look
    content = {"id": entry["id"], "content": CLOSED}
    token = {name: account["token"] for name, account in accounts.items()}
    case = ask(base_url, "govshare_change_create", token["clerk"], **content).json()["result"]
    for who, move in MOVES:
        more = {"review": review()} if move == "approve" else {}
        told = {"id": case["id"], "move": move, "version": case["version"], **more}
        answer = ask(base_url, "govshare_change_move", token[who], **told)
        assert answer.status_code == 200, answer.text
        case = answer.json()["result"]
    carried(government_portal, entry["name"], {403, 404})
    assert seen[:1] == [({410}, 0, 200)]
    confirmed(log_in("bureau"), entry)


def test_what_was_edited_there_is_shown_to_the_bureau_and_mended(government_portal, base_url, log_in, axe):
    """Field by field, what stood there and what stands here; afterwards both agree again."""
    question = {"fq": "openness:conditional", "rows": 1, "sort": "metadata_created asc"}
    entry = ask(base_url, "package_search", **question).json()["result"]["results"][0]
    there = ask(government_portal.url, "package_show", id=entry["name"]).json()["result"]
    assert there["resources"] == []
    edited = ask(
        government_portal.url, "package_patch", government_portal.token, id=there["id"], title="被改的标题"
    )
    assert edited.status_code == 200
    dry = run("reconcile", "--dry-run")
    assert dry.returncode == 1
    assert "- 被改的标题" in dry.stdout
    assert f"+ {entry['title']}" in dry.stdout
    assert run("reconcile").returncode == 0
    assert (
        ask(government_portal.url, "package_show", id=entry["name"]).json()["result"]["title"]
        == entry["title"]
    )
    page = log_in("bureau", viewport=PHONE)
    page.goto("/workbench/mirror")
    axe(page)
    expect(page.locator("main")).to_contain_text("被改的标题")
    fits(page)


def test_only_the_bureau_reads_about_single_entries(log_in, page):
    """A head is told that this is not theirs; a stranger is asked to log in."""
    page.goto("/workbench/mirror")
    assert "/user/login" in page.url
    head = log_in("head")
    assert head.goto("/workbench/mirror").status == 403
