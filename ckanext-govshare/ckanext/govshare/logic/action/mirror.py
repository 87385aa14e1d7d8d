"""Mirror (同步): the change feed that other sites pull, and how far each target agrees with us."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit

from ckanext.govshare.domain.decision import Reason, Refused
from ckanext.govshare.logic.errors import refuse
from ckanext.govshare.logic.mirror import feed

__all__ = ["govshare_mirror_changes"]

Context = dict[str, Any]
DataDict = dict[str, Any]


@toolkit.side_effect_free
def govshare_mirror_changes(context: Context, data_dict: DataDict) -> DataDict:
    """List what changed for the public after a cursor, in order and without gaps.

    :param after: the cursor that the last call returned; 0 or nothing to begin with
    :param limit: at most how many, 1 to 1000; 100 when left out
    :returns: ``{after, cursor, latest, more, changes: [{number, id, at, change, …}]}``; ``change`` is ``put``
        (with ``hash`` and ``entry``), ``tombstone``, or ``superseded`` (with ``by``, a later number)
    """
    toolkit.check_access("govshare_mirror_changes", context, data_dict)
    return feed.page(*span(data_dict))


def span(data_dict: DataDict) -> tuple[int, int]:
    """Return ``after`` and ``limit`` as numbers; refuse what is none."""
    after = _number(data_dict, "after", 0, 0, 2**62)
    return after, _number(data_dict, "limit", feed.PAGE, 1, feed.LARGEST_PAGE)


def _number(data_dict: DataDict, name: str, default: int, least: int, most: int) -> int:
    value = data_dict.get(name)
    text = str(default if value in (None, "") else value)
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        facts = {"value": text[:40], "name": name}
        refuse(Refused((Reason("mirror.bad_cursor", facts, name),)))
    return int(text)
