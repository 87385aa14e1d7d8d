"""A delivery of several tables: one decision about all of them, and an address of its own for each."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare import config, jobs
from ckanext.govshare.exports import shelf
from ckanext.govshare.logic.edition import datastore_rows, releasing
from ckanext.govshare.model import Edition

from tests.domain.intake.offices import xlsx
from tests.portal.holders import fetch, granted, ground
from tests.portal.officers import REVIEW, Department, act
from tests.portal.test_conditional import visit
from tests.portal.test_edition import deliver, released, step

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")

STATIONS = ("名称", "数量"), ("甲站", 3), ("乙站", 5)
LINES = ("线路", "里程"), ("1路", 12.5)
PHONES = (
    ("姓名", "手机号"),
    *((f"王小{n}", f"1390454{number:04}") for number, n in enumerate("明华强", 1001)),
)
FILE, OK = "一览.xlsx", 200


def workbook(**sheets: tuple[tuple[Any, ...], ...]) -> bytes:
    """A workbook with these rows in each sheet."""

    def fill(book: Any) -> None:
        for name, rows in sheets.items():
            for row in rows:
                book[name].append(list(row))

    return xlsx(fill, *sheets)


def tables(shown: dict[str, Any]) -> list[tuple[int, str, int]]:
    return [(table["table"], table["name"], table["rows"]) for table in shown["tables"]]


def rows(entry: dict[str, Any], place: int) -> list[dict[str, Any]]:
    resource = releasing.resource_id(entry["id"], "csv", place)
    found = act(None, "datastore_search", resource_id=resource)["records"]
    return [{name: value for name, value in row.items() if name != "_id"} for row in found]


def taken(app: Any, entry: dict[str, Any], edition: int | str, file: str) -> bytes:
    """The bytes that nginx would send for an address; the number of the refusal when there is one."""
    answer = visit(app, f"/dataset/{entry['name']}/edition/{edition}/{file}")
    if answer.status_code != OK:
        return str(answer.status_code).encode()
    return shelf.place(config.folder("artifact_path"), answer.headers["X-Checksum-Sha256"]).read_bytes()


def lines(app: Any, entry: dict[str, Any], edition: int | str, file: str) -> list[str]:
    return taken(app, entry, edition, file).decode().splitlines()


def test_each_sheet_has_its_files_rows_and_addresses(app):
    """One edition, one release; the archive and the sums hold all of them."""
    office = Department()
    entry = office.published()
    shown = released(office, entry, workbook(站点=STATIONS, 线路=LINES), FILE)
    assert tables(shown) == [(1, "站点", 2), (2, "线路", 1)]
    assert shown["rows"] == 3
    name = entry["name"]
    assert lines(app, entry, 1, f"{name}.csv") == ["名称,数量", "甲站,3", "乙站,5"]
    assert lines(app, entry, 1, f"{name}-2.csv") == ["线路,里程", "1路,12.5"]
    assert lines(app, entry, "latest", f"{name}-2.csv") == ["线路,里程", "1路,12.5"]
    second = visit(app, f"/dataset/{name}/edition/1/{name}-2.csv").headers["Content-Disposition"]
    assert second.startswith(f'attachment; filename="{name}-1-2.csv"; filename*=UTF-8')
    for missing in (f"{name}-3.csv", f"{name}-1.csv", f"{name}-02.csv", f"{name}-2.zip"):
        assert lines(app, entry, 1, missing) == ["404"]
    assert rows(entry, 1) == [{"名称": "甲站", "数量": 3}, {"名称": "乙站", "数量": 5}]
    assert [row["线路"] for row in rows(entry, 2)] == ["1路"]

    card = act(None, "package_show", id=entry["id"])
    assert [(one["table"], one["format"]) for one in card["resources"] if one["format"] in ("CSV", "XLSX")] == [
        (1, "CSV"), (1, "XLSX"), (2, "CSV"), (2, "XLSX"),
    ]  # fmt: skip
    assert card["resources"][0]["name"] == f"{entry['title']} · 站点（CSV）"
    packed = taken(app, entry, 1, f"{name}.zip")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        held = {member.split("-1-", 1)[-1] for member in archive.namelist()}
    assert held == {
        "1-站点.csv", "1-站点-dictionary.csv", "2-线路.csv", "2-线路-dictionary.csv", "LICENSE.txt", "SHA256SUMS",
    }  # fmt: skip
    sums = [line.split("  ")[1] for line in lines(app, entry, 1, "SHA256SUMS")]
    assert len(sums) == len(set(sums)) == 2 * 9
    page = visit(app, f"/dataset/{name}?table=2").body
    assert "线路" in page
    assert "12.5" in page


def test_the_next_edition_keeps_each_address(app):
    """Sheets in another order, one gone, one new: an address never comes to mean another table."""
    office = Department()
    entry = office.published()
    name = entry["name"]
    released(office, entry, workbook(站点=STATIONS, 线路=LINES), FILE)
    more = (("车型", "座位"), ("大", 40))
    shown = released(office, entry, workbook(车型=more, 线路=(*LINES, ("2路", 8.1))), FILE)
    assert tables(shown) == [(2, "线路", 2), (3, "车型", 1)]
    assert lines(app, entry, "latest", f"{name}.csv") == ["404"]
    assert lines(app, entry, "latest", f"{name}-2.csv")[1:] == ["1路,12.5", "2路,8.1"]
    assert lines(app, entry, "latest", f"{name}-3.csv")[1:] == ["大,40"]
    assert lines(app, entry, 1, f"{name}.csv")[1:] == ["甲站,3", "乙站,5"]
    assert datastore_rows.edition_of(releasing.resource_id(entry["id"], "csv", 1)) is None
    assert {one["table"] for one in act(None, "package_show", id=entry["id"])["resources"]} == {2, 3}
    again = deliver(office, entry, workbook(站点=STATIONS, 线路=LINES, 车型=more), FILE)
    assert tables(again) == [(1, "站点", 2), (2, "线路", 1), (3, "车型", 1)]
    assert [warning["code"] for warning in again["drift"]] == ["drift.tables_added"]


def test_what_is_found_in_one_table_stops_all_and_names_it():
    """No table leaves without the other; its plan leaves the others as they were read."""
    office = Department()
    entry = office.published()
    edition = deliver(office, entry, workbook(站点=STATIONS, 名单=PHONES), FILE)
    with pytest.raises(toolkit.ValidationError) as caught:
        step(office.clerk, edition, "declare", note="无个人信息")
    (said,) = caught.value.error_dict["plan.手机号"]
    assert said.startswith("名单")
    plan = {"columns": {"手机号": {"method": "drop"}, "姓名": {"method": "drop"}}, "none_because": "只剩序号"}
    with pytest.raises(toolkit.ValidationError):
        step(office.clerk, edition, "plan", plan=plan, table=7)
    plan["columns"]["手机号"] = {"method": "mask", "parameters": {"first": 3, "last": 0}}
    planned = step(office.clerk, edition, "plan", plan=plan, table=2)
    assert [table["plan"] is not None for table in planned["tables"]] == [False, True]
    masked = step(office.clerk, edition, "mask")
    assert masked["masked_at"]
    assert [len(table["columns"]) for table in masked["tables"]] == [2, 1]
    assert masked["tables"][0]["columns"] == edition["tables"][0]["columns"]
    assert masked["content_hash"] != edition["content_hash"]
    step(office.clerk, edition, "submit")
    step(office.head, edition, "confirm")
    step(office.head, edition, "review", review=REVIEW)
    step(office.clerk, edition, "release")
    jobs.drain()
    shown = act(office.clerk, "govshare_edition_show", id=edition["id"])
    assert shown["released_at"], shown["problem"]
    assert rows(entry, 1)[0]["名称"] == "甲站"
    assert all("1390454" not in str(row) for row in rows(entry, 2))


def test_giving_up_the_plan_of_one_table_gives_them_all_back():
    office = Department()
    edition = deliver(office, office.published(), workbook(站点=STATIONS, 名单=PHONES), FILE)
    plan = {
        "columns": {"手机号": {"method": "drop"}, "姓名": {"method": "pseudonym"}},
        "none_because": "没有其他列",
    }
    step(office.clerk, edition, "plan", plan=plan, table=2)
    step(office.clerk, edition, "mask")
    shown = step(office.clerk, edition, "undo")
    assert (shown["status"], shown["masked_at"], shown["content_hash"]) == (
        "pending",
        None,
        edition["content_hash"],
    )
    assert [table["plan"] for table in shown["tables"]] == [None, None]
    assert shown["tables"][1]["suggested"]["columns"]["手机号"]["method"] == "drop"


def test_a_sheet_that_cannot_be_read_is_named_and_may_be_left_out():
    """Nothing is half loaded; ticking the others reads them."""
    office = Department()
    raw = workbook(站点=STATIONS, 草稿=(("名称", "数量"), ("甲", "=1+1")))
    edition = deliver(office, office.published(), raw, FILE)
    assert (edition["intake"], edition["tables"]) == ("unreadable", [])
    assert edition["problem"]["message"].startswith("草稿")
    assert edition["problem"]["facts"]["names"] == ["站点", "草稿"]
    version = edition["version"]
    shown = act(office.clerk, "govshare_edition_reread", id=edition["id"], version=version, sheet=["站点"])
    assert (shown["intake"], tables(shown)) == ("read", [(1, "", 2)])


def test_granted_columns_of_every_table(app):
    """A table without a granted column is not offered; each of the others has its files and its rows."""
    own = ground(
        raw=workbook(站点=STATIONS, 线路=LINES, 车型=(("备注", "名称"), ("秘密", "丙"))),
        items=("名称", "数量", "线路", "里程", "备注"),
        filename=FILE,
    )
    held = granted(own, ["名称", "数量"])
    assert [(one["table"], one["name"]) for one in held["tables"]] == [(1, "站点"), (3, "车型")]

    def asked(**more: Any) -> Any:
        return act(held["who"], "govshare_grant_rows", id=held["grant"], **more)

    assert asked()["records"] == [{"名称": "甲站", "数量": 3}, {"名称": "乙站", "数量": 5}]
    third = asked(table=3)
    assert (third["table"], third["records"]) == (3, [{"名称": "丙"}])
    for place in (2, 4, "x"):
        with pytest.raises(toolkit.ObjectNotFound):
            asked(table=place)
    log = act(held["who"], "govshare_grant_show", id=held["grant"])["uses"]
    assert [use["table"] for use in log] == [3, 1]
    page = fetch(app, f"/application/grant/{held['grant']}", held["who"]).get_data(as_text=True)
    assert page.index("车型：1 行") < page.index("站点：2 行")


def test_withdrawal_takes_every_table(app):
    office = Department()
    entry = office.published()
    shown = released(office, entry, workbook(站点=STATIONS, 线路=LINES), FILE)
    step(office.head, shown, "withdraw", note="数据有误")
    jobs.drain()
    assert act(None, "package_show", id=entry["id"])["resources"] == []
    for place, file in ((1, f"{entry['name']}.csv"), (2, f"{entry['name']}-2.csv")):
        assert lines(app, entry, 1, file) == ["410"]
        assert datastore_rows.edition_of(releasing.resource_id(entry["id"], "csv", place)) is None
    assert model.Session.get(Edition, shown["id"]).tables
