"""Headers of answers: what people uploaded runs no script here, and what a token was answered is kept nowhere.

Each is shown open on the unmodified CKAN first.
"""

from __future__ import annotations

import base64
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
from ckan import model
from ckan.lib import uploader
from ckan.plugins import toolkit
from ckanext.govshare import search

from tests.portal.officers import Department, person, system

pytestmark = pytest.mark.usefixtures("with_plugins")

PAGE = b"<script>document.title = 'ran'</script>"
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
TASK = "/api/3/action/package_search"


def harmless(headers: Any) -> bool:
    """Tell whether a browser that opens the answer runs nothing in it as the site's own."""
    policy = headers.get("Content-Security-Policy", "")
    return policy.startswith("sandbox;") and "allow-scripts" not in policy and "default-src 'none'" in policy


def kept_by_caches(headers: Any) -> bool:
    """Tell whether a cache between may give the answer to somebody who sends another token, or none."""
    return "no-store" not in headers["Cache-Control"] or "Authorization" not in headers.get("Vary", "")


def peer_call(peer: Any, action: str, files: Any = None, **data: Any) -> Any:
    """Call an action of the unmodified CKAN as its operator."""
    sent = {"data": data, "files": files} if files else {"json": data}
    url, key = f"{peer.url}/api/3/action/{action}", {"Authorization": peer.token}
    answer = requests.post(url, headers=key, timeout=600, **sent)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def test_plain_ckan_serves_what_was_uploaded_as_its_own(peer):
    """A page among the files of a dataset runs in the site's name; a picture is fenced by nothing either."""
    mark = uuid4().hex[:8]
    organization = peer_call(peer, "organization_create", name=f"dept-{mark}")
    pictured = peer_call(
        peer, "organization_patch", files={"image_upload": ("a.png", DOT, "image/png")}, id=organization["id"]
    )
    dataset = peer_call(peer, "package_create", name=f"set-{mark}", owner_org=organization["id"])
    file = {"upload": ("a.html", PAGE, "text/html")}
    resource = peer_call(peer, "resource_create", files=file, package_id=dataset["id"])
    page = requests.get(resource["url"], timeout=600)
    assert (page.status_code, page.headers["Content-Type"].partition(";")[0]) == (200, "text/html")
    assert "attachment" not in page.headers.get("Content-Disposition", "")
    assert not harmless(page.headers)
    assert not harmless(requests.get(pictured["image_display_url"], timeout=600).headers)


def uploaded_page(entry: str) -> str:
    """Write a page among an entry's files, round the doors that are shut; return its address."""
    resource = model.Resource(package_id=entry, url="a.html", format="HTML")
    resource.url_type, resource.mimetype, resource.position = "upload", "text/html", 0
    model.Session.add(resource)
    model.Session.commit()
    search.reindex([entry])
    place = Path(uploader.get_resource_uploader({"id": resource.id}).get_path(resource.id))
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(PAGE)
    return f"/dataset/{entry}/resource/{resource.id}/download/a.html"


def test_here_an_uploaded_page_is_a_file_to_save(app):
    """Even if one got among the files: sandboxed, and offered for saving."""
    with app.flask_app.test_request_context():
        address = uploaded_page(Department().published()["id"])
    answer = app.get(address)
    assert answer.status_code == 200
    assert harmless(answer.headers)
    assert answer.headers["Content-Disposition"].startswith("attachment")


def token_of(user: str) -> dict[str, str]:
    """The header that makes a request this user's."""
    made = toolkit.get_action("api_token_create")(system(), {"user": user, "name": "t"})
    return {"Authorization": made["token"]}


def test_here_a_department_s_picture_is_shown_and_fenced(app):
    """A picture may be shown in pages; opened by itself it can do nothing."""
    with app.flask_app.test_request_context():
        office = Department()
        key = token_of(office.head)
    sent = {"id": office.name, "image_upload": (BytesIO(DOT), "a.png")}
    made = app.post("/api/3/action/organization_patch", data=sent, headers=key)
    assert made.status_code == 200, made.body
    address = made.json["result"]["image_display_url"].replace("http://test.ckan.net", "")
    answer = app.get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert harmless(answer.headers)


def test_plain_ckan_lets_caches_keep_what_a_token_was_answered(peer):
    """Public, and the same for every token as far as a cache can tell."""
    answer = requests.get(peer.url + TASK, headers={"Authorization": peer.token}, timeout=600)
    assert answer.status_code == 200
    assert kept_by_caches(answer.headers)


def test_here_no_cache_keeps_it(app):
    """For any token; what everybody gets may be kept."""
    with app.flask_app.test_request_context():
        key = token_of(person("citizen"))
    assert not kept_by_caches(app.get(TASK, headers=key).headers)
    assert kept_by_caches(app.get(TASK).headers)
