"""Journey (b): the same data under conditions. The card is public; rows are reachable by no door without a grant."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
import requests
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare import config, jobs, runtime, vault
from ckanext.govshare.logic.edition import artifacts, datastore_rows, files, releasing, retention, urls
from ckanext.govshare.model import Artifact, DataKey, Edition, OutboxRow, journal
from flask import g

from tests.portal.officers import REVIEW, Department, act, person, system
from tests.portal.test_edition import cleared, deliver, released, step

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")

CANARIES = ("金丝雀甲", "金丝雀乙", "731905582")
TABLE = f"机构,编号,数量\n{CANARIES[0]},{CANARIES[2]},1\n{CANARIES[1]},010,2\n".encode()
CONDITIONAL = {
    "openness": "conditional",
    "share_type": "conditional",
    "openness_condition": "仅限科研用途，须签订协议",
    "openness_basis": [{"title": "中华人民共和国统计法", "article": "第九条", "level": "law"}],
}
FORMATS = {"csv", "csv_bom", "xlsx", "json", "jsonl", "xml", "parquet"}


def own_table() -> bytes:
    """The table with a column that no other entry has, so that no other entry's files are the same."""
    return TABLE.replace("机构".encode(), f"机构{uuid4()}".encode())


@pytest.fixture
def office():
    return Department()


@pytest.fixture
def entry(office):
    return office.published(**CONDITIONAL)


@pytest.fixture
def edition(office, entry):
    return released(office, entry, TABLE)


class Kept(NamedTuple):
    """What is under conditions, for those who only look."""

    entry: dict[str, Any]
    edition: dict[str, Any]


@cache
def keep() -> Kept:
    office = Department()
    entry = office.published(**CONDITIONAL)
    return Kept(entry, released(office, entry, TABLE))


@pytest.fixture
def kept():
    """One entry and its data for all tests that change nothing."""
    return keep()


@cache
def token_of(user: str) -> str:
    return str(toolkit.get_action("api_token_create")(system(), {"user": user, "name": "t"})["token"])


def visit(app: Any, address: str, user: str | None = None) -> Any:
    """Ask for an address as somebody; the person whom the test's own context remembers is forgotten."""
    g.pop("_login_user", None)
    headers = {"Authorization": token_of(user)} if user else {}
    return app.get(address, headers=headers, follow_redirects=False)


def plain_files() -> list[Path]:
    """Every file that the portal keeps, but for the sealed ones' own folder."""
    folders = [
        config.folder("artifact_path"),
        config.folder("work_path"),
        Path(toolkit.config["ckan.storage_path"]),
    ]
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def holds_canary(raw: bytes, asked: str = "") -> bool:
    """Tell whether a cell shows; a page may repeat what was ``asked`` for."""
    return any(word.encode() in raw for word in CANARIES if word not in asked)


def test_it_is_released_into_the_vault(kept):
    """Every format is there, sealed; the shelf, the DataStore and the resources have nothing."""
    made = {file.format: file for file in artifacts.of_edition(kept.edition["id"])}
    assert set(made) == {*FORMATS, "dictionary_csv", "dictionary_json", "sha256sums", "zip"}
    assert all(file.vaulted for file in made.values())
    for name, file in made.items():
        assert not artifacts.place(file).exists()
        with vault.open(kept.edition["id"], name) as source:
            assert len(source.read()) == file.size
    with vault.open(kept.edition["id"], "csv") as source:
        assert holds_canary(source.read())
    assert not any(holds_canary(path.read_bytes()) for path in plain_files())
    assert not any(
        holds_canary(path.read_bytes()) for path in config.folder("vault_path").rglob("*") if path.is_file()
    )
    for name in releasing.RESOURCES:
        assert datastore_rows.edition_of(releasing.resource_id(kept.entry["id"], name)) is None


def test_the_card_is_public_and_says_what_there_is(app, kept):
    """Rows, columns and formats; how to apply; no address, no checksum, no size."""
    card = act(None, "package_show", id=kept.entry["id"])
    assert card["resources"] == []
    assert card["data_updated"] == kept.edition["released_at"][:10]
    listed = act(None, "govshare_edition_list", id=kept.entry["id"])
    assert [(row["number"], row["rows"], len(row["tables"][0]["columns"])) for row in listed] == [(1, 2, 3)]
    assert {file["format"] for file in listed[0]["files"]} >= FORMATS
    assert all(set(file) == {"table", "format", "label", "rows"} for file in listed[0]["files"])
    page = visit(app, f"/dataset/{kept.entry['name']}").body
    assert CONDITIONAL["openness_condition"] in page
    assert "CSV、XLSX、JSON、JSONL、XML、PARQUET" in page


def addresses(entry: dict[str, Any], edition: dict[str, Any]) -> Iterator[str]:
    """Everything that somebody could type in to get at the rows."""
    name, identity = entry["name"], edition["id"]
    for number, forms in (
        *((held, (*urls.ENDINGS, "sha256sums")) for held in ("latest", "1")),
        *((odd, ("csv",)) for odd in ("01", "2", "0")),
    ):
        for form in forms:
            yield f"/dataset/{name}/edition/{number}/{urls.file_of(name, form)}"
            yield f"/dataset/{entry['id']}/edition/{number}/{urls.file_of(entry['id'], form)}"
    yield f"/dataset/{name}/edition/latest/{name}.csv?bom=1"
    yield f"/dataset/{name}/edition/1"
    yield f"/dataset/{name}/edition/1/raw"
    yield f"/dataset/{name}/edition/1/table.parquet"
    for form in releasing.RESOURCES:
        resource = releasing.resource_id(entry["id"], form)
        yield f"/dataset/{name}/resource/{resource}"
        yield f"/dataset/{name}/resource/{resource}/download/{name}.{form}"
        yield f"/dataset/{name}/resource/{resource}/view"
        for more in ("", "?format=json", "?format=xml", "?bom=true"):
            yield f"/datastore/dump/{resource}{more}"
        for action in ("datastore_search", "datastore_info", "resource_show"):
            yield f"/api/3/action/{action}?resource_id={resource}&id={resource}"
        yield f"/api/3/action/datastore_search?resource_id=_stage_{resource}"
    for file in artifacts.of_edition(identity):
        yield f"/_artifact/{file.sha256[:2]}/{file.sha256}"
        yield f"/artifacts/{file.sha256[:2]}/{file.sha256}"
    yield f"/vault/{identity[:2]}/{identity}/csv"
    yield f"/storage/vault/{identity}/csv"
    yield "/api/3/action/datastore_search?resource_id=_table_metadata&limit=1000"
    yield f"/api/3/action/package_show?id={name}"
    yield f"/api/3/action/package_search?q={CANARIES[0]}"
    yield f"/api/3/action/package_search?fq=name:{name}&include_private=true"
    yield f"/api/3/action/resource_search?query=url:{name}"
    yield f"/api/3/action/govshare_edition_list?id={name}"
    yield f"/api/3/action/govshare_edition_show?id={identity}&preview=true"
    yield f"/api/3/action/task_status_show?entity_id={entry['id']}"
    yield from (
        f"/dataset/{name}",
        f"/dataset/{name}/edition/",
        f"/dataset/?q={CANARIES[0]}",
        "/feed/changes",
    )
    for ending in ("xlsx", "csv", "json", "xml", "ttl", "jsonld"):
        yield f"/catalog.{ending}"


STRANGERS = ("nobody", "citizen", "clerk of another department", "operator")


@pytest.mark.parametrize("who", STRANGERS)
def test_no_door_gives_a_row(app, kept, who):
    """Every address, by everybody who is not of the department; a sysadmin is nobody's officer."""
    people = {
        "nobody": lambda: None,
        "citizen": lambda: person("citizen"),
        "clerk of another department": lambda: Department().clerk,
        "operator": lambda: person("operator", sysadmin=True),
    }
    user = people[who]()
    known = visit(app, f"/api/3/action/api_token_list?user_id={user}", user)
    assert known.status_code == (200 if user else 403)
    answers = {}
    for address in addresses(kept.entry, kept.edition):
        answer = visit(app, address, user)
        answers[address] = answer.status_code
        assert not holds_canary(answer.data, address), address
    assert not {address: code for address, code in answers.items() if code >= 500}
    of_files = [code for address, code in answers.items() if "/edition/latest/" in address]
    assert set(of_files) <= {403, 404}
    assert answers[f"/dataset/{kept.entry['name']}/edition/latest/{kept.entry['name']}.csv"] == 403
    assert answers[f"/api/3/action/package_show?id={kept.entry['name']}"] == 200


def test_the_sentence_says_how_to_get_the_data(app, kept):
    answer = visit(app, f"/dataset/{kept.entry['name']}/edition/latest/{kept.entry['name']}.csv")
    assert answer.status_code == 403
    assert "申请" in answer.body


def test_the_index_knows_no_row(kept):
    """The document of the entry, as Solr holds it."""
    address = f"{toolkit.config['solr_url']}/select"
    found = requests.get(
        address, params={"q": f'id:"{kept.entry["id"]}"', "fl": "*", "wt": "json"}, timeout=600
    ).json()
    assert found["response"]["numFound"] == 1
    document = json.dumps(found["response"]["docs"][0], ensure_ascii=False)
    assert not any(word in document for word in CANARIES)
    assert "/edition/" not in document


def test_no_table_of_the_database_holds_a_row(kept):
    """Outbox, journal, keys, extras, DataStore: a dump of everything but the vault shows no cell."""
    for url in (toolkit.config["sqlalchemy.url"], toolkit.config["ckan.datastore.write_url"]):
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            query = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
            for (name,) in connection.execute(sa.text(query)).all():
                text = connection.execute(sa.text(f'SELECT t::text FROM "{name}" t')).scalars()  # noqa: S608
                assert not any(word in row for row in text for word in CANARIES), name
        engine.dispose()


def change_class(office: Department, entry: str, **values: Any) -> None:
    """Take a change of the card to the public."""
    made = act(office.clerk, "govshare_change_create", id=entry, content=values)
    for who, name, more in (
        (office.clerk, "submit", {}),
        (office.head, "approve", {"review": REVIEW}),
        (office.bureau, "publish", {}),
    ):
        made = act(who, "govshare_change_move", id=made["id"], version=made["version"], move=name, **more)


def test_narrowing_shuts_the_doors_before_anything_else(app, office, monkeypatch):
    """Files and rows refuse from the commit on, even while every job stands still; then they are moved away."""
    entry = office.published()
    shown = released(office, entry, own_table())
    path = f"/dataset/{entry['name']}/edition/latest/{entry['name']}.csv"
    resource = releasing.resource_id(entry["id"], "csv")
    assert visit(app, path).status_code == 200
    public = {file.sha256: artifacts.place(file) for file in artifacts.of_edition(shown["id"])}

    change_class(office, entry["id"], **CONDITIONAL)
    assert model.Session.scalar(
        sa.select(OutboxRow.id).filter_by(kind="release", key=entry["id"], done_at=None)
    )
    for user in (None, person("operator", sysadmin=True)):
        assert visit(app, path, user).status_code == 403
        for address in (
            f"/datastore/dump/{resource}",
            f"/api/3/action/datastore_search?resource_id={resource}",
        ):
            answer = visit(app, address, user)
            assert answer.status_code in (403, 404)
            assert not holds_canary(answer.data)

    jobs.drain()
    assert not any(place.exists() for place in public.values())
    assert datastore_rows.edition_of(resource) is None
    assert act(None, "package_show", id=entry["id"])["resources"] == []
    for file in artifacts.of_edition(shown["id"]):
        assert file.vaulted
        with vault.open(shown["id"], file.format) as source:
            assert len(source.read()) == file.size


def test_what_another_entry_shares_stays_public(app, office):
    """Two entries with the very same table: narrowing one leaves the other's file on the shelf."""
    first, second = office.published(), office.published()
    released(office, first, TABLE)
    released(office, second, TABLE)
    change_class(office, first["id"], **CONDITIONAL)
    jobs.drain()
    assert visit(app, f"/dataset/{first['name']}/edition/1/{first['name']}.csv").status_code == 403
    kept = visit(app, f"/dataset/{second['name']}/edition/1/{second['name']}.csv")
    assert kept.status_code == 200


@pytest.mark.parametrize("dies_in", ["_load_rows", "_write_resources"])
def test_narrowing_that_is_broken_off_is_finished(app, office, monkeypatch, dies_in):
    """Nothing is public in between, and the next run moves everything."""
    entry = office.published()
    shown = released(office, entry, own_table())
    change_class(office, entry["id"], **CONDITIONAL)

    def dies(*_args: Any) -> None:
        raise SystemExit("killed")

    with monkeypatch.context() as patch:
        patch.setattr(releasing, dies_in, dies)
        with pytest.raises(SystemExit):
            jobs.drain()
    model.Session.remove()
    assert visit(app, f"/dataset/{entry['name']}/edition/1/{entry['name']}.csv").status_code == 403
    jobs.drain()
    made = {file.format: file for file in artifacts.of_edition(shown["id"])}
    assert all(file.vaulted for file in made.values())
    assert not any(artifacts.place(file).exists() for file in made.values())


def test_widening_goes_the_whole_way_again(app, office, entry, edition):
    """What was cleared for holders of a grant is not cleared for everybody."""
    wide = {
        "openness": "unconditional",
        "share_type": "unconditional",
        "openness_condition": "",
        "openness_basis": [],
    }
    change_class(office, entry["id"], **wide)
    assert visit(app, f"/dataset/{entry['name']}/edition/1/{entry['name']}.csv").status_code == 404
    jobs.drain()
    shown = act(office.clerk, "govshare_edition_show", id=edition["id"])
    assert shown["status"] == "void"
    assert shown["history"][-1]["move"] == "widened"
    assert vault.parts(edition["id"]) == ["raw", "read"]
    assert visit(app, f"/dataset/{entry['name']}/edition/latest/{entry['name']}.csv").status_code == 404
    assert act(None, "package_show", id=entry["id"])["resources"] == []
    again = deliver(office, entry, TABLE)
    with pytest.raises(toolkit.ValidationError) as caught:
        step(office.clerk, again, "release")
    assert {"release.not_checked", "release.no_secrecy_review"} <= set(caught.value.error_dict["codes"])
    step(office.clerk, again, "declare", note="均为公开统计数据，不含个人信息")
    step(office.head, again, "confirm")
    step(office.head, again, "review", review=REVIEW)
    step(office.clerk, again, "release")
    jobs.drain()
    assert visit(app, f"/dataset/{entry['name']}/edition/latest/{entry['name']}.csv").status_code == 200


@pytest.mark.parametrize(
    ("before", "after"), [({}, CONDITIONAL), (CONDITIONAL, {})], ids=["narrowed", "widened"]
)
def test_a_class_changed_while_files_are_made_counts(app, office, monkeypatch, before, after):
    """Built for one class, published under another: the files are made again where they belong."""
    entry = office.published(**before)
    waiting = cleared(office, entry, own_table())
    step(office.clerk, waiting, "release")
    true_build, seen = artifacts.build, []

    def build(*args: Any, vaulted: bool, **more: Any) -> Any:
        made = true_build(*args, vaulted=vaulted, **more)
        seen.append(vaulted)
        if len(seen) == 1:
            wide = {"openness": "unconditional", "share_type": "unconditional", "openness_condition": ""}
            change_class(office, entry["id"], **(after or {**wide, "openness_basis": []}))
        return made

    monkeypatch.setattr(artifacts, "build", build)
    jobs.drain()
    assert seen == [bool(before), not before]
    made = {file.format: file for file in artifacts.of_edition(waiting["id"])}
    assert {file.vaulted for file in made.values()} == {not before}
    assert all(artifacts.place(file).exists() is bool(before) for file in made.values())
    wanted = 200 if before else 403
    assert visit(app, f"/dataset/{entry['name']}/edition/latest/{entry['name']}.csv").status_code == wanted


def test_other_bytes_than_those_checked_are_not_built(office, entry):
    """Whoever can write the vault's folder and has its keys still changes nothing that was approved."""
    waiting = cleared(office, entry, TABLE)
    other = deliver(office, office.published(), TABLE + b"x,y,3\n")
    with files.borrowed_table(other["id"], 1, "read") as path:
        vault.keep_file(path, waiting["id"], "read")
    step(office.clerk, waiting, "release")
    jobs.drain()
    shown = act(office.clerk, "govshare_edition_show", id=waiting["id"])
    assert (shown["released_at"], shown["problem"]["code"]) == (None, "edition.build_failed")
    assert model.Session.query(Artifact).filter_by(edition_id=waiting["id"]).count() == 0


KEEP = timedelta(days=180)


def test_the_upload_is_deleted_when_its_time_has_come(office, entry, edition):
    """Not a second before; the released files stay, the fact is journalled, a second run does nothing."""
    row = model.Session.get(Edition, edition["id"])
    sha, due = row.raw_sha256, row.released_at + KEEP
    retention.delete_due(due - timedelta(seconds=1))
    assert {"raw", "read"} <= set(vault.parts(edition["id"]))
    retention.delete_due(due)
    assert not {"raw", "read"} & set(vault.parts(edition["id"]))
    assert "csv" in vault.parts(edition["id"])
    purposes = set(model.Session.scalars(sa.select(DataKey.purpose)))
    assert f"vault:{edition['id']}/raw" not in purposes
    shown = act(office.clerk, "govshare_edition_show", id=edition["id"], preview=True)
    assert shown["raw_deleted_at"] == runtime.in_shanghai(due).isoformat()
    assert (shown["status"], shown["tables"][0]["preview"]) == ("not_required", [])
    last = journal.history(model.Session, "edition", edition["id"])[-1]
    assert (last.move, last.actor, last.facts["raw_sha256"]) == ("raw_deleted", "system", sha)
    retention.delete_due(due + KEEP)
    assert journal.history(model.Session, "edition", edition["id"])[-1].id == last.id


def test_a_refused_edition_is_void_with_its_upload(office, entry):
    refused = deliver(office, entry, TABLE)
    step(office.clerk, refused, "declare", note="公开数据")
    step(office.head, refused, "reject", note="含有可识别个人的信息")
    waiting = deliver(office, entry, TABLE + b"x,y,3\n")
    later = model.Session.get(Edition, refused["id"]).updated_at + KEEP
    retention.delete_due(later)
    assert vault.parts(refused["id"]) == []
    assert act(office.clerk, "govshare_edition_show", id=refused["id"])["status"] == "void"
    assert {"raw", "read"} <= set(vault.parts(waiting["id"]))


def test_a_broken_off_deletion_is_taken_up_again(office, entry, edition, monkeypatch):
    due = model.Session.get(Edition, edition["id"]).released_at + KEEP

    def dies(*_args: Any, **_more: Any) -> None:
        raise SystemExit("killed")

    with monkeypatch.context() as patch:
        patch.setattr(retention.cases, "record", dies)
        with pytest.raises(SystemExit):
            retention.delete_due(due)
    model.Session.remove()
    assert model.Session.get(Edition, edition["id"]).raw_deleted_at is None
    retention.delete_due(due)
    assert model.Session.get(Edition, edition["id"]).raw_deleted_at == due


def test_the_page_of_the_edition_tells_of_the_deletion(app, office, entry, edition):
    retention.delete_due(model.Session.get(Edition, edition["id"]).released_at + KEEP)
    page = visit(app, f"/dataset/{entry['name']}/edition/1/", office.clerk).body
    assert "原始文件已删除" in page
    assert edition["raw_sha256"][:16] in page
