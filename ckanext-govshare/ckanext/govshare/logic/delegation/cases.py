"""Make and revoke a delegation: the domain decides, the journal and the delegate are told, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare import notices, runtime
from ckanext.govshare.domain import delegation as rules
from ckanext.govshare.domain.decision import Reason, Refused
from ckanext.govshare.logic import moving, roles
from ckanext.govshare.model import Delegation, journal

DataDict = dict[str, Any]


def create(person: str, organization: Any, given: Mapping[str, Any]) -> Delegation:
    """Delegate; the same delegation sent twice is one."""
    delegate = model.User.get(str(given.get("delegate") or "").strip() or None)
    wanted = rules.Delegation(
        person,
        delegate.id if delegate else "",
        tuple(kind for kind in rules.KINDS if kind in _listed(given.get("kinds"))),
        _day(given.get("from_on")),
        _day(given.get("to_on")),
    )
    others = list(model.Session.scalars(_to(wanted.delegate, organization.id)))
    if (same := _same(wanted, others)) is not None:
        return same
    moving.refuse_if(
        rules.may_delegate(
            wanted,
            roles.roles_of(person, organization.id),
            roles.roles_of(wanted.delegate, organization.id),
            map(roles.fact, others),
            runtime.now(),
        )
    )
    return _write(wanted, organization)


def revoke(context: DataDict, data_dict: DataDict) -> Delegation:
    """Revoke at once: from this commit on no move is taken by it; a move under way is finished first."""
    row = model.Session.get(
        Delegation, str(data_dict.get("id") or ""), with_for_update=True, populate_existing=True
    )
    person = roles.user_id_of(context)
    if row is None or not (held := roles.roles_of(person, row.organization_id)):
        model.Session.rollback()
        raise toolkit.ObjectNotFound(toolkit._("There is no such delegation."))
    if row.revoked_by == person:
        model.Session.rollback()
        return row
    moving.refuse_if(rules.may_revoke(roles.fact(row), held, runtime.now()))
    row.revoked_at, row.revoked_by = runtime.now(), person
    _tell(row, "revoke", person)
    model.Session.commit()
    return row


def _write(wanted: rules.Delegation, organization: Any) -> Delegation:
    first, last = wanted.days
    row = Delegation(
        organization_id=organization.id,
        delegator_id=wanted.delegator,
        delegate_id=wanted.delegate,
        kinds=list(wanted.kinds),
        from_on=first,
        to_on=last,
        created_at=runtime.now(),
    )
    model.Session.add(row)
    try:
        model.Session.flush()
    except sa.exc.IntegrityError:
        # Somebody delegated the same in this moment; the database lets one of them through.
        moving.refuse_if(Refused((Reason("delegation.overlaps", {"first": first, "last": last}, "from_on"),)))
    _tell(row, "create", wanted.delegator)
    model.Session.commit()
    return row


def _tell(row: Delegation, move: str, person: str) -> None:
    journal.record(
        model.Session,
        actor=person,
        case_kind="delegation",
        case_id=row.id,
        organization_id=row.organization_id,
        move=move,
        from_state="",
        to_state=rules.REVOKED if row.revoked_at else "",
        facts={
            "delegator": row.delegator_id,
            "delegate": row.delegate_id,
            "kinds": list(row.kinds),
            "from_on": row.from_on.isoformat(),
            "to_on": row.to_on.isoformat(),
        },
    )
    notices.tell(
        model.Session,
        kind=f"delegation.{move}",
        recipient_user_id=row.delegate_id,
        case_kind="delegation",
        case_id=row.id,
        facts={"from_on": row.from_on.isoformat(), "to_on": row.to_on.isoformat()},
    )


def _to(delegate: str, organization_id: str) -> sa.Select[tuple[Delegation]]:
    return sa.select(Delegation).where(
        Delegation.delegate_id == delegate,
        Delegation.organization_id == organization_id,
        Delegation.revoked_at.is_(None),
    )


def _same(wanted: rules.Delegation, others: list[Delegation]) -> Delegation | None:
    return next((row for row in others if roles.fact(row) == wanted), None)


def _listed(given: Any) -> list[str]:
    if isinstance(given, str):
        return given.replace(",", " ").split()
    return [str(kind) for kind in given] if isinstance(given, (list, tuple)) else []


def _day(given: Any) -> date | None:
    try:
        return date.fromisoformat(str(given or "").strip())
    except ValueError:
        return None
