"""Publication (发布): an entry's way from draft to the public and back; a change (变更申请) goes the same way.

佳木斯 arts 24, 32; 萍乡 art. 11 (登记、审核、发布、更新).
"""

from __future__ import annotations

from ckanext.govshare.domain.workflow import Move, Workflow

DRAFT = "draft"
DEPARTMENT_REVIEW = "department_review"
BUREAU_REVIEW = "bureau_review"
PUBLISHED = "published"
WITHDRAWN = "withdrawn"

SUBMIT = Move("submit", (DRAFT,), DEPARTMENT_REVIEW, ("clerk",), needs=("complete",), rule="萍乡 11")
RECALL = Move("recall", (DEPARTMENT_REVIEW,), DRAFT, ("clerk",), only_by="submitted")
APPROVE = Move(
    "approve",
    (DEPARTMENT_REVIEW,),
    BUREAU_REVIEW,
    ("head",),
    needs=("secrecy_review",),
    not_by=("submitted",),
    rule="佳木斯 32",
    kind="publication",
    not_for_head=("created",),
)
RETURN = Move(
    "return",
    (DEPARTMENT_REVIEW, BUREAU_REVIEW),
    DRAFT,
    ("head", "bureau"),
    needs=("note",),
    kind="publication",
)
PUBLISH = Move(
    "publish",
    (BUREAU_REVIEW,),
    PUBLISHED,
    ("bureau",),
    needs=("gate",),
    not_by=("submitted", "approved"),
    rule="佳木斯 24",
)
WITHDRAW = Move("withdraw", (PUBLISHED,), WITHDRAWN, ("head", "bureau"), needs=("note",), kind="publication")
REOPEN = Move("reopen", (WITHDRAWN,), DRAFT, ("clerk",))

PUBLICATION = Workflow("publication", DRAFT, (SUBMIT, RECALL, APPROVE, RETURN, PUBLISH, WITHDRAW, REOPEN))

CANCEL = Move("cancel", (DRAFT, DEPARTMENT_REVIEW), WITHDRAWN, ("clerk",), only_by="created")

CHANGE = Workflow("change", DRAFT, (SUBMIT, RECALL, APPROVE, RETURN, PUBLISH, CANCEL))

IN_REVIEW = (DEPARTMENT_REVIEW, BUREAU_REVIEW)
EDITABLE = (DRAFT,)
# A change in one of these is over; until then it is the entry's one open change.
CHANGE_OVER = (PUBLISHED, WITHDRAWN)
