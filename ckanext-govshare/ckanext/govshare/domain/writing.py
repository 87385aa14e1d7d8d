"""What may be written through CKAN's own doors: the card of a draft, and nothing that a workflow decides.

Everybody meets the same rule, operators included; the workflows write by another way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ckanext.govshare.domain.decision import Decision, Reason, decide
from ckanext.govshare.domain.publication import EDITABLE, PUBLISHED

# What the doors may neither set nor change, with the value that a new entry is born with.
BORN_WITH: Mapping[str, object] = {"private": True, "state": "active"}


def may_create_entry(given: Mapping[str, object], workflow_fields: Iterable[str]) -> Decision:
    """Decide whether ``given`` may become a new draft: private, active, without files."""
    found = [
        Reason("writing.workflow_field", {"field": name}, name)
        for name, value in BORN_WITH.items()
        if given.get(name) not in (None, "", value)
    ]
    found += [
        Reason("writing.workflow_field", {"field": name}, name) for name in workflow_fields if given.get(name)
    ]
    if given.get("resources"):
        found.append(Reason("writing.resources", field="resources"))
    return decide(found)


def may_update_entry(
    publication_state: str,
    before: Mapping[str, object],
    given: Mapping[str, object],
    workflow_fields: Iterable[str],
) -> Decision:
    """Decide whether ``given`` may replace the card ``before``; both map field names to values."""
    if publication_state not in EDITABLE:
        code = "writing.published" if publication_state == PUBLISHED else "writing.not_draft"
        return decide([Reason(code, {"state": publication_state}, "state")])
    fixed = (*BORN_WITH, *workflow_fields, "owner_org", "type")
    found = [
        Reason("writing.workflow_field", {"field": name}, name)
        for name in fixed
        if name in given and not _same(given[name], before.get(name))
    ]
    if "resources" in given and not _same(given["resources"], before.get("resources")):
        found.append(Reason("writing.resources", field="resources"))
    return decide(found)


def may_propose_change(publication_state: str, *, already_open: bool) -> Decision:
    """Decide whether a change (变更申请) may be proposed: of a published entry, one at a time."""
    found = []
    if publication_state != PUBLISHED:
        found.append(Reason("change.not_published", {"state": publication_state}))
    if already_open:
        found.append(Reason("change.already_open"))
    return decide(found)


def may_edit_change(change_state: str) -> Decision:
    """Decide whether a change may still be edited: while it is a draft."""
    if change_state in EDITABLE:
        return decide([])
    return decide([Reason("writing.not_draft", {"state": change_state})])


def way_to_edit(kind: str, state: str, roles: Iterable[str], *, already_open: bool) -> str:
    """Name the way by which this person may edit a case: ``edit``, ``propose`` (变更申请), or none (empty).

    ``kind`` is ``publication`` or ``change``; ``already_open`` tells of another change of the entry.
    """
    if "clerk" not in roles:
        return ""
    if state in EDITABLE:
        return "edit"
    if kind == "publication" and may_propose_change(state, already_open=already_open):
        return "propose"
    return ""


def may_delete_entry(publication_state: str, *, ever_published: bool) -> Decision:
    """Decide whether an entry may be deleted: only a draft that was never public leaves no trace."""
    if publication_state in EDITABLE and not ever_published:
        return decide([])
    return decide([Reason("writing.delete", {"state": publication_state})])


def _same(given: object, before: object) -> bool:
    return given == before or (given in (None, "", []) and before in (None, "", []))
