"""Who may write through CKAN's own doors: one table of chained actions; the workflows write tables, not doors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare.domain.decision import Reason, Refused
from ckanext.govshare.domain.writing import may_delete_entry
from ckanext.govshare.logic import roles
from ckanext.govshare.logic.errors import refuse, sentence
from ckanext.govshare.logic.messages import N_
from ckanext.govshare.model import Publication, journal

Context = dict[str, Any]


_EDITION = N_("upload the file as a data edition of the entry; it is checked and released.")
_PUBLISH = N_("publication and withdrawal are decided one by one in the workbench.")
_MEMBERS = N_("members and relations of entries are not used; departments own their entries.")
_GROUPS = N_("groups are not used; themes are a code list of the portal.")
_WORDS = N_("keywords belong to the entries that carry them; code lists are part of the portal.")
_OFFICES = N_("departments are closed, not erased: their entries and records stay.")

# Doors that would go round the workflows altogether: shut for everybody, with the way to take instead.
SHUT: dict[str, str] = {
    "resource_create": _EDITION,
    "resource_update": _EDITION,
    "resource_patch": _EDITION,
    "resource_delete": _EDITION,
    "package_resource_reorder": _EDITION,
    "resource_view_create": _EDITION,
    "resource_view_update": _EDITION,
    "resource_view_delete": _EDITION,
    "resource_view_reorder": _EDITION,
    "resource_view_clear": _EDITION,
    "file_create": _EDITION,
    "file_register": _EDITION,
    "file_delete": _EDITION,
    "file_rename": _EDITION,
    "file_pin": _EDITION,
    "file_unpin": _EDITION,
    "file_ownership_transfer": _EDITION,
    "datastore_create": _EDITION,
    "datastore_upsert": _EDITION,
    "datastore_delete": _EDITION,
    "datastore_records_delete": _EDITION,
    "datastore_run_triggers": _EDITION,
    "datastore_function_create": _EDITION,
    "datastore_function_delete": _EDITION,
    "bulk_update_public": _PUBLISH,
    "bulk_update_private": _PUBLISH,
    "bulk_update_delete": _PUBLISH,
    "package_owner_org_update": _PUBLISH,
    "dataset_purge": _PUBLISH,
    "package_relationship_create": _MEMBERS,
    "package_relationship_update": _MEMBERS,
    "package_relationship_delete": _MEMBERS,
    "package_collaborator_create": _MEMBERS,
    "package_collaborator_delete": _MEMBERS,
    "group_create": _GROUPS,
    "group_update": _GROUPS,
    "group_patch": _GROUPS,
    "group_delete": _GROUPS,
    "group_purge": _GROUPS,
    "group_member_create": _GROUPS,
    "group_member_delete": _GROUPS,
    "tag_create": _WORDS,
    "tag_delete": _WORDS,
    "vocabulary_create": _WORDS,
    "vocabulary_update": _WORDS,
    "vocabulary_delete": _WORDS,
    "organization_purge": _OFFICES,
}


# CKAN has this action only while SQL search is switched on; then it must be shut as well.
SHUT_SQL = {"datastore_search_sql": N_("query rows with datastore_search.")}


def chained_actions() -> dict[str, Callable[..., Any]]:
    """Return the guarded version of every action in :data:`SHUT`, and of deletion and memberships."""
    shut = {**SHUT, **(SHUT_SQL if toolkit.config.get("ckan.datastore.sqlsearch.enabled") else {})}
    guarded = {name: _shut(name, instead) for name, instead in shut.items()}
    return {**guarded, "package_delete": package_delete, "member_create": _member, "member_delete": _member}


def _shut(name: str, instead: str) -> Callable[..., Any]:
    @toolkit.chained_action
    def action(original: Callable[..., Any], context: Context, data_dict: dict[str, Any]) -> Any:
        if _from_core(name, context):
            return original(context, data_dict)
        raise _closed(name, instead)

    action.__name__ = name
    return action


def _from_core(name: str, context: Context) -> bool:
    # package_create and package_update call this one themselves to write the member row of the
    # organization that they have just checked; they do so without authorization and before commit.
    return name == "package_owner_org_update" and bool(
        context.get("ignore_auth") and context.get("defer_commit")
    )


def _closed(name: str, instead: str) -> toolkit.NotAuthorized:
    reason = Reason("writing.closed_door", {"action": name, "instead": toolkit._(instead)})
    return toolkit.NotAuthorized(sentence(reason))


@toolkit.chained_action
def package_delete(original: Callable[..., Any], context: Context, data_dict: dict[str, Any]) -> Any:
    """Delete a draft that was never public; everything else is withdrawn, not deleted."""
    package = model.Package.get(data_dict.get("id"))
    if package is not None and package.type == "dataset":
        publication = model.Session.get(Publication, package.id)
        if publication is not None:
            toolkit.check_access("package_delete", context, data_dict)
            ever = publication.first_published_at is not None
            decision = may_delete_entry(publication.state, ever_published=ever)
            if isinstance(decision, Refused):
                refuse(decision)
            _forget(publication, context)
    return original(context, data_dict)


def _forget(publication: Publication, context: Context) -> None:
    # The draft leaves the inbox and gives its title back; the journal keeps that it was there.
    journal.record(
        model.Session,
        actor=roles.user_id_of(context),
        case_kind="publication",
        case_id=publication.entry_id,
        organization_id=publication.organization_id,
        move="delete",
        from_state=publication.state,
        to_state="",
    )
    model.Session.delete(publication)


@toolkit.chained_action
def _member(original: Callable[..., Any], context: Context, data_dict: dict[str, Any]) -> Any:
    if data_dict.get("object_type") == "package":
        raise _closed("member_create", _MEMBERS)
    return original(context, data_dict)
