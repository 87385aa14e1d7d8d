"""Delegation (委托代行): a head names an officer of the department to decide in their place, for some days.

佳木斯 arts 26 and 32 leave these decisions to the 部门负责人; who stands in for them is written down, with dates. It
ends by itself when its last day in Shanghai is over, and is revoked at once. Every separation of persons stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from ckanext.govshare.domain.deadline import SHANGHAI
from ckanext.govshare.domain.decision import Decision, Reason, decide
from ckanext.govshare.domain.workflow import HEAD

# The kinds of a head's decisions, as the moves name them.
KINDS = ("publication", "edition", "extension", "reply")
# Whose cases bring which kinds of decisions.
OF_CASE: Mapping[str, tuple[str, ...]] = {
    "publication": ("publication",),
    "change": ("publication",),
    "edition": ("edition",),
    "application": ("extension", "reply"),
}
LONGEST_DAYS = 366
RULE = "佳木斯 26、32"

COMING = "coming"
CURRENT = "current"
ENDED = "ended"
REVOKED = "revoked"


@dataclass(frozen=True)
class Delegation:
    """Who delegates which kinds to whom, from the first to the last day, both included."""

    delegator: str
    delegate: str
    kinds: tuple[str, ...]
    from_on: date | None
    to_on: date | None
    revoked: bool = False

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day; one that is not said is never reached."""
        return self.from_on or date.max, self.to_on or date.min


def today(at: datetime) -> date:
    """Return the day in Shanghai."""
    return at.astimezone(SHANGHAI).date()


def status(delegation: Delegation, at: datetime) -> str:
    """Return where a delegation stands at an instant: from 00:00 of its first day to 24:00 of its last."""
    if delegation.revoked:
        return REVOKED
    first, last = delegation.days
    if today(at) < first:
        return COMING
    return CURRENT if today(at) <= last else ENDED


def acting(delegations: Iterable[Delegation], at: datetime) -> dict[str, str]:
    """Return the heads in whose place somebody decides at this instant, by kind of decision."""
    return {
        kind: delegation.delegator
        for delegation in delegations
        if status(delegation, at) == CURRENT
        for kind in delegation.kinds
    }


def may_delegate(
    wanted: Delegation,
    delegator_roles: Iterable[str],
    delegate_roles: Iterable[str],
    others: Iterable[Delegation],
    at: datetime,
) -> Decision:
    """Decide whether a head may delegate: to a clerk of the same department, for days to come, each kind once.

    ``others`` are the delegations to the same person in this department. A delegate does not delegate further,
    for it is no role.
    """
    held = set(delegate_roles)
    found = []
    if HEAD not in delegator_roles:
        found.append(Reason("delegation.not_head", rule=RULE))
    if wanted.delegate == wanted.delegator:
        found.append(Reason("delegation.to_oneself", field="delegate"))
    elif HEAD in held:
        found.append(Reason("delegation.to_head", field="delegate"))
    elif "clerk" not in held:
        found.append(Reason("delegation.not_an_officer", field="delegate"))
    if not wanted.kinds or not set(wanted.kinds) <= set(KINDS):
        found.append(Reason("delegation.no_kind", field="kinds"))
    return decide([*found, *(_bad_days(wanted, at) or _overlaps(wanted, others))])


def may_revoke(delegation: Delegation, roles: Iterable[str], at: datetime) -> Decision:
    """Decide whether a delegation may be revoked: by any head of the department, while it runs or lies ahead."""
    found = []
    if HEAD not in roles:
        found.append(Reason("delegation.not_head", rule=RULE))
    if status(delegation, at) in (ENDED, REVOKED):
        found.append(Reason("delegation.over"))
    return decide(found)


def _bad_days(wanted: Delegation, at: datetime) -> list[Reason]:
    given = (("from_on", wanted.from_on), ("to_on", wanted.to_on))
    found = [Reason("delegation.no_day", field=name) for name, day in given if day is None]
    if found:
        return found
    first, last = wanted.days
    if first < today(at):
        found.append(Reason("delegation.past", field="from_on"))
    if last < first:
        found.append(Reason("delegation.ends_before", field="to_on"))
    if (last - first).days >= LONGEST_DAYS:
        found.append(Reason("delegation.too_long", {"limit": LONGEST_DAYS}, "to_on"))
    return found


def _overlaps(wanted: Delegation, others: Iterable[Delegation]) -> list[Reason]:
    """One kind is delegated to a person once at a time: it must be clear for whom they decide."""
    first, last = wanted.days
    return [
        Reason("delegation.overlaps", {"first": other.days[0], "last": other.days[1]}, "from_on")
        for other in others
        if not other.revoked
        and set(other.kinds) & set(wanted.kinds)
        and other.days[0] <= last
        and first <= other.days[1]
    ]
