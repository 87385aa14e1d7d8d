"""The open catalog as files: only what is public, our own layout, and back again through the import."""

from __future__ import annotations

import csv
import json
from functools import cache
from uuid import uuid4
from xml.etree import ElementTree as ET

import openpyxl
import pytest
import rdflib
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare import rulebook
from ckanext.govshare.domain.entry import LIST_KINDS
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.logic.catalog import files as catalog_files
from ckanext.govshare.logic.catalog import publish as catalog_publish
from ckanext.govshare.logic.catalog import run as catalog_run
from ckanext.govshare.logic.catalog import show as catalog_show
from ckanext.govshare.logic.catalog import start as catalog_start
from ckanext.govshare.logic.catalog import template as catalog_template
from ckanext.govshare.logic.entry.card import card_of
from ckanext.govshare.views import catalog_file
from flask import current_app
from werkzeug.exceptions import NotFound

from tests.portal.officers import Department

LAW = [{"title": "中华人民共和国数据安全法", "article": "第二十一条", "level": "law"}]
CONDITIONAL = {
    "openness": "conditional",
    "openness_condition": "用于研究，\n不得转让",
    "openness_basis": LAW,
    "region": "110105",
    "industry": "0111",
    "tag_string": "水,一个 词",
    "contact_phone": "+86-454-8888888",
}
CLOSED = {"openness": "closed", "openness_reason": "涉及公共安全", "openness_basis": LAW}
BACK = ("xlsx", "csv", "json")
READERS = {"ttl": "turtle", "jsonld": "json-ld"}

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")


@cache
def city():
    """One department with an entry of every class and state that matters."""
    department = Department()
    word = uuid4().hex[:8]
    made = {
        "open": department.published(title=f"{word} 无条件"),
        "conditional": department.published(title=f"{word} 有条件", **CONDITIONAL),
        "closed": department.published(title=f"{word} 不予开放", **CLOSED),
        "draft": department.draft(title=f"{word} 草稿"),
        "withdrawn": department.published(title=f"{word} 已撤回"),
    }
    department.move(department.head, made["withdrawn"]["id"], "withdraw", note="有误")
    return department, made


def written(ending, folder):
    """Write the catalog as it is now."""
    path = folder / f"catalog.{ending}"
    catalog_publish.write(ending, path)
    return path


@pytest.mark.parametrize("ending", catalog_publish.FORMATS)
def test_only_what_everyone_may_see_is_in_the_file(ending, tmp_path):
    """Unconditional and conditional; never a draft, a closed or a withdrawn entry."""
    _department, made = city()
    path = written(ending, tmp_path)
    text = _all_text(ending, path)
    for name, entry in made.items():
        assert (entry["title"] in text) is (name in ("open", "conditional")), (ending, name)


@pytest.mark.parametrize("ending", BACK)
def test_our_own_export_changes_nothing_when_imported(ending, tmp_path):
    """Every entry is known again by its code, and no field differs."""
    department, made = city()
    path = written(ending, tmp_path)
    job = _import(department, path, model.User.get(department.bureau).id)
    rows = {row["title"]: row for row in catalog_show.rows(job, limit=0)}
    for name in ("open", "conditional"):
        row = rows[made[name]["title"]]
        assert (row["outcome"], row["problems"], row["diff"]) == ("unchanged", [], [])


@pytest.mark.parametrize("ending", BACK)
def test_our_own_export_reproduces_the_entries_elsewhere(ending, tmp_path):
    """In another department, without the codes, the cards that come out are the cards that went in."""
    _department, made = city()
    other = Department()
    path = _without(written(ending, tmp_path), ending, {"resource_code", "owner_org"}, made)
    job = _import(other, path, model.User.get(other.clerk).id)
    rows = {row["title"]: row for row in catalog_show.rows(job, limit=0)}
    for name in ("open", "conditional"):
        assert _card(rows[made[name]["title"]]["entry_id"]) == _card(made[name]["id"])


def test_the_numbers_of_the_1272_layout_stand_in_the_file(tmp_path):
    """Openness and share type are 1, 2, 3; the header is that of the guide; the CSV opens in a spreadsheet."""
    _department, made = city()
    with written("csv", tmp_path).open(encoding="utf-8-sig", newline="") as stream:
        rows = {row["信息资源名称"]: row for row in csv.DictReader(stream)}
    row = rows[made["conditional"]["title"]]
    assert (row["开放类型"], row["共享类型"], row["更新周期"]) == ("2", "1", "每月")
    assert row["行政区划"] == "110105 朝阳区"
    assert row["开放依据"] == "中华人民共和国数据安全法｜第二十一条｜法律"
    assert row["联系电话"] == "'+86-454-8888888"
    assert (tmp_path / "catalog.csv").read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("ending", READERS)
def test_the_linked_data_name_what_a_harvester_needs(ending, tmp_path):
    """One dcat:Dataset for each entry with title, publisher, access right and frequency."""
    _department, made = city()
    graph = rdflib.Graph().parse(written(ending, tmp_path), format=READERS[ending])
    dcat, dct = rdflib.Namespace("http://www.w3.org/ns/dcat#"), rdflib.namespace.DCTERMS
    titles = {str(title): node for node, title in graph.subject_objects(dct.title)}
    node = titles[made["conditional"]["title"]]
    assert (node, rdflib.RDF.type, dcat.Dataset) in graph
    assert str(graph.value(node, dct.accessRights)).endswith("RESTRICTED")
    assert str(graph.value(node, dct.accrualPeriodicity)).endswith("MONTHLY")
    assert graph.value(node, dct.publisher) is not None


def test_the_file_is_built_once_and_anew_after_a_withdrawal():
    """The tag changes with the published entries, and what was withdrawn is gone at once."""
    department = Department()
    entry = department.published(title=f"{uuid4().hex[:8]} 将撤回")
    first = _asked("json")
    assert entry["title"] in first.get_data(as_text=True)
    tag = first.headers["ETag"]
    assert _asked("json", tag).status_code == 304
    department.move(department.head, entry["id"], "withdraw", note="有误")
    after = _asked("json", tag)
    assert after.status_code == 200
    assert entry["title"] not in after.get_data(as_text=True)
    with pytest.raises(NotFound):
        _asked("exe")


def test_the_empty_form_offers_lists_and_its_example_is_not_imported(tmp_path):
    """Headers of the layout, lists to choose from, notes; as it is it holds no entry, filled in it does."""
    department = Department()
    path = tmp_path / "template.xlsx"
    catalog_template.write(path, department.name)
    with pytest.raises(RuleError) as caught:
        _import(department, path, model.User.get(department.clerk).id)
    assert caught.value.code == "catalog.no_rows"
    book = openpyxl.load_workbook(path)
    sheet = book["目录"]
    headers = [cell.value for cell in sheet[1]]
    written_by_clerks = [f.header_1272 for f in rulebook.entry_fields() if f.written_by == "clerk"]
    assert headers == written_by_clerks
    lists = {
        str(rule.sqref).rstrip("0123456789").split(":")[0] for rule in sheet.data_validations.dataValidation
    }
    assert len(lists) == 7
    for place, cell in enumerate(sheet[2], 1):
        sheet.cell(3, place, cell.value)
    sheet.cell(3, 1, f"{uuid4().hex[:8]} 站点")
    book.save(path)
    job = _import(department, path, model.User.get(department.clerk).id)
    assert {outcome: n for outcome, n in job.counts.items() if n} == {"new": 1}
    shown = catalog_show.rows(job)[0]
    assert _card(shown["entry_id"])["openness"] == "unconditional"


def _asked(ending, tag=""):
    headers = {"If-None-Match": tag} if tag else {}
    with current_app.test_request_context(f"/catalog.{ending}", headers=headers):
        answer = catalog_file.catalog(ending)
        answer.direct_passthrough = False
        return answer


def _import(department, path, person):
    job = catalog_start.start(
        department.id, person, path.name, lambda import_id: catalog_files.copy(path, import_id)
    )
    catalog_start.queue(job, all_or_nothing=False)
    return catalog_run.run(job.id)


def _card(entry_id):
    shown = toolkit.get_action("package_show")({"ignore_auth": True}, {"id": entry_id})
    own = ("resource_code", "owner_org", "first_published", "data_updated")
    card = {name: value for name, value in card_of(shown).items() if name not in own}
    for field in rulebook.entry_fields():
        if field.kind in LIST_KINDS and field.name in card:
            card[field.name] = [{k: v for k, v in row.items() if v} for row in card[field.name]]
    return card


def _without(path, ending, names, made):
    """Drop columns, and entries of other tests, from an export."""
    headers = {field.header_1272 for field in rulebook.entry_fields() if field.name in names}
    titles = {entry["title"] for entry in made.values()}
    if ending == "json":
        rows = json.loads(path.read_text(encoding="utf-8"))["entries"]
        kept = [{k: v for k, v in row.items() if k not in names} for row in rows if row["title"] in titles]
        path.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        return path
    table = _table(ending, path)
    places = [place for place, name in enumerate(table[0]) if name not in headers]
    place = table[0].index("信息资源名称")
    rows = [table[0], *(row for row in table[1:] if row[place] in titles)]
    target = path.with_suffix(".csv")
    with target.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([row[place] for place in places] for row in rows)
    return target


def _table(ending, path):
    if ending == "csv":
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.reader(stream))
    sheet = openpyxl.load_workbook(path, read_only=True)["目录"]
    return [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]


def _all_text(ending, path):
    if ending == "xlsx":
        return "\n".join("\t".join(row) for row in _table(ending, path))
    if ending == "xml":
        return "\n".join(ET.parse(path).getroot().itertext())  # noqa: S314 - our own file
    if ending in READERS:
        graph = rdflib.Graph().parse(path, format=READERS[ending])
        return "\n".join(str(value) for value in graph.objects())
    return path.read_text(encoding="utf-8-sig")
