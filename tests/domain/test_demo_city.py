"""The demonstration city as data: complete, lawful, invented, and the same on every machine."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest
import yaml
from ckanext.govshare import rulebook
from ckanext.govshare.demo.city import City
from ckanext.govshare.demo.tables import read_table
from ckanext.govshare.domain.desensitization.checksums import id_check
from ckanext.govshare.domain.desensitization.plan import Plan, check_plan
from ckanext.govshare.domain.desensitization.scan import Scanner
from ckanext.govshare.domain.entry import check_entry
from ckanext.govshare.domain.publication import PUBLICATION
from ckanext.govshare.domain.table import TEXT, Column
from stdnum.cn import uscc

FOLDER = Path(__file__).resolve().parents[2] / "config/demo"
INVENTED = ("示例", "样例", "范例", "演示", "试用")
CITY = City(FOLDER)
TABLES = {
    name: CITY.table(name) for name in yaml.safe_load((FOLDER / "tables.yaml").read_text(encoding="utf-8"))
}
ENTRIES = {entry.card["title"]: entry for entry in CITY.entries}


@cache
def rows_of(name):
    return list(TABLES[name].rows())


def card_for_check(entry):
    words = ",".join(tag["name"] for tag in entry.card["tags"])
    return {**entry.card, "tag_string": words}


def test_the_city_has_departments_enough_and_entries_of_every_class_and_state():
    """At least 14 departments and 80 entries; no class, state or theme without one."""
    assert len(CITY.offices) >= 14
    assert len(CITY.entries) >= 80
    classes = Counter(entry.card["openness"] for entry in CITY.entries)
    states = Counter(entry.state for entry in CITY.entries)
    assert set(classes) == set(rulebook.vocabulary("openness").by_code)
    assert set(states) == set(PUBLICATION.states)
    assert min(*classes.values(), *states.values()) >= 3
    assert {entry.card["theme"] for entry in CITY.entries} == set(rulebook.vocabulary("theme").by_code)
    assert sum(bool(entry.change) for entry in CITY.entries) >= 2


def test_public_themes_leave_no_theme_empty():
    public = [e for e in CITY.entries if e.state == "published" and e.card["openness"] != "closed"]
    assert {entry.card["theme"] for entry in public} == set(rulebook.vocabulary("theme").by_code)


@pytest.mark.parametrize("title", ENTRIES)
def test_every_card_is_complete_and_lawful(title):
    """Drafts too: what is half-done in this city is its way, not its card."""
    found = check_entry(
        card_for_check(ENTRIES[title]), rulebook.entry_fields(), rulebook.VOCABULARIES, complete=True
    )
    assert not found


def test_titles_are_unique_within_a_department():
    titles = Counter((entry.organization, entry.card["title"]) for entry in CITY.entries)
    assert max(titles.values()) == 1


def test_only_published_entries_have_tables_at_least_thirty_for_everyone_and_some_on_application():
    with_tables = [entry for entry in CITY.entries if entry.table]
    classes = Counter(entry.card["openness"] for entry in with_tables)
    assert all(entry.state == "published" for entry in with_tables)
    assert classes.keys() == {"unconditional", "conditional"}
    assert classes["unconditional"] >= 30
    assert {entry.table for entry in with_tables} == set(TABLES)


def test_conditional_and_closed_entries_hold_sensitive_items_back():
    """What the card calls sensitive it does not call opened."""
    items = [item for entry in CITY.entries for item in entry.card["data_items"]]
    assert any(item["sensitive"] for item in items)
    assert all(item["opened"] != item["sensitive"] for item in items)


@pytest.mark.parametrize("office", CITY.offices, ids=lambda office: office["name"])
def test_every_office_has_a_valid_credit_code_of_no_real_division(office):
    assert uscc.is_valid(office["uscc"])
    assert office["uscc"][2:8] == "239900"
    assert "239900" not in rulebook.vocabulary("region")


def test_some_offices_leave_gaps_for_the_bureau_to_see():
    gaps = [o["name"] for o in CITY.offices if not all(o[k] for k in ("principal", "unit", "staff", "phone"))]
    assert 1 <= len(gaps) <= 3


def test_nobody_in_the_city_bears_a_real_name():
    names = [person.fullname for person in (*CITY.accounts, *CITY.people) if person.role != "company"]
    names += [office[key] for office in CITY.offices for key in ("principal", "staff") if office[key]]
    assert all(name.endswith(INVENTED) for name in names)


def test_every_department_has_a_clerk_and_a_head_and_they_are_two_persons():
    for office in CITY.offices:
        clerk, head = (CITY.person(role, office["name"]) for role in ("clerk", "head"))
        assert clerk != head
        assert CITY.person("bureau", CITY.bureau) not in (clerk, head)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_the_rows_and_columns_it_promises(name):
    """20 to 5,000 rows, no empty cell, texts within the length that the data items state."""
    table = TABLES[name]
    rows = rows_of(name)
    assert len(rows) == table.size
    assert 20 <= len(rows) <= 5000
    for row in rows:
        assert len(row) == len(table.columns)
        for cell, column in zip(row, table.columns, strict=True):
            assert cell != "", column.name
            assert column.type != "C" or len(cell) <= int(column.length), (column.name, cell)


@pytest.mark.parametrize("name", TABLES)
def test_numbers_are_numbers_and_serial_numbers_do_not_repeat(name):
    table = TABLES[name]
    rows = rows_of(name)
    for place, column in enumerate(table.columns):
        cells = [row[place] for row in rows]
        if column.type in ("I", "N", "B", "Y"):
            assert all(float(cell) == float(cell) for cell in cells), column.name
        if column.recipe == "serial":
            assert len(set(cells)) == len(cells), column.name


def test_made_up_persons_pass_every_check_and_are_nobody():
    """ID numbers with check sign, birthday and sex, of a division that does not exist; mobiles of no operator."""
    found = 0
    for table in (table for table in TABLES.values() if any(c.recipe == "id_number" for c in table.columns)):
        names = [column.name for column in table.columns]
        for row in rows_of(table.name):
            person = dict(zip(names, row, strict=True))
            number = person["公民身份号码"]
            assert number[17] == id_check(number[:17])
            assert number[:14] == "239900" + person["出生日期"].replace("-", "")
            assert int(number[16]) % 2 == (person["性别"] == "男")
            assert person["手机号码"][:3] == "154"
            found += 1
    assert "239900" not in rulebook.vocabulary("region")
    assert found > 1000


def test_what_is_released_of_persons_has_a_plan_that_is_allowed():
    """Every released table in which the scan finds persons; of each class at least one."""
    released = [entry for entry in CITY.entries if entry.data == "released"]
    masked = [entry for entry in released if TABLES[entry.table].plan]
    assert {entry.card["openness"] for entry in masked} == {"unconditional", "conditional"}
    for entry in released:
        table = TABLES[entry.table]
        columns = tuple(Column(column.name, TEXT) for column in table.columns)
        scanner = Scanner(columns, rulebook.desensitization())
        scanner.feed(rows_of(table.name))
        found = scanner.findings()
        assert any(finding.blocking for finding in found) is bool(table.plan), entry.card["title"]
        assert check_plan(columns, found, Plan.from_dict(dict(table.plan))), entry.card["title"]


def test_the_same_recipe_gives_the_same_bytes():
    """The digest is written down: another Python, machine or hash seed must not change the city."""
    names = ("bus_stops", "weather_daily", "jobs")
    digest = sha256(b"".join(City(FOLDER).table(name).csv() for name in names)).hexdigest()
    assert digest[:16] == "80e33603f064fb62"


def test_a_seasonal_column_is_higher_in_its_season():
    first, last = date(2025, 1, 1), date(2025, 12, 31)
    spec = {
        "over": {"日": {"days": [first, last]}},
        "columns": {"值": {"number": [10, 10, 2], "season": 0.5}},
    }
    values = {row[0]: float(row[1]) for row in read_table("t", spec, CITY.lists).rows()}
    assert values["2025-01-15"] == pytest.approx(15, abs=0.1)
    assert values["2025-07-16"] == pytest.approx(5, abs=0.1)


def test_grades_follow_the_number_that_they_grade():
    table = TABLES["air_quality"]
    names = [column.name for column in table.columns]
    index, grade = names.index("AQI"), names.index("空气质量等级")
    limits = {"优": 50, "良": 100, "轻度污染": 150, "中度污染": 200}
    for row in rows_of(table.name):
        assert int(row[index]) <= limits.get(row[grade], 10_000)


def test_sums_are_right():
    table = TABLES["card_ridership"]
    for row in rows_of(table.name):
        assert int(row[5]) == sum(map(int, row[2:5]))
