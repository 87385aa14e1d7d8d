"""How far an answer of a target (同步目标的答复) can be believed; whatever is doubtful deletes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.domain.mirror import DELETIONS_AT_ONCE, DELETIONS_SHARE, RULE, Found, differences

NAMED = 5  # examples that a sentence carries


def doubts_about_list(found: Sequence[Found], told: int, acknowledged: Collection[str]) -> tuple[Reason, ...]:
    """Name why a listing cannot be the whole truth: empty, short, or the same thing twice.

    ``told`` is how many the target says it has, ``acknowledged`` the remote ids that it confirmed earlier.
    """
    doubts: list[Reason] = []
    listed = {row.remote_id for row in found}
    if acknowledged and not listed:
        return (Reason("mirror.list_empty", {"expected": len(acknowledged)}, rule=RULE),)
    if len(found) != told:
        doubts.append(Reason("mirror.list_short", {"told": told, "count": len(found)}, rule=RULE))
    twice = [remote_id for remote_id, count in Counter(row.remote_id for row in found).items() if count > 1]
    if twice:
        facts = {"count": len(twice), "examples": ", ".join(sorted(twice)[:NAMED])}
        doubts.append(Reason("mirror.list_duplicates", facts, rule=RULE))
    lost = set(acknowledged) - listed
    if len(lost) > max(DELETIONS_AT_ONCE, len(acknowledged) * DELETIONS_SHARE // 100):
        facts = {"count": len(lost), "expected": len(acknowledged)}
        doubts.append(Reason("mirror.list_lost", facts, rule=RULE))
    return tuple(doubts)


def doubts_about_write(
    sent: Mapping[str, object], answered: Mapping[str, object] | None
) -> tuple[Reason, ...]:
    """Name why a write does not count as acknowledged: the target holds something else than was sent."""
    if answered is None:
        return (Reason("mirror.not_acknowledged", rule=RULE),)
    fields = [difference.field for difference in differences(sent, answered)]
    return (Reason("mirror.answer_differs", {"fields": ", ".join(fields)}, rule=RULE),) if fields else ()
