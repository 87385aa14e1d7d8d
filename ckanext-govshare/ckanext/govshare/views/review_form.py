"""The secrecy review (保密审查) between a form and the action that records it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckanext.govshare import rulebook
from ckanext.govshare.domain.openness import CLOSED
from ckanext.govshare.logic import reviews
from ckanext.govshare.logic.errors import sentence


def read(form: Mapping[str, str]) -> dict[str, Any]:
    """Return ``{basis, answers, conclusion}``; questions left open are left out."""
    answers = {
        question.code: form.get(f"answer-{question.code}") for question in rulebook.secrecy_questions()
    }
    return {
        "basis": form.get("basis", ""),
        "conclusion": form.get("conclusion", ""),
        "answers": {code: answer == "yes" for code, answer in answers.items() if answer in ("yes", "no")},
    }


def shown(form: Mapping[str, str]) -> dict[str, Any]:
    """Return what was typed, for the form that comes back."""
    return {
        "basis": form.get("basis", ""),
        "conclusion": form.get("conclusion", ""),
        "answers": {q.code: form.get(f"answer-{q.code}", "") for q in rulebook.secrecy_questions()},
    }


def errors(form: Mapping[str, str]) -> list[dict[str, str]]:
    """Return what the review still lacks, as lines of an error summary; each case judges its conclusion."""
    _review, objections = reviews.read(read(form), CLOSED)
    return [{"field": "review", "text": sentence(reason)} for reason in objections]
