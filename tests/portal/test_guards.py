"""Each guard is what shuts its door: taken out of the table, the tests of the doors turn red."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from ckan import logic, model
from ckan.plugins import toolkit
from ckanext.govshare.domain.decision import Allowed
from ckanext.govshare.logic import guards
from ckanext.govshare.logic.entry import writing

from tests.portal.officers import act, person
from tests.portal.sites import portal_town
from tests.portal.test_holes_api import HOLES

pytestmark = pytest.mark.usefixtures("with_plugins")


@contextmanager
def without(name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The portal with one row of the table missing."""
    with monkeypatch.context() as patch:
        patch.delitem(guards.SHUT, name)
        logic.clear_actions_cache()
        yield
    logic.clear_actions_cache()


def is_shut(operator: str, name: str) -> bool:
    """Tell whether an operator's call ends at the guard, before CKAN has looked at it."""
    try:
        act(operator, name, id="nothing", resource_id="nothing")
    except toolkit.NotAuthorized as refusal:
        return toolkit._(guards.SHUT.get(name, "?")) in str(refusal)
    except Exception:  # noqa: BLE001 - CKAN has looked at it
        return False
    finally:
        model.Session.rollback()
    return False


@pytest.mark.usefixtures("with_request_context")
def test_each_row_of_the_table_shuts_one_door(monkeypatch):
    """With the row the call ends at the guard, without it CKAN answers."""
    operator = person("operator", sysadmin=True)
    for name in sorted(guards.SHUT):
        assert is_shut(operator, name), name
        with without(name, monkeypatch):
            assert not is_shut(operator, name), name


# Holes of the unmodified CKAN that one guard keeps shut all alone; behind the others stands a second wall.
KEPT_SHUT = {
    "datastore_upsert": "a clerk writes rows",
    "datastore_delete": "a clerk deletes rows",
    "package_relationship_create": "a clerk relates entries",
    "dataset_purge": "an operator erases what is published",
}


@pytest.mark.parametrize(("guard", "hole"), KEPT_SHUT.items())
def test_without_the_guard_the_hole_is_open(app, monkeypatch, guard, hole):
    """So the test that finds every hole closed can fail, and fails for want of this guard."""
    with app.flask_app.test_request_context():
        town = portal_town(app)
    assert not HOLES[hole](town)
    with without(guard, monkeypatch):
        assert HOLES[hole](town)


@pytest.mark.parametrize("action", ["package_patch", "package_revise"])
def test_without_the_rule_of_drafts_what_is_published_changes(app, monkeypatch, action):
    """The guard before every form is the one rule that keeps published cards as they are."""
    with app.flask_app.test_request_context():
        town = portal_town(app)
    hole = HOLES[f"a clerk changes what is published: {action}"]
    assert not hole(town)
    monkeypatch.setattr(writing, "may_update_entry", lambda *_: Allowed())
    assert hole(town)
