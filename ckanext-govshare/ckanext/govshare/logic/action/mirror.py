"""Mirror (同步): the change feed that other sites pull, and how far each target agrees with us."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare import runtime
from ckanext.govshare.domain.decision import Reason, Refused
from ckanext.govshare.logic import roles, waking
from ckanext.govshare.logic.errors import refuse
from ckanext.govshare.logic.mirror import feed, places, status
from ckanext.govshare.logic.publication import cases
from ckanext.govshare.mirror import ledger
from ckanext.govshare.model import MirrorLedgerRow, journal

__all__ = [
    "govshare_mirror_changes",
    "govshare_mirror_entry_show",
    "govshare_mirror_problem_list",
    "govshare_mirror_retry",
    "govshare_mirror_show",
]

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


@toolkit.side_effect_free
def govshare_mirror_show(context: Context, data_dict: DataDict) -> DataDict:
    """Show how far every mirror target agrees with what is public here; no entry is named.

    :returns: ``{at, latest, changed_at, entries, targets: [{name, title, state, label, acknowledged, waiting,
        waiting_since, behind_seconds, dead, conflicts, alarms, alarms_told, compared, reconciled_at,
        restrictions, history}]}``; ``state`` is ``agrees`` (一致), ``behind`` (落后), ``wrong`` (异常) or, where the target
        never says what it holds, ``unproven`` (未经核对); ``restrictions`` are ``{asked_at, gone_at}``,
        ``alarms_told`` what the bureau was told, ``{kind, label, since, until}``, still standing without ``until``
    """
    toolkit.check_access("govshare_mirror_show", context, data_dict)
    return status.show()


@toolkit.side_effect_free
def govshare_mirror_problem_list(context: Context, data_dict: DataDict) -> DataDict:
    """List for the bureau what stands in the way at the targets, entry by entry.

    :returns: ``{problems, restrictions, comparisons, findings, alarms}``: what could not be sent, what was withdrawn
        or narrowed and when each target was proven to have followed, the last reconciliation of each target in
        figures and what it found, and what the bureau was told, since when and until when
    """
    toolkit.check_access("govshare_mirror_problem_list", context, data_dict)
    return {
        "problems": status.problems(),
        "restrictions": status.restrictions(),
        "comparisons": status.last_comparisons(),
        "findings": status.findings(),
        "alarms": status.alarms_of_all(),
    }


@toolkit.side_effect_free
def govshare_mirror_entry_show(context: Context, data_dict: DataDict) -> DataDict:
    """Show officers where an entry stands: its place at every mirror target, with the time.

    :param id: id or name of the entry
    :returns: ``{id, targets: [{name, title, state, label, asked_at, at, problem}]}``; ``state`` is ``not_sent``,
        ``agrees``, ``waiting``, ``unproven`` (withdrawn or narrowed, not yet proven gone), ``given_up``,
        ``narrowed`` or ``gone``; ``at`` is when the last two were proven
    """
    case = cases.load_publication(context, data_dict)
    toolkit.check_access("govshare_mirror_entry_show", context, data_dict)
    return {"id": case.row.entry_id, "targets": places.of_entry(case.row.entry_id)}


def govshare_mirror_retry(context: Context, data_dict: DataDict) -> DataDict:
    """Send an entry to a target once more, also when it had been given up.

    :param target: name of the target
    :param entry_id: id of the entry
    """
    toolkit.check_access("govshare_mirror_retry", context, data_dict)
    target, entry_id = toolkit.get_or_bust(data_dict, ["target", "entry_id"])
    row = model.Session.get(MirrorLedgerRow, (str(target), str(entry_id)), with_for_update=True)
    if row is None:
        raise toolkit.ObjectNotFound(toolkit._("There is no such entry."))
    before = "dead" if row.dead_at else "waiting"
    ledger.revive(row, runtime.now())
    journal.record(
        model.Session,
        actor=roles.user_id_of(context),
        case_kind="mirror",
        case_id=f"{target}:{entry_id}",
        move="retry",
        from_state=before,
        to_state="waiting",
    )
    model.Session.commit()
    waking.wake(waking.FOLLOW)
    return {"target": target, "entry_id": entry_id}


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
