"""Rows of granted tables by interface: equal to the files, never wider than the grant, bounded, and each call logged."""

from __future__ import annotations

import json
from functools import cache
from typing import Any
from urllib.parse import urlencode

import pytest
from ckan.plugins import toolkit
from ckanext.govshare.logic.edition import datastore_rows, releasing
from ckanext.govshare.logic.grant import rows

from tests.portal.holders import GIVEN, KEPT_BACK, common, fetch, granted
from tests.portal.officers import act

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")


@pytest.fixture(autouse=True)
def _patience(monkeypatch):
    """Let a question take its time: how long it may is the matter of one test only."""
    monkeypatch.setattr(rows, "SECONDS", 600.0)


@cache
def the_grant() -> dict[str, Any]:
    return granted(common())


@pytest.fixture
def held() -> dict[str, Any]:
    """One grant that stands, for all that only read."""
    return the_grant()


def call(app: Any, held: dict[str, Any], **asked: Any) -> Any:
    """Ask by HTTP, as a program does, and return the answer."""
    address = f"/api/3/action/govshare_grant_rows?{urlencode({'id': held['grant'], **asked})}"
    return fetch(app, address, held["who"])


def names(answer: Any) -> list[str]:
    return [record["名称"] for record in json.loads(answer.body)["result"]["records"]]


def test_rows_are_those_of_the_json_file_letter_by_letter(app, held):
    """The same text for every value, null for what is missing, rows in the same order."""
    answer = call(app, held)
    file = fetch(app, f"/application/grant/{held['grant']}/jsonl", held["who"])
    lines = [line for line in file.body.splitlines() if line]
    assert answer.status_code == 200
    assert all(line in answer.body for line in lines), answer.body
    assert f'"records": [{",".join(lines)}]' in answer.body
    found = json.loads(answer.body)["result"]
    assert (found["total"], found["limit"], found["offset"]) == (4, 100, 0)
    assert found["fields"] == [
        {"id": "名称", "type": "text"},
        {"id": "数量", "type": "integer"},
        {"id": "比例", "type": "number"},
        {"id": "日期", "type": "date"},
    ]


ASKED = [
    ({"sort": "数量 desc"}, ["丙,“站”", "甲站", "丁站", "乙馆"], 4),
    ({"sort": "数量, 日期"}, ["丁站", "甲站", "丙,“站”", "乙馆"], 4),
    ({"sort": "日期 desc", "limit": 2}, ["丙,“站”", "甲站"], 4),
    ({"limit": 2, "offset": 1}, ["乙馆", "丙,“站”"], 4),
    ({"limit": 0}, [], 4),
    ({"filters": '{"名称": "站"}'}, ["甲站", "丙,“站”", "丁站"], 3),
    ({"filters": '{"数量": "1~5"}'}, ["甲站", "丁站"], 2),
    ({"filters": '{"数量": ">3"}'}, ["丙,“站”"], 1),
    ({"filters": '{"数量": ">=3"}', "sort": "日期"}, ["丁站", "甲站", "丙,“站”"], 3),
    ({"filters": '{"比例": "<=0.5"}'}, ["甲站"], 1),
    ({"filters": '{"日期": "2024-02"}'}, ["丙,“站”"], 1),
    ({"filters": '{"日期": "2024", "数量": 3}'}, ["甲站"], 1),
    ({"filters": '{"名称": "%"}'}, [], 0),
    ({"filters": '{"名称": "\' OR 1=1 --"}'}, [], 0),
    ({"fields": "名称"}, ["甲站", "乙馆", "丙,“站”", "丁站"], 4),
]


@pytest.mark.parametrize(("asked", "expected", "total"), ASKED)
def test_filters_order_and_pieces(app, held, asked, expected, total):
    """By HTTP, as one writes it into an address; equal rows come in the file's order, missing values last."""
    answer = call(app, held, **asked)
    assert answer.status_code == 200, answer.body
    assert (names(answer), json.loads(answer.body)["result"]["total"]) == (expected, total)


def test_only_the_items_asked_for_are_returned_in_that_order(app, held):
    found = json.loads(call(app, held, fields="数量,名称", limit=1).body)["result"]
    assert [list(record.items()) for record in found["records"]] == [[("数量", 3), ("名称", "甲站")]]


REFUSED = [
    {"fields": "名称,金丝雀编号"},
    {"sort": "金丝雀编号"},
    {"sort": "备注 desc"},
    {"filters": '{"金丝雀编号": "7"}'},
    {"filters": '{"没有这一列": "7"}'},
    {"fields": "file_row_number"},
]


@pytest.mark.parametrize("asked", REFUSED)
def test_what_was_not_granted_is_neither_shown_nor_sorted_nor_filtered_by(app, held, asked):
    """A sentence says which items there are; a column that is kept back sounds like one that there is not."""
    answer = call(app, held, **asked)
    assert answer.status_code == 409
    told = json.loads(answer.body)["error"]
    assert told["codes"] == ["grant.column_not_granted"]
    text = " ".join(told[next(iter(asked))])
    assert all(name in text for name in GIVEN)
    assert not any(word in answer.body for word in KEPT_BACK[1:])


def test_no_column_that_was_kept_back_is_in_an_answer(app, held):
    answer = call(app, held)
    assert not any(word in answer.body for word in KEPT_BACK)


def test_the_datastore_knows_nothing_of_them(held):
    """Neither before nor after a call."""
    act(held["who"], "govshare_grant_rows", id=held["grant"])
    for name in releasing.RESOURCES:
        assert datastore_rows.edition_of(releasing.resource_id(held["entry"]["id"], name)) is None


def test_a_question_that_takes_too_long_is_refused_with_a_sentence(monkeypatch):
    """The database is stopped when its time is over; a smaller question is answered the moment after."""
    own = granted(common())
    act(own["who"], "govshare_grant_rows", id=own["grant"])
    monkeypatch.setattr(rows, "SECONDS", 0.3)
    real = rows._source
    costly = "FROM (SELECT a.* EXCLUDE (x) FROM (SELECT *, 1 AS x, 0 AS file_row_number FROM read_parquet({0})) a, range(100000000) b, range(1000) c)"
    monkeypatch.setattr(
        rows, "_source", lambda table, _question: (costly.format(rows.quoted_text(table)), [])
    )
    with pytest.raises(toolkit.ValidationError) as caught:
        act(own["who"], "govshare_grant_rows", id=own["grant"], sort="数量")
    assert caught.value.error_dict["codes"] == ["grant.rows_too_costly"]
    monkeypatch.setattr(rows, "_source", real)
    monkeypatch.setattr(rows, "SECONDS", 600.0)
    assert act(own["who"], "govshare_grant_rows", id=own["grant"])["total"] == 4


def test_each_call_is_logged_with_how_many_rows_left():
    own, office = granted(common()), common().office
    for limit in (2, 0, 100):
        act(own["who"], "govshare_grant_rows", id=own["grant"], limit=limit)
    with pytest.raises(toolkit.ValidationError):
        act(own["who"], "govshare_grant_rows", id=own["grant"], sort="备注")
    for who in (own["who"], office.clerk):
        shown = act(who, "govshare_grant_show", id=own["grant"])
        assert [(row["door"], row["rows"]) for row in shown["uses"]] == [
            ("rows", 4),
            ("rows", 0),
            ("rows", 2),
        ]
        assert (shown["used"]["downloads"], shown["used"]["calls"]) == (0, 3)
