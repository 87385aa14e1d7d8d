"""Alarms (同步告警): what a person must look at is told to the bureau by notice, once, by the clock's tick.

When it is over, that is told once as well (已恢复). A run that was missed is caught up; two runs at once tell nothing
twice: they go one after the other, and the database knows each alarm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ckanext.govshare import notices, runtime
from ckanext.govshare.domain.deadline import shanghai_date
from ckanext.govshare.domain.mirror_alarm import (
    DEAD_LETTER,
    NOT_PROVEN_GONE,
    RECOVERED,
    UNREACHABLE,
    Alarm,
    Recovery,
    Told,
    entry_alarms,
    over,
    recoveries,
    target_alarms,
    to_tell,
)
from ckanext.govshare.logic import roles
from ckanext.govshare.logic.mirror import status
from ckanext.govshare.mirror.targets import Target, all_targets
from ckanext.govshare.model import MirrorAlarm, Publication

CASE = "mirror"
# The part of the bureau's page on which an alarm is dealt with.
_ANCHORS = {NOT_PROVEN_GONE: "gone-title", DEAD_LETTER: "problems-title", UNREACHABLE: "problems-title"}
_ANCHOR = "findings-title"
_ANCHOR_OVER = "alarms-title"


def tell_due(at: datetime) -> int:
    """Tell the bureau what is new at every target; return how many alarms were new."""
    count = 0
    for target in all_targets():
        count += _tell_of(model.Session(), target, at)
        model.Session.commit()
    return count


def _tell_of(session: Session, target: Target, at: datetime) -> int:
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"{CASE}:{target.name}"))))
    standing = status.standing_of(target)
    raised = [
        *entry_alarms(status.unserved(target.name), at, target.limits),
        *target_alarms(standing, at, shanghai_date(at), target.limits),
    ]
    ended = over(_told(session, target.name), raised, standing, status.waiting_entries(target.name))
    new = _record(session, target.name, raised, at)
    _end(session, ended, at)
    for alarm in to_tell(new):
        _notify(session, target, alarm)
    for recovery in recoveries(ended):
        _notify_over(session, target, recovery)
    return len(new)


def _told(session: Session, target: str) -> list[Told]:
    """Return the alarms of a target that were told and have not been seen to be over."""
    query = sa.select(MirrorAlarm).filter_by(target=target, over_at=None).order_by(MirrorAlarm.id)
    return [Told(row.id, row.kind, row.entry_id, row.raised_at) for row in session.scalars(query)]


def _record(session: Session, target: str, raised: Iterable[Alarm], at: datetime) -> list[Alarm]:
    """Write the alarms down; return those that nobody has written before."""
    return [alarm for alarm in raised if _once(session, target, alarm, at)]


def _once(session: Session, target: str, alarm: Alarm, at: datetime) -> bool:
    statement = insert(MirrorAlarm).values(
        target=target, kind=alarm.kind, entry_id=alarm.entry_id, about=alarm.about, raised_at=at
    )
    return session.scalar(statement.on_conflict_do_nothing().returning(MirrorAlarm.id)) is not None


def _end(session: Session, ended: Iterable[Told], at: datetime) -> None:
    ids = [row.id for row in ended]
    session.execute(sa.update(MirrorAlarm).where(MirrorAlarm.id.in_(ids)).values(over_at=at))


def _notify(session: Session, target: Target, alarm: Alarm) -> None:
    several = "_many" if alarm.is_sum else ""
    facts = {"title": alarm.title, "count": alarm.count, "page": _ANCHORS.get(alarm.kind, _ANCHOR)}
    _tell(session, target, f"{alarm.kind}{several}", facts)


def _notify_over(session: Session, target: Target, recovery: Recovery) -> None:
    several = "_many" if recovery.is_sum else ""
    entry = session.get(Publication, recovery.entry_id) if recovery.entry_id else None
    facts = {
        "title": entry.title if entry else "",
        "count": recovery.count,
        "since": f"{runtime.in_shanghai(recovery.since):%Y-%m-%d %H:%M}",
        "page": _ANCHOR_OVER,
    }
    _tell(session, target, f"{recovery.kind}_{RECOVERED}{several}", facts)


def _tell(session: Session, target: Target, what: str, facts: Mapping[str, Any]) -> None:
    for person in dict.fromkeys(roles.bureau_persons()):
        notices.tell(
            session,
            kind=f"{CASE}.{what}",
            recipient_user_id=person,
            case_kind=CASE,
            case_id=target.name,
            facts={"target": target.title, **facts},
        )
