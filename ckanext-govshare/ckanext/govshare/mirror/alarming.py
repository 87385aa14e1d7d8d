"""Alarms (同步告警): what a person must look at is told to the bureau by notice, once, by the clock's tick.

A run that was missed is caught up; two runs at once tell nothing twice, because the database knows each alarm.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ckan import model
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ckanext.govshare import notices
from ckanext.govshare.domain.deadline import shanghai_date
from ckanext.govshare.domain.mirror_alarm import (
    DEAD_LETTER,
    NOT_PROVEN_GONE,
    UNREACHABLE,
    Alarm,
    entry_alarms,
    target_alarms,
    to_tell,
)
from ckanext.govshare.logic import roles
from ckanext.govshare.logic.mirror import status
from ckanext.govshare.mirror.targets import Target, all_targets
from ckanext.govshare.model import MirrorAlarm

CASE = "mirror"
# The part of the bureau's page on which an alarm is dealt with.
_ANCHORS = {NOT_PROVEN_GONE: "gone-title", DEAD_LETTER: "problems-title", UNREACHABLE: "problems-title"}
_ANCHOR = "findings-title"


def tell_due(at: datetime) -> int:
    """Tell the bureau what is new at every target; return how many alarms were new."""
    count = 0
    for target in all_targets():
        count += _tell_of(model.Session(), target, at)
        model.Session.commit()
    return count


def _tell_of(session: Session, target: Target, at: datetime) -> int:
    standing = status.standing_of(target)
    raised = [
        *entry_alarms(status.unserved(target.name), at, target.limits),
        *target_alarms(standing, at, shanghai_date(at), target.limits),
    ]
    new = _record(session, target.name, raised, at)
    for alarm in to_tell(new):
        _notify(session, target, alarm)
    return len(new)


def _record(session: Session, target: str, raised: Iterable[Alarm], at: datetime) -> list[Alarm]:
    """Write the alarms down; return those that nobody has written before."""
    return [alarm for alarm in raised if _once(session, target, alarm, at)]


def _once(session: Session, target: str, alarm: Alarm, at: datetime) -> bool:
    statement = insert(MirrorAlarm).values(
        target=target, kind=alarm.kind, entry_id=alarm.entry_id, about=alarm.about, raised_at=at
    )
    return session.scalar(statement.on_conflict_do_nothing().returning(MirrorAlarm.id)) is not None


def _notify(session: Session, target: Target, alarm: Alarm) -> None:
    several = "_many" if alarm.is_sum else ""
    facts = {
        "target": target.title,
        "title": alarm.title,
        "count": alarm.count,
        "page": _ANCHORS.get(alarm.kind, _ANCHOR),
    }
    for person in dict.fromkeys(roles.bureau_persons()):
        notices.tell(
            session,
            kind=f"{CASE}.{alarm.kind}{several}",
            recipient_user_id=person,
            case_kind=CASE,
            case_id=target.name,
            facts=facts,
        )
