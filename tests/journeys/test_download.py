"""A clerk delivers, a head checks and reviews, and anybody takes the files over HTTP: names, ranges, checksums."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest
import requests

from tests.journeys.acting import PATIENCE, Call, publish, release


@pytest.fixture(scope="module")
def entry(call: Call, accounts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A new open entry of the clerk's department."""
    made = publish(call, accounts["clerk"]["organization"], f"甲乙代码{uuid4().hex[:6]}")
    return dict(call("", "package_show", id=made))


@pytest.fixture(scope="module")
def table() -> bytes:
    """Two rows that no other run has delivered."""
    return f"名称,代码,数量\n甲,{uuid4().hex},1\n乙,007,\n".encode("gb18030")


@pytest.fixture(scope="module")
def edition(call: Call, entry: dict[str, Any], table: bytes) -> dict[str, Any]:
    """The table, released by the people and the worker of the running portal."""
    return release(call, entry["id"], "甲乙表.csv", table)


def files_of(edition: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {file["format"]: file for file in edition["files"]}


def test_every_file_arrives_whole_with_its_checksum_and_its_chinese_name(base_url, edition, entry):
    for name, file in files_of(edition).items():
        answer = requests.get(base_url + file["url"], timeout=PATIENCE)
        assert answer.status_code == 200, name
        digest = hashlib.sha256(answer.content)
        assert digest.hexdigest() == file["sha256"] == answer.headers["X-Checksum-Sha256"], name
        assert answer.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Type"].startswith(file["media_type"])
        disposition = answer.headers["Content-Disposition"]
        assert unquote(disposition.partition("filename*=UTF-8''")[2]) == file["filename"]
        assert disposition.isascii()
        assert f'filename="{entry["name"]}-{edition["number"]}' in disposition


def test_latest_is_this_edition_and_bom_is_offered(base_url, edition, entry):
    plain = requests.get(
        f"{base_url}/dataset/{entry['name']}/edition/latest/{entry['name']}.csv", timeout=PATIENCE
    )
    marked = requests.get(plain.url, params={"bom": 1}, timeout=PATIENCE)
    assert plain.content.decode().splitlines()[0] == "名称,代码,数量"
    assert plain.content.decode().splitlines()[2] == "乙,007,"
    assert marked.content == b"\xef\xbb\xbf" + plain.content
    assert hashlib.sha256(plain.content).hexdigest() == files_of(edition)["csv"]["sha256"]


def test_a_broken_download_is_resumed(base_url, edition):
    url = base_url + files_of(edition)["json"]["url"]
    whole = requests.get(url, timeout=PATIENCE)
    head = requests.head(url, timeout=PATIENCE)
    assert head.status_code == 200
    assert int(head.headers["Content-Length"]) == len(whole.content)
    assert head.content == b""
    etag = whole.headers["ETag"]
    assert etag == head.headers["ETag"] == f'"{hashlib.sha256(whole.content).hexdigest()}"'
    part = requests.get(url, headers={"Range": "bytes=10-19", "If-Range": etag}, timeout=PATIENCE)
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole.content)}"
    changed = requests.get(url, headers={"Range": "bytes=10-19", "If-Range": '"other"'}, timeout=PATIENCE)
    assert (changed.status_code, changed.content) == (200, whole.content)
    same = requests.get(url, headers={"If-None-Match": etag}, timeout=PATIENCE)
    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["ETag"] == etag
    beyond = requests.get(url, headers={"Range": "bytes=99999999-"}, timeout=PATIENCE)
    assert beyond.status_code == 416


def test_a_file_is_known_by_its_content_not_by_its_time(base_url, edition):
    """Two files of the same second and size must not be taken for one another: no answer depends on a time."""
    url = base_url + files_of(edition)["csv"]["url"]
    whole = requests.get(url, timeout=PATIENCE)
    etag, long_ahead = whole.headers["ETag"], "Fri, 01 Jan 2100 00:00:00 GMT"
    assert "Last-Modified" not in whole.headers
    for headers, status in (
        ({"If-None-Match": etag}, 304),
        ({"If-None-Match": f"W/{etag}"}, 304),
        ({"If-None-Match": f'"other", {etag}'}, 304),
        ({"If-None-Match": '"other"'}, 200),
        ({"If-None-Match": '"other"', "If-Modified-Since": long_ahead}, 200),
        ({"If-Modified-Since": long_ahead}, 200),
        ({"If-Match": etag}, 200),
        ({"If-Match": '"other"'}, 412),
        ({"Range": "bytes=0-4"}, 206),
        ({"Range": "bytes=0-4", "If-Match": etag}, 206),
        ({"Range": "bytes=0-4", "If-None-Match": etag}, 304),
        ({"Range": "bytes=0-4", "If-Range": etag}, 206),
        ({"Range": "bytes=0-4", "If-Range": f"W/{etag}"}, 200),
        ({"Range": "bytes=0-4", "If-Range": long_ahead}, 200),
    ):
        answer = requests.get(url, headers=headers, timeout=PATIENCE)
        expected = {200: whole.content, 206: whole.content[:5]}.get(status)
        assert answer.status_code == status, headers
        assert expected is None or answer.content == expected, headers
        assert status == 412 or answer.headers["ETag"] == etag, headers


def test_rows_are_in_the_datastore(base_url, entry, edition):
    card = requests.get(
        f"{base_url}/api/3/action/package_show", params={"id": entry["id"]}, timeout=PATIENCE
    ).json()["result"]
    table = next(resource for resource in card["resources"] if resource.get("datastore_active"))
    found = requests.get(
        f"{base_url}/api/3/action/datastore_search", params={"resource_id": table["id"]}, timeout=PATIENCE
    ).json()["result"]
    assert found["total"] == edition["rows"] == 2
    assert [record["数量"] for record in found["records"]] == [1, None]


@pytest.mark.parametrize("path", ["999/{name}.csv", "latest/{name}.exe", "latest/..%2f..%2fetc%2fpasswd"])
def test_what_is_not_there_is_404_in_chinese(base_url, entry, edition, path):
    answer = requests.get(
        f"{base_url}/dataset/{entry['name']}/edition/{path.format(name=entry['name'])}", timeout=PATIENCE
    )
    assert answer.status_code == 404
    assert 'lang="zh' in answer.text


def test_withdrawn_is_gone_at_once(base_url, call, edition):
    url = base_url + files_of(edition)["csv"]["url"]
    shown = call("head", "govshare_edition_show", id=edition["id"])
    call(
        "head",
        "govshare_edition_move",
        id=edition["id"],
        move="withdraw",
        version=shown["version"],
        note="测试撤回",
    )
    answer = requests.get(url, timeout=PATIENCE)
    assert answer.status_code == 410
    assert "名称,代码" not in answer.text
