"""Every door that writes, tried by everybody on a published entry and on a hidden one.

Nothing becomes public but through the gate, and nothing of what is published changes. A new action of
CKAN, of a plugin or of ours must be named here before this test passes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from ckan import logic, model
from ckan.plugins import toolkit
from ckanext.datastore.backend.postgres import get_read_engine
from ckanext.govshare import jobs
from ckanext.govshare.cli import govshare
from ckanext.govshare.logic.edition import cases, datastore_rows, releasing
from ckanext.govshare.model import Edition

from tests import persons
from tests.portal.officers import Department, act, card, person, system
from tests.portal.sessions import TOKEN, as_in_a_browser
from tests.portal.sites import Town, portal_town
from tests.portal.test_edition import deliver, step

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")

# Why each action that writes may exist.
DOORS: dict[str, str] = {
    "a workflow decides": """
        govshare_edition_create govshare_edition_move govshare_edition_reread
        govshare_publication_move govshare_publication_bulk_move govshare_change_create govshare_change_update
        govshare_change_move
        govshare_application_create govshare_application_move govshare_application_propose
        govshare_grant_create govshare_grant_revoke""",
    "an applicant's own papers, and a look into them that is recorded": """
        govshare_application_draft_update govshare_application_reveal
        govshare_application_attachment_create govshare_application_attachment_delete
        govshare_grant_report govshare_grant_renew""",
    "what is public stands elsewhere as well": "govshare_mirror_retry",
    "imports make drafts": """
        govshare_catalog_import govshare_catalog_preview govshare_catalog_mapping_delete""",
    "only drafts are written": "package_create package_update package_patch package_revise package_delete",
    "shut": """
        resource_create resource_update resource_patch resource_delete package_resource_reorder
        resource_view_create resource_view_update resource_view_delete resource_view_reorder resource_view_clear
        file_create file_register file_delete file_rename file_pin file_unpin file_ownership_transfer
        datastore_create datastore_upsert datastore_delete datastore_records_delete datastore_run_triggers
        datastore_function_create datastore_function_delete
        bulk_update_public bulk_update_private bulk_update_delete package_owner_org_update dataset_purge
        package_relationship_create package_relationship_update package_relationship_delete
        package_collaborator_create package_collaborator_delete
        group_create group_update group_patch group_delete group_purge group_member_create group_member_delete
        tag_create tag_delete vocabulary_create vocabulary_update vocabulary_delete organization_purge""",
    "there are no views to make": "package_create_default_resource_views resource_create_default_resource_views",
    "one's own notices": "govshare_notice_read",
    "one's own filters": "govshare_filter_create govshare_filter_delete",
    "offices, no entries": """
        organization_create organization_update organization_patch organization_delete
        organization_member_create organization_member_delete member_create member_delete user_invite
        govshare_office_update""",
    "dates only": "govshare_calendar_import",
    "who decides in a head's place; what is decided goes the same way": """
        govshare_delegation_create govshare_delegation_revoke""",
    "one's own account, or an operator's work": """
        user_create user_update user_patch user_delete api_token_create api_token_revoke
        follow_dataset follow_group follow_user unfollow_dataset unfollow_group unfollow_user
        config_option_update job_cancel job_clear task_status_update task_status_update_many task_status_delete
        term_translation_update term_translation_update_many""",
}
NAMED = {name for names in DOORS.values() for name in names.split()}
PEOPLE = ("clerk", "head", "operator")
# A draft may be deleted by its clerk; everything else is tried before.
LAST = ["package_delete"]


def writing() -> set[str]:
    """Every registered action that may write."""
    toolkit.get_action("status_show")
    actions = logic._actions.items()
    return {name for name, action in actions if not getattr(action, "side_effect_free", False)}


def test_every_action_that_writes_is_named():
    """No door without a reason, no reason without its door."""
    assert writing() == NAMED


@pytest.fixture
def town():
    """A published entry with a table, a hidden one, and their people."""
    return portal_town(None)


def attempts(town: Town, action: str, entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What a person of bad intent would send: one of everything, and what fits this action."""
    everything = {
        "id": entry["id"],
        "name": f"n-{uuid4().hex[:8]}",
        "title": "被改的标题",
        "package_id": entry["id"],
        "dataset_id": entry["id"],
        "resource_id": town.resource,
        "entry": entry["id"],
        "subject": entry["id"],
        "object": entry["id"],
        "object_type": "package",
        "type": "child_of",
        "datasets": [entry["id"]],
        "org_id": entry["owner_org"],
        "owner_org": entry["owner_org"],
        "organization_id": entry["owner_org"],
        "groups": [{"name": town.department}],
        "packages": [{"id": entry["id"]}],
        "user_id": town.names["citizen"],
        "username": town.names["citizen"],
        "capacity": "admin",
        "role": "admin",
        "private": False,
        "state": "active",
        "move": "publish",
        "version": 1,
        "items": [{"kind": "publication", "id": entry["id"], "version": 1}],
        "force": True,
        "records": [{"name": "丙"}],
        "method": "insert",
        "filters": {},
        "order": [],
    }
    yield everything
    if action.startswith(("resource", "file")):
        yield {**everything, "id": town.resource, "url": "http://example.org/other"}
    if action.startswith(("organization", "member", "govshare_office")):
        yield {**everything, "id": entry["owner_org"], "name": town.department, "state": "deleted"}
        yield {**everything, "id": entry["owner_org"], "object": town.names["citizen"], "object_type": "user"}
    if action == "tag_delete":
        yield {"id": entry["tags"][0]["name"]}
    if action == "package_create":
        new = {**card(), "owner_org": entry["owner_org"], "private": False}
        yield {**card(), "owner_org": entry["owner_org"]}
        yield new
        yield {**new, "type": "showcase"}
        yield {**new, "extras": [{"key": "permission_labels", "value": "public"}]}
    if action in ("package_update", "package_patch"):
        for change in CHANGES:
            yield {**(entry if action == "package_update" else {}), "id": entry["id"], **change}
    if action == "package_revise":
        for change in CHANGES:
            yield {"match": {"id": entry["id"]}, "update": change}


CHANGES: tuple[dict[str, Any], ...] = (
    {"private": False},
    {"private": False, "type": "showcase"},
    {"type": "showcase"},
    {"state": "draft"},
    {"state": "deleted"},
    {"title": "被改的标题"},
    {"openness": "unconditional", "private": False},
    {"publication_state": "published", "private": False},
    {"first_published": "2020-01-01", "data_updated": "2020-01-01"},
    {"resources": []},
    {"resources": [{"url": "http://example.org/other", "name": "别的"}]},
    {"tags": [{"name": "别的词"}]},
    {"extras": [{"key": "openness", "value": "unconditional"}]},
    {"extras": [{"key": "permission_labels", "value": "public"}]},
    {"owner_org": "shujuju"},
    {"owner_org": ""},
)


def test_no_door_publishes_and_none_changes_what_is_published(town):
    """By nobody, operators included, on either entry."""
    before = state_of(town)
    assert in_public() == set()
    broken, let_in = [], set()
    for action in sorted(NAMED - {"job_clear"} - set(LAST)) + LAST:
        for who in PEOPLE:
            for entry in (town.published, town.hidden):
                for given in attempts(town, action, entry):
                    if tried(town.names[who], action, given):
                        let_in.add((action, who))
                    model.Session.rollback()
                    model.Session.expire_all()
                    if state_of(town) != before or in_public():
                        broken.append((action, who, entry["name"], given))
                        before = state_of(town)
    assert broken == []
    # The attempts are no nonsense: what a person may do here did succeed.
    assert let_in >= {("package_patch", "clerk"), ("package_create", "clerk"), ("package_revise", "clerk")}


def tried(who: str, action: str, given: dict[str, Any]) -> bool:
    """Tell whether an attempt was let in; an error of any kind is none."""
    try:
        act(who, action, **given)
    except Exception:  # noqa: BLE001 - what matters is the state afterwards
        return False
    return True


OF_THE_PUBLIC = (
    "SELECT * FROM package WHERE id = :entry",
    "SELECT * FROM resource WHERE package_id = :entry ORDER BY id",
    (
        "SELECT t.name FROM package_tag p JOIN tag t ON t.id = p.tag_id"
        " WHERE p.package_id = :entry AND p.state = 'active' ORDER BY 1"
    ),
    "SELECT group_id, capacity, state FROM member WHERE table_id = :entry ORDER BY 1, 2, 3",
    "SELECT count(*) FROM package_relationship WHERE :entry IN (subject_package_id, object_package_id)",
    "SELECT count(*) FROM package_member WHERE package_id = :entry",
    "SELECT state, openness, title, resource_code FROM govshare_publication WHERE entry_id = :entry",
    'SELECT g.name, g.state FROM "group" g JOIN package p ON p.owner_org = g.id WHERE p.id = :entry',
)


def state_of(town: Town) -> list[Any]:
    """All that the public gets of the published entry, read from the tables themselves."""
    each = (f"(SELECT json_agg(t) FROM ({query}) t)" for query in OF_THE_PUBLIC)  # noqa: S608
    together = sa.text(f"SELECT {', '.join(each)}")
    row = model.Session.execute(together, {"entry": town.published["id"]}).one()
    table = sa.text(f'SELECT * FROM "{town.resource}" ORDER BY _id')  # noqa: S608
    with get_read_engine().connect() as datastore:
        found = datastore.execute(table)
        return [*row, list(found.keys()), found.all()]


def in_public() -> set[str]:
    """Packages of any type that are public without a publication that says so."""
    query = sa.text(
        "SELECT name FROM package p WHERE state = 'active' AND private IS NOT TRUE AND NOT EXISTS ("
        " SELECT 1 FROM govshare_publication WHERE entry_id = p.id AND state = 'published'"
        " AND openness IN ('unconditional', 'conditional'))"
    )
    return set(model.Session.scalars(query))


UNDONE = (
    ("hidden", "UPDATE package SET private = false WHERE id = :id"),
    ("hidden", "UPDATE package SET private = NULL WHERE id = :id"),
    ("hidden", "UPDATE govshare_publication SET state = 'published' WHERE entry_id = :id"),
    ("hidden", ("INSERT INTO package (id, name, type, state, private)"
     " VALUES (:id || 'x', :id || 'x', 'dataset', 'active', false)")),
    ("published", "DELETE FROM govshare_publication WHERE entry_id = :id"),
    ("published", "UPDATE govshare_publication SET openness = 'closed' WHERE entry_id = :id"),
    ("published", "UPDATE govshare_publication SET state = 'draft' WHERE entry_id = :id"),
)  # fmt: skip


def commit(statement: str, entry: str) -> None:
    """Write by hand what no door writes."""
    model.Session.execute(sa.text(statement), {"id": entry})
    model.Session.commit()


def test_the_database_refuses_what_the_gate_has_not_allowed(town):
    """The last wall: whoever writes the tables by hand cannot publish, nor leave a public card without reason."""
    for which, statement in UNDONE:
        with pytest.raises(sa.exc.IntegrityError):
            commit(statement, getattr(town, which)["id"])
        model.Session.rollback()
    with pytest.raises(toolkit.NotAuthorized):
        act(None, "package_show", id=town.hidden["id"])


def public_data(entry: str) -> list[Any]:
    """All that the public gets of an entry's data: editions, files, resources, rows."""
    model.Session.expire_all()
    read = model.Session.execute
    queries = (
        "SELECT number, released_at, asked_at FROM govshare_edition WHERE entry_id = :entry",
        "SELECT * FROM govshare_artifact WHERE edition_id IN (SELECT id FROM govshare_edition WHERE entry_id = :entry)",
        "SELECT * FROM resource WHERE package_id = :entry",
    )
    rows = [read(sa.text(query), {"entry": entry}).all() for query in queries]
    return [*rows, datastore_rows.edition_of(releasing.resource_id(entry, "csv"))]


Stage = tuple[Department, dict[str, Any], str, set[str]]  # office, edition, entry, what the gate says


def stages() -> Iterator[Stage]:
    """Editions with personal data on their way, and what the gate says about each: found, masked, checked, not reviewed."""
    found = Department()
    entry = found.published()
    raw = persons.table(300)
    edition = deliver(found, entry, raw)
    unchecked = {"release.not_desensitized", "release.not_checked", "release.no_secrecy_review"}
    yield found, edition, entry["id"], {"workflow.wrong_state", "release.blocking_finding", *unchecked}
    masked = Department()
    entry = masked.published()
    edition = deliver(masked, entry, raw)
    narrow = {**persons.PLAN, "quasi_identifiers": ["性别", "出生日期", "户籍地址"]}
    step(masked.clerk, edition, "plan", plan=narrow)
    step(masked.clerk, edition, "mask")
    yield masked, edition, entry["id"], {"workflow.wrong_state", "risk.k_too_small", *unchecked}
    yield only_unreviewed()


def only_unreviewed() -> Stage:
    """An edition with personal data that lacks nothing but the secrecy review."""
    checked = Department()
    entry = checked.published()
    edition = deliver(checked, entry, persons.table(300))
    for who, move, more in (
        (checked.clerk, "plan", {"plan": persons.PLAN}),
        (checked.clerk, "mask", {}),
        (checked.clerk, "submit", {}),
        (checked.head, "confirm", {}),
    ):
        step(who, edition, move, **more)
    return checked, edition, entry["id"], {"release.no_secrecy_review"}


def test_no_door_releases_data_that_the_gate_refuses(app, cli):
    """By API, form, command line, DataStore, resources, operator, or by hand in the tables; all reasons at once."""
    for office, edition, entry, reasons in stages():
        before = public_data(entry)
        with pytest.raises(toolkit.ValidationError) as caught:
            step(office.clerk, edition, "release")
        assert set(caught.value.error_dict["codes"]) == reasons
        for who in (office.clerk, office.head, office.bureau, person("operator", sysadmin=True)):
            through_every_door(app, cli, who, edition, entry)
            jobs.drain()
            assert public_data(entry) == before, who
        releasing.release(entry, {"edition": edition["id"]})
        with pytest.raises(sa.exc.IntegrityError):
            by_hand(edition["id"])
        model.Session.rollback()
        assert public_data(entry) == before


def through_every_door(app: Any, cli: Any, who: str, edition: dict[str, Any], entry: str) -> None:
    """Try what an officer in a hurry would, and what somebody of bad intent would."""
    name = model.Package.get(entry).name
    token = toolkit.get_action("api_token_create")(system(), {"user": who, "name": "t"})["token"]
    headers = {"Authorization": token}
    version = model.Session.get(Edition, edition["id"]).version
    move = {"move": "release", "version": version}
    app.post("/api/3/action/govshare_edition_move", json={"id": edition["id"], **move}, headers=headers)
    assert pressed(app, who, name, move) in REFUSED_BY_FORM
    cli.invoke(govshare, ["edition", "release", name, "1", "--user", who])
    resource = releasing.resource_id(entry, "csv")
    upload = {"package_id": entry, "url": "http://example.org/a.csv", "format": "CSV"}
    rows = {"resource_id": resource, "force": True, "records": [{"身份证号": "1"}]}
    new = {"resource": upload, "force": True, "records": [{"身份证号": "1"}]}
    for action, given in (
        ("resource_create", upload),
        ("package_patch", {"id": entry, "resources": [upload]}),
        ("datastore_create", rows),
        ("datastore_create", new),
        ("datastore_upsert", rows),
        ("govshare_edition_move", {"id": edition["id"], **move, "status": "done", "checked_by": who}),
    ):
        tried(who, action, given)
        model.Session.rollback()


# 409: the gate's reasons on the page. 403: not this person's to do. 404: they may not know of it.
REFUSED_BY_FORM = (403, 404, 409)


def pressed(app: Any, who: str, entry: str, move: dict[str, Any]) -> int:
    """Open the edition's page as a person does and press its button; return the answer's status."""

    def press(client: Any) -> int:
        token = TOKEN.search(client.get(f"/dataset/{entry}/edition/").text)
        assert token
        given = {**move, "_csrf_token": token[1]}
        return int(client.post(f"/dataset/{entry}/edition/1/move", data=given).status_code)

    return as_in_a_browser(app, who, press)


def test_the_form_is_a_door_that_only_the_gate_keeps_shut(app, monkeypatch):
    """What is refused is the release, not the session: with the guard switched off the same button asks for it."""
    office, edition, entry, _reasons = only_unreviewed()
    name = model.Package.get(entry).name
    move = {"move": "release", "version": model.Session.get(Edition, edition["id"]).version}
    assert pressed(app, office.clerk, name, move) == 409
    monkeypatch.setattr(cases, "gate", lambda _case: ())
    assert pressed(app, office.clerk, name, move) == 302
    model.Session.expire_all()
    assert model.Session.get(Edition, edition["id"]).asked_at is not None


def by_hand(edition: str) -> None:
    """Write the release into the table itself, without a check of these bytes."""
    model.Session.execute(
        sa.text(
            "UPDATE govshare_edition SET released_at = now(), checked_hash = 'x', status = 'done' WHERE id = :id"
        ),
        {"id": edition},
    )
    model.Session.flush()
