"""Seeding the city on the real parts: stopped, finished, done again, and nothing hidden gets out."""

from __future__ import annotations

import json
import shutil
import stat
from collections import Counter
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa
import yaml
from ckan import model
from ckan.lib import api_token
from ckanext.govshare.demo import editions as editions_of_city
from ckanext.govshare.demo import seed as seeding
from ckanext.govshare.demo.city import City
from ckanext.govshare.domain.publication import PUBLICATION
from ckanext.govshare.logic import roles
from ckanext.govshare.logic.edition import cases as editions
from ckanext.govshare.logic.edition import files
from ckanext.govshare.model import Change, JournalRow, Publication

from tests.portal.officers import act

FOLDER = Path(__file__).resolve().parents[2] / "config/demo"
DISTRICT = ("shujuju", "jiaotongju", "shengtaiju")
ACCOUNTS = ["bureau", "bureau2", "citizen", "clerk", "clerk2", "company", "head", "head2", "operator"]

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")


class StoppedError(Exception):
    """Stands for a killed process."""


def quiet(_what, _done, _total):
    """Show no progress."""


def stop_at(wanted, number):
    """Return a progress that ends the run when so many of one kind are done."""

    def progress(what, done, _total):
        if (what, done) == (wanted, number):
            raise StoppedError

    return progress


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three departments of the city with all their entries: every class, state and kind of change."""
    folder = tmp_path_factory.mktemp("city")
    shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
    offices = yaml.safe_load((FOLDER / "offices.yaml").read_text())
    entries = yaml.safe_load((FOLDER / "entries.yaml").read_text())
    kept = [office for office in offices if office["name"] in DISTRICT]
    (folder / "offices.yaml").write_text(yaml.safe_dump(kept, allow_unicode=True))
    (folder / "entries.yaml").write_text(
        yaml.safe_dump({name: entries[name] for name in DISTRICT}, allow_unicode=True)
    )
    return folder


@pytest.fixture
def city(folder):
    """The three departments, seeded by two runs that were stopped and one that finished it."""
    city = City(folder)
    accounts = folder / "accounts.json"
    if not accounts.exists():
        for kind, number in (("entries", 10), ("editions", 2)):
            with pytest.raises(StoppedError):
                seeding.seed(city, accounts, stop_at(kind, number))
        seeding.seed(city, accounts, quiet)
    return city


def counts(*numbers):
    """Return a function that answers with one number after the other."""
    left = iter(numbers)
    return lambda *_: next(left)


def test_the_seed_waits_for_the_files_while_anything_is_done(monkeypatch):
    """Mails that leave before the files are made are no reason to give up; when nothing is done any more, it is one."""
    monkeypatch.setattr(editions_of_city, "PATIENCE", -1)
    monkeypatch.setattr(editions_of_city, "_waiting", counts(3, 2, 1, 1))
    monkeypatch.setattr(editions_of_city, "_released", counts(0, 0, 0, 0, 1))
    assert editions_of_city.await_release(["a"], quiet) == 1
    monkeypatch.setattr(editions_of_city, "_waiting", counts(3, 2, 2))
    monkeypatch.setattr(editions_of_city, "_released", counts(0, 0, 0, 0))
    with pytest.raises(TimeoutError):
        editions_of_city.await_release(["a"], quiet)


def publications(city):
    """Publications of the city's departments by title."""
    query = sa.select(Publication).join(model.Group, model.Group.id == Publication.organization_id)
    rows = model.Session.scalars(query.where(model.Group.name.in_([o["name"] for o in city.offices])))
    titles = {entry.card["title"] for entry in city.entries}
    return {row.title: row for row in rows if row.title in titles}


def everything():
    """What a run of the seed could have changed."""
    newest = model.Session.scalar(sa.select(sa.func.max(JournalRow.id)))
    users = model.Session.scalar(sa.select(sa.func.count()).select_from(model.User))
    tokens = model.Session.scalar(sa.select(sa.func.count()).select_from(model.ApiToken))
    versions = sorted(model.Session.execute(sa.select(Publication.entry_id, Publication.version)).all())
    return newest, users, tokens, versions


def test_every_entry_has_come_as_far_as_the_city_says(city):
    rows = publications(city)
    expected = {entry.card["title"]: (entry.state, entry.card["openness"]) for entry in city.entries}
    assert {title: (row.state, row.openness) for title, row in rows.items()} == expected
    assert len(Counter(state for state, _ in expected.values())) == 5
    assert len(Counter(openness for _, openness in expected.values())) == 3


def test_nobody_took_two_steps_of_one_entry(city):
    """Submitter, approver and publisher are three persons (不相容职责分离), each in their role."""
    published = [row for row in publications(city).values() if row.state == "published"]
    assert published
    for row in published:
        steps = (row.submitted_by, row.approved_by, row.published_by)
        assert len(set(steps)) == 3
        for person, role in zip(steps, ("clerk", "head", "bureau"), strict=True):
            assert role in roles.roles_of(person, row.organization_id)


def test_the_public_sees_what_is_published_and_not_closed_and_nothing_else(city):
    shown = [entry for entry in city.entries if entry.state == "published"]
    public = {entry.card["title"] for entry in shown if entry.card["openness"] != "closed"}
    hidden = {entry.card["title"] for entry in city.entries} - public
    assert public
    assert hidden
    for options in ({}, {"include_private": True}, {"include_drafts": True, "include_deleted": True}):
        fq = "organization:(" + " OR ".join(office["name"] for office in city.offices) + ")"
        found = act(None, "package_search", fq=fq, rows=1000, **options)
        titles = {row["title"] for row in found["results"]}
        assert public <= titles
        assert not hidden & titles
    names = set(act(None, "package_list"))
    rows = publications(city)
    assert {model.Package.get(rows[title].entry_id).name for title in public} <= names
    assert not {model.Package.get(rows[title].entry_id).name for title in hidden} & names


def test_open_changes_wait_and_the_public_copy_is_unchanged(city):
    wanted = {entry.card["title"]: entry for entry in city.entries if entry.change}
    rows = publications(city)
    for title, entry in wanted.items():
        change = model.Session.scalar(sa.select(Change).filter_by(entry_id=rows[title].entry_id))
        assert change.state == entry.change["state"]
        shown = act(None, "package_show", id=rows[title].entry_id)
        changed = {key: value for key, value in entry.change.items() if key != "state"}
        for key, value in changed.items():
            assert change.content[key] == value
            assert shown[key] == entry.card[key] != value


def test_released_tables_can_be_taken_row_for_row_and_the_others_not_at_all(city):
    """The rows that the recipe makes are those that the public finds by the DataStore API."""
    rows = publications(city)
    for entry in (entry for entry in city.entries if entry.table):
        entry_id = rows[entry.card["title"]].entry_id
        public = act(None, "govshare_edition_list", id=entry_id)
        resources = act(None, "package_show", id=entry_id)["resources"]
        if entry.data != "released":
            assert (public, resources) == ([], [])
            continue
        table = city.table(entry.table)
        assert [edition["rows"] for edition in public] == [table.size]
        if entry.card["openness"] == "conditional":
            assert resources == []
            assert all("url" not in file for file in public[0]["files"])
            continue
        assert {resource["format"] for resource in resources} >= {"CSV", "XLSX", "JSON", "XML"}
        csv = next(resource["id"] for resource in resources if resource["format"] == "CSV")
        found = act(None, "datastore_search", resource_id=csv, limit=1)
        assert found["total"] == table.size
        names = [field["id"] for field in found["fields"] if field["id"] != "_id"]
        assert tuple(names) == table.opened


def test_some_data_wait_for_the_people(city):
    """No inbox is empty on the first evening: data that wait for the clerk, for the second person, for review, for release."""
    for who, duties in (("clerk", {"mask", "release"}), ("head", {"check", "review", "release"})):
        assert set(act(who, "govshare_edition_waiting_list")["counts"]) == duties
    rows = publications(city)
    waiting = [entry for entry in city.entries if entry.table and entry.data != "released"]
    assert {entry.data for entry in waiting} == {"pending", "awaiting_check", "checked", "reviewed"}
    for entry in waiting:
        edition = editions.of_entry(rows[entry.card["title"]].entry_id)[0]
        status = "not_required" if entry.data in ("checked", "reviewed") else entry.data
        assert (edition.status, edition.intake, edition.released_at) == (status, "read", None)


def test_masked_data_say_nothing_of_anybody(city):
    """Of the tables of persons that were released: no ID number, no mobile number, no given name in any row."""
    rows = publications(city)
    masked = [entry for entry in city.entries if entry.data == "released" and city.table(entry.table).plan]
    for entry in masked:
        table = city.table(entry.table)
        edition = editions.of_entry(rows[entry.card["title"]].entry_id)[0]
        assert (edition.status, edition.masked_at is not None) == ("done", True)
        with files.borrowed_table(edition.id, 1, "masked") as path, duckdb.connect() as connection:
            text = str(connection.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchall())
        names = [column.name for column in table.columns]
        for person in (dict(zip(names, row, strict=True)) for row in table.rows()):
            told = (person["公民身份号码"], person["手机号码"], person["姓名"], person["出生日期"])
            assert not [value for value in told if value in text]


def test_offices_have_their_profile_and_the_gaps_stay_gaps(city):
    for office in city.offices:
        if office["name"] == city.bureau:
            continue  # other tests may have opened it first
        shown = act("bureau", "govshare_office_show", id=office["name"])
        assert {key: shown[key] for key in ("uscc", "principal", "unit", "staff", "phone")} == {
            key: office[key] for key in ("uscc", "principal", "unit", "staff", "phone")
        }


def test_accounts_are_told_to_their_owner_alone_and_work(city, folder):
    file = folder / "accounts.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    told = json.loads(file.read_text())
    assert sorted(told) == ACCOUNTS
    for account in city.accounts:
        row = told[account.name]
        assert set(row) == {"name", "password", "token", "role", "organization"}
        user = model.User.get(account.name)
        assert user.validate_password(row["password"])
        assert user.sysadmin is (account.role == "operator")
        if account.organization:
            organization = model.Group.get(account.organization).id
            assert account.role in roles.roles_of(user.id, organization)


def test_every_token_is_its_account_to_the_api(city, folder):
    told = json.loads((folder / "accounts.json").read_text())
    for account in city.accounts:
        assert api_token.get_user_from_token(told[account.name]["token"]).name == account.name
    assert api_token.get_user_from_token(told["clerk"]["token"] + "x") is None


def test_the_clerk_s_inbox_holds_every_state_of_the_own_department_and_nothing_else(city):
    """No list is empty on the first evening: an inbox with drafts, cases in review and open changes."""
    inbox = act("clerk", "govshare_publication_list", limit=200)
    assert {row["organization_title"] for row in inbox["results"]} == {"云溪市交通运输局"}
    assert set(inbox["counts"]) == set(PUBLICATION.states)
    assert {row["kind"] for row in inbox["results"]} == {"publication", "change"}
    assert len(city.entries) > len(inbox["results"])


def test_a_second_seed_changes_nothing(city, folder):
    accounts = folder / "accounts.json"
    before = everything(), accounts.read_bytes()
    made = seeding.seed(city, accounts, quiet)
    assert not any(made.values())
    assert (everything(), accounts.read_bytes()) == before


def test_a_seed_after_people_have_worked_leaves_their_work_alone(city, folder):
    """A draft that its clerk has submitted is not drawn back, nor is anything put in its place."""
    drafts = [entry for entry in city.entries if entry.state == "draft"]
    title = next(entry.card["title"] for entry in drafts if entry.organization == "jiaotongju")
    row = publications(city)[title]
    act("clerk", "govshare_publication_move", id=row.entry_id, move="submit", version=row.version)
    seeding.seed(City(folder), folder / "accounts.json", quiet)
    model.Session.expire_all()
    row = publications(city)[title]
    assert row.state == "department_review"
    act("clerk", "govshare_publication_move", id=row.entry_id, move="recall", version=row.version)


def test_a_lost_file_of_accounts_is_made_again_with_new_passwords(city, folder):
    file = folder / "accounts.json"
    before = json.loads(file.read_text())
    file.unlink()
    made = seeding.seed(city, file, quiet)
    assert made["accounts"] == len(ACCOUNTS)
    after = json.loads(file.read_text())
    assert all(after[name]["password"] != before[name]["password"] for name in ACCOUNTS)
    assert model.User.get("clerk").validate_password(after["clerk"]["password"])
