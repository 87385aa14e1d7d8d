"""What CKAN's own actions may write of an entry: guarded, completed and checked before any form sees it.

The same for everybody and under whichever ``IDatasetForm`` the site uses.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib.plugins import lookup_package_plugin, plugin_validate
from ckan.plugins import toolkit

from ckanext.govshare import rulebook
from ckanext.govshare.domain.decision import Decision, Reason, Refused
from ckanext.govshare.domain.entry import check_entry
from ckanext.govshare.domain.publication import DRAFT
from ckanext.govshare.domain.writing import may_create_entry, may_update_entry
from ckanext.govshare.logic.entry import card
from ckanext.govshare.logic.entry.codes import allocate_codes
from ckanext.govshare.logic.entry.slug import unique_slugs
from ckanext.govshare.logic.errors import field_errors
from ckanext.govshare.logic.publication import publishing
from ckanext.govshare.model import Publication

Context = dict[str, Any]
DataDict = dict[str, Any]


def new_draft(context: Context, given: DataDict) -> DataDict:
    """Return what may become a new draft, with code, address and the values that it is born with."""
    data = card.lifted(given)
    _obey(may_create_entry(data, card.workflow_fields()))
    # Codes and addresses are taken before the checks, whose failure rolls them back.
    _complete_new(data)
    found = _check(data) + _taken(data, None)
    _refuse_wrong(found, context, data, "package_create")
    return data


def changed_draft(context: Context, package: Any, given: DataDict) -> DataDict:
    """Return what may replace a draft's card; what only the workflows write stays whether sent or not."""
    data = card.lifted(given)
    row = model.Session.get(Publication, package.id, with_for_update=True, populate_existing=True)
    before = _stored(context, package)
    _obey(may_update_entry(row.state if row else DRAFT, before, data, card.workflow_fields()))
    for name in (*card.workflow_fields(), "resource_code"):
        if before.get(name) and not data.get(name):
            data[name] = before[name]
    # An update may leave out what it does not change; what it sends must be right.
    found = [r for r in _check(data) if r.code != "entry.missing" or r.field in data]
    _refuse_wrong(found + _taken(data, package.id), context, data, "package_update")
    return data


def _stored(context: Context, package: Any) -> DataDict:
    shown = context.get("original_package")
    if not shown or shown.get("id") != package.id:
        shown = toolkit.get_action("package_show")(
            {"ignore_auth": True, "user": context.get("user"), "use_cache": False}, {"id": package.id}
        )
    return {**shown, **{field.name: package.extras.get(field.name) for field in card.extra_fields()}}


def _complete_new(data: DataDict) -> None:
    data["private"] = True
    data["state"] = "active"
    title = str(data.get("title") or "")
    if not data.get("name") and title:
        data["name"] = unique_slugs([title])[0]
    organization = model.Group.get(data.get("owner_org"))
    if not data.get("resource_code") and organization is not None and title:
        data["resource_code"] = allocate_codes(organization.id, 1)[0]


def _check(data: DataDict) -> list[Reason]:
    return check_entry(card.card_of(data), rulebook.entry_fields(), rulebook.VOCABULARIES, complete=False)


def _taken(data: DataDict, entry_id: str | None) -> list[Reason]:
    found = []
    organization = model.Group.get(data.get("owner_org"))
    if organization is not None and data.get("title"):
        found += publishing.title_objections(entry_id, organization.id, data)
    if code := str(data.get("resource_code") or ""):
        query = sa.select(Publication.entry_id).where(Publication.resource_code == code)
        if model.Session.scalar(query) not in (None, entry_id):
            found.append(Reason("entry.code_taken", {"code": code}, "resource_code"))
    return found


def _obey(decision: Decision) -> None:
    if isinstance(decision, Refused):
        _raise(field_errors(decision.reasons))


def _refuse_wrong(found: Iterable[Reason], context: Context, data: DataDict, action: str) -> None:
    """Raise when the rules object, with what the site's form would object as well, so that all is mended at once."""
    if not (wrong := field_errors(found)):
        return
    form = lookup_package_plugin(data.get("type") or "dataset")
    creating = action == "package_create"
    schema = form.create_package_schema() if creating else form.update_package_schema()
    checked = plugin_validate(form, context, {"type": "dataset", **data}, schema, action)
    _raise({**checked[1], **wrong})


def _raise(errors: DataDict) -> None:
    model.Session.rollback()
    raise toolkit.ValidationError(errors)
