"""What other sites may take from us: lists, feed, catalog, site map; never a name of what is not public."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from ckan.plugins import toolkit
from ckanext.govshare import jobs
from ckanext.govshare.logic.mirror import addresses
from ckanext.govshare.views import guide

from tests.portal.officers import Department, system
from tests.portal.test_mirror_changes import CLOSED, CONDITIONAL, change

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")

SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
# Where → by which facts entries are known there.
EVERYWHERE = {
    "/feed/changes?limit=1000&after={after}": ("name", "title"),
    "/feed/snapshot": ("id", "name", "title"),
    "/sitemap.xml": ("name",),
    "/catalog.jsonld": ("id",),
    "/catalog.ttl": ("id",),
}


def locations(text: str) -> list[str]:
    return [row.findtext(f"{SPACE}loc") for row in ET.fromstring(text)]  # noqa: S314


def token_of(who: str) -> dict[str, str]:
    made = toolkit.get_action("api_token_create")(system(), {"user": who, "name": "test"})
    return {"Authorization": made["token"]}


def test_what_is_not_public_is_named_nowhere(app):
    """A draft, an entry registered as closed, one narrowed to closed, one withdrawn: in no list and no file."""
    office = Department()
    after = app.get("/feed/changes?limit=1").json["latest"]
    shown = office.published()
    hidden = [office.draft(), office.published(**CLOSED), office.published(), office.published()]
    change(office, hidden[2]["id"], **CLOSED)
    office.move(office.head, hidden[3]["id"], "withdraw", note="数据有误")
    jobs.drain()
    for path, facts in EVERYWHERE.items():
        text = app.get(path.format(after=after)).text
        for fact in facts:
            assert shown[fact] in text, (path, fact)
            assert [entry[fact] for entry in hidden if entry[fact] in text] == [], path


def test_a_list_says_the_same_to_everybody(app):
    """To the department's own clerk as well: what is cached for all holds nothing that is theirs."""
    office = Department()
    shown, draft = office.published(**CONDITIONAL), office.draft()
    jobs.drain()
    question = f"/embed/entries.json?organization={office.name}"
    answer = app.get(question)
    assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert app.get(question, headers=token_of(office.clerk)).json == answer.json
    [entry] = answer.json["entries"]
    assert (entry["title"], draft["title"] in answer.text) == (shown["title"], False)
    assert entry["apply"] == f"{entry['url']}/apply"
    assert answer.json["all"].endswith(f"/dataset/?organization={office.name}")


@pytest.mark.parametrize("rows", ["0", "-1", "9999", "x", "²", ""])
def test_a_list_is_never_long(app, rows):
    """Between one and twenty, whatever is asked for."""
    answer = app.get("/embed/entries.json", query_string={"rows": rows})
    assert (answer.status_code, len(answer.json["entries"]) <= 20) == (200, True)


@pytest.mark.parametrize("question", ["q=%22(", "q=*:*", "theme=%22+OR+%22x", "organization=a%00b", "sort=x"])
def test_a_senseless_question_breaks_nothing(app, question):
    """It is answered or refused; it never reaches further than the list."""
    assert app.get(f"/embed/entries.json?{question}").status_code in (200, 400, 503)


def test_the_feed_is_asked_by_scripts_of_other_sites(app):
    """With the tag that they keep: the browser asks first whether it may send it."""
    asked = app.options("/feed/changes", headers={"Access-Control-Request-Headers": "if-none-match"})
    assert (asked.status_code, asked.headers["Access-Control-Allow-Headers"]) == (200, "If-None-Match")
    first = app.get("/feed/snapshot")
    again = app.get("/feed/snapshot", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, again.headers["Access-Control-Allow-Origin"]) == (304, b"", "*")
    Department().published()
    assert app.get("/feed/snapshot", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    ("origins", "ancestors"),
    [("", "'none'"), ("https://www.yunxi.example", "https://www.yunxi.example"), ("*", "'none'")],
)
def test_the_box_is_framed_by_whom_the_configuration_names(app, monkeypatch, origins, ancestors):
    """By nobody else, and no other page by anybody."""
    monkeypatch.setitem(toolkit.config, "ckanext.govshare.embed_origins", origins)
    answer = app.get("/embed/box")
    assert answer.headers["Content-Security-Policy"].endswith(f"frame-ancestors {ancestors}")
    assert "Set-Cookie" not in answer.headers
    assert "https://www.yunxi.example" not in app.get("/embed").headers.get("Content-Security-Policy", "")


def test_a_site_map_of_more_than_one_file(app, monkeypatch):
    """50,000 addresses a file; the index names the files, together they hold every address once."""
    office = Department()
    made = [office.published() for _ in range(2)]
    one = locations(app.get("/sitemap.xml").text)
    assert {f"/dataset/{entry['name']}" for entry in made} <= {
        url.partition("test.ckan.net")[2] for url in one
    }
    monkeypatch.setattr(guide, "SITEMAP_LIMIT", 4)
    files = locations(app.get("/sitemap.xml").text)
    parts = [locations(app.get(f"/sitemap-{n}.xml").text) for n in range(1, len(files) + 1)]
    assert max(len(part) for part in parts) == 4
    assert [url for part in parts for url in part] == one == [row.url for row in addresses.public()]
    assert [app.get(f"/sitemap-{n}.xml").status_code for n in (0, len(files) + 1)] == [404, 404]
