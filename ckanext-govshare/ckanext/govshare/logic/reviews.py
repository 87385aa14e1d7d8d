"""Secrecy reviews (保密审查): read what the reviewer answered, write it down, find the newest."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare import rulebook, runtime
from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.domain.openness import CLOSED
from ckanext.govshare.domain.release import SECRECY_RULE, SecrecyReview
from ckanext.govshare.model import SecrecyReviewRow

_YES = (True, "true", "True", "yes", "on", "1", 1)


def read(given: Any, openness: str) -> tuple[dict[str, Any], list[Reason]]:
    """Return the review ``{basis, answers, conclusion}`` as given by the reviewer, and what it lacks.

    What is to be ``closed`` may be found unfit to open; anything else must be found fit.
    """
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            given = None
    given = given if isinstance(given, dict) else {}
    answers = given.get("answers") if isinstance(given.get("answers"), dict) else {}
    review = {
        "basis": str(given.get("basis") or "").strip(),
        "conclusion": str(given.get("conclusion") or ""),
        "answers": {
            question.code: answers.get(question.code) in _YES for question in rulebook.secrecy_questions()
        },
    }
    return review, _objections(review, answers, openness)


def _objections(review: dict[str, Any], answers: dict[str, Any], openness: str) -> list[Reason]:
    found = []
    if not review["basis"]:
        found.append(Reason("review.basis_missing", field="review", rule=SECRECY_RULE))
    for number, question in enumerate(rulebook.secrecy_questions(), start=1):
        if question.code not in answers:
            found.append(Reason("review.answer_missing", {"number": number}, "review", SECRECY_RULE))
    if review["conclusion"] not in {term.code for term in rulebook.secrecy_conclusions()}:
        found.append(Reason("review.conclusion_missing", field="review", rule=SECRECY_RULE))
    elif openness != CLOSED and not (review["conclusion"] == "may_open" and all(review["answers"].values())):
        found.append(Reason("review.refuses", field="review", rule=SECRECY_RULE))
    return found


def write(
    kind: str, subject: str, reviewer: str, review: dict[str, Any], content_hash: str, at: datetime
) -> SecrecyReviewRow:
    """Add the review to the session, bound to exactly the content that was reviewed."""
    row = SecrecyReviewRow(
        subject_kind=kind,
        subject_id=subject,
        reviewer=reviewer,
        basis=review["basis"],
        answers=review["answers"],
        conclusion=review["conclusion"],
        content_hash=content_hash,
        reviewed_at=at,
    )
    model.Session.add(row)
    return row


def newest(kind: str, subject: str) -> SecrecyReviewRow | None:
    """Return the review that counts."""
    query = (
        sa.select(SecrecyReviewRow)
        .filter_by(subject_kind=kind, subject_id=subject)
        .order_by(SecrecyReviewRow.id.desc())
        .limit(1)
    )
    return model.Session.scalar(query)


def as_fact(row: SecrecyReviewRow | None) -> SecrecyReview | None:
    """Return the review as the gate sees it."""
    return SecrecyReview(row.conclusion, row.content_hash) if row else None


def as_dict(row: SecrecyReviewRow | None, content_hash: str) -> dict[str, Any] | None:
    """Return the review for the pages; ``current`` tells whether it is of the content as it stands."""
    if row is None:
        return None
    user = model.User.get(row.reviewer)
    return {
        "reviewer": user.display_name if user else row.reviewer,
        "basis": row.basis,
        "answers": row.answers,
        "conclusion": row.conclusion,
        "reviewed_at": runtime.in_shanghai(row.reviewed_at).isoformat(),
        "current": row.content_hash == content_hash,
    }
