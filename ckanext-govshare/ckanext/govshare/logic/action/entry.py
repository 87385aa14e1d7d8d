"""CKAN's own actions that write an entry's card; patch and revise end in the update."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ckan import model
from ckan.plugins import toolkit
from sqlalchemy.exc import IntegrityError

from ckanext.govshare.logic.entry import writing

__all__ = ["package_create", "package_update"]

Context = dict[str, Any]
DataDict = dict[str, Any]
Original = Callable[[Context, DataDict], Any]


@toolkit.chained_action
def package_create(original: Original, context: Context, data_dict: DataDict) -> Any:
    """Make a draft of the card: private, without files, with what only the workflows write left to them."""
    toolkit.check_access("package_create", context, data_dict)
    return _without_race(original, context, writing.new_draft(context, data_dict))


@toolkit.chained_action
def package_update(original: Original, context: Context, data_dict: DataDict) -> Any:
    """Replace the card of a draft; what is published changes by a change request (变更申请) only."""
    package = model.Package.get(data_dict.get("id") or data_dict.get("name"))
    if package is None:
        return original(context, data_dict)
    context["package"] = package
    given = {**data_dict, "id": package.id}
    toolkit.check_access("package_update", context, given)
    return _without_race(original, context, writing.changed_draft(context, package, given))


def _without_race(original: Original, context: Context, data_dict: DataDict) -> Any:
    """Answer 409 instead of 500 when two clerks take the same title or code in the same instant."""
    try:
        return original(context, data_dict)
    except IntegrityError as error:
        model.Session.rollback()
        constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", "") or ""
        if not constraint.startswith("govshare_"):
            raise
        raise toolkit.ValidationError(
            {"title": [toolkit._("Somebody else has just taken this title or code; choose another one.")]}
        ) from error
