"""What CKAN's own doors may write: drafts, and nothing that a workflow decides."""

from __future__ import annotations

import pytest
from ckanext.govshare.domain.decision import Refused
from ckanext.govshare.domain.writing import (
    may_create_entry,
    may_delete_entry,
    may_edit_change,
    may_propose_change,
    may_update_entry,
    way_to_edit,
)

WORKFLOW = ("first_published", "data_updated")
BEFORE = {
    "title": "甲",
    "private": True,
    "state": "active",
    "owner_org": "o",
    "type": "dataset",
    "resources": [],
}


def codes(decision):
    """The (code, field) pairs of a refusal."""
    return [(r.code, r.field) for r in decision.reasons] if isinstance(decision, Refused) else []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"title": "甲"}, []),
        ({"private": True, "state": "active"}, []),
        ({"private": False}, [("writing.workflow_field", "private")]),
        ({"state": "draft"}, [("writing.workflow_field", "state")]),
        ({"first_published": "2020-01-01"}, [("writing.workflow_field", "first_published")]),
        ({"resources": [{"url": "http://x"}]}, [("writing.resources", "resources")]),
        ({"resources": []}, []),
    ],
)
def test_a_new_entry_is_a_private_draft_without_files(given, expected):
    """However it is asked for, an entry is born private."""
    assert codes(may_create_entry(given, WORKFLOW)) == expected


@pytest.mark.parametrize(
    ("state", "given", "expected"),
    [
        ("draft", {"title": "乙"}, []),
        ("draft", {"title": "乙", "private": True, "resources": []}, []),
        ("draft", {"private": False}, [("writing.workflow_field", "private")]),
        ("draft", {"state": "deleted"}, [("writing.workflow_field", "state")]),
        ("draft", {"owner_org": "p"}, [("writing.workflow_field", "owner_org")]),
        ("draft", {"data_updated": "2026-01-01"}, [("writing.workflow_field", "data_updated")]),
        ("draft", {"resources": [{"url": "http://x"}]}, [("writing.resources", "resources")]),
        ("department_review", {"title": "乙"}, [("writing.not_draft", "state")]),
        ("bureau_review", {"title": "乙"}, [("writing.not_draft", "state")]),
        ("published", {"title": "乙"}, [("writing.published", "state")]),
        ("published", {}, [("writing.published", "state")]),
        ("withdrawn", {"title": "乙"}, [("writing.not_draft", "state")]),
    ],
)
def test_only_drafts_are_edited_and_only_their_card(state, given, expected):
    """What is under review or public changes by the workflow alone."""
    assert codes(may_update_entry(state, BEFORE, given, WORKFLOW)) == expected


@pytest.mark.parametrize(
    ("state", "ever", "allowed"),
    [("draft", False, True), ("draft", True, False), ("published", True, False), ("withdrawn", True, False)],
)
def test_only_what_was_never_public_is_deleted(state, ever, allowed):
    """What the public has seen is withdrawn, not deleted."""
    assert bool(may_delete_entry(state, ever_published=ever)) is allowed


@pytest.mark.parametrize(
    ("state", "already_open", "expected"),
    [
        ("published", False, []),
        ("published", True, ["change.already_open"]),
        ("draft", False, ["change.not_published"]),
        ("withdrawn", True, ["change.not_published", "change.already_open"]),
    ],
)
def test_a_change_is_proposed_of_what_is_public_one_at_a_time(state, already_open, expected):
    """变更申请: drafts are edited, withdrawn entries reopened; nobody's open change is overwritten."""
    decision = may_propose_change(state, already_open=already_open)
    assert [code for code, _field in codes(decision)] == expected


@pytest.mark.parametrize(
    ("state", "allowed"),
    [("draft", True), ("department_review", False), ("bureau_review", False), ("published", False)],
)
def test_a_change_is_edited_while_it_is_a_draft(state, allowed):
    """What is under review stays as its reviewers read it."""
    assert bool(may_edit_change(state)) is allowed


@pytest.mark.parametrize(
    ("kind", "state", "roles", "already_open", "way"),
    [
        ("publication", "draft", {"clerk"}, False, "edit"),
        ("publication", "draft", {"head", "bureau"}, False, ""),
        ("publication", "published", {"clerk"}, False, "propose"),
        ("publication", "published", {"clerk"}, True, ""),
        ("publication", "bureau_review", {"clerk"}, False, ""),
        ("publication", "withdrawn", {"clerk"}, False, ""),
        ("change", "draft", {"clerk"}, True, "edit"),
        ("change", "department_review", {"clerk"}, True, ""),
        ("change", "published", {"clerk"}, False, ""),
    ],
)
def test_who_is_offered_to_edit(kind, state, roles, already_open, way):
    """Clerks: a draft as it is, a published entry by one change at a time."""
    assert way_to_edit(kind, state, roles, already_open=already_open) == way
