"""Rows of released data: on the page by what the address asks, in the DataStore under full names, never half."""

from __future__ import annotations

import threading
from time import sleep
from uuid import uuid4

import pytest
import sqlalchemy as sa
from ckanext.datastore.backend.postgres import get_read_engine
from ckanext.govshare.domain.table import Column
from ckanext.govshare.helpers.entry_rows import govshare_entry_preview
from ckanext.govshare.logic.edition import datastore_rows, looking, releasing

from tests.portal.officers import Department, act
from tests.portal.test_edition import released

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")

LONG = "二〇二四年度全市一般公共预算收入完成情况与上年同期相比增减变动百分比"  # 34 characters, 102 bytes
ODD = "占比%:甲"
TABLE = (
    f"区域,日期,数量,{ODD},{LONG}\n东区,2024-01-05,1,0.5,1\n东区,2024-02-05,20,0.7,2\n西_区,2024-02-06,3,0.9,3\n"
).encode()
FILTERS = [
    ({}, ["1", "20", "3"], []),
    ({"f.区域": "东"}, ["1", "20"], []),
    ({"f.区域": "_"}, ["3"], []),
    ({"f.区域": "%"}, [], []),
    ({"f.区域": "' OR 1=1 --"}, [], []),
    ({"f.数量": "2~10"}, ["3"], []),
    ({"f.日期": "2024-02"}, ["20", "3"], []),
    ({"f.日期": "2024-02", "f.区域": "东区"}, ["20"], []),
    ({f"f.{ODD}": ">=0.7"}, ["20", "3"], []),
    ({f"f.{LONG}": "2"}, ["20"], []),
    ({"f.数量": "很多", "f.没有": "x"}, ["1", "20", "3"], ["数量"]),
]
TIMES = [{"x": "2024-01-05", "y": "1"}, {"x": "2024-02-05", "y": "20"}, {"x": "2024-02-06", "y": "3"}]
CHARTS = [
    ({}, "line", TIMES),
    ({"chart": "bar", "y": "数量"}, "bar", [{"x": "东区", "y": "21"}, {"x": "西_区", "y": "3"}]),
    (
        {"chart": "bar", "y": ODD, "f.数量": ">1"},
        "bar",
        [{"x": "西_区", "y": "0.9"}, {"x": "东区", "y": "0.7"}],
    ),
    ({"chart": "map"}, "line", TIMES),
]
EACH, SWAPS = 2_000, 12


def test_rows_and_pictures_by_what_the_address_asks(app, monkeypatch):
    """Every filter, also with names and texts that mean something in SQL; the same address, the same rows."""
    monkeypatch.setattr(looking, "MILLISECONDS", 600_000)
    office = Department()
    made = office.published()
    released(office, made, TABLE)
    entry = act(None, "package_show", id=made["id"])
    for asked, rows, misunderstood in FILTERS:
        with app.flask_app.test_request_context("/", query_string=asked):
            shown = govshare_entry_preview(entry)
        assert [row["数量"] for row in shown["rows"]] == rows, asked
        assert (shown["count"], shown["misunderstood"], shown["total"]) == (len(rows), misunderstood, 3), (
            asked
        )
    assert [column["label"] for column in shown["columns"]] == ["区域", "日期", "数量", ODD, LONG]
    for asked, kind, rows in CHARTS:
        with app.flask_app.test_request_context("/", query_string=asked):
            chart = govshare_entry_preview(entry)["chart"]
        assert (chart["kind"], chart["rows"]) == (kind, rows), asked
        assert str(chart["svg"]).startswith("<svg")


def test_the_full_name_is_kept_where_the_datastore_cuts_it():
    """PostgreSQL takes 63 bytes; the data dictionary of the DataStore keeps the whole name, plain CKAN's way."""
    office = Department()
    made = office.published()
    released(office, made, TABLE)
    found = act(None, "datastore_search", resource_id=releasing.resource_id(made["id"], "csv"), limit=1)
    assert {"fields", "records", "total", "resource_id", "limit"} <= found.keys()
    cut = found["fields"][-1]
    assert len(cut["id"].encode()) <= datastore_rows.MAX_BYTES
    assert cut["info"]["label"] == LONG
    assert LONG.startswith(cut["id"])
    assert found["records"][0][cut["id"]] == 1


def test_rows_are_found_by_the_words_that_ckan_itself_would_take(tmp_path):
    """Every type, missing values, signs and a row of nothing: CKAN's own trigger finds nothing to change."""
    resource, file = str(uuid4()), tmp_path / "t.csv"
    kinds = ("text", "integer", "number", "date", "datetime", "boolean")
    columns = tuple(Column(f"{kind}%列", kind, 2 if kind == "number" else None) for kind in kinds)
    rows = (
        '"东区 O\'Brien, ""甲"" \\ 5%",7,0.50,2024-01-05,2024-01-05T08:09:10,true',
        "007,,-1.25,,1999-12-31T00:00:00,false",
        '"",0,,1900-03-01,,',
        ",,,,,",
    )
    file.write_text("\n".join([",".join(column.name for column in columns), *rows]) + "\n", encoding="utf-8")
    datastore_rows.load(resource, "1", columns, file)
    theirs = "SELECT to_tsvector(string_agg(value, ' ')) FROM json_each_text(row_to_json(t.*)) WHERE key NOT LIKE '\\_%'"
    query = f"SELECT _full_text::text, coalesce(({theirs}), '')::text FROM \"{resource}\" t ORDER BY _id"  # noqa: S608
    with get_read_engine().connect() as connection:
        found = connection.exec_driver_sql(query.replace("%", "%%")).all()
    datastore_rows.drop(resource)
    assert [ours for ours, _ in found] == [words for _, words in found]
    assert [bool(ours) for ours, _ in found] == [True, True, True, False]


def test_readers_never_meet_an_empty_or_half_table(tmp_path):
    """Two readers ask without pause while a dozen editions change over: always all rows of one edition, of each."""
    resource, columns = str(uuid4()), (Column("批", "integer"), Column("名称", "text"))
    files = [tmp_path / f"{edition}.csv" for edition in range(SWAPS)]
    for edition, file in enumerate(files):
        file.write_text("批,名称\n" + f"{edition},甲\n" * EACH, encoding="utf-8")
    datastore_rows.load(resource, "0", columns, files[0])
    done = threading.Event()
    seen: set[tuple[int, ...]] = set()
    faults: list[Exception] = []

    def read() -> None:
        query = sa.text(f'SELECT count(*), min("批"), max("批") FROM "{resource}"')  # noqa: S608 - our own name
        while not done.is_set():
            try:
                with get_read_engine().connect() as connection:
                    seen.add(tuple(connection.execute(query).one()))
            except Exception as error:  # noqa: BLE001, PERF203 - whatever a reader meets is the finding
                faults.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for edition, file in enumerate(files[1:], 1):
        datastore_rows.load(resource, str(edition), columns, file)
        while not faults and (EACH, edition, edition) not in seen:
            sleep(0.01)
    done.set()
    for reader in readers:
        reader.join()
    datastore_rows.drop(resource)
    assert faults == []
    assert seen - {(EACH, 0, 0)} == {(EACH, edition, edition) for edition in range(1, SWAPS)}
