"""The same portal with ckanext-scheming's form: guards, labels and the gate do not depend on whose form it is."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ckan import model, plugins
from ckan.lib.plugins import lookup_package_plugin
from ckan.plugins import toolkit
from ckanext.govshare import rulebook
from ckanext.govshare.exports.scheming import schema_of
from ckanext.govshare.model import Publication

from tests.portal.officers import REVIEW, Department, act, card

SHIPPED = "ckanext.govshare:scheming.yaml"
SCHEMING = "govshare_theme govshare datastore scheming_datasets"


def test_the_shipped_schema_is_the_field_table(root):
    """What ``ckan govshare entry scheming`` prints is what is shipped; change the table, print it again."""
    shipped = root / "ckanext-govshare/ckanext/govshare/scheming.yaml"
    assert yaml.safe_load(shipped.read_text(encoding="utf-8")) == schema_of(rulebook.entry_fields())


@pytest.fixture
def office(ckan_config, request):
    """A department of a site whose form is scheming's."""
    pytest.importorskip("ckanext.scheming", reason="ckanext-scheming is absent")
    ckan_config["ckan.plugins"] = SCHEMING
    ckan_config["ckanext.govshare.entry_form"] = "scheming"
    ckan_config["scheming.dataset_schemas"] = SHIPPED
    request.getfixturevalue("with_plugins_anew")
    request.getfixturevalue("with_request_context")
    return Department()


def faults() -> list[str]:
    from ckanext.govshare.readiness import rivals

    return [fault.sentence for fault in rivals.check(toolkit.config)]


def test_scheming_really_is_the_form(office):
    """The plugin of the registry, with its own fields; readiness has nothing against it."""
    assert lookup_package_plugin("dataset") is plugins.get_plugin("scheming_datasets")
    assert lookup_package_plugin("dataset").is_fallback() is False
    assert faults() == []


def test_a_draft_is_written_as_with_our_form(office):
    """Address, code and privacy are given; lists stay lists, keywords may have one character."""
    made = office.draft()
    assert (made["private"], made["state"]) == (True, "active")
    assert made["resource_code"]
    shown = act(office.clerk, "package_show", id=made["id"])
    assert [item["name"] for item in shown["data_items"]] == ["名称", "泊位数"]
    assert sorted(tag["name"] for tag in shown["tags"]) == ["停车", "水", "泊位"]
    assert shown["theme"] == "transport"
    publication = model.Session.get(Publication, made["id"])
    assert (publication.state, publication.title) == ("draft", made["title"])
    act(office.clerk, "package_patch", id=made["id"], notes="改过的摘要", data_items=[{"name": "车位"}])
    shown = act(office.clerk, "package_show", id=made["id"])
    assert (shown["notes"], [item["name"] for item in shown["data_items"]]) == ("改过的摘要", ["车位"])


REFUSED = (
    {"private": False},
    {"state": "deleted"},
    {"first_published": "2020-01-01"},
    {"data_updated": "2020-01-01"},
    {"resources": [{"url": "http://example.org/a"}]},
    {"extras": [{"key": "first_published", "value": "2020-01-01"}]},
)


@pytest.mark.parametrize("given", REFUSED, ids=lambda given: next(iter(given)))
def test_what_the_workflow_decides_is_refused(office, given):
    """At birth, by update, patch and revise."""
    with pytest.raises(toolkit.ValidationError):
        act(office.clerk, "package_create", **{**card(), "owner_org": office.name, **given})
    draft = office.draft()
    for attempt in (
        ("package_update", {**act(office.clerk, "package_show", id=draft["id"]), **given}),
        ("package_patch", {"id": draft["id"], **given}),
        ("package_revise", {"match": {"id": draft["id"]}, "update": given}),
    ):
        with pytest.raises(toolkit.ValidationError):
            act(office.clerk, attempt[0], **attempt[1])


@pytest.mark.parametrize(
    ("field", "value"),
    [("theme", "nonsense"), ("title", ""), ("data_items", [{"type": "C"}]), ("owner_org", "")],
)
def test_the_rules_of_the_card_hold(office, field, value):
    """Each refusal names its field."""
    with pytest.raises(toolkit.ValidationError) as refused:
        act(office.clerk, "package_create", **{**card(), "owner_org": office.name, field: value})
    assert field in refused.value.error_dict


def test_only_the_gate_publishes(office):
    """Hidden until three persons have let it through; then it is written by change requests only."""
    entry = office.draft()["id"]
    with pytest.raises(toolkit.NotAuthorized):
        act(None, "package_show", id=entry)
    office.move(office.clerk, entry, "submit")
    with pytest.raises(toolkit.ValidationError):
        act(office.clerk, "package_patch", id=entry, notes="审核中改动")
    office.move(office.head, entry, "approve", review=REVIEW)
    office.move(office.bureau, entry, "publish")
    shown = act(None, "package_show", id=entry)
    assert (shown["private"], shown["data_items"][0]["name"]) == (False, "名称")
    assert shown["first_published"]
    with pytest.raises(toolkit.ValidationError):
        act(office.clerk, "package_patch", id=entry, notes="发布后改动")
    found = act(None, "package_search", q=shown["title"])
    assert [row["id"] for row in found["results"]] == [entry]


def test_the_entry_is_read_in_the_browser(office, app):
    """The public page under scheming's template names."""
    shown = office.published()
    page = app.get(toolkit.url_for("dataset.read", id=shown["name"]))
    assert page.status_code == 200
    assert shown["title"] in page.body


def test_scheming_without_the_switch_is_a_rival(ckan_config, request):
    """CKAN itself refuses two forms of one type; none of the two may win by chance."""
    pytest.importorskip("ckanext.scheming", reason="ckanext-scheming is absent")
    ckan_config["ckan.plugins"] = SCHEMING
    ckan_config["scheming.dataset_schemas"] = SHIPPED
    with pytest.raises(ValueError, match="IDatasetForm"):
        request.getfixturevalue("with_plugins_anew")


def test_the_switch_without_scheming_is_a_fault(ckan_config, request):
    """Somebody else's form, or none, is named."""
    ckan_config["ckanext.govshare.entry_form"] = "scheming"
    request.getfixturevalue("with_plugins_anew")
    assert ["scheming_datasets" in sentence for sentence in faults()] == [True]


def test_a_schema_that_lacks_fields_is_a_fault(ckan_config, request, tmp_path):
    """Scheming would drop what they hold."""
    pytest.importorskip("ckanext.scheming", reason="ckanext-scheming is absent")
    schema = schema_of([field for field in rulebook.entry_fields() if field.name != "openness_basis"])
    own = Path(tmp_path) / "own.yaml"
    own.write_text(yaml.safe_dump(schema, allow_unicode=True), encoding="utf-8")
    ckan_config["ckan.plugins"] = SCHEMING
    ckan_config["ckanext.govshare.entry_form"] = "scheming"
    ckan_config["scheming.dataset_schemas"] = own.as_uri()
    request.getfixturevalue("with_plugins_anew")
    assert ["openness_basis" in sentence for sentence in faults()] == [True]
