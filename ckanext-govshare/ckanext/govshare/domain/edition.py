"""Edition (数据版本): one delivery of an entry's data, and its way through desensitization to the public.

佳木斯 art. 24 (脱敏清洗), art. 32 (保密审查). Declared free of sensitive data by one person, checked by another,
reviewed for secrecy, released through the gate. Statuses ``in_progress`` and ``done`` belong to masking.
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

STEPS = ("declared", "checked", "released")

DECLARE = Move(
    "declare", (PENDING, REJECTED), AWAITING_CHECK, ("clerk",), needs=("table", "note"), rule="佳木斯 24"
)
RECALL = Move("recall", (AWAITING_CHECK,), PENDING, ("clerk",), only_by="declared")
CONFIRM = Move(
    "confirm",
    (AWAITING_CHECK,),
    NOT_REQUIRED,
    ("clerk", "head"),
    needs=("table",),
    not_by=("declared",),
    rule="佳木斯 24",
)
REJECT = Move(
    "reject",
    (AWAITING_CHECK,),
    REJECTED,
    ("clerk", "head"),
    needs=("note",),
    not_by=("declared",),
    rule="佳木斯 24",
)
REVIEW = Move(
    "review",
    (NOT_REQUIRED,),
    NOT_REQUIRED,
    ("head",),
    needs=("unreleased", "secrecy_review"),
    not_by=("declared",),
    rule="佳木斯 32",
)
RELEASE = Move(
    "release",
    (NOT_REQUIRED,),
    NOT_REQUIRED,
    ("clerk", "head"),
    needs=("unreleased", "gate"),
    rule="佳木斯 24",
)
DISCARD = Move(
    "discard",
    (PENDING, AWAITING_CHECK, NOT_REQUIRED, REJECTED),
    VOID,
    ("clerk", "head"),
    needs=("unreleased",),
)
WITHDRAW = Move("withdraw", (NOT_REQUIRED,), VOID, ("head", "bureau"), needs=("released", "note"))

EDITION = Workflow("edition", PENDING, (DECLARE, RECALL, CONFIRM, REJECT, REVIEW, RELEASE, DISCARD, WITHDRAW))
