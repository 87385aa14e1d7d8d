"""Saved filters (已存筛选): my own names for the filters of the workbench's lists."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import insert

from ckanext.govshare import runtime
from ckanext.govshare.domain.saved_filter import canonical, may_save
from ckanext.govshare.logic import moving, roles
from ckanext.govshare.model import SavedFilter

__all__ = ["govshare_filter_create", "govshare_filter_delete", "govshare_filter_list"]

Context = dict[str, Any]
DataDict = dict[str, Any]


def govshare_filter_create(context: Context, data_dict: DataDict) -> DataDict:
    """Save filters of one of the workbench's lists under a name; a name of mine that exists is given anew.

    :param list: catalog, edition or application
    :param name: at most 30 characters
    :param query: the query string of the list's address; what the list does not know is dropped
    """
    toolkit.check_access("govshare_filter_create", context, data_dict)
    me = roles.user_id_of(context)
    listed, name, query = (str(data_dict.get(key) or "").strip() for key in ("list", "name", "query"))
    moving.refuse_if(may_save(listed, name, query, {row.name for row in _mine(me, listed)}))
    made = insert(SavedFilter).values(
        id=model.types.make_uuid(),
        user_id=me,
        list_name=listed,
        name=name,
        query=canonical(listed, query),
        created_at=runtime.now(),
    )
    kept = made.on_conflict_do_update(
        constraint="govshare_saved_filter_name", set_={"query": made.excluded.query}
    )
    model.Session.execute(kept)
    model.Session.commit()
    return _shown(next(row for row in _mine(me, listed) if row.name == name))


def govshare_filter_delete(context: Context, data_dict: DataDict) -> DataDict:
    """Delete one of my saved filters.

    :param id: id of the filter
    """
    toolkit.check_access("govshare_filter_delete", context, data_dict)
    row = model.Session.get(SavedFilter, str(data_dict.get("id") or ""))
    if row is None or row.user_id != roles.user_id_of(context):
        raise toolkit.ObjectNotFound(toolkit._("There is no such filter."))
    shown = _shown(row)
    model.Session.delete(row)
    model.Session.commit()
    return shown


@toolkit.side_effect_free
def govshare_filter_list(context: Context, data_dict: DataDict) -> list[DataDict]:
    """List my saved filters of one list, by name.

    :param list: catalog, edition or application
    """
    toolkit.check_access("govshare_filter_list", context, data_dict)
    return [_shown(row) for row in _mine(roles.user_id_of(context), str(data_dict.get("list") or ""))]


def _mine(user_id: str, listed: str) -> list[SavedFilter]:
    query = sa.select(SavedFilter).filter_by(user_id=user_id, list_name=listed).order_by(SavedFilter.name)
    return list(model.Session.scalars(query))


def _shown(row: SavedFilter) -> DataDict:
    return {"id": row.id, "list": row.list_name, "name": row.name, "query": row.query}
