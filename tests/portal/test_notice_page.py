"""The page of one's notices, and the count at the head of every page."""

from __future__ import annotations

import pytest
from ckan.plugins import toolkit

from tests.portal.officers import Department, system

pytestmark = pytest.mark.usefixtures("with_plugins")


def test_the_page_lists_them_and_the_head_of_every_page_counts_them(app):
    """With a way to each case, and a button for each and for all; strangers log in first."""
    with app.flask_app.test_request_context():
        office = Department()
        entry = office.published()
        made = toolkit.get_action("api_token_create")(system(), {"user": office.clerk, "name": "t"})
    key = {"Authorization": made["token"]}
    page = app.get("/user/notices", headers=key)
    assert page.status_code == 200
    assert f"已发布：{entry['title']}" in page.body
    assert f"/workbench/publication/{entry['id']}" in page.body
    assert "1 条未读通知" in app.get("/", headers=key).body
    assert app.post("/user/notices", headers=key, follow_redirects=False).status_code == 302
    assert "未读通知" not in app.get("/", headers=key).body
    assert app.get("/user/notices", follow_redirects=False).status_code == 302
    assert "未读通知" not in app.get("/").body
