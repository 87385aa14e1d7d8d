"""Grant (授权): the dated, revocable right to conditional data that an application may end in.

佳木斯 art. 24 (按使用条件和范围), art. 26 (及时开放), art. 36 (not beyond the purpose). Judged at every request anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ckanext.govshare.domain.application import GRANTED
from ckanext.govshare.domain.decision import Decision, Reason, decide
from ckanext.govshare.domain.publication import PUBLISHED
from ckanext.govshare.domain.release import PUBLIC_CLASSES
from ckanext.govshare.domain.workflow import Actor, Move

RULE = "佳木斯 24"

WAITING = "waiting"
CURRENT = "current"
ENDED = "ended"
REVOKED = "revoked"

# What a reply gave is taken back by whoever may reply.
REVOKE = Move("revoke", (WAITING, CURRENT), REVOKED, ("head", "bureau"), rule=RULE, kind="reply")


@dataclass(frozen=True)
class Grant:
    """What was granted: columns of one entry to one person, from the agreement until the end of the last day."""

    holder: str
    entry_id: str
    columns: tuple[str, ...]
    starts_on: date
    ends_on: date
    revoked_on: date | None = None


@dataclass(frozen=True)
class Agreement:
    """What the applicant accepts (开放利用协议): which terms, by what name."""

    person: str
    applicant: str
    application_state: str
    terms_version: str
    current_terms: str
    name: str
    expected_name: str
    already_agreed: bool
    ends_on: date


def may_agree(agreement: Agreement, today: date) -> Decision:
    """Decide whether the agreement comes about: of a granted application, once, on the terms offered, by name."""
    found = []
    if agreement.person != agreement.applicant:
        found.append(Reason("workflow.only_same_person", {"noun": "application", "step": "applied"}))
    if agreement.application_state not in GRANTED:
        found.append(Reason("grant.not_granted", {"state": agreement.application_state}))
    if agreement.already_agreed:
        found.append(Reason("grant.already_agreed"))
    if today > agreement.ends_on:
        found.append(Reason("grant.ended", {"ends_on": agreement.ends_on.isoformat()}, rule=RULE))
    if agreement.terms_version != agreement.current_terms:
        found.append(Reason("grant.other_terms", {"version": agreement.current_terms}, "terms_version"))
    if not agreement.name.strip() or agreement.name.strip() != agreement.expected_name.strip():
        found.append(Reason("grant.name_differs", field="name"))
    return decide(found)


def status(grant: Grant, today: date) -> str:
    """Return where a grant stands on this day; lists and badges come from it."""
    if grant.revoked_on is not None and today >= grant.revoked_on:
        return REVOKED
    if today > grant.ends_on:
        return ENDED
    return CURRENT if today >= grant.starts_on else WAITING


@dataclass(frozen=True)
class Standing:
    """How the entry stands whose data are to leave: its publication and its class."""

    publication_state: str
    openness: str


def may_take(grant: Grant, today: date, entry: Standing, *, person: str) -> Decision:
    """Decide whether the granted columns may leave now: to the holder, while grant and entry stand."""
    found = []
    if grant.holder != person:
        found.append(Reason("grant.not_yours", rule=RULE))
    stands = status(grant, today)
    if stands != CURRENT:
        found.append(Reason(_WHY_NOT[stands], {"ends_on": grant.ends_on.isoformat()}, rule=RULE))
    if entry.publication_state != PUBLISHED or entry.openness not in PUBLIC_CLASSES:
        found.append(Reason("grant.entry_withdrawn", rule=RULE))
    return decide(found)


def may_revoke(grant: Grant, today: date, actor: Actor, note: str) -> Decision:
    """Decide whether a grant may be revoked: by the head or the bureau, while it stands, with a reason."""
    told = {"noun": "application", "move": "revoke", "roles": REVOKE.roles, "step": "applied"}
    found = []
    if not actor.is_entitled(REVOKE):
        found.append(Reason("workflow.wrong_role", told))
    if actor.person == grant.holder:
        found.append(Reason("workflow.same_person", told))
    if actor.acts_for(REVOKE) == grant.holder:
        found.append(Reason("workflow.same_head", told))
    if status(grant, today) in (ENDED, REVOKED):
        found.append(Reason("grant.over"))
    if not note.strip():
        found.append(Reason("application.reason_missing", field="note"))
    return decide(found)


_WHY_NOT: Mapping[str, str] = {WAITING: "grant.not_yet", ENDED: "grant.ended", REVOKED: "grant.revoked"}
