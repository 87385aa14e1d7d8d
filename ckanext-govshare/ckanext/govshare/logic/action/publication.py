"""Publication (发布): show a case with the moves open to me, list the inbox, take one move, take many."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare import runtime
from ckanext.govshare.logic import roles
from ckanext.govshare.logic.publication import cases, inbox, showing
from ckanext.govshare.model import Version

__all__ = [
    "govshare_change_create",
    "govshare_change_move",
    "govshare_change_show",
    "govshare_change_update",
    "govshare_publication_bulk_move",
    "govshare_publication_list",
    "govshare_publication_move",
    "govshare_publication_show",
    "govshare_version_list",
]

Context = dict[str, Any]
DataDict = dict[str, Any]
PAGE = 50


@toolkit.side_effect_free
def govshare_publication_show(context: Context, data_dict: DataDict) -> DataDict:
    """Show an entry's publication: state, version, the moves open to me and for each other one why not.

    :param id: id or name of the entry
    """
    case = cases.load_publication(context, data_dict)
    toolkit.check_access("govshare_publication_show", context, data_dict)
    return showing.show(context, case)


def govshare_publication_move(context: Context, data_dict: DataDict) -> DataDict:
    """Take one move of an entry's publication.

    :param id: id or name of the entry
    :param move: submit, recall, approve, return, publish, withdraw or reopen
    :param version: the version that the caller has seen; another one is refused as stale
    :param note: why; needed to return and to withdraw
    :param review: for approve: ``{basis, answers: {question: true or false}, conclusion}`` (保密审查)
    """
    case = cases.load_publication(context, data_dict, lock=True)
    toolkit.check_access("govshare_publication_move", context, data_dict)
    cases.move(context, case, data_dict)
    return showing.show(context, case)


@toolkit.side_effect_free
def govshare_publication_list(context: Context, data_dict: DataDict) -> DataDict:
    """List the publications and changes that I may handle, the longest waiting first.

    :param state: one state; all when left out
    :param organization: id or name of a department; all of mine when left out
    :param kind: ``publication`` or ``change``; both when left out
    :param q: words of the title
    :param offset: how many to skip
    :param limit: at most how many, 1 to 200
    :returns: ``{count, results, counts: {state: number}}``
    """
    toolkit.check_access("govshare_publication_list", context, data_dict)
    data = _valid(
        data_dict,
        {
            "state": "ignore_empty unicode_safe",
            "organization": "ignore_empty unicode_safe",
            "kind": "ignore_empty unicode_safe",
            "q": "ignore_empty unicode_safe",
            "offset": "ignore_empty natural_number_validator",
            "limit": "ignore_empty is_positive_integer",
        },
    )
    return inbox.page(
        roles.user_id_of(context),
        state=data.get("state"),
        organization=data.get("organization"),
        kind=data.get("kind"),
        words=data.get("q"),
        offset=data.get("offset", 0),
        limit=min(data.get("limit", PAGE), 200),
    )


def govshare_publication_bulk_move(context: Context, data_dict: DataDict) -> DataDict:
    """Take the same move on many cases, each judged alone and in its own transaction.

    :param items: list of ``{kind, id, version}``
    :param move: the move
    :param note: why, for all of them
    :param review: the secrecy review, for all of them
    :returns: ``{results: [{kind, id, success, state or errors}]}`` in the order given
    """
    toolkit.check_access("govshare_publication_bulk_move", context, data_dict)
    common = {key: data_dict[key] for key in ("move", "note", "review") if key in data_dict}
    return {"results": [_one(context, item, common) for item in data_dict.get("items") or []]}


@toolkit.side_effect_free
def govshare_change_show(context: Context, data_dict: DataDict) -> DataDict:
    """Show a change: its content, what differs from the published card, and the moves open to me.

    :param id: id of the change
    """
    case = cases.load_change(context, data_dict)
    toolkit.check_access("govshare_change_show", context, data_dict)
    return showing.show(context, case)


def govshare_change_create(context: Context, data_dict: DataDict) -> DataDict:
    """Propose a new content for a published entry; the public copy stays until the change is published.

    :param id: id or name of the entry
    :param content: the fields that shall change, by name; the others stay
    """
    case = cases.load_publication(context, data_dict, lock=True)
    toolkit.check_access("govshare_change_create", context, data_dict)
    return showing.show(context, cases.propose(context, case, data_dict.get("content") or {}))


def govshare_change_update(context: Context, data_dict: DataDict) -> DataDict:
    """Edit the content of a change that is still a draft.

    :param id: id of the change
    :param version: the version that the caller has seen
    :param content: the fields that shall change, by name
    """
    case = cases.load_change(context, data_dict, lock=True)
    toolkit.check_access("govshare_change_update", context, data_dict)
    return showing.show(context, cases.edit(context, case, data_dict))


def govshare_change_move(context: Context, data_dict: DataDict) -> DataDict:
    """Take one move of a change; parameters as for ``govshare_publication_move``."""
    case = cases.load_change(context, data_dict, lock=True)
    toolkit.check_access("govshare_change_move", context, data_dict)
    cases.move(context, case, data_dict)
    return showing.show(context, case)


@toolkit.side_effect_free
def govshare_version_list(context: Context, data_dict: DataDict) -> list[DataDict]:
    """List the published versions of an entry's card, newest first, with what each changed.

    :param id: id or name of the entry
    """
    toolkit.check_access("govshare_version_list", context, data_dict)
    entry = cases.visible_entry(context, data_dict)
    query = sa.select(Version).filter_by(entry_id=entry.id).order_by(Version.number)
    versions = list(model.Session.scalars(query))
    earlier: list[Any] = [None, *versions][: len(versions)]
    rows = [
        {
            "number": version.number,
            "published_at": runtime.in_shanghai(version.published_at).isoformat(),
            "changes": showing.differences(before.content if before else {}, version.content)
            if before
            else [],
        }
        for before, version in zip(earlier, versions, strict=True)
    ]
    return rows[::-1]


def _one(context: Context, item: DataDict, common: DataDict) -> DataDict:
    kind = item.get("kind", "publication")
    name = "govshare_change_move" if kind == "change" else "govshare_publication_move"
    told = {"kind": kind, "id": item.get("id")}
    try:
        shown = toolkit.get_action(name)(
            {"user": context["user"], "auth_user_obj": context.get("auth_user_obj")},
            {**common, "id": item.get("id"), "version": item.get("version")},
        )
    except toolkit.ValidationError as error:
        model.Session.rollback()
        sentences = [text for field, texts in error.error_dict.items() if field != "codes" for text in texts]
        return {**told, "success": False, "errors": sentences}
    except toolkit.NotAuthorized as error:
        model.Session.rollback()
        return {**told, "success": False, "errors": [str(error) or toolkit._("Not allowed.")]}
    except toolkit.ObjectNotFound:
        model.Session.rollback()
        return {**told, "success": False, "errors": [toolkit._("There is no such case.")]}
    return {**told, "success": True, "state": shown["state"], "title": shown["title"]}


def _valid(data_dict: DataDict, rules: dict[str, str]) -> DataDict:
    schema = {
        name: [toolkit.get_validator(validator) for validator in validators.split()]
        for name, validators in rules.items()
    }
    known = {name: value for name, value in data_dict.items() if name in schema}
    data, errors = toolkit.navl_validate(known, schema, {})
    if errors:
        raise toolkit.ValidationError(errors)
    return data
