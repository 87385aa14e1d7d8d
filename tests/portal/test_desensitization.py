"""From the scan to the check: what is found stops the way, a plan opens it, and nobody sees what was hidden."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare import jobs, runtime
from ckanext.govshare.domain.desensitization.plan import Plan
from ckanext.govshare.domain.edition import EDITION, STATUSES
from ckanext.govshare.logic.edition import anonymity, files, masking
from ckanext.govshare.model import Edition, EditionTable

from tests import persons
from tests.portal.officers import REVIEW, Department, act, person
from tests.portal.test_edition import deliver, released, step

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")

COUNT = 300
NUMBERS = {row[1] for row in persons.rows(COUNT)}


def personal(office: Department, entry: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return deliver(office, entry or office.published(), persons.table(COUNT, **more))


def masked(
    office: Department, edition: dict[str, Any], plan: dict[str, Any] = persons.PLAN
) -> dict[str, Any]:
    step(office.clerk, edition, "plan", plan=plan)
    return step(office.clerk, edition, "mask")


def codes_of(caught: Any) -> list[str]:
    return caught.value.error_dict["codes"]


def rows_of(edition_id: str, stage: str) -> list[tuple[Any, ...]]:
    with files.borrowed_table(edition_id, 1, stage) as path, duckdb.connect() as connection:
        return connection.execute(f"SELECT * FROM read_parquet('{path}')").fetchall()  # noqa: S608


def test_the_scan_runs_by_itself_and_its_samples_are_masked():
    """Right after reading a small file; no number of the table stands anywhere in the answer."""
    office = Department()
    edition = personal(office)
    found = {(finding["column"], finding["code"]) for finding in edition["tables"][0]["scan"]["findings"]}
    assert {("身份证号", "id_number"), ("手机", "mobile_phone"), ("姓名", "person_name")} <= found
    shown = act(office.clerk, "govshare_edition_show", id=edition["id"], preview=True)
    assert len(shown["tables"][0]["preview"]) == 50
    text = json.dumps(shown, ensure_ascii=False)
    assert not [number for number in NUMBERS if number in text]
    assert shown["tables"][0]["preview"][0]["补贴金额"].endswith(".50")


def test_what_was_found_may_not_be_declared_away():
    office = Department()
    edition = personal(office)
    with pytest.raises(toolkit.ValidationError) as caught:
        step(office.clerk, edition, "declare", note="没有")
    assert set(codes_of(caught)) == {"release.blocking_finding"}


def test_a_table_is_masked_checked_reviewed_and_released():
    """Pseudonyms, first characters, years and districts; the ID numbers are in no file and no row."""
    office = Department()
    entry = office.published()
    edition = personal(office, entry)
    shown = masked(office, edition)
    assert shown["tables"][0]["masked"]["risk"]["k"] >= 5
    assert [
        finding for finding in shown["tables"][0]["masked"]["scan"]["findings"] if finding["blocking"]
    ] == []
    types = {column["name"]: column["type"] for column in shown["tables"][0]["columns"]}
    assert types == {
        "姓名": "text",
        "身份证号": "text",
        "性别": "text",
        "出生日期": "integer",
        "户籍地址": "text",
        "补贴金额": "number",
    }
    before, after = rows_of(edition["id"], "read"), rows_of(edition["id"], "masked")
    assert [row[-1] for row in after] == [row[-1] for row in before]
    assert {row[0] for row in after} <= {f"{name}**" for name in persons.SURNAMES}
    assert [row[3] for row in after] == [row[3].year for row in before]
    assert {row[4] for row in after} == set(persons.DISTRICTS)
    assert len({row[1] for row in after}) == len({row[1] for row in before})
    shown = step(office.clerk, edition, "submit")
    shown = step(office.head, edition, "confirm")
    assert shown["status"] == "done"
    step(office.head, edition, "review", review=REVIEW)
    step(office.clerk, edition, "release")
    jobs.drain()
    records = act(
        None, "datastore_search", resource_id=act(None, "package_show", id=entry["id"])["resources"][0]["id"]
    )
    assert (records["total"], "手机" in records["records"][0]) == (COUNT, False)


def test_pseudonyms_are_the_same_in_one_entry_and_others_in_another():
    """Keyed by entry: editions join with each other, entries do not."""
    office = Department()
    one, other = office.published(), office.published()
    here = personal(office, one)
    masked(office, here)
    again = personal(office, one, preamble=("第二期",))
    masked(office, again)
    there = personal(office, other)
    masked(office, there)
    first, second, third = ([row[1] for row in rows_of(e["id"], "masked")] for e in (here, again, there))
    assert first == second
    assert not set(first) & set(third)


def test_the_next_edition_is_offered_the_plan_of_the_last():
    """By column name, as a suggestion; nothing else carries over."""
    office = Department()
    entry = office.published()
    masked(office, personal(office, entry))
    shown = personal(office, entry, seed=8)
    assert (shown["status"], shown["tables"][0]["plan"], shown["tables"][0]["masked"]) == (
        "pending",
        None,
        None,
    )
    assert shown["tables"][0]["suggested"]["columns"]["身份证号"]["method"] == "pseudonym"
    assert shown["tables"][0]["suggested"]["quasi_identifiers"] == ["性别", "户籍地址"]


def test_a_plan_that_can_be_undone_is_refused_with_the_reason():
    """Six and four digits beside the birth date are the whole number; nothing is saved."""
    office = Department()
    edition = personal(office)
    steps = {
        "身份证号": {"method": "mask", "parameters": {"first": 6, "last": 4}},
        "出生日期": {"method": "keep"},
    }
    plan = {**persons.PLAN, "columns": {**persons.PLAN["columns"], **steps}}
    with pytest.raises(toolkit.ValidationError) as caught:
        step(office.clerk, edition, "plan", plan=plan)
    assert codes_of(caught) == ["plan.mask_reversible"]
    assert "出生日期" in caught.value.error_dict["plan.身份证号"][0]
    assert act(office.clerk, "govshare_edition_show", id=edition["id"])["tables"][0]["plan"] is None


def test_small_groups_stop_the_way_or_are_left_out():
    """K of the whole dates is one; leaving their rows out leaves none to be recognised."""
    office = Department()
    edition = personal(office)
    narrow = {**persons.PLAN, "quasi_identifiers": ["性别", "出生日期", "户籍地址"], "k": 3}
    shown = masked(office, edition, narrow)
    assert shown["tables"][0]["masked"]["risk"]["k"] == 1
    with pytest.raises(toolkit.ValidationError) as caught:
        step(office.clerk, edition, "submit")
    assert codes_of(caught) == ["risk.k_too_small"]
    shown = masked(office, edition, {**narrow, "drop_small": True})
    risk = shown["tables"][0]["masked"]["risk"]
    groups = Counter((row[2], row[3], row[4]) for row in rows_of(edition["id"], "masked"))
    assert (risk["k"], risk["groups"]) == (min(groups.values()), len(groups))
    assert risk["k"] >= 3
    assert shown["rows"] + risk["left_out"] == COUNT
    assert step(office.clerk, edition, "submit")["status"] == "awaiting_check"


def test_a_new_plan_voids_the_check_and_the_masked_table():
    """From done back to in progress: columns, hash and checker are those of the table that was read."""
    office = Department()
    edition = personal(office)
    before = edition["content_hash"]
    masked(office, edition)
    step(office.clerk, edition, "submit")
    step(office.head, edition, "confirm")
    step(office.head, edition, "review", review=REVIEW)
    shown = step(office.clerk, edition, "plan", plan=persons.PLAN)
    assert (shown["status"], shown["checked"], shown["tables"][0]["masked"]) == ("in_progress", None, None)
    assert shown["content_hash"] == before
    assert shown["review"]["current"] is False
    with pytest.raises(toolkit.ValidationError) as caught:
        step(office.clerk, edition, "submit")
    assert "release.not_masked" in codes_of(caught)
    shown = step(office.clerk, edition, "undo")
    assert (shown["status"], shown["tables"][0]["plan"], len(shown["tables"][0]["columns"])) == (
        "pending",
        None,
        7,
    )


def test_who_planned_does_not_check_even_beside_the_workflow():
    """The database refuses as well."""
    office = Department()
    edition = personal(office)
    masked(office, edition)
    step(office.another("editor"), edition, "submit")
    with pytest.raises(toolkit.NotAuthorized):
        step(office.clerk, edition, "confirm")
    row = model.Session.get(Edition, edition["id"])
    row.checked_by, row.checked_hash = row.planned_by, row.content_hash
    with pytest.raises(sa.exc.IntegrityError, match="govshare_edition_checker_not_planner"):
        model.Session.flush()
    model.Session.rollback()


WALLS = (
    ("edition_done_is_masked", "govshare_edition SET status = 'done' WHERE id"),
    (
        "edition_not_required_is_as_read",
        "govshare_edition SET status = 'not_required', planned_by = 'x' WHERE id",
    ),
    ("edition_table_has_source", "govshare_edition_table SET masked = '{}' WHERE edition_id"),
)


@pytest.mark.parametrize(("wall", "change"), WALLS)
def test_the_database_knows_what_masked_means(wall, change):
    office = Department()
    edition = personal(office)
    with pytest.raises(sa.exc.IntegrityError, match=f"govshare_{wall}"):
        model.Session.execute(
            sa.text(f"UPDATE {change} = :id"),
            {"id": edition["id"]},
        )
    model.Session.rollback()


def test_masking_that_dies_is_repeated_without_harm(monkeypatch):
    """Killed before the table is kept: nothing is known of it; the outbox does it again and gets the same."""
    office = Department()
    edition = personal(office)
    step(office.clerk, edition, "plan", plan=persons.PLAN)

    def killed(*_args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(masking, "_keep", killed)
        with pytest.raises(KeyboardInterrupt):
            step(office.clerk, edition, "mask")
    model.Session.rollback()
    row = act(office.clerk, "govshare_edition_show", id=edition["id"])
    assert (row["masking"], row["tables"][0]["masked"]) == (True, None)
    jobs.drain()
    first = act(office.clerk, "govshare_edition_show", id=edition["id"])
    assert first["tables"][0]["masked"]
    assert not first["masking"]
    masking.mask(edition["id"])
    assert act(office.clerk, "govshare_edition_show", id=edition["id"])["version"] == first["version"]
    again = step(office.clerk, edition, "mask")
    assert again["content_hash"] == first["content_hash"]


def test_a_plan_changed_meanwhile_wins_over_a_masking_under_way(monkeypatch):
    """What was made by the old plan is thrown away."""
    office = Department()
    edition = personal(office)
    step(office.clerk, edition, "plan", plan=persons.PLAN)
    keep = masking._keep

    def late(*args: Any) -> None:
        row = model.Session.get(Edition, edition["id"])
        row.mask_asked_at = runtime.now()
        model.Session.commit()
        keep(*args)

    monkeypatch.setattr(masking, "_keep", late)
    assert step(office.clerk, edition, "mask")["tables"][0]["masked"] is None


def test_the_difference_to_the_public_edition_is_told():
    """By a key where there is one; a column that is gone warns before the review."""
    office = Department()
    entry = office.published()
    released(office, entry, "编号,名称,数量\n01,甲,1\n02,乙,2\n03,丙,3\n".encode())
    shown = deliver(office, entry, "编号,名称,备注\n02,乙,无\n03,丁,无\n04,戊,无\n".encode())
    assert shown["tables"][0]["difference"] == {
        "number": 1,
        "columns": {"added": ["备注"], "removed": ["数量"], "retyped": []},
        "key": "编号",
        "added": 1,
        "removed": 1,
        "changed": 1,
    }
    assert [warning["code"] for warning in shown["drift"]] == ["drift.added", "drift.removed"]
    assert "数量" in shown["drift"][1]["message"]


PEOPLE = ("clerk", "second", "head", "bureau", "other_head", "operator", "citizen")
# Who may take a move where the table allows it, when the clerk planned and answered for the edition.
MAY = {
    "scan": {"clerk", "second"},
    "declare": {"clerk", "second"},
    "plan": {"clerk", "second"},
    "mask": {"clerk", "second"},
    "undo": {"clerk", "second"},
    "submit": {"clerk", "second"},
    "recall": {"clerk"},
    "confirm": {"second", "head"},
    "reject": {"second", "head"},
    "review": {"head"},
    "release": set(),  # nothing on this stage has been checked
    "discard": {"clerk", "second", "head"},
    "withdraw": set(),  # nor released
}
# What has a plan is neither scanned anew nor declared free of personal data before the plan is given up.
PLANNED = {"in_progress", "awaiting_check", "done", "rejected", "void"}
NOT_WITH_A_PLAN = {"scan", "declare"}
GIVEN = {"note": "说明", "review": REVIEW}
HARMLESS = "名称,数量\n甲路,1\n乙路,2\n".encode()


@pytest.mark.parametrize("status", STATUSES)
def test_every_role_status_and_move(status):
    """A generated matrix: what the table of moves does not name is refused and changes nothing."""
    office, other = Department(), Department()
    people = {
        "clerk": office.clerk,
        "second": office.another("editor"),
        "head": office.head,
        "bureau": office.bureau,
        "other_head": other.head,
        "operator": person("operator", sysadmin=True),
        "citizen": person("citizen"),
    }
    plan = persons.PLAN if status in PLANNED else {"columns": {}}
    if status in PLANNED:
        edition = masked(office, personal(office))["id"]
    else:
        edition = deliver(office, office.published(), HARMLESS)["id"]
    operator = model.User.get(office.clerk).id
    planner = operator if status in PLANNED else None
    held = {**row_of(edition), "status": status, "planned_by": planner, "declared_by": operator}
    tables = tables_of(edition)
    put(edition, held, tables)
    wrong = []
    for move in EDITION.moves:
        fits = status in move.sources and not (status in PLANNED and move.name in NOT_WITH_A_PLAN)
        for who in PEOPLE:
            taken = attempt(people[who], edition, move.name, (held, tables), plan)
            if taken:
                put(edition, held, tables)
            if taken is not (fits and who in MAY[move.name]):
                wrong.append((move.name, who, taken))
    assert wrong == []


def row_of(edition_id: str) -> dict[str, Any]:
    row = model.Session.get(Edition, edition_id, populate_existing=True)
    return {column.key: getattr(row, column.key) for column in sa.inspect(Edition).columns}


def tables_of(edition_id: str) -> list[dict[str, Any]]:
    rows = model.Session.get(Edition, edition_id, populate_existing=True).tables
    return [
        {column.key: getattr(row, column.key) for column in sa.inspect(EditionTable).columns} for row in rows
    ]


def put(edition_id: str, values: dict[str, Any], tables: list[dict[str, Any]]) -> None:
    """Write the edition and its tables as they were, whatever the last attempt made of them."""
    row = model.Session.get(Edition, edition_id, populate_existing=True)
    for one, held in ((row, values), *zip(row.tables, tables, strict=True)):
        for name, value in held.items():
            setattr(one, name, value)
    model.Session.commit()


def attempt(who: str, edition_id: str, move: str, before: tuple[Any, Any], plan: dict[str, Any]) -> bool:
    """Tell whether a move was let in; one that was not has left the edition and its tables as ``before``."""
    version = before[0]["version"]
    try:
        act(who, "govshare_edition_move", id=edition_id, move=move, version=version, plan=plan, **GIVEN)
    except (toolkit.NotAuthorized, toolkit.ObjectNotFound, toolkit.ValidationError):
        model.Session.rollback()
        assert (row_of(edition_id), tables_of(edition_id)) == before
        return False
    return True


ODD = "SELECT * FROM (SELECT i, i % 7 AS q, i % 3 AS r, i % 2 AS s FROM range(100) t(i)) WHERE NOT (q = 3 AND r = 1)"
ANONYMITY = (
    (["q"], ["s"]),
    (["q", "r"], ["s"]),
    (["q", "r", "s"], ["i"]),
    (["r"], ["q", "s"]),
)


@pytest.mark.parametrize(("quasi", "sensitive"), ANONYMITY)
def test_k_and_l_are_those_of_an_independent_count(quasi, sensitive):
    """The smallest group and the fewest sensitive values, as pycanon counts them."""
    anonymous = pytest.importorskip("pycanon.anonymity")
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE odd AS {ODD}")
        plan = Plan.from_dict({"quasi_identifiers": quasi, "sensitive": sensitive, "k": 5})
        risk = anonymity.measure(connection, "odd", plan)
        frame = pandas_frame(connection)
    assert risk.k == anonymous.k_anonymity(frame, quasi)
    assert risk.l == anonymous.l_diversity(frame, quasi, sensitive)


def pandas_frame(connection: duckdb.DuckDBPyConnection) -> Any:
    pandas = pytest.importorskip("pandas")
    rows = connection.execute("SELECT * FROM odd").fetchall()
    return pandas.DataFrame(rows, columns=["i", "q", "r", "s"])
