"""Catalogs on the real parts: real files, the same file twice, a killed import, what is refused and why."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import search as ckan_search
from ckan.lib.search.common import make_connection
from ckan.plugins import toolkit
from ckanext.govshare.domain.catalog_mapping import parse_mapping
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.logic.catalog import files as catalog_files
from ckanext.govshare.logic.catalog import index as catalog_index
from ckanext.govshare.logic.catalog import run as catalog_run
from ckanext.govshare.logic.catalog import show as catalog_show
from ckanext.govshare.logic.catalog import start as catalog_start
from ckanext.govshare.model import CatalogImport, Change, JournalRow, OutboxRow, Publication

from tests.portal.officers import Department, act
from tests.portal.test_killed import killed

ROOT = Path(__file__).resolve().parents[2]
MAPPINGS = ROOT / "config/demo/mappings"

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")


@pytest.fixture
def department():
    """One department for most of these tests; entries have titles of their own."""
    return _department()


@cache
def _department():
    return Department()


def mapping(name):
    """Return one of the mappings that the project ships."""
    return parse_mapping(json.loads((MAPPINGS / f"{name}.json").read_text(encoding="utf-8")))


def table(folder, rows, header=("名称", "摘要", "关键词", "更新周期")):
    """Write a catalog of our own as CSV."""
    path = folder / f"{uuid4().hex}.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def begin(department, path, **options):
    """Plan a file for the department's clerk."""
    return catalog_start.start(
        department.id,
        model.User.get(department.clerk).id,
        path.name,
        lambda import_id: catalog_files.copy(path, import_id),
        **options,
    )


def take(department, path, *, all_or_nothing=False, **options):
    """Plan and import a file."""
    job = begin(department, path, **options)
    catalog_start.queue(job, all_or_nothing=all_or_nothing)
    return catalog_run.run(job.id)


def counts(job):
    """Return the outcomes that occur."""
    return {outcome: number for outcome, number in job.counts.items() if number}


def found(department, title):
    """Return how many entries the clerk finds by a title."""
    answer = act(department.clerk, "package_search", q=title, include_private=True)
    return sum(row["title"] == title for row in answer["results"])


def test_the_catalog_of_taoyuan_is_taken_completely(shared):
    """1,429 rows of a foreign layout become drafts that are found; the same file again changes nothing."""
    department = Department()
    path = shared / "catalogs/taoyuan-catalog.xls"
    job = take(department, path, mapping=mapping("taoyuan"), policy="rename")
    assert (job.state, counts(job)) == ("done", {"new": 1429})
    assert found(department, "桃園市登革熱確診個案分布") == 1
    corrections = {
        (told["code"], told["field"])
        for row in catalog_show.rows(job, limit=0)
        for told in row["corrections"]
    }
    assert ("catalog.left_out", "contact_phone") in corrections
    assert ("catalog.renamed", "title") in corrections
    again = take(department, path, mapping=mapping("taoyuan"), policy="rename")
    assert counts(again) == {"unchanged": 1429}
    publications = sa.select(sa.func.count()).where(Publication.organization_id == department.id)
    assert model.Session.scalar(publications) == 1429


def test_the_catalog_of_kaohsiung_has_no_header_and_is_taken_completely(shared):
    """1,495 rows without header; five titles stand twice and are numbered."""
    department = Department()
    path = shared / "catalogs/kaohsiung-catalog.csv"
    unread = begin(department, path)
    assert (unread.state, unread.sheet["columns"]) == ("mapping", ["第1列", "第2列", "第3列"])
    job = take(department, path, mapping=mapping("kaohsiung"), policy="rename")
    assert counts(job) == {"new": 1495}
    renamed = [row for row in catalog_show.rows(job, limit=0) if row["corrections"]]
    assert len(renamed) == 5
    assert found(department, "大寮捷運站計程車接駁服務（2）") == 1


def test_an_imported_draft_is_what_the_form_would_have_made(department, tmp_path):
    """Card, membership, keywords, publication, journal and search document are those of package_create."""
    word = uuid4().hex[:8]
    row = [f"{word} 公交站点", "摘要\n第二行", "水、公交", "每月"]
    job = take(department, table(tmp_path, [row]))
    imported = _shown(catalog_show.rows(job, limit=1)[0]["entry_id"])
    by_hand = _shown(
        act(
            department.clerk,
            "package_create",
            owner_org=department.id,
            title=f"{word} 公交站台",
            notes="摘要\n第二行",
            tag_string="水,公交",
            update_cycle="monthly",
        )["id"]
    )
    own = {"id", "name", "title", "metadata_created", "metadata_modified", "resource_code", "tags"}
    assert {k: v for k, v in imported.items() if k not in own} == {
        k: v for k, v in by_hand.items() if k not in own
    }
    assert [tag["name"] for tag in imported["tags"]] == [tag["name"] for tag in by_hand["tags"]]
    for one in (imported, by_hand):
        moves = sa.select(JournalRow.move, JournalRow.to_state).where(JournalRow.case_id == one["id"])
        assert model.Session.execute(moves).all() == [("create", "draft")]
        member = sa.select(model.Member.capacity, model.Member.group_id).where(
            model.Member.table_id == one["id"]
        )
        assert model.Session.execute(member).all() == [("organization", department.id)]


def test_the_search_documents_are_those_that_ckan_makes(department, tmp_path):
    """Indexing by the hundred and CKAN's own, one by one, give Solr the same fields."""
    word = uuid4().hex[:8]
    rows = [[f"{word}-{n} 条目", "摘要" * n, "水、交通" if n % 2 else "", "每日"] for n in range(4)]
    job = take(department, table(tmp_path, rows))
    ids = [row["entry_id"] for row in catalog_show.rows(job, limit=0)]
    bulk = _documents(ids)
    ckan_search.rebuild(package_ids=ids)
    ckan_search.commit()
    assert _documents(ids) == bulk


def test_a_killed_import_goes_on_where_it_was(department, tmp_path):
    """Kill -9 in the middle of the second chunk: the first is there, no half one; the next run does the rest, once."""
    word = uuid4().hex[:8]
    rows = [[f"{word} 第{n}号", "摘要", "", "每日"] for n in range(900)]
    job = begin(department, table(tmp_path, rows))
    catalog_start.queue(job, all_or_nothing=False)
    import_id = job.id
    killed(_IMPORT, import_id)
    assert _handled(import_id) == _written(department, word) == catalog_run.CHUNK
    done = catalog_run.run(import_id)
    assert (done.state, done.handled, counts(done)) == ("done", 900, {"new": 900})
    assert _written(department, word) == 900
    codes = sa.select(Publication.resource_code).where(Publication.title.startswith(word))
    assert len(set(model.Session.scalars(codes))) == 900


def test_what_was_not_indexed_is_due_in_the_outbox(department, tmp_path, monkeypatch):
    """When Solr is away the drafts are safe and the outbox still holds what is to be indexed."""

    def away(_ids):
        raise OSError

    monkeypatch.setattr(catalog_index, "index_drafts", away)
    word = uuid4().hex[:8]
    job = take(department, table(tmp_path, [[f"{word} 条目", "摘要", "", "每日"]]))
    assert counts(job) == {"new": 1}
    due = model.Session.scalar(sa.select(OutboxRow).filter_by(kind=catalog_run.INDEX, key=job.id))
    assert due.done_at is None
    assert due.payload["entries"] == [catalog_show.rows(job, limit=1)[0]["entry_id"]]


def test_drafts_are_updated_published_entries_get_a_change_request(department, tmp_path):
    """Whatever is published keeps its public copy; the change goes through the same review as any."""
    word = uuid4().hex[:8]
    public = department.published(title=f"{word} 已发布")
    draft = department.draft(title=f"{word} 草稿", notes="旧摘要")
    in_review = department.draft(title=f"{word} 审核中")
    department.move(department.clerk, in_review["id"], "submit")
    rows = [[entry["resource_code"], entry["title"], "新摘要"] for entry in (public, draft, in_review)]
    job = take(department, table(tmp_path, rows, header=("信息资源代码", "名称", "摘要")))
    assert counts(job) == {"changed": 1, "change_request": 1, "refused": 1}
    (refused,) = catalog_show.rows(job, outcome="refused")
    assert [told["code"] for told in refused["problems"]] == ["catalog.in_review"]
    assert _shown(draft["id"])["notes"] == "新摘要"
    assert _shown(public["id"])["notes"] != "新摘要"
    change = model.Session.scalar(sa.select(Change).filter_by(entry_id=public["id"]))
    assert (change.state, change.content["notes"]) == ("draft", "新摘要")
    again = take(department, table(tmp_path, rows[1:2], header=("信息资源代码", "名称", "摘要")))
    assert counts(again) == {"unchanged": 1}


def test_all_or_nothing_writes_nothing_when_one_row_is_bad(department, tmp_path):
    """One bad row: no entry at all, the rows say which; mended, all come in."""
    word = uuid4().hex[:8]
    rows = [[f"{word} 一", "摘要", "", "每日"], [f"{word} 二", "摘要", "", "看心情"]]
    job = take(department, table(tmp_path, rows), all_or_nothing=True)
    assert (job.state, job.error["code"]) == ("failed", "catalog.not_all")
    assert _written(department, word) == 0
    rows[1][3] = "每年"
    assert counts(take(department, table(tmp_path, rows), all_or_nothing=True)) == {"new": 2}


def test_a_hand_made_entry_of_the_same_name_waits_for_a_person(department, tmp_path):
    """Asked: doubtful, with what would change; update and rename do as they say."""
    title = f"{uuid4().hex[:8]} 同名"
    department.draft(title=title, notes="手工")
    path = table(tmp_path, [[title, "导入", "", "每日"]])
    job = take(department, path)
    (row,) = catalog_show.rows(job)
    assert (row["outcome"], [told["code"] for told in row["problems"]]) == (
        "doubtful",
        ["catalog.title_exists"],
    )
    assert ("notes", "手工", "导入") in [(c["field"], c["before"], c["after"]) for c in row["diff"]]
    assert counts(take(department, path, policy="rename")) == {"new": 1}
    assert counts(take(department, path, policy="update")) == {"changed": 1}


def test_the_mapping_is_kept_for_the_department(department, tmp_path):
    """The next file of the same columns is read as the last one was, without asking."""
    header = (f"甲{uuid4().hex[:6]}", "乙")
    first = begin(department, table(tmp_path, [["一", "二"]], header=header))
    assert first.state == "mapping"
    given = {"columns": {header[0]: "title", "乙": "notes"}, "constants": {"openness": "1"}, "header_row": 1}
    act(department.clerk, "govshare_catalog_preview", id=first.id, mapping=given)
    second = begin(department, table(tmp_path, [[f"{uuid4().hex[:8]} 三", "四"]], header=header))
    assert (second.state, second.mapping["constants"]) == ("planned", {"openness": "1"})
    kept = act(department.clerk, "govshare_catalog_mapping_list", organization=department.id)
    assert kept[0]["columns"] == list(header)
    act(
        department.clerk,
        "govshare_catalog_mapping_delete",
        organization=department.id,
        layout=kept[0]["layout"],
    )
    assert begin(department, table(tmp_path, [["五", "六"]], header=header)).state == "mapping"


def test_only_officers_of_the_department_import(department, tmp_path):
    """A stranger, another department's clerk: refused; the bureau and operators may."""
    job = begin(department, table(tmp_path, [[f"{uuid4().hex[:8]} 条目", "", "", ""]]))
    stranger = Department()
    for who in (None, stranger.clerk):
        for name, data in (
            ("govshare_catalog_import_show", {"id": job.id}),
            ("govshare_catalog_import", {"id": job.id}),
            ("govshare_catalog_preview", {"id": job.id}),
            ("govshare_catalog_preview", {"organization": department.id}),
            ("govshare_catalog_import_list", {"organization": department.id}),
            ("govshare_catalog_mapping_list", {"organization": department.id}),
        ):
            with pytest.raises(toolkit.NotAuthorized):
                act(who, name, **data)
    assert act(department.bureau, "govshare_catalog_import_show", id=job.id)["total"] == 1


def test_a_row_may_name_a_department_only_where_the_person_may_write(department, tmp_path):
    """提供方: one's own by name or title; another's is refused, an unknown one too."""
    other = Department()
    titles = [model.Group.get(one.id).title for one in (department, other)]
    word = uuid4().hex[:8]
    rows = [[f"{word} {n}", title] for n, title in enumerate([*titles, "没有的局"])]
    job = begin(department, table(tmp_path, rows, header=("名称", "信息资源提供方")))
    outcome = [(row["outcome"], [t["code"] for t in row["problems"]]) for row in catalog_show.rows(job)]
    assert outcome == [
        ("new", []),
        ("refused", ["catalog.department_other"]),
        ("refused", ["catalog.department_unknown"]),
    ]


def test_import_by_the_action_runs_in_the_background_once(department, tmp_path):
    """Queued with one event; a second request is refused; the job of the outbox does it."""
    job = begin(department, table(tmp_path, [[f"{uuid4().hex[:8]} 条目", "", "", ""]]))
    assert act(department.clerk, "govshare_catalog_import", id=job.id)["state"] == "queued"
    with pytest.raises(toolkit.ValidationError) as caught:
        act(department.clerk, "govshare_catalog_import", id=job.id)
    assert caught.value.error_dict["codes"] == ["catalog.wrong_state"]
    events = sa.select(sa.func.count()).where(OutboxRow.kind == "catalog_import", OutboxRow.key == job.id)
    assert model.Session.scalar(events) == 1


def test_a_file_that_cannot_be_read_leaves_nothing_behind(department, tmp_path):
    """No import, no row, no file."""
    before = model.Session.scalar(sa.select(sa.func.count()).select_from(CatalogImport))
    path = tmp_path / "catalog.xlsx"
    path.write_bytes(b"%PDF-1.7 nonsense")
    with pytest.raises(RuleError) as caught:
        begin(department, path)
    assert caught.value.code == "intake.wrong_type"
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(CatalogImport)) == before


def test_two_runners_of_one_import_write_each_row_once(department, tmp_path):
    """The worker and a restarted one: chunks are locked, nothing is written twice."""
    word = uuid4().hex[:8]
    rows = [[f"{word} 第{n}号", "摘要", "", "每日"] for n in range(450)]
    job = begin(department, table(tmp_path, rows))
    catalog_start.queue(job, all_or_nothing=False)
    workers = [
        subprocess.Popen([sys.executable, "-c", _WORKER, toolkit.config["__file__"], job.id])
        for _ in range(2)
    ]
    assert [worker.wait() for worker in workers] == [0, 0]
    model.Session.rollback()
    done = model.Session.get(CatalogImport, job.id, populate_existing=True)
    assert (done.state, done.handled, counts(done)) == ("done", 450, {"new": 450})
    assert _written(department, word) == 450


def test_an_upload_that_is_no_longer_kept_is_said_to_be_gone(department, tmp_path):
    """A plan outlives its file; reading it another way then needs the file again."""
    job = begin(department, table(tmp_path, [[f"{uuid4().hex[:8]} 条目", "", "", ""]]))
    catalog_files.drop(job)
    with pytest.raises(toolkit.ValidationError) as caught:
        act(department.clerk, "govshare_catalog_preview", id=job.id)
    assert caught.value.error_dict["codes"] == ["catalog.file_gone"]


# It dies when the rows of the second chunk are written, before they are counted and committed.
_IMPORT = """
with app.test_request_context():
    from ckanext.govshare.logic.catalog import run as catalog_run
    counts, chunks = catalog_run._counts, []

    def second(import_id):
        chunks.append(import_id)
        return counts(import_id) if len(chunks) < 2 else here()

    catalog_run._counts = second
    catalog_run.run(sys.argv[2])
"""
_WORKER = """
import sys
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
app = make_app(CKANConfigLoader(sys.argv[1]).get_config())._wsgi_app
with app.test_request_context():
    from ckanext.govshare.logic.catalog import run as catalog_run
    catalog_run.run(sys.argv[2])
"""


def _handled(import_id):
    model.Session.rollback()
    query = sa.select(CatalogImport.handled).where(CatalogImport.id == import_id)
    return model.Session.scalar(query)


def _written(department, word):
    query = sa.select(sa.func.count()).where(
        Publication.organization_id == department.id, Publication.title.startswith(word)
    )
    return model.Session.scalar(query)


def _shown(entry_id):
    context = {"ignore_auth": True, "use_cache": False}
    return toolkit.get_action("package_show")(context, {"id": entry_id})


def _documents(ids):
    """Return what Solr holds of the entries, but for what every indexing stamps anew."""
    ckan_search.commit()
    query = "id:({})".format(" OR ".join(ids))
    stamps = ("indexed_ts", "_version_")
    rows = make_connection().search(query, rows=len(ids), fl="*", sort="id asc").docs
    assert len(rows) == len(ids)
    return [_read({k: v for k, v in row.items() if k not in stamps}) for row in rows]


def _read(document):
    """Compare the dicts inside as dicts: neither their keys nor the extras have an order that matters."""
    read = {k: json.loads(v) if k.endswith("data_dict") else v for k, v in document.items()}
    read["data_dict"]["extras"].sort(key=lambda extra: extra["key"])
    return read
