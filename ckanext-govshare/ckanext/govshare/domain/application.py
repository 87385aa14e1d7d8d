"""Application (申请): how a request for conditional data is received, handled and answered.

佳木斯 art. 26 (申请、答复、延长); procedure by its companion measure art. 14 (受理、补齐补正、不予受理、退件) and 政府信息公开条例
arts 30, 31, 36. Silence never decides: there is no move by which time answers.
"""

from __future__ import annotations

from ckanext.govshare.domain.decision import Decision, Reason, decide
from ckanext.govshare.domain.workflow import Actor, Move, Workflow

DRAFT = "draft"
SUBMITTED = "submitted"
SUPPLEMENTING = "supplementing"
ACCEPTED = "accepted"
NOT_ACCEPTED = "not_accepted"
RETURNED = "returned"
APPROVED = "approved"
PARTLY_APPROVED = "partly_approved"
REFUSED = "refused"
REDIRECTED = "redirected"
WITHDRAWN = "withdrawn"
LAPSED = "lapsed"

OPEN = (SUBMITTED, SUPPLEMENTING, ACCEPTED)
CLOSED = (NOT_ACCEPTED, RETURNED, APPROVED, PARTLY_APPROVED, REFUSED, REDIRECTED, WITHDRAWN, LAPSED)
STATES = (*OPEN, *CLOSED)
GRANTED = (APPROVED, PARTLY_APPROVED)

# Nobody handles their own application, whatever office they hold.
OWN = ("applied",)
# Who handled a case as clerk does not decide it in the head's place.
HANDLED = ("supplement_asked", "accepted", "extension_asked", "proposed")
HANDLING = "佳木斯 26; 网上办理 14"

SUBMIT = Move(
    "submit",
    (DRAFT,),
    SUBMITTED,
    ("applicant",),
    needs=("complete", "eligible", "none_open"),
    rule="佳木斯 26",
    clock="start",
)
ASK_SUPPLEMENT = Move(
    "ask_supplement",
    (SUBMITTED,),
    SUPPLEMENTING,
    ("clerk",),
    needs=("first_supplement", "time_to_ask", "missing", "supplement_period"),
    not_by=OWN,
    rule="政府信息公开条例 30",
    clock="stop",
)
SUPPLEMENT = Move(
    "supplement",
    (SUPPLEMENTING,),
    SUBMITTED,
    ("applicant",),
    needs=("complete",),
    only_by="applied",
    rule="政府信息公开条例 30",
    clock="restart",
)
LAPSE = Move(
    "lapse", (SUPPLEMENTING,), LAPSED, ("system",), needs=("period_passed",), rule="政府信息公开条例 30"
)
ACCEPT = Move("accept", (SUBMITTED,), ACCEPTED, ("clerk",), not_by=OWN, rule=HANDLING)
NOT_ACCEPT = Move(
    "not_accept",
    (SUBMITTED,),
    NOT_ACCEPTED,
    ("clerk",),
    needs=("note", "elsewhere"),
    not_by=OWN,
    rule=HANDLING,
    clock="stop",
)
RETURN = Move(
    "return",
    (SUBMITTED,),
    RETURNED,
    ("clerk",),
    needs=("note", "elsewhere"),
    not_by=OWN,
    rule=HANDLING,
    clock="stop",
)
ASK_EXTENSION = Move(
    "ask_extension",
    (ACCEPTED,),
    ACCEPTED,
    ("clerk",),
    needs=("first_extension", "before_due", "extension_days", "note"),
    not_by=OWN,
    rule="佳木斯 26",
)
GRANT_EXTENSION = Move(
    "grant_extension",
    (ACCEPTED,),
    ACCEPTED,
    ("head",),
    needs=("extension_asked", "before_due"),
    not_by=(*OWN, "extension_asked"),
    rule="佳木斯 26",
    clock="extend",
    kind="extension",
    not_for_head=HANDLED,
)
DENY_EXTENSION = Move(
    "deny_extension",
    (ACCEPTED,),
    ACCEPTED,
    ("head",),
    needs=("extension_asked", "before_due", "note"),
    not_by=(*OWN, "extension_asked"),
    rule="佳木斯 26",
    kind="extension",
    not_for_head=HANDLED,
)
APPROVE = Move(
    "approve",
    (ACCEPTED,),
    APPROVED,
    ("head",),
    needs=("scope", "whole_scope", "purpose", "end_date", "terms"),
    not_by=OWN,
    rule="佳木斯 26",
    clock="stop",
    kind="reply",
    not_for_head=HANDLED,
)
APPROVE_PARTLY = Move(
    "approve_partly",
    (ACCEPTED,),
    PARTLY_APPROVED,
    ("head",),
    needs=("scope", "part_of_scope", "purpose", "end_date", "terms", "note"),
    not_by=OWN,
    rule="佳木斯 26",
    clock="stop",
    kind="reply",
    not_for_head=HANDLED,
)
REFUSE = Move(
    "refuse",
    (ACCEPTED,),
    REFUSED,
    ("head",),
    needs=("refusal_reason", "note"),
    not_by=OWN,
    rule="佳木斯 26",
    clock="stop",
    kind="reply",
    not_for_head=HANDLED,
)
REDIRECT = Move(
    "redirect",
    (ACCEPTED,),
    REDIRECTED,
    ("head",),
    needs=("redirect_kind", "elsewhere"),
    not_by=OWN,
    rule="政府信息公开条例 36",
    clock="stop",
    kind="reply",
    not_for_head=HANDLED,
)
WITHDRAW = Move("withdraw", OPEN, WITHDRAWN, ("applicant",), only_by="applied", clock="stop")

APPLICATION = Workflow(
    "application",
    DRAFT,
    (
        SUBMIT,
        ASK_SUPPLEMENT,
        SUPPLEMENT,
        LAPSE,
        ACCEPT,
        NOT_ACCEPT,
        RETURN,
        ASK_EXTENSION,
        GRANT_EXTENSION,
        DENY_EXTENSION,
        APPROVE,
        APPROVE_PARTLY,
        REFUSE,
        REDIRECT,
        WITHDRAW,
    ),
)

# Replies that a clerk drafts and a head decides on.
REPLIES = ("approve", "approve_partly", "refuse", "redirect")

PROPOSE = Move("propose", (ACCEPTED,), ACCEPTED, ("clerk",), needs=("reply",), not_by=OWN)
PROPOSAL = Workflow("application", ACCEPTED, (PROPOSE,))


def waits_for(state: str, *, extension_pending: bool, drafted: bool) -> str:
    """Return what the head has to decide now: ``extension``, ``reply`` (a draft lies before them), or nothing."""
    if state != ACCEPTED:
        return ""
    return "extension" if extension_pending else "reply" if drafted else ""


def is_with(state: str, *, extension_pending: bool, drafted: bool) -> str:
    """Return in whose hands an open application is (目前由谁办理): clerk, head or applicant; empty when it is over."""
    if state == SUPPLEMENTING:
        return "applicant"
    if waits_for(state, extension_pending=extension_pending, drafted=drafted):
        return "head"
    return "clerk" if state in OPEN else ""


# Roles that handle applications of their department, and those that oversee them.
READERS = ("clerk", "head", "bureau")


def may_know(actor: Actor, applicant: str) -> bool:
    """Tell whether somebody may know of an application at all: who made it, its department, the bureau."""
    return actor.person == applicant or bool(actor.roles.intersection(READERS))


def may_see_in_full(actor: Actor, applicant: str, reason: str) -> Decision:
    """Decide whether the personal fields may be shown unmasked: to the applicant always, to officers for a reason.

    个人信息保护法 arts 6, 51: no more than the task needs, and recorded.
    """
    if actor.person == applicant:
        return decide([])
    found = []
    if not actor.roles.intersection(READERS):
        found.append(
            Reason("workflow.wrong_role", {"noun": "application", "move": "reveal", "roles": READERS})
        )
    if not reason.strip():
        found.append(Reason("application.reveal_reason_missing", field="reason", rule="个人信息保护法 51"))
    return decide(found)
