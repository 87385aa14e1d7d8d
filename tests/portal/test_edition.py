"""A table from upload to the public: two persons, the gate, every format and the DataStore, equal row for row."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare import jobs
from ckanext.govshare.domain.table import Column
from ckanext.govshare.logic.edition import artifacts, datastore_rows, releasing
from ckanext.govshare.model import Artifact, Edition
from werkzeug.datastructures import FileStorage

from tests.domain.exports.readers import READERS
from tests.portal.officers import REVIEW, Department, act

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")

SMALL = "名称,代码,数量,比例,日期\n甲,007,1,0.50,2024-01-05\n乙,010,,1.25,\n".encode()


def upload(raw: bytes, filename: str = "表.csv") -> FileStorage:
    return FileStorage(io.BytesIO(raw), filename=filename)


def deliver(
    office: Department, entry: dict[str, Any], raw: bytes, filename: str = "表.csv"
) -> dict[str, Any]:
    return act(office.clerk, "govshare_edition_create", entry=entry["id"], upload=upload(raw, filename))


def step(who: str, edition: dict[str, Any], move: str, **more: Any) -> dict[str, Any]:
    return next_step(who, act(who, "govshare_edition_show", id=edition["id"]), move, **more)


def next_step(who: str, shown: dict[str, Any], move: str, **more: Any) -> dict[str, Any]:
    """Take a move of an edition that nobody has touched since it was shown."""
    return act(who, "govshare_edition_move", id=shown["id"], move=move, version=shown["version"], **more)


def cleared(
    office: Department, entry: dict[str, Any], raw: bytes, filename: str = "表.csv"
) -> dict[str, Any]:
    """Deliver, declare, check and review; nothing is public yet."""
    edition = deliver(office, entry, raw, filename)
    assert edition["problem"] is None
    edition = next_step(office.clerk, edition, "declare", note="均为公开统计数据，不含个人信息")
    edition = next_step(office.head, edition, "confirm")
    return next_step(office.head, edition, "review", review=REVIEW)


def released(
    office: Department, entry: dict[str, Any], raw: bytes, filename: str = "表.csv"
) -> dict[str, Any]:
    edition = cleared(office, entry, raw, filename)
    next_step(office.clerk, edition, "release")
    jobs.drain()
    shown = act(office.clerk, "govshare_edition_show", id=edition["id"])
    assert shown["problem"] is None
    assert shown["released_at"]
    return shown


def rows_of(entry_id: str) -> dict[str, Any]:
    return act(None, "datastore_search", resource_id=releasing.resource_id(entry_id, "csv"), limit=32000)


@pytest.mark.parametrize(
    ("file", "rows", "columns"), [("streets.csv", 41352, 5), ("yearly-by-province-gbk.csv", 31, 20)]
)
def test_a_real_table_goes_all_the_way(shared, file, rows, columns):
    """The same rows in every format and in the DataStore; 地区生产总值 keeps its digits, codes their zeros."""
    source = shared / "tables" / file
    office = Department()
    entry = office.published()
    shown = released(office, entry, source.read_bytes(), file)
    assert (shown["rows"], len(shown["tables"][0]["columns"])) == (rows, columns)

    typed = tuple(Column.from_dict(column) for column in shown["tables"][0]["columns"])
    files = artifacts.of_table(shown["id"])
    read = {name: READERS[name](artifacts.place(files[name]), typed) for name in READERS}
    expected = expected_rows(source, typed)
    assert len(expected) == rows
    for name, got in read.items():
        assert got == expected, name

    ids = datastore_rows.field_ids(typed)
    found: list[tuple[Any, ...]] = []
    resource = releasing.resource_id(entry["id"], "csv")
    while len(found) < rows:
        page = act(None, "datastore_search", resource_id=resource, offset=len(found), limit=32000, sort="_id")
        assert page["total"] == rows
        found += [tuple(as_decimal(record[i]) for i in ids) for record in page["records"]]
    assert found == expected


def as_decimal(value: Any) -> Any:
    return Decimal(str(value)) if isinstance(value, float) else value


def expected_rows(source: Path, columns: tuple[Column, ...]) -> list[tuple[Any, ...]]:
    """Read the source by hand: its encoding is known, table rows are as wide as the header."""
    encoding = "gbk" if "gbk" in source.name else "utf-8"
    lines = list(csv.reader(io.StringIO(source.read_bytes().decode(encoding))))
    start = next(i for i, line in enumerate(lines) if line == [column.name for column in columns])
    return [
        tuple(
            Decimal(cell) if column.type == "number" else cell
            for column, cell in zip(columns, line, strict=True)
        )
        for line in lines[start + 1 :]
        if len(line) == len(columns)
    ]


def test_the_card_tells_what_was_released():
    office = Department()
    entry = office.published()
    shown = released(office, entry, SMALL)
    card = act(None, "package_show", id=entry["id"])
    assert card["data_updated"] == shown["released_at"][:10]
    assert [r["format"] for r in card["resources"]] == ["CSV", "XLSX", "JSON", "JSONL", "XML", "PARQUET"]
    csv_one = card["resources"][0]
    assert csv_one["datastore_active"] is True
    assert csv_one["url"].endswith(f"/dataset/{entry['name']}/edition/latest/{entry['name']}.csv")
    assert csv_one["hash"] == artifacts.of_table(shown["id"])["csv"].sha256
    assert rows_of(entry["id"])["records"] == [
        {"_id": 1, "名称": "甲", "代码": "007", "数量": 1, "比例": 0.5, "日期": "2024-01-05"},
        {"_id": 2, "名称": "乙", "代码": "010", "数量": None, "比例": 1.25, "日期": None},
    ]
    dictionary = artifacts.place(artifacts.of_table(shown["id"])["dictionary_json"])
    assert [c["name"] for c in json.loads(dictionary.read_text())["columns"]] == [
        "名称",
        "代码",
        "数量",
        "比例",
        "日期",
    ]


def test_the_next_edition_keeps_the_resources_and_the_old_files():
    office = Department()
    entry = office.published()
    first = released(office, entry, SMALL)
    before = [r["id"] for r in act(None, "package_show", id=entry["id"])["resources"]]
    second = released(office, entry, SMALL + "丙,011,3,2.00,2024-02-01\n".encode())
    assert (first["number"], second["number"]) == (1, 2)
    assert [r["id"] for r in act(None, "package_show", id=entry["id"])["resources"]] == before
    assert rows_of(entry["id"])["total"] == 3
    listed = act(None, "govshare_edition_list", id=entry["id"])
    assert [edition["number"] for edition in listed] == [2, 1]
    assert all(edition["files"] for edition in listed)
    assert "filename" not in listed[0]


def test_withdrawing_an_edition_brings_the_one_before_back():
    office = Department()
    entry = office.published()
    released(office, entry, SMALL)
    second = released(office, entry, SMALL + "丙,011,3,2.00,2024-02-01\n".encode())
    step(office.head, second, "withdraw", note="数据有误")
    jobs.drain()
    assert rows_of(entry["id"])["total"] == 2
    assert [
        e["number"] for e in act(None, "govshare_edition_list", id=entry["id"]) if not e["withdrawn"]
    ] == [1]
    first = act(office.clerk, "govshare_edition_list", id=entry["id"])[1]
    step(office.head, first, "withdraw", note="数据有误")
    jobs.drain()
    card = act(None, "package_show", id=entry["id"])
    assert card["resources"] == []
    assert not card.get("data_updated")
    assert not datastore_rows.edition_of(releasing.resource_id(entry["id"], "csv"))


def test_nobody_checks_their_own_declaration():
    """A head who is also … the constraint holds even beside the workflow."""
    office = Department()
    edition = deliver(office, office.published(), SMALL)
    with pytest.raises(toolkit.ValidationError) as caught:
        step(office.clerk, edition, "declare")
    assert caught.value.error_dict["codes"] == ["workflow.note_missing"]
    step(office.clerk, edition, "declare", note="公开数据")
    with pytest.raises(toolkit.NotAuthorized):
        step(office.clerk, edition, "confirm")
    with pytest.raises(toolkit.ValidationError) as caught:
        step(office.clerk, edition, "release")
    assert "workflow.wrong_state" in caught.value.error_dict["codes"]
    assert "release.no_secrecy_review" in caught.value.error_dict["codes"]
    row = model.Session.get(Edition, edition["id"])
    row.checked_by, row.checked_hash = row.declared_by, row.content_hash
    with pytest.raises(Exception, match="govshare_edition_checker_not_operator"):
        model.Session.flush()
    model.Session.rollback()


def test_another_reading_voids_check_and_review():
    office = Department()
    entry = office.published()
    edition = cleared(office, entry, SMALL)
    version = act(office.clerk, "govshare_edition_show", id=edition["id"])["version"]
    again = act(office.clerk, "govshare_edition_reread", id=edition["id"], version=version, header_row=2)
    assert (again["status"], again["rows"], again["checked"]) == ("pending", 1, None)
    step(office.clerk, edition, "declare", note="公开数据")
    step(office.head, edition, "confirm")
    with pytest.raises(toolkit.ValidationError) as caught:
        step(office.clerk, edition, "release")
    assert caught.value.error_dict["codes"] == ["release.review_of_other_content"]


def test_a_stale_version_is_refused():
    office = Department()
    edition = deliver(office, office.published(), SMALL)
    with pytest.raises(toolkit.ValidationError) as caught:
        act(office.clerk, "govshare_edition_move", id=edition["id"], move="declare", note="x", version=999)
    assert caught.value.error_dict["codes"] == ["workflow.stale"]


def test_a_double_click_is_one_move():
    """The second click carries the version of the first and gets the same answer."""
    office = Department()
    edition = deliver(office, office.published(), SMALL)
    seen = act(office.clerk, "govshare_edition_show", id=edition["id"])["version"]
    declaration = {"id": edition["id"], "move": "declare", "version": seen, "note": "公开数据"}
    first = act(office.clerk, "govshare_edition_move", **declaration)
    second = act(office.clerk, "govshare_edition_move", **declaration)
    assert (first["status"], first["version"]) == (second["status"], second["version"])
    with pytest.raises(toolkit.ValidationError):
        act(office.head, "govshare_edition_move", **declaration)


def test_a_draft_entry_is_stopped_at_the_gate():
    office = Department()
    edition = cleared(office, office.draft(), SMALL)
    with pytest.raises(toolkit.ValidationError) as caught:
        step(office.clerk, edition, "release")
    assert caught.value.error_dict["codes"] == ["release.entry_not_published"]


def test_closed_entries_take_no_data():
    office = Department()
    basis = [{"title": "中华人民共和国保守国家秘密法", "article": "第九条", "level": "law"}]
    entry = office.draft(openness="closed", openness_reason="涉及国家秘密", openness_basis=basis)
    with pytest.raises(toolkit.ValidationError) as caught:
        deliver(office, entry, SMALL)
    assert caught.value.error_dict["codes"] == ["release.closed"]


def test_strangers_know_nothing_of_editions():
    office, other = Department(), Department()
    edition = deliver(office, office.published(), SMALL)
    with pytest.raises(toolkit.ObjectNotFound):
        act(other.clerk, "govshare_edition_show", id=edition["id"])
    with pytest.raises(toolkit.NotAuthorized):
        act(None, "govshare_edition_show", id=edition["id"])
    assert act(None, "govshare_edition_list", id=edition["entry"]["id"]) == []


def test_the_same_bytes_are_not_a_new_edition():
    """A double click makes one edition."""
    office = Department()
    entry = office.published()
    deliver(office, entry, SMALL)
    with pytest.raises(toolkit.ValidationError) as caught:
        deliver(office, entry, SMALL)
    assert caught.value.error_dict["codes"] == ["edition.same_bytes"]


BAD = [
    (b"%PDF-1.4\n", "intake.wrong_type", "PDF"),
    ("110101,东城区\n110102,西城区\n".encode(), "intake.header_missing", "1"),
    ((",".join(f"c{i}" for i in range(500)) + "\n").encode(), "intake.too_many_columns", "500"),
    ("名称,数量\n甲,=1+1\n".encode(), "intake.formula_cells", "B"),
]


@pytest.mark.parametrize(("raw", "code", "word"), BAD, ids=[case[1] for case in BAD])
def test_a_bad_file_is_kept_and_the_sentence_says_where(raw, code, word):
    office = Department()
    shown = deliver(office, office.published(), raw)
    assert (shown["intake"], shown["problem"]["code"]) == ("unreadable", code)
    assert word in shown["problem"]["message"]
    assert "%(" not in shown["problem"]["message"]
    with pytest.raises(toolkit.ValidationError) as caught:
        step(office.clerk, shown, "declare", note="x")
    assert caught.value.error_dict["codes"] == ["edition.not_read"]


@pytest.mark.parametrize("raw", [b"", b"x" * (1024 * 1024 + 1)])
def test_an_empty_or_too_large_file_leaves_nothing(raw, monkeypatch):
    monkeypatch.setitem(toolkit.config, "ckanext.govshare.upload_limit_mb", 1)
    office = Department()
    entry = office.published()
    with pytest.raises(toolkit.ValidationError) as caught:
        deliver(office, entry, raw)
    assert caught.value.error_dict["codes"] == ["intake.file_too_large" if raw else "intake.file_empty"]
    assert act(office.clerk, "govshare_edition_list", id=entry["id"]) == []


@pytest.mark.parametrize("breaks_at", ["_prove", "_publish", "_load_rows"])
def test_a_death_while_releasing_leaves_the_old_edition_until_the_next_run(monkeypatch, breaks_at):
    """Whatever dies, the public sees edition 1 whole or edition 2 whole, and the next run completes."""
    office = Department()
    entry = office.published()
    released(office, entry, SMALL)
    second = cleared(office, entry, SMALL + "丙,011,3,2.00,2024-02-01\n".encode())
    step(office.clerk, second, "release")
    true_one = getattr(releasing, breaks_at)

    def dies(*_args: Any, **_more: Any) -> None:
        raise SystemExit("killed")

    monkeypatch.setattr(releasing, breaks_at, dies)
    with pytest.raises(SystemExit):
        jobs.drain()
    model.Session.remove()
    assert rows_of(entry["id"])["total"] == 2
    monkeypatch.setattr(releasing, breaks_at, true_one)
    jobs.drain()
    assert rows_of(entry["id"])["total"] == 3
    assert act(None, "govshare_edition_list", id=entry["id"])[0]["number"] == 2


def test_withdrawn_between_request_and_build_is_not_released():
    """The gate is asked again when the files are there."""
    office = Department()
    entry = office.published()
    edition = cleared(office, entry, SMALL)
    step(office.clerk, edition, "release")
    office.move(office.bureau, entry["id"], "withdraw", note="暂停")
    jobs.drain()
    shown = act(office.clerk, "govshare_edition_show", id=edition["id"])
    assert shown["released_at"] is None
    assert shown["problem"]["code"] == "release.entry_not_published"
    assert model.Session.query(Artifact).filter_by(edition_id=edition["id"]).count() == 0


def test_narrowing_shuts_the_data_at_once():
    """The card names no file and no row is read any more, before any job has run; the jobs then take the rows."""
    office = Department()
    entry = office.published()
    released(office, entry, SMALL)
    assert rows_of(entry["id"])["total"] == 2
    assert act(None, "package_show", id=entry["id"])["resources"]
    conditional = {
        "openness": "conditional",
        "openness_condition": "仅限研究使用",
        "openness_basis": [{"title": "中华人民共和国数据安全法", "article": "第四十一条", "level": "law"}],
    }
    change = act(office.clerk, "govshare_change_create", id=entry["id"], content=conditional)["id"]
    for who, move in ((office.clerk, "submit"), (office.head, "approve"), (office.bureau, "publish")):
        version = act(who, "govshare_change_show", id=change)["version"]
        act(who, "govshare_change_move", id=change, move=move, version=version, review=REVIEW)
    assert act(None, "package_show", id=entry["id"])["resources"] == []
    with pytest.raises(toolkit.NotAuthorized):
        rows_of(entry["id"])
    jobs.drain()
    assert datastore_rows.edition_of(releasing.resource_id(entry["id"], "csv")) is None
