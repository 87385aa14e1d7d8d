"""Edition (数据版本): one delivery of an entry's data, and its way through desensitization to the public.

佳木斯 art. 24 (脱敏清洗), art. 32 (保密审查). Scanned after reading. Declared free of sensitive data or masked
by a plan by one person, checked by another, reviewed for secrecy, released through the gate.
"""

from __future__ import annotations

from ckanext.govshare.domain.workflow import Move, Workflow

PENDING = "pending"
IN_PROGRESS = "in_progress"
AWAITING_CHECK = "awaiting_check"
DONE = "done"
NOT_REQUIRED = "not_required"
REJECTED = "rejected"
VOID = "void"
STATUSES = (PENDING, IN_PROGRESS, AWAITING_CHECK, DONE, NOT_REQUIRED, REJECTED, VOID)

WAITING = "waiting"
READ = "read"
UNREADABLE = "unreadable"
INTAKE_STATES = (WAITING, READ, UNREADABLE)

STEPS = ("declared", "planned", "checked", "released")

PLANNABLE = (PENDING, IN_PROGRESS, REJECTED, DONE, NOT_REQUIRED)
CLEARED = (DONE, NOT_REQUIRED)

DECLARE = Move(
    "declare",
    (PENDING, REJECTED),
    AWAITING_CHECK,
    ("clerk",),
    needs=("table", "scan", "no_plan", "scan_clean", "note"),
    rule="佳木斯 24",
)
PLAN = Move(
    "plan",
    PLANNABLE,
    IN_PROGRESS,
    ("clerk",),
    needs=("unreleased", "table", "scan", "new_plan"),
    rule="佳木斯 24",
)
MASK = Move("mask", (IN_PROGRESS,), IN_PROGRESS, ("clerk",), needs=("plan", "not_masking"), rule="佳木斯 24")
SCAN = Move("scan", (PENDING, REJECTED), PENDING, ("clerk",), needs=("table", "no_plan"))
UNDO = Move("undo", (IN_PROGRESS, REJECTED), PENDING, ("clerk",), needs=("has_plan",))
SUBMIT = Move(
    "submit",
    (IN_PROGRESS,),
    AWAITING_CHECK,
    ("clerk",),
    needs=("masked", "output_clean", "risk"),
    rule="佳木斯 24",
)
RECALL = Move("recall", (AWAITING_CHECK,), PENDING, ("clerk",), only_by="declared")
CONFIRM = Move(
    "confirm",
    (AWAITING_CHECK,),
    NOT_REQUIRED,
    ("clerk", "head"),
    needs=("table", "scan", "output_clean", "risk"),
    not_by=("declared", "planned"),
    rule="佳木斯 24",
    kind="edition",
)
REJECT = Move(
    "reject",
    (AWAITING_CHECK,),
    REJECTED,
    ("clerk", "head"),
    needs=("note",),
    not_by=("declared", "planned"),
    rule="佳木斯 24",
    kind="edition",
)
REVIEW = Move(
    "review",
    CLEARED,
    NOT_REQUIRED,
    ("head",),
    needs=("unreleased", "secrecy_review"),
    not_by=("declared", "planned"),
    rule="佳木斯 32",
    kind="edition",
    not_for_head=("delivered",),
)
RELEASE = Move(
    "release",
    CLEARED,
    NOT_REQUIRED,
    ("clerk", "head"),
    needs=("unreleased", "gate"),
    rule="佳木斯 24",
    kind="edition",
)
DISCARD = Move(
    "discard",
    (PENDING, IN_PROGRESS, AWAITING_CHECK, DONE, NOT_REQUIRED, REJECTED),
    VOID,
    ("clerk", "head"),
    needs=("unreleased",),
    kind="edition",
)
WITHDRAW = Move("withdraw", CLEARED, VOID, ("head", "bureau"), needs=("released", "note"), kind="edition")

# In the order in which they are offered: the way forward first.
EDITION = Workflow(
    "edition",
    PENDING,
    (DECLARE, PLAN, SUBMIT, MASK, CONFIRM, REJECT, REVIEW, RELEASE, RECALL, UNDO, SCAN, DISCARD, WITHDRAW),
)

# An edition with a plan is desensitized (已脱敏), where one without needs none (无需脱敏).
WITH_PLAN = {
    "recall": IN_PROGRESS,
    "confirm": DONE,
    "review": DONE,
    "release": DONE,
}


def target_of(move: Move, *, planned: bool) -> str:
    """Return the status after a move, which for some depends on whether the edition was masked by a plan."""
    return WITH_PLAN.get(move.name, move.target) if planned else move.target
